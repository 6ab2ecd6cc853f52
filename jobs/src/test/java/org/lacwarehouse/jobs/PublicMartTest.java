package org.lacwarehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.Period;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.gold.MartView;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.pipeline.conf.Conf;

/**
 * Attacks mart_public: councils of random children are published, and an attacker who knows the rules and everything that
 * is published tries to work back counts of 1 to 5 by differences.
 */
@ExtendWith(PostgresKit.class)
class PublicMartTest {
    private static final MartView PUBLIC = new Catalogue(Conf.packaged())
            .publicTables().stream()
                    .filter(table -> table.name().equals("fact_measure"))
                    .findFirst()
                    .orElseThrow();
    private static final LocalDate FIRST = LocalDate.of(2022, 4, 30);
    private static final int MONTHS = 36;

    /** A cell of fact_measure; numerator and denominator are what it holds, shown whether they are published. */
    private record Cell(
            String authority,
            String measure,
            LocalDate end,
            String type,
            String group,
            int n,
            Integer d,
            boolean isShown) {
        String table() {
            return authority + " " + measure + " " + end + " " + type;
        }

        boolean isWhole() {
            return type.equals("all");
        }

        boolean isSecret() {
            return isSmall(n) || d != null && (isSmall(d) || isSmall(d - n));
        }
    }

    private static boolean isSmall(int count) {
        return count >= 1 && count <= 5;
    }

    @Test
    void noCountOfOneToFiveCanBeWorkedBack(Database database) throws SQLException {
        List<Cell> truth = councils();
        List<Cell> published = publish(database, truth);

        assertThat(published).hasSizeGreaterThan(2_500);
        assertThat(published.stream().filter(Cell::isShown)).hasSizeGreaterThan(1_000);
        assertThat(published.stream().filter(cell -> cell.isShown() && cell.isSecret()))
                .isEmpty();
        assertThat(attack(published)).isEmpty();
    }

    /** The attack works: it finds secrets when only the small counts themselves are suppressed. */
    @Test
    void theAttackFindsWhatIsNotProtected() {
        List<Cell> naive = councils().stream()
                .map(cell -> new Cell(
                        cell.authority(),
                        cell.measure(),
                        cell.end(),
                        cell.type(),
                        cell.group(),
                        cell.n(),
                        cell.d(),
                        !cell.isSecret()))
                .toList();

        Set<String> found = attack(naive);
        assertThat(found).anyMatch(text -> text.startsWith("group"));
        assertThat(found).anyMatch(text -> text.startsWith("month"));
        assertThat(found).anyMatch(text -> text.startsWith("difference"));
        assertThat(found).anyMatch(text -> text.startsWith("years"));
        assertThat(found).anyMatch(text -> text.startsWith("percent"));
        assertThat(found).anyMatch(text -> text.startsWith("other"));
    }

