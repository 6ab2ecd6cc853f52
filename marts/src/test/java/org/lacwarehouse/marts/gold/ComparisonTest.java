package org.lacwarehouse.marts.gold;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.lake.Sessions;

/** Published values beside own figures, by tables made by hand; every expected number was worked out on paper. */
class ComparisonTest {
    private static final Catalogue CATALOGUE = new Catalogue(Conf.packaged());
    private static SparkSession spark;
    private static List<Row> rows;

    @BeforeAll
    static void compare() {
        spark = Sessions.local(Path.of("target/spark"));
        CATALOGUE.sql().defineFunctions(spark);
        CATALOGUE.settings().defineFunctions(spark);
        CATALOGUE.predecessors().view(spark).createOrReplaceTempView(Predecessors.VIEW);
        table(
                "dim_measure",
                "measure_id, benchmark_id, polarity, unit",
                "('low', 'low_pct', 'lower', 'percent')",
                "('high', 'high_pct', 'higher', 'percent')",
                "('count', 'number', 'neutral', 'count')",
                "('alone', CAST(NULL AS STRING), 'higher', 'percent')");
        table(
                "dim_authority",
                "authority_key, la_code, region_code, is_loaded",
                Stream.of("301", "302", "303", "304", "305", "306", "307", "308", "940", "928")
                        .map(code -> "(" + code + ", '" + code + "', 'E1', " + code.equals("301") + ")")
                        .toArray(String[]::new));
        // 301's neighbours: 302 to 305, of which 305 is suppressed, and 940, which took over from 928 on 1 April 2021.
        table(
                "reference_statistical_neighbours",
                "list_version, la_code, rank, sn_la_code, closeness, line_number, is_newest",
                "('2025-05', '301', 1, '302', 'Close', 2, true)",
                "('2025-05', '301', 2, '303', 'Close', 3, true)",
                "('2025-05', '301', 3, '304', 'Close', 4, true)",
                "('2025-05', '301', 4, '305', 'Close', 5, true)",
                "('2025-05', '301', 5, '940', 'Close', 6, true)",
                "('2021-04', '301', 1, '308', 'Close', 7, true)",
                "('2020-01', '301', 1, '307', 'Close', 8, false)");
        CATALOGUE
                .tables()
                .get("dim_authority_neighbour")
                .rows()
                .apply(spark)
                .createOrReplaceTempView("dim_authority_neighbour");
        table(
                "dim_target",
                "measure_id, authority_key, comparison, target_value, valid_from, valid_to",
                "('low', 301, '<=', 10.0D, DATE'2024-04-01', DATE'2025-03-30')",
                "('alone', 301, '>=', 90.0D, DATE'2020-04-01', CAST(NULL AS DATE))");
        table(
                "fact_measure",
                "la_code, measure_id, period_end, breakdown_type, value",
                "('301', 'low', DATE'2025-03-31', 'all', 12.5D)",
                "('301', 'low', DATE'2024-12-31', 'all', 10.0D)",
                "('301', 'low', DATE'2024-03-31', 'all', CAST(NULL AS DOUBLE))",
                "('301', 'low', DATE'2021-06-30', 'all', 5.0D)",
                "('301', 'low', DATE'2020-02-29', 'all', 7.0D)",
                "('301', 'low', DATE'2025-03-31', 'sex', 50.0D)",
                "('301', 'count', DATE'2025-03-31', 'all', 300.0D)",
                "('301', 'alone', DATE'2025-03-31', 'all', 89.0D)");
        List<String> values = new ArrayList<>();
        year(
                values,
                "low_pct",
                2025,
                "301=12:49/400",
                "302=10",
                "303=10",
                "304=16",
                "305=c",
                "306=20",
                "307=4",
                "940=8");
        year(values, "low_pct", 2024, "301=9", "302=11", "303=c", "304=13", "305=c", "306=c", "307=c", "940=9");
        year(values, "low_pct", 2021, "302=6", "928=14", "940=z");
        year(values, "high_pct", 2025, "301=12", "302=10", "303=10", "304=16", "305=c", "306=20", "307=4", "940=8");
        year(values, "number", 2025, "301=305", "302=200");
        values.add(value("2024-11-14", "low_pct", "authority", "'301'", 2024, "8D", null, null, null));
        table(
                "benchmark_value",
                "release, benchmark_id, level, la_code, region_code, period_end, breakdown_type, breakdown, value, symbol,"
                        + " numerator, denominator, delivery_id",
                values.toArray(String[]::new));
        CATALOGUE.tables().get("fact_benchmark").rows().apply(spark).createOrReplaceTempView("fact_benchmark");
        rows = CATALOGUE
                .tables()
                .get("fact_measure_comparison")
                .rows()
                .apply(spark)
                .collectAsList();
    }

