package org.lacwarehouse.marts.care;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.lacwarehouse.pipeline.lake.Sessions;

/** Each sentence about periods, placements and distance as a case worked out by hand. */
class CareHistoryTest {
    private static SparkSession spark;

    /** An episode as it comes out of silver. */
    private record Episode(
            String child,
            String from,
            String to,
            String rec,
            String rne,
            String ls,
            String place,
            String provider,
            String home,
            String post,
            String urn) {
        Episode ls(String other) {
            return new Episode(child, from, to, rec, rne, other, place, provider, home, post, urn);
        }

        Episode at(String otherProvider, String otherPost, String otherUrn) {
            return new Episode(child, from, to, rec, rne, ls, place, otherProvider, home, otherPost, otherUrn);
        }

        Episode home(String other) {
            return new Episode(child, from, to, rec, rne, ls, place, provider, other, post, urn);
        }
    }

    @BeforeAll
    static void start() {
        spark = Sessions.local(Path.of("target/spark"));
    }

    @Test
    void aPeriodIsAChainOfEpisodesThatEachBeginOnTheLastOnesEndAfterX1() {
        assertThat(periods(
                        episode("2020-01-01", "2020-02-01", "X1", "S", "U6"),
                        episode("2020-02-01", "2020-03-01", "E4A", "L", "U6"),
                        // Back on the same day, but the reason was not X1: a new period.
                        episode("2020-03-01", "2020-04-01", "X1", "S", "U6"),
                        // After X1 with a gap, which silver would have closed: a new period all the same.
                        episode("2020-04-02", null, null, "S", "U6")))
                .containsExactly(
                        "1 2020-01-01 2020-03-01 E4A 2 [0, 1]",
                        "2 2020-03-01 2020-04-01 X1 1 [2]",
                        "3 2020-04-02 null null 1 [3]");
    }

    @Test
    void aPeriodWithoutAReasonEndsWithNone() {
        assertThat(periods(
                        episode("2020-01-01", "2020-02-01", null, "S", "U6"),
                        episode("2020-02-01", null, null, "S", "U6")))
                .containsExactly("1 2020-01-01 2020-02-01 null 1 [0]", "2 2020-02-01 null null 1 [1]");
    }

    @Test
    void shortBreaksAndChildrenWithoutAHeaderTakeNoPart() {
        assertThat(periods(
                        episode("2019-01-01", "2020-01-01", "X1", "S", "R1").ls("V3"),
                        episode("2020-01-01", null, null, "S", "U6"),
                        new Episode("orphan", "2020-01-01", null, null, "S", "C2", "U6", "PR1", null, null, null)))
                .containsExactly("1 2020-01-01 null null 1 [1]");
    }

    @Test
    void aPlacementIsARunOfEpisodesWithTheSameCarer() {
        assertThat(placements(
                        episode("2020-01-01", "2020-02-01", "X1", "S", "U6"),
                        episode("2020-02-01", "2020-03-01", "X1", "L", "U6"),
                        episode("2020-03-01", "2020-04-01", "X1", "T", "U4"),
                        episode("2020-04-01", "2020-05-01", "X1", "U", "U4"),
                        episode("2020-05-01", "2020-06-01", "X1", "P", "K2"),
                        episode("2020-06-01", "2020-07-01", "X1", "B", "K2"),
                        episode("2020-07-01", null, null, "S", "K2")))
                .containsExactly(
                        "1.1 2020-01-01 2020-05-01 U6 U4 [0, 1, 2, 3]",
                        "1.2 2020-05-01 2020-06-01 K2 K2 [4]",
                        "1.3 2020-06-01 2020-07-01 K2 K2 [5]",
                        "1.4 2020-07-01 null K2 K2 [6]");
    }

    @Test
    void aNewPeriodStartsANewPlacementWhateverTheRne() {
        assertThat(placements(
                        episode("2020-01-01", "2020-02-01", "E4A", "S", "U6"),
                        episode("2020-02-01", null, null, "L", "U6")))
                .containsExactly("1.1 2020-01-01 2020-02-01 U6 U6 [0]", "2.1 2020-02-01 null U6 U6 [1]");
    }

    @Test
    void aTemporaryPlacementNeitherCountsNorBreaksWhenTheChildReturns() {
        // The return beats the RNE: P would start a new placement.
        assertThat(placements(
                        episode("2020-01-01", "2020-02-01", "X1", "S", "U6").at("PR1", "AB12CD", "SC1"),
                        episode("2020-02-01", "2020-02-08", "X1", "P", "T3").at("PR4", "AB12CE", null),
                        episode("2020-02-08", "2020-02-10", "X1", "P", "T0").at("PR4", "AB12CF", null),
                        episode("2020-02-10", null, null, "P", "U6").at("PR1", "AB12CD", "sc1")))
                .containsExactly("1.1 2020-01-01 null U6 U6 [0, 1, 2, 3]");
    }

