package org.lacwarehouse.marts.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StructField;
import org.lacwarehouse.marts.gold.MartTable;
import org.lacwarehouse.marts.gold.MartView;

/** The tables of a schema of marts as PostgreSQL is told of them: columns, keys, comments, indexes. */
final class MartSchema {
    /** Of a dimension of no more members, a member finds so many rows that reading all of them is as good. */
    private static final int FEW_MEMBERS = 100;

    private static final String SORTING = "set maintenance_work_mem = '256MB'";

    /** PostgreSQL cannot know how many rows the steps of a public table give, and would try every pair of them. */
    static final String FOR_LARGE_JOINS = "set enable_nestloop = off; set work_mem = '256MB'; set jit = off";

    static final String AFTER_LARGE_JOINS = "reset enable_nestloop; reset work_mem; reset jit";

    private final String schema;

    MartSchema(String schema) {
        this.schema = schema;
    }

    /** Creates a table without keys, to copy rows into. */
    void create(Connection connection, MartTable table, Dataset<Row> rows) throws SQLException {
        List<String> columns = new ArrayList<>();
        for (StructField field : rows.schema().fields()) {
            columns.add(field.name() + " " + type(field.dataType())
                    + (table.nullable().contains(field.name()) ? "" : " not null"));
        }
        Sql.execute(connection, "create table " + name(table) + " (" + String.join(", ", columns) + ")");
    }

    private static String type(DataType type) {
        if (type instanceof DecimalType decimal) {
            return "numeric(" + decimal.precision() + "," + decimal.scale() + ")";
        }
        Map<DataType, String> names = Map.of(
                DataTypes.StringType, "text",
                DataTypes.IntegerType, "integer",
                DataTypes.LongType, "bigint",
                DataTypes.DoubleType, "double precision",
                DataTypes.BooleanType, "boolean",
                DataTypes.DateType, "date");
        if (!names.containsKey(type)) {
            throw new IllegalArgumentException("A mart table must not have a column of type " + type.simpleString());
        }
        return names.get(type);
    }

    /** Primary key, comments and statistics of one table; returns its rows. */
    long finish(Connection connection, MartTable table) throws SQLException {
        String name = name(table);
        List<String> statements = new ArrayList<>();
        statements.add(SORTING);
        statements.add("alter table " + name + " add primary key (" + String.join(", ", table.primaryKey()) + ")");
        statements.add("comment on table " + name + " is " + Sql.quoted(table.grain()));
        table.columns()
                .forEach((column, words) ->
                        statements.add("comment on column " + name + "." + column + " is " + Sql.quoted(words)));
        statements.add("analyze " + name);
        Sql.execute(connection, statements.toArray(String[]::new));
        return Sql.number(connection, "select count(*) from " + name);
    }

    /**
     * Makes indexes by what people look rows up by: a dimension that is more than a short list of codes, an authority and its
     * month ends, a month end, a child. None where the primary key begins with it.
     *
     * @param published the rows of each table
     */
    void index(Connection connection, MartTable table, Map<String, Long> published) throws SQLException {
        List<String> indexed = new ArrayList<>();
        String first = table.primaryKey().get(0);
        table.foreignKeys().forEach((column, dimension) -> {
            if (!column.equals(first) && published.get(dimension) > FEW_MEMBERS) {
                indexed.add(column);
            }
        });
        Set<String> columns = table.columns().keySet();
        if (columns.contains("la_code") && !first.equals("la_code")) {
            indexed.add(columns.contains("period_end") ? "la_code, period_end" : "la_code");
        }
        if (columns.contains("period_end") && !first.equals("period_end")) {
            indexed.add("period_end");
        }
        if (columns.contains("child_id") && !first.equals("child_id")) {
            indexed.add("child_id");
        }
        List<String> statements = new ArrayList<>(List.of(SORTING));
        indexed.forEach(key -> statements.add("create index on " + name(table) + " (" + key + ")"));
        Sql.execute(connection, statements.toArray(String[]::new));
    }

    /** Declares the foreign keys of a table, which hold for new rows only until they are validated: that takes no lock. */
    void addForeignKeys(Connection connection, MartTable table) throws SQLException {
        for (Map.Entry<String, String> key : table.foreignKeys().entrySet()) {
            Sql.execute(
                    connection,
                    "alter table " + name(table) + " add constraint " + foreignKey(key.getKey()) + " foreign key ("
                            + key.getKey() + ") references " + schema + "." + key.getValue() + " not valid");
        }
    }

    /** Sees to it that the foreign keys of a table hold for all of its rows. */
    void validateForeignKeys(Connection connection, MartTable table) throws SQLException {
        for (String column : table.foreignKeys().keySet()) {
            Sql.execute(connection, "alter table " + name(table) + " validate constraint " + foreignKey(column));
        }
    }

    private static String foreignKey(String column) {
        return column + "_fkey";
    }

    /** Creates a view over tables of the schema, with its words. It guards the rows that it shows. */
    void createView(Connection connection, MartView view) throws SQLException {
        create(connection, "view", " with (security_invoker = true)", view, schema);
    }

    /** Creates and fills a table from tables of a schema, with its words and statistics. */
    void createTable(Connection connection, MartView table, String from) throws SQLException {
        create(connection, "table", "", table, from);
        Sql.execute(connection, "analyze " + schema + "." + table.name());
    }

    private void create(Connection connection, String kind, String options, MartView select, String from)
            throws SQLException {
        String name = schema + "." + select.name();
        Sql.execute(
                connection,
                "set search_path to " + from,
                "create " + kind + " " + name + options + " as " + select.sql(),
                "reset search_path",
                "comment on " + kind + " " + name + " is " + Sql.quoted(select.grain()));
        for (Map.Entry<String, String> column : select.columns().entrySet()) {
            Sql.execute(
                    connection,
                    "comment on column " + name + "." + column.getKey() + " is " + Sql.quoted(column.getValue()));
        }
    }

    private String name(MartTable table) {
        return schema + "." + table.name();
    }
}