    @Test
    void neighboursAreTheUnweightedValuesOfThoseThatHaveOne() {
        // 10, 10, 16 and 8; 305 is suppressed
        assertThat(of("301", "low", "2025-03-31", "neighbour_mean", "neighbour_median", "neighbour_count"))
                .isEqualTo("11.0 10.0 4");
        assertThat(of("301", "low", "2025-03-31", "neighbour_list_version")).isEqualTo("2025-05");
        // 11, 13 and 9
        assertThat(of("301", "low", "2024-03-31", "neighbour_mean", "neighbour_median", "neighbour_count"))
                .isEqualTo("11.0 11.0 3");
        // Authorities without neighbours on the list in use
        assertThat(of("302", "low", "2025-03-31", "neighbour_mean", "neighbour_median", "neighbour_count"))
                .isEqualTo("null null 0");
    }

    @Test
    void aPredecessorStandsInForTheYearsBeforeAReorganisation() {
        // 302 has 6, and the 14 of 928 stand in for 940, whose own row says z
        assertThat(of("301", "low", "2021-06-30", "neighbour_mean", "neighbour_count", "published_period_end"))
                .isEqualTo("10.0 2 2021-03-31");
        assertThat(of("302", "low", "2021-03-31", "published_value", "rank", "rank_of"))
                .isEqualTo("6.0 1 2");
        assertThat(of("928", "low", "2021-03-31", "published_value", "rank", "rank_of"))
                .isEqualTo("14.0 2 2");
        assertThat(of("940", "low", "2021-03-31", "published_value", "published_symbol", "rank"))
                .isEqualTo("null z null");
    }

    @Test
    void ranksTieAndTurnWithThePolarity() {
        // 4 8 10 10 12 16 20
        assertThat(ranks("low"))
                .containsExactly(
                        "301 5 C", "302 3 B", "303 3 B", "304 6 D", "305 null null", "306 7 D", "307 1 A", "940 2 A");
        assertThat(ranks("high"))
                .containsExactly(
                        "301 3 B", "302 4 B", "303 4 B", "304 2 A", "305 null null", "306 1 A", "307 7 D", "940 6 D");
        assertThat(of("301", "count", "2025-03-31", "published_value", "rank", "rank_of", "quartile"))
                .isEqualTo("305.0 null null null");
    }

    @Test
    void theOwnFigureStandsBesideTheNewestPublishedYearAtThatDate() {
        assertThat(of("301", "low", "2025-03-31", "own_value", "published_value", "published_period_end", "difference"))
                .isEqualTo("12.5 12.0 2025-03-31 0.25");
        assertThat(of("301", "low", "2024-12-31", "own_value", "published_value", "published_period_end", "difference"))
                .isEqualTo("10.0 9.0 2024-03-31 null");
        assertThat(of("301", "low", "2024-03-31", "own_value", "published_value", "difference"))
                .isEqualTo("null 9.0 null");
        assertThat(of(
                        "301",
                        "low",
                        "2020-02-29",
                        "own_value",
                        "published_value",
                        "published_period_end",
                        "england_value"))
                .isEqualTo("7.0 null null null");
        assertThat(of("302", "low", "2025-03-31", "own_value", "published_value"))
                .isEqualTo("null 10.0");
        assertThat(of("305", "low", "2025-03-31", "published_value", "published_symbol"))
                .isEqualTo("null c");
        assertThat(rows.stream()
                        .filter(row -> row.getAs("la_code").equals("301")
                                && row.getAs("measure_id").equals("low")))
                .hasSize(5);
    }

    @Test
    void changeNeedsTheYearBefore() {
        assertThat(of("301", "low", "2025-03-31", "change_on_year")).isEqualTo("3.0");
        assertThat(of("303", "low", "2025-03-31", "change_on_year")).isEqualTo("null");
        assertThat(of("302", "low", "2024-03-31", "change_on_year")).isEqualTo("null");
    }

