package org.lacwarehouse.jobs.report;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the catalogue of measures says of one.
 *
 * @param denominator null for a count
 * @param benchmark the published series that it is measured against; null where there is none
 */
public record Words(
        String id,
        String name,
        String mart,
        String definition,
        String numerator,
        String denominator,
        String unit,
        String polarity,
        String period,
        String benchmark) {
    /**
     * All measures by id, mart by mart.
     *
     * @param connection a connection whose search path begins with a version of the marts, internal or public
     */
    public static Map<String, Words> read(Connection connection) throws SQLException {
        Map<String, Words> measures = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select measure_id, measure_name, mart, definition,"
                        + " numerator_text, denominator_text, unit, polarity, period_type, benchmark_id"
                        + " from dim_measure order by mart, measure_name")) {
            while (row.next()) {
                measures.put(
                        row.getString(1),
                        new Words(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                row.getString(6),
                                row.getString(7),
                                row.getString(8),
                                row.getString(9),
                                row.getString(10)));
            }
        }
        return measures;
    }
}