    @Test
    void smallCountsTheirComplementsAndMeansOfFewAreSuppressedAndTheRestIsRoundedHalfUp(Database database)
            throws SQLException {
        prepare(database);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "insert into dim_measure values ('count', 'count', 'at D'), ('pct', 'percent', 'at D'), ('mean',"
                            + " 'mean', 'at D'), ('rate', 'rate_per_10000', 'at D'), ('years', 'count', 'year')");
            statement.execute(
                    """
                    insert into fact_measure
                    select la, measure, date '2024-06-30', 'all', 'all', n, d,
                      case when d > 0 then n / d * f when d is null then n end
                    from (values
                      ('001', 'count', 0.0, null, 1), ('002', 'count', 1, null, 1), ('003', 'count', 5, null, 1),
                      ('004', 'count', 6, null, 1),
                      ('001', 'pct', 0, 40, 100), ('002', 'pct', 5, 40, 100), ('003', 'pct', 6, 40, 100),
                      ('004', 'pct', 35, 40, 100), ('005', 'pct', 34, 40, 100), ('006', 'pct', 40, 40, 100),
                      ('007', 'pct', 5, 5, 100), ('008', 'pct', 0, 0, 100), ('009', 'pct', 25, 200, 100),
                      ('001', 'mean', 30, 5, 1), ('002', 'mean', 81, 6, 1), ('003', 'mean', 0, 0, 1),
                      ('001', 'rate', 5, 60000, 10000), ('002', 'rate', 345, 60000, 10000),
                      ('001', 'years', 60, null, 1)) as t (la, measure, n, d, f)
                    """);
        }
        build(database);

        assertThat(Query.rows(
                        database,
                        "select measure_id, la_code, coalesce(numerator::text, '-'), coalesce(denominator::text, '-'),"
                                + " coalesce(value::text, symbol) from public_fact order by 1, 2"))
                .containsExactly(
                        "count 001 0 - 0",
                        "count 002 - - c",
                        "count 003 - - c",
                        "count 004 6 - 6",
                        "mean 001 - - c",
                        "mean 002 - - 13.5",
                        "mean 003 - - z",
                        "pct 001 0 40 0",
                        "pct 002 - - c",
                        "pct 003 6 40 15",
                        "pct 004 - - c",
                        "pct 005 34 40 85",
                        "pct 006 40 40 100",
                        "pct 007 - - c",
                        "pct 008 0 0 z",
                        "pct 009 25 200 13",
                        "rate 001 - - c",
                        "rate 002 345 60000 58");
    }

    /**
     * Eight councils of 3 to 120 children over three years: who starts and ceases in each month and year, who is there, and
     * a share of them, by two groupings.
     */
    private static List<Cell> councils() {
        Random random = new Random(20240331);
        List<Cell> cells = new ArrayList<>();
        for (int council = 1; council <= 8; council++) {
            String authority = "10" + council;
            int monthly = 1 + 5 * council;
            Map<LocalDate, Integer> started = new TreeMap<>();
            Map<LocalDate, Integer> ceased = new TreeMap<>();
            for (int month = 0; month < MONTHS; month++) {
                LocalDate end =
                        FIRST.plusMonths(month).withDayOfMonth(1).plusMonths(1).minusDays(1);
                started.put(end, random.nextInt(monthly));
                ceased.put(end, random.nextInt(monthly));
                cells.add(whole(authority, "started_month", end, started.get(end), null));
                cells.add(whole(authority, "ceased_month", end, ceased.get(end), null));
                int s = year(started, end);
                int c = year(ceased, end);
                cells.add(whole(authority, "started_year", end, s, null));
                cells.add(whole(authority, "ceased_year", end, c, null));
                cells.add(whole(authority, "net_change_year", end, s - c, null));
                // The same children by another grouping.
                cells.add(whole(authority, "ceased_reason", end, c, null));
                int[] reasons = new int[3];
                for (int child = 0; child < c; child++) {
                    reasons[Math.min(random.nextInt(3), random.nextInt(3))]++;
                }
                for (int reason = 0; reason < 3; reason++) {
                    if (reasons[reason] > 0) {
                        cells.add(new Cell(
                                authority, "ceased_reason", end, "reason", "E" + reason, reasons[reason], null, true));
                    }
                }
                int children = 3 + random.nextInt(15 * council);
                Map<String, Map<String, int[]>> groups = new TreeMap<>();
                int share = 0;
                for (int child = 0; child < children; child++) {
                    boolean counted = random.nextInt(5) == 0;
                    share += counted ? 1 : 0;
                    for (Map.Entry<String, Integer> type :
                            Map.of("sex", 2, "age_band", 6).entrySet()) {
                        // Some groups are rare.
                        int group = Math.min(random.nextInt(type.getValue()), random.nextInt(type.getValue()));
                        int[] sums = groups.computeIfAbsent(type.getKey(), t -> new TreeMap<>())
                                .computeIfAbsent("group " + group, g -> new int[2]);
                        sums[0] += counted ? 1 : 0;
                        sums[1]++;
                    }
                }
                cells.add(whole(authority, "cla_count", end, children, null));
                cells.add(whole(authority, "placements_3plus", end, share, children));
                groups.forEach((type, all) -> all.forEach((group, sums) -> {
                    cells.add(new Cell(authority, "cla_count", end, type, group, sums[1], null, true));
                    cells.add(new Cell(authority, "placements_3plus", end, type, group, sums[0], sums[1], true));
                }));
            }
        }
        return cells;
    }

    private static Cell whole(String authority, String measure, LocalDate end, int n, Integer d) {
        return new Cell(authority, measure, end, "all", "all", n, d, true);
    }

    private static int year(Map<LocalDate, Integer> months, LocalDate end) {
        return months.entrySet().stream()
                .filter(month -> Period.between(month.getKey(), end.plusDays(1)).toTotalMonths() < 12)
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    /** What an attacker finds out: the name of the way and the cell. */
    private static Set<String> attack(List<Cell> cells) {
        Set<String> found = new HashSet<>();
        Map<String, List<Cell>> tables =
                cells.stream().filter(cell -> !cell.isWhole()).collect(Collectors.groupingBy(Cell::table));
        Map<String, Cell> wholes = new HashMap<>();
        cells.stream()
                .filter(Cell::isWhole)
                .forEach(cell -> wholes.put(cell.authority() + " " + cell.measure() + " " + cell.end(), cell));
        tables.forEach((name, groups) -> {
            Cell any = groups.get(0);
            Cell whole = wholes.get(any.authority() + " " + any.measure() + " " + any.end());
            if (whole == null || !whole.isShown()) {
                return;
            }
            List<Cell> hidden = groups.stream().filter(cell -> !cell.isShown()).toList();
            if (any.d() == null) {
                // The hidden groups add up to the whole less the others; each holds somebody, or it would not be there.
                int sum = whole.n()
                        - groups.stream()
                                .filter(Cell::isShown)
                                .mapToInt(Cell::n)
                                .sum();
                if (isSmall(sum) || !hidden.isEmpty() && sum == hidden.size()) {
                    found.add("group " + name);
                }
            } else {
                // Of a share an attacker knows the denominators of groups where the count of children is shown, and
                // then
                // the numerator, where only one rounds to the published percentage.
                List<Cell> counts =
                        tables.getOrDefault(any.authority() + " cla_count " + any.end() + " " + any.type(), List.of());
                int least = 0;
                int most = 0;
                for (Cell cell : groups) {
                    if (!cell.isShown()) {
                        continue;
                    }
                    Cell count = counts.stream()
                            .filter(other -> other.group().equals(cell.group()))
                            .findFirst()
                            .orElseThrow();
                    if (!count.isShown()) {
                        return;
                    }
                    long percent = Math.round(Math.floor(100.0 * cell.n() / cell.d() + 0.5));
                    int low = -1;
                    int high = -1;
                    for (int n = 0; n <= count.n(); n++) {
                        if (Math.round(Math.floor(100.0 * n / count.n() + 0.5)) == percent) {
                            low = low < 0 ? n : low;
                            high = n;
                        }
                    }
                    least += low;
                    most += high;
                }
                if (least == most && isSmall(whole.n() - least)) {
                    found.add("percent " + name);
                }
            }
        });
        Predicate<Cell> isMarch = cell -> cell.end().getMonthValue() == 3;
        for (Cell year : wholes.values()) {
            String authority = year.authority() + " ";
            if (year.measure().endsWith("ed_year") && year.isShown() && isMarch.test(year)) {
                // The months of a year add up to it.
                String month = year.measure().replace("year", "month");
                int sum = year.n();
                int unknown = 0;
                for (int back = 0; back < 12; back++) {
                    Cell cell = wholes.get(authority + month + " " + end(year.end(), back));
                    if (cell == null || !cell.isShown()) {
                        unknown++;
                    } else {
                        sum -= cell.n();
                    }
                }
                if (unknown > 0 && isSmall(sum)) {
                    found.add("month " + year.table());
                }
            }
            if (year.measure().endsWith("ed_year") && year.isShown()) {
                // A year that ends a month later has one month more and one less.
                String month = year.measure().replace("year", "month");
                Cell before = wholes.get(authority + year.measure() + " " + end(year.end(), 1));
                Cell gone = wholes.get(authority + month + " " + end(year.end(), 12));
                Cell come = wholes.get(authority + month + " " + year.end());
                if (before != null
                        && before.isShown()
                        && gone != null
                        && gone.isShown()
                        && come != null
                        && !come.isShown()
                        && isSmall(year.n() - before.n() + gone.n())) {
                    found.add("years " + year.table());
                }
            }
            if (year.measure().equals("ceased_reason") && isMarch.test(year)) {
                // Where one of two tables of the same children is hidden with its whole, the other must not have it.
                Cell same = wholes.get(authority + "ceased_year " + year.end());
                if (same.isShown() != year.isShown()) {
                    found.add("same " + year.table());
                }
            }
            if (year.measure().equals("net_change_year") && year.isShown()) {
                Cell in = wholes.get(authority + "started_year " + year.end());
                Cell out = wholes.get(authority + "ceased_year " + year.end());
                Cell same = wholes.get(authority + "ceased_reason " + year.end());
                if (in.isShown() != out.isShown()) {
                    found.add("difference " + year.table());
                }
                if (in.isShown() != same.isShown()) {
                    found.add("other " + year.table());
                }
            }
        }
        return found;
    }

    private static LocalDate end(LocalDate of, int monthsBefore) {
        return of.plusDays(1).minusMonths(monthsBefore).minusDays(1);
    }

    private static void prepare(Database database) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create table dim_measure (measure_id text primary key, unit text, period_type text)");
            statement.execute(
                    "create table fact_measure (la_code text, measure_id text, period_end date, breakdown_type text,"
                            + " breakdown text, numerator double precision, denominator double precision, value double precision)");
        }
    }

    private static void build(Database database) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create table public_fact as " + PUBLIC.sql());
        }
    }

    /** What of the cells is published: those that stand in mart_public, shown or not. */
    private static List<Cell> publish(Database database, List<Cell> truth) throws SQLException {
        prepare(database);
        Map<String, Cell> byName = new HashMap<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                PreparedStatement insert =
                        connection.prepareStatement("insert into fact_measure values (?, ?, ?, ?, ?, ?, ?, ?)")) {
            statement.execute(
                    "insert into dim_measure values ('started_month', 'count', 'month'), ('ceased_month', 'count',"
                            + " 'month'), ('started_year', 'count', 'year'), ('ceased_year', 'count', 'year'), ('ceased_reason', 'count', 'year'), ('net_change_year',"
                            + " 'count', 'year'), ('cla_count', 'count', 'at D'), ('placements_3plus', 'percent', 'at D')");
            for (Cell cell : truth) {
                byName.put(cell.table() + cell.group(), cell);
                insert.setString(1, cell.authority());
                insert.setString(2, cell.measure());
                insert.setObject(3, cell.end());
                insert.setString(4, cell.type());
                insert.setString(5, cell.group());
                insert.setDouble(6, cell.n());
                insert.setObject(7, cell.d() == null ? null : (double) cell.d());
                insert.setObject(8, cell.d() == null ? (double) cell.n() : 100.0 * cell.n() / cell.d());
                insert.addBatch();
            }
            insert.executeBatch();
        }
        build(database);
        List<Cell> published = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select la_code, measure_id, period_end, breakdown_type, breakdown,"
                                + " symbol is null, numerator from public_fact")) {
            while (row.next()) {
                Cell cell = byName.get(row.getString(1) + " " + row.getString(2) + " " + row.getString(3) + " "
                        + row.getString(4) + row.getString(5));
                boolean shown = row.getBoolean(6);
                row.getDouble(7);
                assertThat(shown || row.wasNull()).as(cell.table()).isTrue();
                published.add(new Cell(
                        cell.authority(),
                        cell.measure(),
                        cell.end(),
                        cell.type(),
                        cell.group(),
                        cell.n(),
                        cell.d(),
                        shown));
            }
        }
        return published;
    }
}
