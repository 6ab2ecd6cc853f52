package org.lacwarehouse.marts.care;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.pipeline.TestLanding;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.contract.Contracts;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.lake.Sessions;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;
import org.lacwarehouse.pipeline.silver.Silver;

/**
 * Thousands of random histories, contradictory ones included, go from a file through the repairs to periods and
 * placements; a second, naive implementation that walks through each child's lines must find the same.
 */
class CareHistoryTwinTest {
    private static final int CHILDREN = 4000;

    @TempDir
    Path folder;

    /** A line of the file; the naive implementation repairs {@code to} and {@code rec} and notes what it finds. */
    private static final class Line {
        final long number;
        final int child;
        final LocalDate from;
        final LocalDate reportedTo;
        final String reportedRec;
        final String rne;
        final String ls;
        final String place;
        final String provider;
        final String post;
        final String urn;
        LocalDate to;
        String rec;

        Line(long number, int child, LocalDate from, LocalDate to, Random random) {
            this.number = number;
            this.child = child;
            this.from = from;
            this.reportedTo = to;
            this.reportedRec =
                    to == null && random.nextInt(4) > 0 ? "" : pick(random, "X1", "X1", "X1", "X1", "E4A", "");
            this.rne = pick(random, "S", "L", "P", "T", "B", "U");
            this.ls = pick(random, "C2", "C2", "V2", "E1", "V3", "V4");
            this.place = pick(random, "U6", "U6", "K2", "T0", "T4", "A3", "A5", "A6");
            this.provider = pick(random, "PR1", "PR1", "");
            this.post = pick(random, "MK1 1AA", "MK1 1AA", "MK1 1AB", "");
            this.urn = pick(random, "SC1", "SC1", "");
        }

        private Line(long number, Line copied) {
            this.number = number;
            this.child = copied.child;
            this.from = copied.from;
            this.reportedTo = copied.reportedTo;
            this.reportedRec = copied.reportedRec;
            this.rne = copied.rne;
            this.ls = copied.ls;
            this.place = copied.place;
            this.provider = copied.provider;
            this.post = copied.post;
            this.urn = copied.urn;
        }

        boolean isTemporary() {
            return place.startsWith("T");
        }

        String text() {
            return String.join(
                    ",",
                    "c" + child,
                    from.toString(),
                    rne,
                    ls,
                    "N1",
                    place,
                    provider,
                    reportedTo == null ? "" : reportedTo.toString(),
                    reportedRec,
                    post,
                    urn);
        }

        private static String pick(Random random, String... values) {
            return values[random.nextInt(values.length)];
        }
    }

    @Test
    void agreesWithANaiveImplementationOnRandomHistories() throws IOException {
        List<Line> lines = lines(new Random(20240331));
        List<String> expected = new ArrayList<>();
        Map<Integer, List<Line>> byChild = new TreeMap<>();
        lines.forEach(line ->
                byChild.computeIfAbsent(line.child, child -> new ArrayList<>()).add(line));
        byChild.values().forEach(child -> expected.addAll(naive(child)));

        assertThat(expected).hasSizeGreaterThan(20_000);
        assertThat(found(lines)).isEqualTo(new TreeSet<>(expected));
    }

    private static List<Line> lines(Random random) {
        List<Line> lines = new ArrayList<>();
        for (int child = 0; child < CHILDREN; child++) {
            LocalDate from = LocalDate.of(2015, 1, 1).plusDays(random.nextInt(1000));
            int length = 1 + random.nextInt(9);
            for (int i = 0; i < length; i++) {
                LocalDate to = random.nextInt(10) == 0 ? null : from.plusDays(random.nextInt(25) == 0 ? -3 : 30);
                Line line = new Line(lines.size() + 2, child, from, to, random);
                lines.add(line);
                if (random.nextInt(20) == 0) {
                    lines.add(new Line(lines.size() + 2, line));
                }
                if (random.nextInt(20) == 0) {
                    lines.add(new Line(lines.size() + 2, child, from, from.plusDays(7), random));
                }
                // The next starts on the last one's end, within it, after a gap, or on the same day.
                from = from.plusDays(List.of(30, 30, 30, 30, 30, 12, 41, 0).get(random.nextInt(8)));
            }
        }
        return lines;
    }

