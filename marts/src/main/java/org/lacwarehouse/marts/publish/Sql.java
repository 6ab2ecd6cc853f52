package org.lacwarehouse.marts.publish;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Statements that have no parameters. */
final class Sql {
    private Sql() {}

    /** A text as PostgreSQL's literal, null where there is none. */
    static String quoted(String words) {
        return words == null ? "null" : "'" + words.replace("'", "''") + "'";
    }

    /** Executes statements one after the other. */
    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The first column of what a query gives. */
    static List<String> column(Connection connection, String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                values.add(row.getString(1));
            }
        }
        return values;
    }

    /** The number that a query gives. */
    static long number(Connection connection, String query) throws SQLException {
        return Long.parseLong(column(connection, query).get(0));
    }
}
