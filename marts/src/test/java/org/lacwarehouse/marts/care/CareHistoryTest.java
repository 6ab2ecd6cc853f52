package org.lacwarehouse.marts.care;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
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

class CareHistoryTest {
    private static SparkSession spark;

    /** An episode as it comes out of silver. */
    private record Episode(
            String child, LocalDate from, LocalDate to, String reason, String status, String place, String provider) {}

    @BeforeAll
    static void start() {
        spark = Sessions.local(Path.of("target/spark"));
    }

    @Test
    void aPeriodIsAChainOfEpisodesThatEachBeginOnTheLastOnesEndAfterX1() {
        assertThat(periods(
                        episode("a", "2020-01-01", "2020-02-01", "X1"),
                        episode("a", "2020-02-01", "2020-03-01", "E4A"),
                        // Back on the same day, but the reason was not X1: a new period.
                        episode("a", "2020-03-01", "2020-04-01", "X1"),
                        // After X1 with a gap, which silver would have closed: a new period all the same.
                        episode("a", "2020-04-02", null, null)))
                .containsExactly(
                        "a 1 2020-01-01 2020-03-01 E4A 2",
                        "a 2 2020-03-01 2020-04-01 X1 1",
                        "a 3 2020-04-02 null null 1");
    }

    @Test
    void aPeriodWithoutAReasonEndsWithNone() {
        assertThat(periods(episode("a", "2020-01-01", "2020-02-01", null), episode("a", "2020-02-01", null, null)))
                .containsExactly("a 1 2020-01-01 2020-02-01 null 1", "a 2 2020-02-01 null null 1");
    }

    @Test
    void shortBreaksAndChildrenWithoutAHeaderTakeNoPart() {
        Episode shortBreak =
                new Episode("a", LocalDate.of(2019, 1, 1), LocalDate.of(2020, 1, 1), "X1", "V3", "R1", "PR1");
        assertThat(periods(
                        shortBreak,
                        episode("a", "2020-01-01", null, null),
                        episode("orphan", "2020-01-01", null, null)))
                .containsExactly("a 1 2020-01-01 null null 1");
    }

    @Test
    void aTemporaryPlacementShowsThePlacementBeforeItInThePeriodOrItself() {
        assertThat(placements(
                        placement("a", "2020-01-01", "2020-02-01", "X1", "T1", "PR2"),
                        placement("a", "2020-02-01", "2020-03-01", "X1", "U6", null),
                        placement("a", "2020-03-01", "2020-04-01", "X1", "T3", "PR4"),
                        placement("a", "2020-04-01", "2020-05-01", "E4A", "T0", "PR4"),
                        placement("a", "2021-01-01", null, null, "T4", "PR5")))
                .containsExactly(
                        "a 2020-01-01 T1 PR2",
                        "a 2020-02-01 U6 null",
                        "a 2020-03-01 U6 null",
                        "a 2020-04-01 U6 null",
                        "a 2021-01-01 T4 PR5");
    }

    /** A second, naive implementation walks through each child's episodes; both agree on thousands of histories. */
    @Test
    void agreesWithANaiveImplementationOnRandomHistories() {
        Random random = new Random(20240331);
        List<Episode> episodes = new ArrayList<>();
        for (int child = 0; child < 3000; child++) {
            LocalDate from = LocalDate.of(2015, 1, 1).plusDays(random.nextInt(1000));
            int length = 1 + random.nextInt(8);
            for (int i = 0; i < length; i++) {
                LocalDate to = random.nextInt(12) == 0 ? null : from.plusDays(1 + random.nextInt(40));
                String reason = List.of("X1", "X1", "X1", "E4A", "none").get(random.nextInt(5));
                episodes.add(new Episode(
                        "c" + child,
                        from,
                        to,
                        reason.equals("none") ? null : reason,
                        List.of("C2", "C2", "V2", "E1", "V3").get(random.nextInt(5)),
                        List.of("U6", "K2", "T0", "T4", "A6").get(random.nextInt(5)),
                        random.nextInt(5) == 0 ? null : "PR" + random.nextInt(6)));
                from = (to == null ? from.plusDays(5) : to).plusDays(random.nextInt(3) == 0 ? random.nextInt(30) : 0);
            }
        }
        Episode[] all = episodes.toArray(Episode[]::new);

        assertThat(periods(all)).isEqualTo(naivePeriods(episodes));
        assertThat(placements(all)).isEqualTo(naivePlacements(episodes));
    }