    /** The periods, placements and episodes of a child, found by walking through its lines. */
    private static List<String> naive(List<Line> child) {
        TreeMap<LocalDate, Line> byStart = new TreeMap<>();
        for (Line line : child) {
            if (!line.ls.equals("V3") && !line.ls.equals("V4")) {
                byStart.put(line.from, line);
            }
        }
        List<Line> episodes = new ArrayList<>(byStart.values());
        while (!repaired(episodes)) {
            // An episode has gone; the next DECOM is taken anew.
        }
        List<List<Line>> periods = new ArrayList<>();
        for (Line episode : episodes) {
            Line last = periods.isEmpty() ? null : Collections.max(periods.get(periods.size() - 1), BY_START);
            if (last == null || !last.rec.equals("X1") || !episode.from.equals(last.to)) {
                periods.add(new ArrayList<>());
            }
            periods.get(periods.size() - 1).add(episode);
        }
        List<String> found = new ArrayList<>();
        for (int p = 0; p < periods.size(); p++) {
            List<Line> period = periods.get(p);
            Line last = period.get(period.size() - 1);
            found.add("period " + (p + 1) + " " + period.get(0).from + " " + last.to + " " + blankIsNull(last.rec) + " "
                    + numbers(period));
            placements(p + 1, period, found);
        }
        return found;
    }

    private static final Comparator<Line> BY_START = Comparator.comparing(line -> line.from);

    /** Applies R3 and R4; false when an episode had to be taken out and all must be done again. */
    private static boolean repaired(List<Line> episodes) {
        for (int i = 0; i < episodes.size(); i++) {
            Line episode = episodes.get(i);
            LocalDate next = i + 1 < episodes.size() ? episodes.get(i + 1).from : null;
            episode.to = episode.reportedTo;
            episode.rec = episode.reportedRec;
            if (next != null && (episode.to == null || episode.to.isAfter(next))) {
                if (episode.to == null && episode.rec.isEmpty()) {
                    episode.rec = "X1";
                }
                episode.to = next;
            }
            if (episode.to != null && !episode.to.isAfter(episode.from)) {
                episodes.remove(i);
                return false;
            }
            if (next != null && episode.rec.equals("X1") && episode.to.isBefore(next)) {
                episode.to = next;
            }
        }
        return true;
    }

    private static void placements(int period, List<Line> episodes, List<String> found) {
        List<List<Line>> placements = new ArrayList<>();
        Line home = null;
        Line before = null;
        LocalDate adoptiveSince = null;
        for (Line episode : episodes) {
            if (!episode.isTemporary()) {
                boolean continues = home != null
                        && (episode.place.equals("A3")
                                || episode.place.equals("A5")
                                || (before.isTemporary()
                                        ? episode.provider.equals(home.provider)
                                                && episode.post.equals(home.post)
                                                && episode.urn.equals(home.urn)
                                        : List.of("L", "T", "U").contains(episode.rne)));
                if (!continues) {
                    placements.add(new ArrayList<>());
                }
                home = episode;
            }
            if (!placements.isEmpty()) {
                placements.get(placements.size() - 1).add(episode);
            }
            if (adoptiveSince == null && episode.place.startsWith("A")) {
                adoptiveSince = episode.from;
            }
            Line shown = Objects.requireNonNullElse(home, episode);
            int number = placements.size();
            found.add("episode " + episode.number + " " + period + " " + number + " " + shown.place + " "
                    + blankIsNull(shown.provider) + " " + start(placements, number) + " "
                    + start(placements, number - 1)
                    + " " + adoptiveSince);
            before = episode;
        }
        for (int i = 0; i < placements.size(); i++) {
            List<Line> placement = placements.get(i);
            Line last = placement.get(placement.size() - 1);
            found.add("placement " + period + " " + (i + 1) + " " + placement.get(0).from + " " + last.to + " "
                    + placement.get(0).place + " " + numbers(placement));
        }
    }