    @Test
    void afterATemporaryPlacementAnyOtherPlaceIsANewPlacement() {
        // L would continue the placement before; its days include the temporary ones.
        assertThat(placements(
                        episode("2020-01-01", "2020-02-01", "X1", "S", "U6").at("PR1", "AB12CD", "SC1"),
                        episode("2020-02-01", "2020-02-08", "X1", "T", "T3"),
                        episode("2020-02-08", null, null, "L", "U6").at("PR1", "AB12CD", null)))
                .containsExactly("1.1 2020-01-01 2020-02-08 U6 U6 [0, 1]", "1.2 2020-02-08 null U6 U6 [2]");
    }

    @Test
    void blankEqualsBlankInTheReturn() {
        assertThat(placements(
                        episode("2020-01-01", "2020-02-01", "X1", "S", "U6").at(null, null, null),
                        episode("2020-02-01", "2020-02-08", "X1", "P", "T1").at("PR3", null, null),
                        episode("2020-02-08", null, null, "P", "U6").at(null, null, null)))
                .containsExactly("1.1 2020-01-01 null U6 U6 [0, 1, 2]");
    }

    @Test
    void adoptionByTheFosterCarerContinuesThePlacement() {
        // Whatever the RNE, and also after a temporary placement and elsewhere; A4 and A6 do not.
        assertThat(placements(
                        episode("2020-01-01", "2020-02-01", "X1", "S", "U6").at("PR1", "AB12CD", null),
                        episode("2020-02-01", "2020-02-08", "X1", "P", "T3"),
                        episode("2020-02-08", "2020-03-01", "X1", "P", "A3").at("PR1", "ZZ11ZZ", null),
                        episode("2020-03-01", "2020-04-01", "X1", "B", "A5"),
                        episode("2020-04-01", null, null, "P", "A6")))
                .containsExactly("1.1 2020-01-01 2020-04-01 U6 A5 [0, 1, 2, 3]", "1.2 2020-04-01 null A6 A6 [4]");
    }

    @Test
    void temporaryPlacementsAtTheStartAreNoPlacementAndShowThemselves() {
        Episode[] episodes = {
            episode("2020-01-01", "2020-02-01", "X1", "S", "T1").at("PR2", null, null),
            episode("2020-02-01", "2020-03-01", "X1", "L", "A3").at(null, null, null),
            episode("2020-03-01", "2020-04-01", "X1", "P", "T3").at("PR4", null, null),
            episode("2020-04-01", "2020-05-01", "E4A", "P", "T0").at("PR4", null, null),
            episode("2021-01-01", null, null, "S", "T4").at("PR5", null, null)
        };
        assertThat(placements(episodes)).containsExactly("1.1 2020-02-01 2020-05-01 A3 A3 [1, 2, 3]");
        assertThat(shown(
                        "concat_ws(' ', period_number, placement_number, placement_place, placement_provider)",
                        episodes))
                .containsExactly("1 0 T1 PR2", "1 1 A3", "1 1 A3", "1 1 A3", "2 0 T4 PR5");
    }

    @Test
    void aPlacementKnowsItsStartAndThatOfTheOneDirectlyBefore() {
        assertThat(shown(
                        "concat_ws(' ', placement_start_date, coalesce(CAST(previous_placement_start_date AS STRING), '-'),"
                                + " coalesce(CAST(adoptive_since AS STRING), '-'))",
                        episode("2020-01-01", "2020-02-01", "X1", "S", "K2"),
                        episode("2020-02-01", "2020-03-01", "X1", "P", "U5"),
                        episode("2020-03-01", "2020-04-01", "X1", "L", "A5"),
                        episode("2020-04-01", null, null, "P", "A6")))
                .containsExactly(
                        "2020-01-01 - -",
                        "2020-02-01 2020-01-01 -",
                        "2020-02-01 2020-01-01 2020-03-01",
                        "2020-04-01 2020-02-01 2020-03-01");
    }

    @Test
    void thePeriodKnowsItsFirstOrdersAndItsFirstPlacementForAdoption() {
        assertThat(periodColumns(
                        "concat_ws(' ', order_date, placement_order_date, adoptive_date, adoptive_place,"
                                + " adoptive_carer_since)",
                        episode("2020-01-01", "2020-02-01", "X1", "S", "K2"),
                        episode("2020-02-01", "2020-03-01", "X1", "B", "U5").ls("D1"),
                        episode("2020-03-01", "2020-04-01", "X1", "U", "A3").ls("E1"),
                        episode("2020-04-01", null, null, "P", "A6").ls("E1")))
                .containsExactly("2020-02-01 2020-03-01 2020-03-01 A3 2020-02-01");
    }