    @Test
    void regionEnglandAndTheOwnTargetStandBesideIt() {
        assertThat(of("301", "low", "2025-03-31", "region_value", "england_value", "target_value"))
                .isEqualTo("15.0 14.0 null");
        assertThat(of("301", "low", "2024-12-31", "target_comparison", "target_value", "is_target_met"))
                .isEqualTo("<= 10.0 true");
        assertThat(of("301", "alone", "2025-03-31", "own_value", "published_value", "target_value", "is_target_met"))
                .isEqualTo("89.0 null 90.0 false");
    }

    @Test
    void whatALaterReleaseChangedIsKept() {
        assertThat(spark.table("fact_benchmark")
                        .where("benchmark_id = 'low_pct' AND la_code = '301' AND period_end = '2024-03-31'")
                        .selectExpr("concat_ws(' ', release, value, is_latest_release) AS text")
                        .orderBy("text")
                        .collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactly("2024-11-14 8.0 false", "2025-11-20 9.0 true");
    }

    @Test
    void everySeriesThatIsReadIsOneThatAMeasureIsComparedWith() {
        TreeSet<String> known = CATALOGUE.measures().stream()
                .map(measure -> measure.benchmarkId())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(CATALOGUE.contracts().all().stream()
                        .filter(contract -> contract.isBenchmark())
                        .flatMap(contract -> CATALOGUE.contracts().dataSet(contract.dataset()).series().stream())
                        .map(series -> series.benchmarkId()))
                .isNotEmpty()
                .allMatch(known::contains);
    }

    /** The values of authorities in a year, such as {@code 301=12:49/400}: value, numerator, denominator. */
    private static void year(List<String> values, String benchmark, int year, String... authorities) {
        for (String authority : authorities) {
            String[] parts = authority.split("[=:/]");
            boolean number = parts[1].matches("[0-9]+");
            values.add(value(
                    "2025-11-20",
                    benchmark,
                    "authority",
                    "'" + parts[0] + "'",
                    year,
                    number ? parts[1] + "D" : "CAST(NULL AS DOUBLE)",
                    number ? "CAST(NULL AS STRING)" : "'" + parts[1] + "'",
                    parts.length > 2 ? parts[2] + "D" : "CAST(NULL AS DOUBLE)",
                    parts.length > 2 ? parts[3] + "D" : "CAST(NULL AS DOUBLE)"));
        }
        values.add(value("2025-11-20", benchmark, "region", null, year, "15D", null, null, null));
        values.add(value("2025-11-20", benchmark, "england", null, year, "14D", null, null, null));
    }

    private static String value(
            String release,
            String benchmark,
            String level,
            String authority,
            int year,
            String value,
            String symbol,
            String numerator,
            String denominator) {
        String none = "CAST(NULL AS DOUBLE)";
        return "(DATE'" + release + "', '" + benchmark + "', '" + level + "', "
                + (authority == null ? "CAST(NULL AS STRING)" : authority) + ", "
                + (level.equals("england") ? "CAST(NULL AS STRING)" : "'E1'") + ", DATE'" + year
                + "-03-31', 'all', 'all', "
                + value + ", " + (symbol == null ? "CAST(NULL AS STRING)" : symbol) + ", "
                + (numerator == null ? none : numerator) + ", " + (denominator == null ? none : denominator) + ", '"
                + release + "')";
    }

    private static void table(String name, String columns, String... rows) {
        spark.sql("SELECT * FROM VALUES " + String.join(", ", rows) + " AS t(" + columns + ")")
                .createOrReplaceTempView(name);
    }

    private static List<String> ranks(String measure) {
        return rows.stream()
                .filter(row -> row.getAs("measure_id").equals(measure)
                        && row.getAs("period_end").toString().equals("2025-03-31"))
                .map(row -> row.getAs("la_code") + " " + row.getAs("rank") + " " + row.getAs("quartile"))
                .sorted()
                .toList();
    }

    private static String of(String authority, String measure, String end, String... columns) {
        List<Row> found = rows.stream()
                .filter(row -> row.getAs("la_code").equals(authority)
                        && row.getAs("measure_id").equals(measure)
                        && row.getAs("period_end").toString().equals(end))
                .toList();
        assertThat(found).hasSize(1);
        return Stream.of(columns)
                .map(column -> String.valueOf((Object) found.get(0).getAs(column)))
                .collect(Collectors.joining(" "));
    }
}