    private static LocalDate start(List<List<Line>> placements, int number) {
        return number < 1 ? null : placements.get(number - 1).get(0).from;
    }

    private static List<Long> numbers(List<Line> lines) {
        return lines.stream().map(line -> line.number).sorted().toList();
    }

    private static String blankIsNull(String text) {
        return text.isEmpty() ? "null" : text;
    }

    /** The same from the program. */
    private TreeSet<String> found(List<Line> lines) throws IOException {
        StringBuilder episodes = new StringBuilder("CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,PL_POST,URN\n");
        lines.forEach(line -> episodes.append(line.text()).append('\n'));
        StringBuilder header = new StringBuilder("CHILD,SEX,DOB,ETHNIC\n");
        for (int child = 0; child < CHILDREN; child++) {
            header.append('c').append(child).append(",1,2010-01-01,WBRI\n");
        }
        Path landing = folder.resolve("landing");
        TestLanding.put(landing, "826/social_care/2024-03-31/episodes.csv", episodes.toString());
        TestLanding.put(landing, "826/social_care/2024-03-31/header.csv", header.toString());

        SparkSession spark = Sessions.local(Path.of("target/spark"));
        Path warehouse = folder.resolve("warehouse");
        Lake lake = new Lake(() -> spark, warehouse);
        Contracts contracts = Contracts.read(Conf.packaged());
        Register register = Register.open(warehouse);
        Silver silver = new Silver(lake, contracts, new Pseudonyms("a key for tests only".getBytes()));
        List<Delivery> deliveries = TestLanding.read(landing, register, contracts, lake, silver);
        for (String dataset : List.of("episodes", "header")) {
            silver.read(
                            contracts.get("social_care", dataset),
                            deliveries.stream()
                                    .filter(delivery -> delivery.dataset().equals(dataset))
                                    .toList())
                    .createOrReplaceTempView("twin_" + dataset);
        }
        silver.read(contracts.get("reference", "postcodes"), List.of()).createOrReplaceTempView("twin_postcodes");
        spark.sql("SELECT '826' AS la_code, 'none' AS delivery_id").createOrReplaceTempView("twin_in_force");

        Dataset<Row> history = CareHistory.episodes(
                        spark,
                        new CareHistory.Sources("twin_episodes", "twin_header", "twin_postcodes", "twin_in_force"))
                .cache();
        history.createOrReplaceTempView("twin_care_episode");
        TreeSet<String> found = new TreeSet<>();
        add(
                found,
                history,
                "'episode', line_number, period_number, placement_number, placement_place, placement_provider,"
                        + " placement_start_date, previous_placement_start_date, adoptive_since");
        add(
                found,
                CareHistory.periods(spark, "twin_care_episode"),
                "'period', period_number, start_date, cease_date, last_rec, line_numbers");
        add(
                found,
                CareHistory.placements(spark, "twin_care_episode"),
                "'placement', period_number, placement_number, start_date, end_date, first_place, line_numbers");
        history.unpersist();
        return found;
    }

    private static void add(TreeSet<String> found, Dataset<Row> rows, String columns) {
        List<String> texts = new ArrayList<>();
        for (String column : columns.split(", ")) {
            texts.add("coalesce(CAST(" + column + " AS STRING), 'null')");
        }
        rows.selectExpr("concat_ws(' ', " + String.join(", ", texts) + ")")
                .collectAsList()
                .forEach(row -> found.add(row.getString(0)));
    }
}