    @Test
    void distanceIsAStraightLineFromTheEpisodesHomeToThePlacementShown() {
        // H 0/0; N 32,266 m east = 20.0497 miles; F 32,267 m = 20.0503; O elsewhere, at H's own point.
        assertThat(shown(
                        "concat_ws(' ', coalesce(CAST(distance_miles AS STRING), '-'), coalesce(CAST(is_in_authority AS"
                                + " STRING), '-'))",
                        episode("2020-01-01", "2020-01-02", "X1", "S", "U6")
                                .at("PR1", "N", null)
                                .home("H"),
                        episode("2020-01-02", "2020-01-03", "X1", "P", "U6")
                                .at("PR1", "F", null)
                                .home("H"),
                        // During the holiday the home is the child's now, the place the one it comes from.
                        episode("2020-01-03", "2020-01-04", "X1", "P", "T2")
                                .at("PR1", "H", null)
                                .home("O"),
                        episode("2020-01-04", "2020-01-05", "X1", "P", "U6")
                                .at("PR1", "O", null)
                                .home("H"),
                        episode("2020-01-05", "2020-01-06", "X1", "P", "U6")
                                .at("PR1", "nowhere", null)
                                .home("H"),
                        episode("2020-01-06", null, null, "P", "U6").at("PR1", "N", null)))
                .containsExactly("20.0 true", "20.1 true", "20.1 true", "0.0 false", "- -", "- -");
    }

    private static Episode episode(String from, String to, String rec, String rne, String place) {
        return new Episode("a", from, to, rec, rne, "C2", place, "PR1", null, null, null);
    }

    private static List<String> periods(Episode... episodes) {
        return periodColumns(
                "concat_ws(' ', period_number, start_date, coalesce(CAST(cease_date AS STRING), 'null'), coalesce(last_rec,"
                        + " 'null'), episode_count, CAST(line_numbers AS STRING))",
                episodes);
    }

    private static List<String> periodColumns(String expression, Episode... episodes) {
        history(episodes);
        return texts(CareHistory.periods(spark, CareHistory.EPISODE_VIEW)
                .orderBy("start_date")
                .selectExpr(expression));
    }

    private static List<String> placements(Episode... episodes) {
        history(episodes);
        return texts(CareHistory.placements(spark, CareHistory.EPISODE_VIEW)
                .orderBy("start_date")
                .selectExpr(
                        "concat_ws(' ', concat(period_number, '.', placement_number), start_date, coalesce(CAST(end_date AS"
                                + " STRING), 'null'), first_place, last_place, CAST(line_numbers AS STRING))"));
    }

    private static List<String> shown(String expression, Episode... episodes) {
        return texts(history(episodes).orderBy("decom").selectExpr(expression));
    }

    private static List<String> texts(Dataset<Row> rows) {
        return rows.collectAsList().stream().map(row -> row.getString(0)).toList();
    }

    private static Dataset<Row> history(Episode... episodes) {
        StructType schema = new StructType()
                .add("authority", DataTypes.StringType)
                .add("child_id", DataTypes.StringType)
                .add("decom", DataTypes.DateType)
                .add("dec", DataTypes.DateType)
                .add("rec", DataTypes.StringType)
                .add("rne", DataTypes.StringType)
                .add("ls", DataTypes.StringType)
                .add("cin", DataTypes.StringType)
                .add("place", DataTypes.StringType)
                .add("place_provider", DataTypes.StringType)
                .add("reason_place_change", DataTypes.StringType)
                .add("home_post", DataTypes.StringType)
                .add("pl_post", DataTypes.StringType)
                .add("urn", DataTypes.StringType)
                .add("delivery_id", DataTypes.StringType)
                .add("line_number", DataTypes.LongType);
        List<Row> rows = new ArrayList<>();
        for (Episode e : episodes) {
            rows.add(RowFactory.create(
                    "826",
                    e.child(),
                    LocalDate.parse(e.from()),
                    e.to() == null ? null : LocalDate.parse(e.to()),
                    e.rec(),
                    e.rne(),
                    e.ls(),
                    "N1",
                    e.place(),
                    e.provider(),
                    null,
                    e.home(),
                    e.post(),
                    e.urn(),
                    "d",
                    (long) rows.size()));
        }
        spark.createDataFrame(rows, schema).createOrReplaceTempView("test_episodes");
        List<Row> children = rows.stream()
                .map(row -> row.getString(1))
                .filter(child -> !child.equals("orphan"))
                .distinct()
                .map(RowFactory::create)
                .collect(Collectors.toList());
        spark.createDataFrame(children, new StructType().add("child_id", DataTypes.StringType))
                .createOrReplaceTempView("test_header");
        spark.sql("SELECT * FROM VALUES ('H', 0, 0, '826', 'p', 1L), ('N', 9, 9, '826', 'p', 2L),"
                        + " ('N', 32266, 0, '826', 'p', 3L), ('F', 32267, 0, '826', 'p', 4L), ('O', 0, 0, '887', 'p', 5L),"
                        + " ('O', 5000, 0, '826', 'another snapshot', 6L)"
                        + " AS t (postcode, easting, northing, la_code, delivery_id, line_number)")
                .createOrReplaceTempView("test_postcodes");
        spark.sql("SELECT '826' AS la_code, 'p' AS delivery_id").createOrReplaceTempView("test_in_force");
        Dataset<Row> history = CareHistory.episodes(
                spark, new CareHistory.Sources("test_episodes", "test_header", "test_postcodes", "test_in_force"));
        history.createOrReplaceTempView(CareHistory.EPISODE_VIEW);
        return history;
    }
}
