package org.lacwarehouse.jobs;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lacwarehouse.marts.publish.Database;

/** Reads from PostgreSQL as an analyst would. */
public final class Query {
    private Query() {}

    /** The rows of a query, the cells of each joined by a blank. */
    public static List<String> rows(Database database, String sql) throws SQLException {
        return rows(database, sql, " ");
    }

    /** The rows of a query, the cells of each joined by some text. */
    public static List<String> rows(Database database, String sql, String between) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (row.next()) {
                List<String> cells = new ArrayList<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    cells.add(row.getString(i));
                }
                rows.add(
                        String.join(between, cells.stream().map(String::valueOf).toList()));
            }
            return rows;
        }
    }

    /** The one cell of a query. */
    public static String cell(Database database, String sql) throws SQLException {
        return rows(database, sql).get(0);
    }

    /** Every table of the marts with a digest of all of its rows. */
    public static Map<String, String> contents(Database database) throws SQLException {
        Map<String, String> contents = new TreeMap<>();
        for (String table : rows(database, "select tablename from pg_tables where schemaname = 'mart'")) {
            contents.put(table, digest(database, "mart." + table));
        }
        return contents;
    }

    /** Everything that can be read in a version of the marts, views and what is public included, with its digest. */
    public static Map<String, String> version(Database database, String mart, String shared) throws SQLException {
        Map<String, String> contents = new TreeMap<>();
        for (String schema : List.of(mart, shared)) {
            for (String relation : rows(
                    database,
                    "select relname from pg_class where relnamespace = '" + schema
                            + "'::regnamespace and relkind in ('r', 'v') and not starts_with(relname, 'replaced_')")) {
                contents.put(
                        (schema.equals(shared) ? "public " : "") + relation, digest(database, schema + "." + relation));
            }
        }
        return contents;
    }

    private static String digest(Database database, String relation) throws SQLException {
        return cell(
                database, "select count(*), md5(string_agg(t::text, '|' order by t::text)) from " + relation + " t");
    }
}
