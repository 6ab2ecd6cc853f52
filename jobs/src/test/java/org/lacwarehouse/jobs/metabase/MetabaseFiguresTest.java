package org.lacwarehouse.jobs.metabase;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.lacwarehouse.jobs.ExampleMart;
import org.lacwarehouse.jobs.Query;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.measure.Measure;
import org.lacwarehouse.marts.metabase.Content;
import org.lacwarehouse.marts.metabase.Content.Card;
import org.lacwarehouse.marts.metabase.Content.Figure;
import org.lacwarehouse.marts.metabase.Content.Sql;
import org.lacwarehouse.marts.metabase.MartContent;
import org.lacwarehouse.marts.metabase.Representation;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.marts.publish.Publication;
import org.lacwarehouse.pipeline.conf.Conf;

/** Every card for Metabase runs on the published marts, and gives the figures that fact_measure has. */
class MetabaseFiguresTest {
    private static final Catalogue CATALOGUE = new Catalogue(Conf.packaged());
    private static final String MARCH = "2024-03-31";
    private static final String DECEMBER = "2023-12-31";

    private static Database database;
    private static Content content;
    private static Set<String> authorities;

    /** The marts with published figures, which the example has none of. */
    @BeforeAll
    static void copyMarts() throws Exception {
        database = ExampleMart.copy();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    """
                    update mart.fact_measure_comparison c
                    set published_period_end = case when period_end < date '2024-03-31' then date '2023-03-31'
                        else date '2024-03-31' end,
                      published_value = length(measure_id) + 0.25,
                      region_value = 40.5, england_value = 30.25, neighbour_mean = 20.125, neighbour_median = 20, rank = 3,
                      rank_of = 150, quartile = 'A'
                    where period_end >= date '2023-03-31'
                    and exists (select 1 from mart.dim_measure m where m.measure_id = c.measure_id and m.benchmark_id is not null)
                    """);
        }
        Publication.Published published = new Publication(database).published();
        authorities = published.authorities().keySet();
        content = MartContent.of(CATALOGUE, published);
        assertThat(authorities).isNotEmpty();
    }

    @Test
    void everyTrendIsTheFigureOfEveryMonthAndAuthority() throws SQLException {
        Set<String> missing = new TreeSet<>();
        for (Measure measure : CATALOGUE.measures()) {
            Card card = content.card("measure/" + measure.id() + "/trend");
            String all = "select period_end, authority_name, value from mart.fact_measure join mart.dim_authority"
                    + " using (authority_key) where breakdown_type = 'all' and measure_id = '" + measure.id() + "'";
            List<String> rows = rows(card, Map.of());
            assertThat(rows).as(measure.id()).isEqualTo(Query.rows(database, all + " order by 1, 2", "|"));
            if (rows.isEmpty()) {
                missing.add(measure.id());
            }
            for (String authority : authorities) {
                assertThat(rows(card, Map.of("authority", authority, "as_at", DECEMBER)))
                        .isEqualTo(Query.rows(
                                database,
                                all + " and mart.fact_measure.la_code = '" + authority + "' and period_end <= '"
                                        + DECEMBER + "' order by 1, 2",
                                "|"));
            }
        }
        assertThat(missing).hasSizeLessThan(CATALOGUE.measures().size() / 4);
    }

    /** A metric is MBQL, which Metabase makes SQL of; here it gets the meaning that Metabase's documentation gives it. */
    @Test
    void everyMetricIsTheFigureOfEveryMonthAndAuthority() throws SQLException {
        Representation files = new Representation(content, "Marts");
        for (Measure measure : CATALOGUE.measures()) {
            Card card = content.card("measure/" + measure.id() + "/metric");
            assertThat(card.query()).isInstanceOf(Figure.class);
            Map<?, ?> stage = (Map<?, ?>) ((List<?>) files.query(card.query()).get("stages")).get(0);
            String sql = "select la_code, " + sql(((List<?>) stage.get("breakout")).get(0)) + "::date, "
                    + sql(((List<?>) stage.get("aggregation")).get(0)) + " from mart.fact_measure where "
                    + String.join(
                            " and ",
                            ((List<?>) stage.get("filters"))
                                    .stream().map(MetabaseFiguresTest::sql).toList())
                    + " group by 1, 2";
            String expected = "select la_code, date_trunc('month', period_end)::date, value from mart.fact_measure"
                    + " where breakdown_type = 'all' and measure_id = '" + measure.id() + "'";
            Map<String, Double> figures = figures(sql);
            assertThat(figures.keySet()).isEqualTo(figures(expected).keySet());
            figures(expected).forEach((month, value) -> {
                if (value == null) {
                    assertThat(figures.get(month))
                            .as(measure.id() + " " + month)
                            .isNull();
                } else {
                    assertThat(figures.get(month))
                            .as(measure.id() + " " + month)
                            .isCloseTo(value, Offset.offset(1e-9 * Math.max(1, Math.abs(value))));
                }
            });
        }
    }

    private static String sql(Object clause) {
        if (!(clause instanceof List<?> list)) {
            return clause instanceof String text ? "'" + text + "'" : String.valueOf(clause);
        }
        if (list.get(0).equals("field")) {
            Object column = ((List<?>) list.get(2)).get(3);
            Object unit = ((Map<?, ?>) list.get(1)).get("temporal-unit");
            return unit == null ? column.toString() : "date_trunc('" + unit + "', " + column + ")";
        }
        List<String> of = list.stream().skip(2).map(MetabaseFiguresTest::sql).toList();
        return switch ((String) list.get(0)) {
            case "=" -> of.get(0) + " = " + of.get(1);
            case "sum" -> "sum(" + of.get(0) + ")";
            case "*" -> "(" + of.get(0) + " * " + of.get(1) + ")";
            case "/" -> "(" + of.get(0) + "::float8 / nullif(" + of.get(1) + ", 0))";
            default -> throw new AssertionError("What does " + list + " mean?");
        };
    }

    private static Map<String, Double> figures(String sql) throws SQLException {
        Map<String, Double> figures = new LinkedHashMap<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                double value = row.getDouble(3);
                figures.put(row.getString(1) + " " + row.getString(2), row.wasNull() ? null : value);
            }
        }
        return figures;
    }

    @Test
    void theTablesOfCurrentFiguresHaveTheNewestOfEachWithTheYearBeforeAndTheTarget() throws SQLException {
        Set<String> shown = new TreeSet<>();
        for (String asAt : List.of(MARCH, DECEMBER)) {
            for (Card card : content.cards()) {
                if (!card.key().endsWith("/figures") || card.folder().equals("benchmarks")) {
                    continue;
                }
                String mart = card.key().startsWith("mart/") ? card.folder() : null;
                List<Map<String, String>> rows = table(card, Map.of("as_at", asAt));
                rows.forEach(row -> shown.add(row.get("Figure")));
                String newest =
                        """
                        select measure_name as "Figure", authority_name as "Authority", f.value as "Value",
                          f.period_end as "Month end",
                          (select value from mart.fact_measure y where y.measure_id = f.measure_id and y.la_code = f.la_code
                            and y.breakdown_type = 'all' and extract(day from y.period_end + 1) = 1
                            and y.period_end + 1 = f.period_end + 1 - interval '1 year') as "A year before",
                          (select comparison || ' ' || target_value from mart.dim_target t
                            where t.measure_id = f.measure_id and t.authority_key = f.authority_key
                            and f.period_end between valid_from and coalesce(valid_to, f.period_end)) as "Target",
                          c.published_value as "Published", c.england_value as "England"
                        from mart.fact_measure f join mart.dim_measure m on m.measure_id = f.measure_id
                        join mart.dim_authority a on a.authority_key = f.authority_key
                        join mart.fact_measure_comparison c
                          on c.la_code = f.la_code and c.measure_id = f.measure_id and c.period_end = f.period_end
                        where f.breakdown_type = 'all' %s and f.period_end = (select max(period_end) from mart.fact_measure n
                          where n.la_code = f.la_code and n.measure_id = f.measure_id and period_end <= '%s')
                        """
                                .formatted(mart == null ? "" : "and mart = '" + mart + "'", asAt);
                List<Map<String, String>> expected = table(newest);
                assertThat(rows).as(card.name()).hasSameSizeAs(expected).isNotEmpty();
                for (Map<String, String> figure : expected) {
                    assertThat(rows).anySatisfy(row -> assertThat(row).containsAllEntriesOf(figure));
                }
                for (String authority : authorities) {
                    assertThat(table(card, Map.of("as_at", asAt, "authority", authority)))
                            .isEqualTo(rows.stream()
                                    .filter(row -> row.get("Authority").equals(name(authority)))
                                    .toList());
                }
            }
        }
        assertThat(shown)
                .containsExactlyInAnyOrderElementsOf(Query.rows(
                        database,
                        "select distinct measure_name from mart.fact_measure join mart.dim_measure"
                                + " using (measure_id) where period_end <= '" + MARCH + "'"));
    }

    private static String name(String authority) {
        try {
            return Query.cell(
                    database, "select authority_name from mart.dim_authority where la_code = '" + authority + "'");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyGroupIsThatOfTheFigures() throws SQLException {
        int groups = 0;
        for (Measure measure : CATALOGUE.measures()) {
            if (measure.breakdowns().isEmpty()) {
                continue;
            }
            Card card = content.card("mart/" + measure.mart() + "/groups");
            for (String authority : authorities) {
                List<String> expected = Query.rows(
                        database,
                        "select breakdown_type, breakdown, value, numerator, denominator from mart.fact_measure f"
                                + " where la_code = '" + authority + "' and measure_id = '" + measure.id()
                                + "' and breakdown_type <> 'all' and period_end = (select max(period_end) from"
                                + " mart.fact_measure n where n.measure_id = f.measure_id and n.la_code = f.la_code"
                                + " and breakdown_type <> 'all' and period_end <= '" + DECEMBER + "') order by 1, 2",
                        "|");
                assertThat(
                                table(card, Map.of("authority", authority, "as_at", DECEMBER, "figure", measure.id()))
                                        .stream()
                                        .map(row -> String.join(
                                                "|",
                                                List.of("By", "Group", "Value", "Counted", "Of").stream()
                                                        .map(row::get)
                                                        .map(String::valueOf)
                                                        .toList()))
                                        .toList())
                        .as(measure.id())
                        .isEqualTo(expected);
                groups += expected.size();
            }
        }
        assertThat(groups).isGreaterThan(100);
    }

    @Test
    void whatIsPublishedIsThatOfTheComparison() throws SQLException {
        int compared = 0;
        for (Card card : content.cards()) {
            Matcher measure = Pattern.compile("measure/(\\w+)/published").matcher(card.key());
            if (measure.matches()) {
                for (String authority : authorities) {
                    List<String> expected = Query.rows(
                            database,
                            "select published_period_end, max(published_value), max(neighbour_mean), max(region_value),"
                                    + " max(england_value) from mart.fact_measure_comparison where la_code = '"
                                    + authority + "' and measure_id = '" + measure.group(1)
                                    + "' and published_period_end is not null group by 1 order by 1",
                            "|");
                    assertThat(rows(card, Map.of("authority", authority)))
                            .as(card.name())
                            .isEqualTo(expected);
                    compared += expected.size();
                }
                assertThat(table(content.card("benchmarks/authorities"), Map.of("figure", measure.group(1))))
                        .hasSize(Integer.parseInt(Query.cell(
                                database,
                                "select count(distinct la_code) from mart.fact_measure_comparison where measure_id = '"
                                        + measure.group(1) + "' and published_value is not null")));
            }
        }
        assertThat(compared).isGreaterThan(20);
        assertThat(table(content.card("benchmarks/figures"), Map.of("as_at", MARCH)))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.get("Own figure"))
                        .isEqualTo(Query.rows(
                                        database,
                                        "select value from mart.fact_measure join mart.dim_measure using (measure_id)"
                                                + " join mart.dim_authority using (authority_key) where breakdown_type ="
                                                + " 'all' and authority_name = '" + row.get("Authority")
                                                + "' and measure_name = '"
                                                + row.get("Figure").replace("'", "''") + "' and period_end = '"
                                                + row.get("Own figure of") + "'")
                                .stream()
                                .findFirst()
                                .map(value -> value.equals("null") ? null : value)
                                .orElse(null)));
    }

    @Test
    void everyModelHasTheRowsOfItsFactAndTheColumnsThatAreTold() throws SQLException {
        for (Card card : content.cards()) {
            if (card.type().equals("model")) {
                String fact = card.key().replace("fact/", "");
                String sql = ((Sql) card.query()).text();
                assertThat(Query.cell(database, "select count(*) from (" + sql + ") model"))
                        .as(fact)
                        .isEqualTo(Query.cell(database, "select count(*) from mart." + fact));
                try (Connection connection = database.connect();
                        Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery(sql + " limit 0")) {
                    List<Object> columns = new ArrayList<>();
                    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                        columns.add(row.getMetaData().getColumnName(i));
                    }
                    assertThat(card.columns())
                            .extracting(column -> column.get("name"))
                            .isEqualTo(columns);
                }
            }
        }
    }

    @Test
    void targetsAreCountedByMart() throws SQLException {
        String counted =
                """
                select sum(case when is_target_met then 1 else 0 end), sum(case when is_target_met then 0 else 1 end)
                from mart.fact_measure_comparison c where is_target_met is not null and la_code = '826'
                and period_end = (select max(period_end) from mart.fact_measure n
                  where n.measure_id = c.measure_id and n.la_code = c.la_code and breakdown_type = 'all'
                  and period_end <= '2023-12-31')
                """;
        List<Map<String, String>> rows =
                table(content.card("glance/targets"), Map.of("authority", "826", "as_at", DECEMBER));
        assertThat(rows.stream()
                                .mapToInt(row -> Integer.parseInt(row.get("Met")))
                                .sum() + " "
                        + rows.stream()
                                .mapToInt(row -> Integer.parseInt(row.get("Missed")))
                                .sum())
                .isEqualTo(Query.cell(database, counted))
                .isNotEqualTo("0 0");
    }

    private static List<String> rows(Card card, Map<String, String> values) throws SQLException {
        return Query.rows(database, filled(card, values), "|");
    }

    private static List<Map<String, String>> table(Card card, Map<String, String> values) throws SQLException {
        return table(filled(card, values));
    }

    private static List<Map<String, String>> table(String sql) throws SQLException {
        List<Map<String, String>> rows = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                Map<String, String> cells = new LinkedHashMap<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    cells.put(row.getMetaData().getColumnLabel(i), row.getString(i));
                }
                rows.add(cells);
            }
        }
        return rows;
    }

    /** The SQL as Metabase sends it: a text or date in quotes for each filter, without the parts whose filters have no value. */
    private static String filled(Card card, Map<String, String> given) {
        Sql sql = (Sql) card.query();
        Map<String, String> values = new LinkedHashMap<>();
        sql.filters().forEach(filter -> {
            String value = given.getOrDefault(filter.name(), filter.isRequired() ? filter.initial() : null);
            if (value != null) {
                values.put(filter.name(), (filter.isDate() ? "date " : "") + "'" + value + "'");
            }
        });
        String kept = Pattern.compile("\\[\\[(.*?)]]", Pattern.DOTALL)
                .matcher(sql.text())
                .replaceAll(part -> Pattern.compile("\\{\\{(\\w+)}}")
                                .matcher(part.group(1))
                                .results()
                                .allMatch(name -> values.containsKey(name.group(1)))
                        ? Matcher.quoteReplacement(part.group(1))
                        : "");
        return Pattern.compile("\\{\\{(\\w+)}}")
                .matcher(kept)
                .replaceAll(name -> Matcher.quoteReplacement(values.get(name.group(1))));
    }
}
