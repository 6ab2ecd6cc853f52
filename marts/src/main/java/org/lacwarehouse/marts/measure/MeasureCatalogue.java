package org.lacwarehouse.marts.measure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.lacwarehouse.marts.gold.MartTable;

/** The catalogue of certified measures as the table {@code dim_measure}. */
public final class MeasureCatalogue {
    private MeasureCatalogue() {}

    /** The table. */
    public static MartTable table(List<Measure> measures) {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("measure_id", "Identifier of the measure");
        columns.put("measure_name", "What people call it");
        columns.put("mart", "The mart it belongs to");
        columns.put("definition", "What it means");
        columns.put("numerator_text", "The numerator in words");
        columns.put("denominator_text", "The denominator in words; null for a count");
        columns.put("unit", "count, percent, rate_per_10000, mean or days");
        columns.put("polarity", "higher, lower or neutral: what is better");
        columns.put(
                "period_type",
                "What a figure covers: at D (the month end), month, year or 3 years (the 12 or 36 months to D), academic year,"
                        + " 31 March only");
        columns.put("report_reference", "The published council reports that print it");
        columns.put("benchmark_id", "The published series it is compared with; null when there is none");
        return new MartTable(
                "dim_measure",
                "conformed",
                "A certified measure",
                List.of("measure_id"),
                Map.of(),
                Set.of("denominator_text", "report_reference", "benchmark_id"),
                columns,
                Set.of(),
                measures.toString(),
                spark -> rows(spark, measures, columns));
    }

    private static Dataset<Row> rows(SparkSession spark, List<Measure> measures, Map<String, String> columns) {
        StructType schema = new StructType();
        for (String column : columns.keySet()) {
            schema = schema.add(column, DataTypes.StringType);
        }
        return spark.createDataFrame(
                measures.stream()
                        .map(m -> RowFactory.create(
                                m.id(),
                                m.name(),
                                m.mart(),
                                m.definition(),
                                m.numerator().words(),
                                m.denominator() == null ? null : m.denominator().words(),
                                m.unit(),
                                m.polarity(),
                                m.period(),
                                orNull(m.reportReference()),
                                orNull(m.benchmarkId())))
                        .toList(),
                schema);
    }

    private static String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
