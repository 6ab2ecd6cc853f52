package org.lacwarehouse.jobs.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.poi.xssf.usermodel.XSSFSheet;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.jobs.ExampleMart;
import org.lacwarehouse.jobs.Main;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfException;

/** The panel pack of the example council says what its marts say, in both forms and both copies. */
class PanelPackTest {
    private static final LocalDate MARCH = LocalDate.of(2024, 3, 31);
    private static final LocalDate DECEMBER = LocalDate.of(2023, 12, 31);
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.UK);
    private static final String NAME = "St <b>Mary's</b> & \"Co\" </script><script>alert(1)</script>";

    private static Database database;

    @TempDir
    Path folder;

    /** An expected figure: what the mart holds, or the symbol it has instead; neither when there is no row. */
    private record Expected(Double value, String symbol, String unit) {
        String text() {
            if (value == null) {
                return symbol == null ? "–" : symbol;
            }
            BigDecimal rounded = new BigDecimal(value).setScale(unit.equals("mean") ? 1 : 0, RoundingMode.HALF_UP);
            return String.format(Locale.UK, "%,." + rounded.scale() + "f", rounded)
                            .replace('-', '−')
                    + (unit.equals("percent") ? "%" : "");
        }
    }

    /** The marts with names that must be escaped, and published figures of the year before. */
    @BeforeAll
    static void copyMarts() throws Exception {
        database = ExampleMart.copy();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (String schema : List.of("mart", "mart_public")) {
                try (PreparedStatement names = connection.prepareStatement(
                        "update " + schema + ".dim_authority set authority_name = ?, region_name = 'The <Region>'"
                                + " where la_code = '826'")) {
                    names.setString(1, NAME);
                    names.execute();
                }
                statement.execute("update " + schema + ".dim_measure set measure_name = measure_name || ' <i>&'"
                        + " where measure_id = 'uasc_count'");
            }
            statement.execute(
                    """
                    update mart.fact_measure_comparison c
                    set published_period_end = case when period_end < date '2024-03-31' then date '2023-03-31' end,
                      region_value = 40.5 + length(measure_id), england_value = 30.25 + length(measure_id),
                      neighbour_mean = 20.125 + length(measure_id), rank = 3, rank_of = 150, quartile = 'A'
                    where la_code = '826' and period_end between date '2023-03-31' and date '2024-02-29'
                    and exists (select 1 from mart.dim_measure m where m.measure_id = c.measure_id and m.benchmark_id is not null)
                    """);
        }
    }

    /** The marts that {@link #copyMarts} has made. */
    static Database database() {
        return database;
    }

    @Test
    void everyFigureIsTheMarts() throws Exception {
        for (LocalDate asAt : List.of(MARCH, DECEMBER)) {
            List<Path> files = new PanelPack(Conf.packaged()).write(database, "826", asAt, false, folder);
            assertThat(check(files, "mart", asAt)).isGreaterThan(700);
        }
    }

    /** An analyst of one council, whose rows alone it may read, gets the same figures; where the data come from it may not know. */
    @Test
    void anAnalystOfTheCouncilGetsTheSamePack() throws Exception {
        String analyst = "pack_analyst_" + ProcessHandle.current().pid();
        inRole(analyst, "mart_analyst_826", () -> {
            Database asAnalyst = new Database(database.url(), analyst, "pack");
            List<Path> files = new PanelPack(Conf.packaged()).write(asAnalyst, "826", MARCH, false, folder);
            assertThat(check(files, "mart", MARCH)).isGreaterThan(700);
            assertThat(Files.readString(files.get(0)))
                    .contains("audit.freshness, which this account may not read")
                    .contains("E1 All children looked after on the roll at the date<small>");
        });
    }

    @Test
    void thePublicCopyShowsWhatIsPublishedAndNothingElse() throws Exception {
        String reader = "pack_reader_" + ProcessHandle.current().pid();
        inRole(reader, "mart_public_reader", () -> {
            Database asReader = new Database(database.url(), reader, "pack");
            for (LocalDate asAt : List.of(MARCH, DECEMBER)) {
                List<Path> files = new PanelPack(Conf.packaged()).write(asReader, "826", asAt, true, folder);
                assertThat(check(files, "mart_public", asAt)).isGreaterThan(asAt.equals(MARCH) ? 700 : 400);
                String page = Files.readString(files.get(0));
                assertThat(page).contains("counts of 1 to 5 are suppressed").contains(">c</td>");
                // Tables that are counted from children's records are not there.
                assertThat(page).contains("E1 All children looked after on the roll at the date. Not shown");
            }
            assertThatThrownBy(() -> new PanelPack(Conf.packaged()).write(asReader, "826", MARCH, false, folder))
                    .hasMessageContaining("may not read schema mart")
                    .hasMessageContaining("--public");
        });
    }

    private interface Action {
        void run() throws Exception;
    }

    /** Does something while there is an account that has one role only. */
    private static void inRole(String account, String role, Action action) throws Exception {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create role " + account + " login password 'pack' in role " + role);
            try {
                action.run();
            } finally {
                statement.execute("drop role " + account);
            }
        }
    }

    @Test
    void everyTableOfThePackHasItsIdAndWhatIsMissingIsSaid() throws Exception {
        Pack pack = new PanelPack(Conf.packaged()).read(database, "826", MARCH, false);

        List<String> ids = pack.sections().stream()
                .flatMap(section -> section.tables().stream())
                .map(Pack.Table::id)
                .toList();
        assertThat(ids)
                .hasSize(13 + 14 + 4 + 4 + 7 + 5 + 2)
                .startsWith("A1", "A2")
                .endsWith("G1", "G2");
        String page = HtmlPack.write(pack);
        for (Pack.Section section : pack.sections()) {
            for (Pack.Table table : section.tables()) {
                for (Pack.Part part : table.parts()) {
                    assertThat(page)
                            .contains((part.rows().isEmpty() ? "<p class=\"empty\">" : "<caption>")
                                    + HtmlPack.escaped(table.id() + " " + part.caption()));
                    boolean hasGap = part.rows().stream()
                            .flatMap(row -> row.cells().stream())
                            .anyMatch(Pack.Cell::isMissing);
                    assertThat(part.notes().stream().anyMatch(note -> note.startsWith("– ")))
                            .as(table.id() + " " + part.caption())
                            .isEqualTo(hasGap
                                    || (part.rows().isEmpty()
                                            && !part.notes().get(0).contains("no target")));
                }
            }
        }
        assertThat(pack.gaps()).allMatch(gap -> !gap.reason().isBlank());
        assertThat(pack.definitions()).hasSizeGreaterThan(90).noneMatch(d -> d.words()
                .isBlank());
        assertThat(pack.sources()).anyMatch(line -> line.contains("extract of 31 March 2024"));
    }

    /** Four quarters are the year: no month end is in two of them, none is left out. */
    @Test
    void quartersAddUpToTheYear() throws Exception {
        Pack pack = new PanelPack(Conf.packaged()).read(database, "826", MARCH, false);
        List<Pack.Part> scorecard = pack.sections().stream()
                .flatMap(section -> section.tables().stream())
                .filter(table -> table.id().equals("C1"))
                .findFirst()
                .orElseThrow()
                .parts();
        Pack.Part quarters = scorecard.get(0);
        Pack.Part years = scorecard.get(1);
        assertThat(quarters.columns())
                .containsExactly(
                        "31 March 2023", "30 June 2023", "30 September 2023", "31 December 2023", "31 March 2024");
        double all = 0;
        for (int i = 0; i < quarters.rows().size(); i++) {
            double sum = quarters.rows().get(i).cells().subList(1, 5).stream()
                    .mapToDouble(Pack.Cell::value)
                    .sum();
            assertThat(sum)
                    .as(years.rows().get(i).name())
                    .isEqualTo(years.rows().get(i).cells().get(2).value());
            all += sum;
        }
        assertThat(all).isPositive();
    }

    /** Published figures are those of the date, or say of which date they are; another year's stand in no year's column. */
    @Test
    void comparatorsSayOfWhichYearTheyAre() throws Exception {
        List<Path> files = new PanelPack(Conf.packaged()).write(database, "826", DECEMBER, false, folder);
        Map<String, Printed> page = Printed.page(files.get(0));
        Map<String, Printed> workbook = Printed.workbook(files.get(1));

        Printed now = page.get("B9 Beside the newest published figures");
        String measure = "Three or more placements in the year";
        double length = "placements_3plus".length();
        assertThat(now.cell(measure, "The <Region>")).isEqualTo("57%");
        assertThat(now.cell(measure, "Neighbours")).isEqualTo("36%");
        assertThat(now.cell(measure, "England")).isEqualTo("46%");
        assertThat(now.cell(measure, "Published for")).isEqualTo("year to 31 March 2023");
        assertThat(workbook.get("B9 Beside the newest published figures").cell(measure, "Neighbours"))
                .isEqualTo(20.125 + length);

        Printed years = page.get("B9 Year by year, beside others");
        assertThat(years.cell(measure + ": England", "31 March 2023")).isEqualTo("46%");
        assertThat(years.cell(measure + ": England", "31 December 2023")).isEqualTo("–");

        Printed glance = page.get("G1 Placements");
        assertThat(glance.cell(measure, "Rank")).isEqualTo("3 of 150");
        assertThat(glance.cell(measure, "Quartile")).isEqualTo("A");
        // A measure that nobody publishes has nothing beside it.
        assertThat(glance.cell("Placed within 20 miles of home", "England")).isEqualTo("–");
    }

    @Test
    void everythingIsEscaped() throws Exception {
        List<Path> files = new PanelPack(Conf.packaged()).write(database, "826", MARCH, false, folder);
        String page = Files.readString(files.get(0));

        assertThat(page)
                .doesNotContain("<b>Mary")
                .doesNotContain("</script><script>alert")
                .doesNotContain("<Region>")
                .doesNotContain("<i>&")
                .contains("St &lt;b&gt;Mary&#39;s&lt;/b&gt; &amp; &quot;Co&quot;")
                .contains("\"name\":\"Unaccompanied asylum-seeking children \\u003ci\\u003e\\u0026\"");
        try (XSSFWorkbook workbook = new XSSFWorkbook(Files.newInputStream(files.get(1)))) {
            assertThat(workbook.getSheet("About").getRow(0).getCell(0).getStringCellValue())
                    .startsWith(NAME);
        }
    }

    @Test
    void thePageNeedsNothingElseAndTheWorkbookHasChartsOfItsOwn() throws Exception {
        List<Path> files = new PanelPack(Conf.packaged()).write(database, "826", MARCH, false, folder);
        String page = Files.readString(files.get(0));

        assertThat(page)
                .startsWith("<!doctype html>\n<html lang=\"en-GB\">")
                .containsOnlyOnce("<h1")
                .doesNotContainPattern("(src|href)=\"(?!#|data:,\")")
                .doesNotContain("sourceMappingURL")
                .contains("default-src 'none'");
        int canvases = page.split("<canvas ", -1).length - 1;
        assertThat(page.split("<figcaption>\\w+ chart\\. ", -1)).hasSize(canvases + 1);
        try (XSSFWorkbook workbook = new XSSFWorkbook(Files.newInputStream(files.get(1)))) {
            int charts = 0;
            for (int i = 0; i < workbook.getNumberOfSheets(); i++) {
                XSSFSheet sheet = workbook.getSheetAt(i);
                charts += sheet.getDrawingPatriarch() == null
                        ? 0
                        : sheet.getDrawingPatriarch().getCharts().size();
            }
            assertThat(charts).isEqualTo(canvases).isGreaterThan(8);
        }
    }

    @Test
    void aDateOrAuthorityWithoutFiguresIsAnsweredWithThoseThatHaveSome() {
        PanelPack pack = new PanelPack(Conf.packaged());

        assertThatThrownBy(() -> pack.write(database, "826", LocalDate.of(2024, 3, 15), false, folder))
                .hasMessageContaining("no figures of 826 at 2024-03-15")
                .hasMessageContaining("from 2022-04-30 to 2024-03-31")
                .hasMessageContaining("2024-02-29 and 2024-03-31");
        assertThatThrownBy(() -> pack.write(database, "999", MARCH, false, folder))
                .hasMessageContaining("no figures of authority 999")
                .hasMessageContaining("826");
        assertThat(Main.execute(
                        "pack",
                        "--authority",
                        "826",
                        "--as-at",
                        "2024-03-15",
                        "--out",
                        folder.toString(),
                        "--jdbc-url",
                        database.url(),
                        "--jdbc-user",
                        database.user()))
                .isEqualTo(Main.USAGE);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aMistakeInADeclarationIsToldWithFileAndLine() throws Exception {
        Path reports = Files.createDirectories(folder.resolve("conf/reports"));
        Files.writeString(
                reports.resolve("h_more.yml"),
                "section: H\ntitle: More\nabout: More.\ntables:\n  - id: H1\n    title: One\n    show: now\n"
                        + "    rows: [cla_count, no_such]\n");
        Conf conf = Conf.withOverrides(folder.resolve("conf"));

        assertThatThrownBy(() -> new PanelPack(conf).read(database, "826", MARCH, false))
                .isInstanceOf(ConfException.class)
                .hasMessage("reports/h_more.yml:8: there is no measure `no_such` in the marts");
    }

    /** Every figure of every declared table against the mart, in both forms; returns how many. */
    static int check(List<Path> files, String schema, LocalDate asAt) throws Exception {
        Map<String, Printed> page = Printed.page(files.get(0));
        Map<String, Printed> workbook = Printed.workbook(files.get(1));
        assertThat(workbook.keySet()).containsAll(page.keySet());
        int checked = 0;
        try (Connection connection = database.connect()) {
            for (Layout.Section section : Layout.read(Conf.packaged())) {
                for (Layout.Table table : section.tables()) {
                    for (Layout.Part part : table.parts()) {
                        String caption = table.id() + " " + part.caption();
                        boolean isRows = part.kind() == Layout.Kind.SERIES || part.kind() == Layout.Kind.NOW;
                        if (part.kind() == Layout.Kind.GLANCE && page.containsKey(caption)) {
                            checked += glance(
                                    connection, schema, part.mart(), asAt, page.get(caption), workbook.get(caption));
                        }
                        if (!isRows || !part.window().isEmpty() || !page.containsKey(caption)) {
                            continue;
                        }
                        for (Layout.Line line : part.rows()) {
                            for (LocalDate end : ends(connection, schema, part, asAt)) {
                                checked += line(
                                        connection,
                                        schema,
                                        line,
                                        end,
                                        page.get(caption),
                                        workbook.get(caption),
                                        caption);
                            }
                        }
                    }
                }
            }
        }
        return checked;
    }

    private static int line(
            Connection connection,
            String schema,
            Layout.Line line,
            LocalDate end,
            Printed page,
            Printed workbook,
            String caption)
            throws SQLException {
        if (!line.fact().isEmpty()) {
            Double count = one(
                    connection,
                    "select case when exists (select 1 from mart.fact_authority_month where period_end = ?) then count(*) end"
                            + " from mart." + line.fact() + " where period_end = '" + end + "' and " + line.where(),
                    end);
            same(page, workbook, line.name(), end, new Expected(count, null, "count"), caption);
            return 1;
        }
        if (line.by().isEmpty()) {
            String name = line.name().isEmpty() ? name(connection, schema, line.measure()) : line.name();
            same(page, workbook, name, end, figure(connection, schema, line.measure(), end, "all", "all"), caption);
            return 1;
        }
        if (line.groups().isEmpty()) {
            // Rows named by code lists: the figures of the column are those of the groups, whatever they are called.
            List<String> expected = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(
                    "select value, "
                            + symbol(schema) + " from " + schema
                            + ".fact_measure where la_code = '826' and measure_id = ? and breakdown_type = ? and period_end = ?")) {
                statement.setString(1, line.measure());
                statement.setString(2, line.by());
                statement.setObject(3, end);
                try (ResultSet row = statement.executeQuery()) {
                    String unit = unit(connection, schema, line.measure());
                    while (row.next()) {
                        expected.add(new Expected(number(row, 1), row.getString(2), unit).text());
                    }
                }
            }
            List<String> shown = new ArrayList<>(page.rows().values().stream()
                    .map(cells -> String.valueOf(cells.get(DATE.format(end))))
                    .toList());
            for (String text : expected) {
                assertThat(shown.remove(text))
                        .as(caption + " " + end + " " + text)
                        .isTrue();
            }
            return expected.size();
        }
        int checked = 0;
        for (Map.Entry<String, List<String>> group : line.groups().entrySet()) {
            if (group.getValue().contains("*")) {
                continue;
            }
            Expected whole = figure(connection, schema, line.measure(), end, "all", "all");
            double sum = 0;
            boolean isHidden = false;
            for (String value : group.getValue()) {
                Expected part = figure(connection, schema, line.measure(), end, line.by(), value);
                isHidden |= "c".equals(part.symbol());
                sum += part.value() == null ? 0 : part.value();
            }
            Expected expected = whole.value() == null
                    ? whole
                    : isHidden
                            ? new Expected(null, "c", "count")
                            : line.isShare()
                                    ? new Expected(100 * sum / whole.value(), null, "percent")
                                    : new Expected(sum, null, "count");
            String name = line.name().isEmpty() || line.groups().size() == 1
                    ? group.getKey()
                    : line.name() + ", " + group.getKey();
            same(page, workbook, name, end, expected, caption);
            checked++;
        }
        return checked;
    }

    private static int glance(
            Connection connection, String schema, String mart, LocalDate asAt, Printed page, Printed workbook)
            throws SQLException {
        int checked = 0;
        try (PreparedStatement statement = connection.prepareStatement(
                "select measure_id, measure_name from " + schema + ".dim_measure where mart = ?")) {
            statement.setString(1, mart);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String name = row.getString(2).replace(" at D", "");
                    for (LocalDate end : List.of(asAt, yearBefore(asAt))) {
                        same(
                                page,
                                workbook,
                                name,
                                end,
                                figure(connection, schema, row.getString(1), end, "all", "all"),
                                "G1");
                        checked++;
                    }
                }
            }
        }
        assertThat(page.rows()).hasSize(checked / 2);
        return checked;
    }

    private static void same(
            Printed page, Printed workbook, String name, LocalDate end, Expected expected, String caption) {
        String as = caption + ", " + name + ", " + end;
        assertThat(page.cell(name, DATE.format(end))).as(as).isEqualTo(expected.text());
        assertThat(workbook.cell(name, DATE.format(end)))
                .as(as)
                .isEqualTo(expected.value() == null ? expected.text() : expected.value());
    }

    private static LocalDate yearBefore(LocalDate end) {
        return end.plusDays(1).minusYears(1).minusDays(1);
    }

    /** The dates that a part must show. */
    private static List<LocalDate> ends(Connection connection, String schema, Layout.Part part, LocalDate asAt)
            throws SQLException {
        List<LocalDate> ends = new ArrayList<>();
        if (part.kind() == Layout.Kind.NOW) {
            // The newest date of its measures, where they have the same.
            Set<String> newest = new HashSet<>();
            for (Layout.Line line : part.rows()) {
                newest.add(text(
                        connection,
                        "select max(period_end) from " + schema
                                + ".fact_measure where la_code = '826' and period_end <= '" + asAt
                                + "' and measure_id = ?",
                        line.measure()));
            }
            String only = newest.iterator().next();
            LocalDate at = newest.size() == 1 && only != null ? LocalDate.parse(only) : asAt;
            return List.of(at, yearBefore(at));
        }
        LocalDate newest = part.step().equals("years")
                ? LocalDate.of(asAt.getMonthValue() < 3 ? 2023 : asAt.getYear(), 3, 31)
                : asAt;
        int step = part.step().equals("months") ? 1 : part.step().equals("quarters") ? 3 : 12;
        for (int i = 0; i < part.periods(); i++) {
            ends.add(newest.plusDays(1).minusMonths((long) i * step).minusDays(1));
        }
        return ends;
    }

    private static Expected figure(
            Connection connection, String schema, String measure, LocalDate end, String type, String group)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select value, " + symbol(schema) + " from " + schema
                        + ".fact_measure where la_code = '826' and measure_id = ? and period_end = ? and breakdown_type = ? and breakdown = ?")) {
            statement.setString(1, measure);
            statement.setObject(2, end);
            statement.setString(3, type);
            statement.setString(4, group);
            try (ResultSet row = statement.executeQuery()) {
                String unit = unit(connection, schema, measure);
                return row.next()
                        ? new Expected(number(row, 1), row.getString(2), unit)
                        : new Expected(null, null, unit);
            }
        }
    }

    private static String symbol(String schema) {
        return schema.equals("mart") ? "case when value is null then 'z' end" : "symbol";
    }

    private static String unit(Connection connection, String schema, String measure) throws SQLException {
        return text(connection, "select unit from " + schema + ".dim_measure where measure_id = ?", measure);
    }

    private static String name(Connection connection, String schema, String measure) throws SQLException {
        return text(connection, "select measure_name from " + schema + ".dim_measure where measure_id = ?", measure)
                .replace(" at D", "");
    }

    private static String text(Connection connection, String sql, Object parameter) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, parameter);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private static Double one(Connection connection, String sql, Object parameter) throws SQLException {
        String text = text(connection, sql, parameter);
        return text == null ? null : Double.valueOf(text);
    }

    private static Double number(ResultSet row, int column) throws SQLException {
        double number = row.getDouble(column);
        return row.wasNull() ? null : number;
    }
}
