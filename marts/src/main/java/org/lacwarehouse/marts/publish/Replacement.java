package org.lacwarehouse.marts.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.lacwarehouse.marts.gold.Changes;

/**
 * Rows that take the place of some of those that people read, in a schema beside theirs: a table {@code replaced_<table>}
 * for each table that changes, and views by which the schema reads like one with all rows. The rows are exchanged: so the
 * schema of the next version is afterwards that of the version before, and exchanging again undoes it.
 */
final class Replacement {
    /** How the names of the tables begin that hold the rows. */
    static final String ROWS = "replaced_";

    /** Begins the comment of such a table; what follows is the condition by which its rows are found in the other. */
    private static final String WHERE = "Rows of another version where ";

    /** For what is needed while versions change over. */
    static final String ASIDE = "mart_changing";

    private final Connection connection;
    private final String live;
    private final String beside;

    /**
     * @param live the schema that people read
     * @param beside the schema of the rows
     */
    Replacement(Connection connection, String live, String beside) {
        this.connection = connection;
        this.live = live;
        this.beside = beside;
    }

    /** Whether a schema holds rows that were exchanged rather than a whole version. */
    static boolean isIn(Connection connection, String schema) throws SQLException {
        return !tables(connection, schema).isEmpty();
    }

    /** The table of the rows that take the place of rows of a table. */
    static String rows(String schema, String table) {
        return schema + "." + ROWS + table;
    }

    /**
     * Makes an empty table for the rows that take the place of those of a table.
     *
     * @param condition which rows of the table go
     */
    void add(String table, String condition) throws SQLException {
        Sql.execute(
                connection,
                "create table " + rows(beside, table) + " (like " + live + "." + table + " including comments)",
                "comment on table " + rows(beside, table) + " is " + Sql.quoted(WHERE + condition));
    }

    /** Makes the views by which the schema reads like one with all rows. */
    void show() throws SQLException {
        List<String> replaced = tables(connection, beside);
        for (String table :
                Sql.column(connection, "select tablename from pg_tables where schemaname = " + Sql.quoted(live))) {
            String rows = "select * from " + live + "." + table;
            if (replaced.contains(table)) {
                rows += " where (" + condition(table) + ") is not true union all select * from " + rows(beside, table);
            }
            Sql.execute(
                    connection, "create view " + beside + "." + table + " with (security_invoker = true) as " + rows);
        }
    }

    /**
     * Exchanges the rows, and the comments of the schemas, which name their versions. The connection is in a transaction;
     * until that ends, everybody else reads what was.
     */
    void exchange() throws SQLException {
        Sql.execute(
                connection,
                "drop schema if exists " + ASIDE + " cascade",
                "create schema " + ASIDE,
                "set local work_mem = '256MB'",
                "set local jit = off");
        List<String> tables = dimensionsFirst();
        for (String table : tables) {
            Sql.execute(
                    connection,
                    "create unlogged table " + ASIDE + "." + table + " as select * from " + live + "." + table
                            + " where " + condition(table));
        }
        for (String table : tables) {
            putIn(table);
        }
        Collections.reverse(tables);
        for (String table : tables) {
            takeOut(table);
            Sql.execute(
                    connection,
                    "delete from " + rows(beside, table),
                    "insert into " + rows(beside, table) + " select * from " + ASIDE + "." + table);
        }
        String was = comment(live);
        Sql.execute(
                connection,
                "comment on schema " + live + " is " + Sql.quoted(comment(beside)),
                "comment on schema " + beside + " is " + Sql.quoted(was),
                "drop schema " + ASIDE + " cascade");
    }

    /**
     * Of rows with a key, those alone that are new or different: each costs a look at every dimension it refers to. None
     * takes the place of a row that is to stay.
     */
    private void putIn(String table) throws SQLException {
        String name = live + "." + table;
        List<String> key = key(table);
        if (key.isEmpty()) {
            Sql.execute(
                    connection,
                    "delete from " + name + " where " + condition(table),
                    "insert into " + name + " select * from " + rows(beside, table));
            return;
        }
        List<String> set = columns(table).stream()
                .filter(column -> !key.contains(column))
                .map(column -> column + " = excluded." + column)
                .toList();
        Sql.execute(
                connection,
                "insert into " + name + " as stays select * from " + rows(beside, table) + " except select * from "
                        + ASIDE + "." + table + " on conflict (" + String.join(", ", key) + ") do "
                        + (set.isEmpty()
                                ? "nothing"
                                : "update set " + String.join(", ", set) + " where " + condition(table, "stays.")));
    }

    private void takeOut(String table) throws SQLException {
        List<String> key = key(table);
        if (!key.isEmpty()) {
            String columns = String.join(", ", key);
            Sql.execute(
                    connection,
                    "delete from " + live + "." + table + " where " + condition(table) + " and (" + columns
                            + ") in (select " + columns + " from " + ASIDE + "." + table + " except select " + columns
                            + " from " + rows(beside, table) + ")");
        }
    }

    /** The tables of which rows are replaced, each after those that it refers to. */
    private List<String> dimensionsFirst() throws SQLException {
        Set<String> left = new TreeSet<>(tables(connection, beside));
        Set<String> ordered = new LinkedHashSet<>();
        while (!left.isEmpty()) {
            ordered.addAll(Sql.column(
                    connection,
                    "select relname from pg_class c where relnamespace = to_regnamespace(" + Sql.quoted(live)
                            + ") and relname = any (" + array(left)
                            + ") and not exists (select from pg_constraint k join pg_class d on d.oid = k.confrelid"
                            + " where k.contype = 'f' and k.conrelid = c.oid and d.oid <> c.oid and d.relname = any ("
                            + array(left) + ")) order by 1"));
            if (!left.removeAll(ordered)) {
                throw new IllegalStateException("These tables refer to each other: " + left);
            }
        }
        return new ArrayList<>(ordered);
    }

    private static String array(Set<String> names) {
        return Sql.quoted("{" + String.join(",", names) + "}");
    }

    private static List<String> tables(Connection connection, String schema) throws SQLException {
        return Sql.column(
                connection,
                "select substr(tablename, " + (ROWS.length() + 1) + ") from pg_tables where schemaname = "
                        + Sql.quoted(schema) + " and starts_with(tablename, " + Sql.quoted(ROWS) + ")");
    }

    private String condition(String table) throws SQLException {
        return condition(table, "");
    }

    private String condition(String table, String alias) throws SQLException {
        String condition = Sql.column(
                        connection, "select obj_description(" + oid(rows(beside, table)) + ", 'pg_class')")
                .get(0)
                .substring(WHERE.length());
        return condition.equals(Changes.ALL) ? condition : alias + condition;
    }

    private List<String> columns(String table) throws SQLException {
        return Sql.column(
                connection,
                "select attname from pg_attribute where attrelid = " + oid(live + "." + table)
                        + " and attnum > 0 and not attisdropped order by attnum");
    }

    private List<String> key(String table) throws SQLException {
        return Sql.column(
                connection,
                "select attname from pg_attribute a join pg_index i on i.indrelid = a.attrelid and i.indisprimary and"
                        + " a.attnum = any (i.indkey) where a.attrelid = " + oid(live + "." + table));
    }

    private static String oid(String name) {
        return "to_regclass(" + Sql.quoted(name) + ")";
    }

    private String comment(String schema) throws SQLException {
        return Sql.column(
                        connection,
                        "select obj_description(to_regnamespace(" + Sql.quoted(schema) + "), 'pg_namespace')")
                .get(0);
    }
}