    private static Map<String, List<List<Episode>>> naive(List<Episode> episodes) {
        Map<String, List<List<Episode>>> periods = new TreeMap<>();
        episodes.stream()
                .filter(e -> !e.status().startsWith("V3"))
                .sorted(Comparator.comparing(Episode::child).thenComparing(Episode::from))
                .forEach(episode -> {
                    List<List<Episode>> before = periods.computeIfAbsent(episode.child(), c -> new ArrayList<>());
                    Episode last = before.isEmpty()
                            ? null
                            : before.get(before.size() - 1)
                                    .get(before.get(before.size() - 1).size() - 1);
                    if (last == null
                            || !"X1".equals(last.reason())
                            || !episode.from().equals(last.to())) {
                        before.add(new ArrayList<>());
                    }
                    before.get(before.size() - 1).add(episode);
                });
        return periods;
    }

    private static List<String> naivePeriods(List<Episode> episodes) {
        List<String> found = new ArrayList<>();
        naive(episodes).forEach((child, periods) -> {
            for (int i = 0; i < periods.size(); i++) {
                Episode last = periods.get(i).get(periods.get(i).size() - 1);
                found.add(child + " " + (i + 1) + " " + periods.get(i).get(0).from() + " " + last.to() + " "
                        + last.reason() + " " + periods.get(i).size());
            }
        });
        return found.stream().sorted().toList();
    }

    private static List<String> naivePlacements(List<Episode> episodes) {
        List<String> found = new ArrayList<>();
        naive(episodes)
                .values()
                .forEach(periods -> periods.forEach(period -> {
                    Episode around = null;
                    for (Episode episode : period) {
                        if (!episode.place().startsWith("T")) {
                            around = episode;
                        }
                        Episode shown = Objects.requireNonNullElse(around, episode);
                        found.add(
                                episode.child() + " " + episode.from() + " " + shown.place() + " " + shown.provider());
                    }
                }));
        return found.stream().sorted().toList();
    }

    private static Episode episode(String child, String from, String to, String reason) {
        return placement(child, from, to, reason, "U6", "PR1");
    }

    private static Episode placement(
            String child, String from, String to, String reason, String place, String provider) {
        return new Episode(
                child, LocalDate.parse(from), to == null ? null : LocalDate.parse(to), reason, "C2", place, provider);
    }

    private static List<String> periods(Episode... episodes) {
        history(episodes);
        return CareHistory.periods(spark, CareHistory.EPISODE_VIEW)
                .selectExpr("child_id", "period_number", "start_date", "cease_date", "last_rec", "episode_count")
                .collectAsList()
                .stream()
                .map(CareHistoryTest::text)
                .sorted()
                .toList();
    }

    private static List<String> placements(Episode... episodes) {
        return history(episodes)
                .selectExpr("child_id", "decom", "placement_place", "placement_provider")
                .collectAsList()
                .stream()
                .map(CareHistoryTest::text)
                .sorted()
                .toList();
    }

    private static String text(Row row) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < row.length(); i++) {
            cells.add(String.valueOf(row.get(i)));
        }
        return String.join(" ", cells);
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
                    e.from(),
                    e.to(),
                    e.reason(),
                    "S",
                    e.status(),
                    "N1",
                    e.place(),
                    e.provider(),
                    null,
                    null,
                    null,
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
        Dataset<Row> history = CareHistory.episodes(spark, "test_episodes", "test_header");
        history.createOrReplaceTempView(CareHistory.EPISODE_VIEW);
        return history;
    }
}
