package org.lacwarehouse.marts.metabase;

import static org.lacwarehouse.marts.metabase.Shapes.map;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.gold.MartTable;
import org.lacwarehouse.marts.gold.NamedColumns;
import org.lacwarehouse.marts.measure.Measure;
import org.lacwarehouse.marts.metabase.Content.Card;
import org.lacwarehouse.marts.metabase.Content.Dashboard;
import org.lacwarehouse.marts.metabase.Content.Figure;
import org.lacwarehouse.marts.metabase.Content.Filter;
import org.lacwarehouse.marts.metabase.Content.Folder;
import org.lacwarehouse.marts.metabase.Content.Sql;
import org.lacwarehouse.marts.metabase.Content.Tile;
import org.lacwarehouse.marts.publish.Publication;
import org.lacwarehouse.pipeline.benchmark.Series;
import org.lacwarehouse.pipeline.contract.Contract;

/**
 * The content of Metabase, made from the declarations of tables and measures: a measure or table that is declared is there
 * without more. Certified figures are read from {@code fact_measure}.
 */
public final class MartContent {
    private static final String ROOT = "root";
    private static final String BENCHMARKS = "benchmarks";
    private static final String VALUE = "Value";
    private static final Map<String, String> TYPES = Map.of(
            "text", "type/Text",
            "int4", "type/Integer",
            "int8", "type/BigInteger",
            "float8", "type/Float",
            "numeric", "type/Decimal",
            "bool", "type/Boolean",
            "date", "type/Date");
    private static final List<String> NUMBERS = List.of(
            VALUE,
            "A year before",
            "Published",
            "Own figure",
            "Neighbours",
            "Median of neighbours",
            "Region",
            "England",
            "Change on year");
    private static final String UNIT =
            """
            case measure.unit when 'percent' then '%' when 'rate_per_10000' then 'per 10,000' when 'count' then '' \
            else measure.unit end as "Unit\"""";

    private final Catalogue catalogue;
    private final Publication.Published published;
    private final Filter authority;
    private final Filter oneAuthority;
    private final Filter asAt = new Filter("as_at", "As at", true, Map.of(), null, false);
    private final List<Folder> folders = new ArrayList<>();
    private final List<Card> cards = new ArrayList<>();
    private final List<Dashboard> dashboards = new ArrayList<>();

    private MartContent(Catalogue catalogue, Publication.Published published) {
        this.catalogue = catalogue;
        this.published = published;
        String first = published.authorities().keySet().stream().findFirst().orElse(null);
        this.authority = new Filter("authority", "Authority", false, published.authorities(), first, false);
        this.oneAuthority = new Filter("authority", "Authority", false, published.authorities(), first, true);
    }

    /**
     * The content for what has been published.
     *
     * @throws IllegalStateException with a message for the operator when that is not what the program would publish
     */
    public static Content of(Catalogue catalogue, Publication.Published published) {
        MartContent content = new MartContent(catalogue, published);
        content.glance();
        Map<String, List<Measure>> measures = catalogue.measures().stream()
                .collect(Collectors.groupingBy(Measure::mart, LinkedHashMap::new, Collectors.toList()));
        measures.forEach(content::mart);
        content.benchmarks();
        content.models();
        return new Content(List.copyOf(content.folders), List.copyOf(content.cards), List.copyOf(content.dashboards));
    }

    private void glance() {
        folders.add(new Folder(ROOT, null, "LAC Warehouse", "The certified figures about children looked after."));
        table(
                "glance/figures",
                ROOT,
                "Every certified figure",
                "Every certified figure at its newest month end, beside the year before, the target and the published"
                        + " figures of others.",
                figures(null),
                authority,
                asAt);
        cards.add(new Card(
                "glance/targets",
                ROOT,
                "Targets met and missed",
                "How many of the targets in force are met at the newest month end, by mart.",
                "question",
                "bar",
                new Sql(
                        newest("true")
                                + """
                        select initcap(replace(mart, '_', ' ')) as "Mart",
                          count(*) filter (where is_target_met) as "Met",
                          count(*) filter (where not is_target_met) as "Missed"
                        from figure
                        where is_target_met is not null
                        group by mart
                        order by 1""",
                        List.of(authority, asAt)),
                map(
                        "graph.dimensions",
                        List.of("Mart"),
                        "graph.metrics",
                        List.of("Met", "Missed"),
                        "stackable.stack_type",
                        "stacked"),
                List.of()));
        dashboards.add(new Dashboard(
                "glance",
                ROOT,
                "At a glance",
                "Every certified figure at the newest month end, or at that before a date.",
                List.of(new Tile("glance/figures", 0, 0, 24, 15), new Tile("glance/targets", 0, 15, 24, 7))));
    }

    private void mart(String mart, List<Measure> own) {
        folder(mart);
        String figures = "mart/" + mart + "/figures";
        String groups = "mart/" + mart + "/groups";
        table(
                figures,
                mart,
                title(mart) + ": current figures",
                "The certified figures of the mart at the newest month end, beside the year before, the target and the"
                        + " published figures of others.",
                figures(mart),
                authority,
                asAt);
        for (Measure measure : own) {
            trend(measure);
            metric(measure);
        }
        List<Tile> tiles = new ArrayList<>(List.of(new Tile(figures, 0, 0, 24, 9)));
        int row = threeInARow(tiles, 9, own.stream().map(MartContent::trendKey).toList());
        Map<String, String> grouped = own.stream()
                .filter(measure -> !measure.breakdowns().isEmpty())
                .collect(Collectors.toMap(Measure::id, Measure::name, (one, other) -> one, LinkedHashMap::new));
        if (!grouped.isEmpty()) {
            table(
                    groups,
                    mart,
                    title(mart) + ": figures by group",
                    "A certified figure by group, at its newest month end. A group that nobody is in has no row.",
                    groups(mart),
                    authority,
                    asAt,
                    figure(grouped));
            tiles.add(new Tile(groups, 0, row, 24, 9));
        }
        dashboards.add(new Dashboard(
                "mart/" + mart,
                mart,
                title(mart),
                "The certified figures of the mart " + mart + ": now, over time and by group.",
                tiles));
    }

    private void trend(Measure measure) {
        cards.add(new Card(
                trendKey(measure),
                measure.mart(),
                measure.name() + ", over time",
                measure.words(),
                "question",
                "line",
                new Sql(
                        """
                        select figure.period_end as "Month end", authority.authority_name as "Authority", figure.value as "Value"
                        from mart.fact_measure figure
                        join mart.dim_authority authority using (authority_key)
                        where figure.measure_id = %s and figure.breakdown_type = 'all'
                          [[and figure.la_code = {{authority}}]]
                          [[and figure.period_end <= {{as_at}}]]
                        order by 1, 2"""
                                .formatted(quoted(measure.id())),
                        List.of(authority, asAt)),
                map(
                        "graph.dimensions",
                        List.of("Month end", "Authority"),
                        "graph.metrics",
                        List.of(VALUE),
                        "graph.x_axis.title_text",
                        "",
                        "graph.y_axis.title_text",
                        unit(measure),
                        "column_settings",
                        formats(measure, VALUE)),
                List.of()));
    }

    private void metric(Measure measure) {
        Figure figure = new Figure(measure.id(), measure.factor(), measure.denominator() != null);
        cards.add(new Card(
                "measure/" + measure.id() + "/metric",
                measure.mart(),
                measure.name(),
                measure.words(),
                "metric",
                "line",
                figure,
                map("column_settings", formats(measure, figure.isDivided() ? "expression" : "sum")),
                List.of()));
    }

    private void benchmarks() {
        folder(BENCHMARKS);
        Set<String> series = catalogue.contracts().all().stream()
                .filter(contract -> contract.source().equals(Contract.BENCHMARKS))
                .flatMap(contract -> catalogue.contracts().dataSet(contract.dataset()).series().stream())
                .filter(each -> each.breakdownType().equals(Series.WHOLE))
                .map(Series::benchmarkId)
                .collect(Collectors.toSet());
        List<Measure> compared = catalogue.measures().stream()
                .filter(measure -> series.contains(measure.benchmarkId()))
                .toList();
        if (compared.isEmpty()) {
            return;
        }
        table(
                "benchmarks/figures",
                BENCHMARKS,
                "Figures beside the others",
                "The newest published figure of each measure beside statistical neighbours, region and England."
                        + " Rank 1 and quartile A are best.",
                """
                with compared as (
                  select distinct on (la_code, measure_id) *
                  from mart.fact_measure_comparison
                  where published_period_end is not null
                    [[and la_code = {{authority}}]]
                    [[and period_end <= {{as_at}}]]
                  order by la_code, measure_id, period_end desc
                )
                select authority.authority_name as "Authority", measure.measure_name as "Figure",
                  compared.published_period_end as "Published for", compared.published_value as "Published", %s,
                  compared.own_value as "Own figure", compared.period_end as "Own figure of",
                  compared.neighbour_mean as "Neighbours", compared.neighbour_median as "Median of neighbours",
                  compared.region_value as "Region", compared.england_value as "England", compared.rank as "Rank",
                  compared.rank_of as "Of", compared.quartile as "Quartile", compared.change_on_year as "Change on year",
                  measure.polarity as "Better"
                from compared
                join mart.dim_measure measure using (measure_id)
                join mart.dim_authority authority using (authority_key)
                where authority.is_loaded
                order by 1, 2"""
                        .formatted(UNIT),
                authority,
                asAt);
        for (Measure measure : compared) {
            cards.add(new Card(
                    "measure/" + measure.id() + "/published",
                    BENCHMARKS,
                    measure.name() + ", beside the others",
                    "What is published of an authority, its statistical neighbours, region and England, by year.\n"
                            + measure.words(),
                    "question",
                    "line",
                    new Sql(
                            """
                            select distinct published_period_end as "Year to", published_value as "Authority",
                              neighbour_mean as "Neighbours", region_value as "Region", england_value as "England"
                            from mart.fact_measure_comparison
                            where measure_id = %s and la_code = {{authority}} and published_period_end is not null
                            order by 1"""
                                    .formatted(quoted(measure.id())),
                            List.of(oneAuthority)),
                    map(
                            "graph.dimensions",
                            List.of("Year to"),
                            "graph.metrics",
                            List.of("Authority", "Neighbours", "Region", "England"),
                            "graph.x_axis.title_text",
                            "",
                            "graph.y_axis.title_text",
                            unit(measure),
                            "column_settings",
                            formats(measure, "Authority", "Neighbours", "Region", "England")),
                    List.of()));
        }
        table(
                "benchmarks/authorities",
                BENCHMARKS,
                "All authorities of England",
                "Every authority's newest published figure of one measure, the best first.",
                """
                with compared as (
                  select distinct on (la_code) *
                  from mart.fact_measure_comparison
                  where measure_id = {{figure}} and published_value is not null
                  order by la_code, published_period_end desc, period_end desc
                )
                select compared.rank as "Rank", authority.authority_name as "Authority",
                  compared.published_period_end as "Published for", compared.published_value as "Published",
                  compared.neighbour_mean as "Neighbours", compared.quartile as "Quartile",
                  compared.change_on_year as "Change on year"
                from compared
                join mart.dim_authority authority using (authority_key)
                order by 1, 2""",
                figure(compared.stream()
                        .collect(Collectors.toMap(
                                Measure::id, Measure::name, (one, other) -> one, LinkedHashMap::new))));
        List<Tile> tiles = new ArrayList<>(List.of(new Tile("benchmarks/figures", 0, 0, 24, 9)));
        int row = threeInARow(
                tiles,
                9,
                compared.stream()
                        .map(measure -> "measure/" + measure.id() + "/published")
                        .toList());
        tiles.add(new Tile("benchmarks/authorities", 0, row, 24, 12));
        dashboards.add(new Dashboard(
                BENCHMARKS, BENCHMARKS, title(BENCHMARKS), "What DfE publishes, beside the others.", tiles));
    }

    /** Every fact as a model: its columns, and the names of what its keys refer to. */
    private void models() {
        TreeSet<String> marts = folders.stream().map(Folder::key).collect(Collectors.toCollection(TreeSet::new));
        catalogue.tables().values().stream()
                .filter(table -> table.name().startsWith("fact_"))
                .sorted(Comparator.comparing(MartTable::name))
                .forEach(fact -> {
                    NamedColumns named = NamedColumns.of(fact, catalogue.tables(), Publication.MART + ".");
                    List<Map<String, Object>> columns = new ArrayList<>();
                    named.words().forEach((column, words) -> {
                        NamedColumns.Source source = named.sources().get(column);
                        columns.add(map(
                                "name",
                                column,
                                "display_name",
                                title(column),
                                "base_type",
                                TYPES.getOrDefault(published.type(source.table(), source.column()), "type/*"),
                                "description",
                                words));
                    });
                    cards.add(new Card(
                            "fact/" + fact.name(),
                            marts.contains(fact.mart()) ? fact.mart() : ROOT,
                            title(fact.name().replaceFirst("^fact_", "")),
                            fact.grain() + ". Table " + fact.name() + ", with the names of what its keys refer to.",
                            "model",
                            "table",
                            new Sql(
                                    "select " + String.join(", ", named.select()) + "\nfrom " + Publication.MART + "."
                                            + fact.name() + " fact" + named.joins(),
                                    List.of()),
                            Map.of(),
                            columns));
                });
    }

    private void folder(String mart) {
        folders.add(new Folder(mart, ROOT, title(mart), "The mart " + mart + "."));
    }

    private void table(String key, String folder, String name, String about, String sql, Filter... filters) {
        List<Map<String, Object>> colours = Stream.of(List.of("met", "#84BB4C"), List.of("missed", "#ED6E6E"))
                .map(rule -> map(
                        "columns",
                        List.of("Target is"),
                        "type",
                        "single",
                        "operator",
                        "=",
                        "value",
                        rule.get(0),
                        "color",
                        rule.get(1),
                        "highlight_row",
                        false))
                .toList();
        Map<String, Object> formats = new LinkedHashMap<>();
        NUMBERS.stream()
                .filter(column -> sql.contains("\"" + column + "\""))
                .forEach(column -> formats.put(column(column), map("decimals", 1)));
        cards.add(new Card(
                key,
                folder,
                name,
                about,
                "question",
                "table",
                new Sql(sql, List.of(filters)),
                sql.contains("\"Target is\"")
                        ? map("column_settings", formats, "table.column_formatting", colours)
                        : map("column_settings", formats),
                List.of()));
    }

    /** The newest whole figure of every measure and authority as {@code figure}. */
    private static String newest(String condition) {
        return """
                with figure as (
                  select distinct on (la_code, measure_id) *
                  from mart.v_measure_trend
                  where breakdown_type = 'all' and %s
                    [[and la_code = {{authority}}]]
                    [[and period_end <= {{as_at}}]]
                  order by la_code, measure_id, period_end desc
                )
                """
                .formatted(condition);
    }

    private static String figures(String mart) {
        return newest(mart == null ? "true" : "mart = " + quoted(mart))
                + """
                select figure.authority_name as "Authority", %sfigure.measure_name as "Figure", figure.value as "Value", %s,
                  before.value as "A year before", figure.comparison || ' ' || figure.target_value as "Target",
                  case figure.is_target_met when true then 'met' when false then 'missed' end as "Target is",
                  compared.published_value as "Published", compared.neighbour_mean as "Neighbours",
                  compared.england_value as "England", compared.quartile as "Quartile", measure.polarity as "Better",
                  figure.period_end as "Month end", measure.definition as "What it means"
                from figure
                join mart.dim_measure measure using (measure_id)
                left join mart.fact_measure_comparison compared using (measure_id, la_code, period_end)
                left join mart.fact_measure before
                  on before.measure_id = figure.measure_id and before.la_code = figure.la_code
                  and before.period_end = (figure.period_end + 1 - interval '1 year')::date - 1
                  and before.breakdown_type = 'all'
                order by figure.authority_name, figure.mart, figure.measure_name"""
                        .formatted(mart == null ? "initcap(replace(figure.mart, '_', ' ')) as \"Mart\", " : "", UNIT);
    }

    private static String groups(String mart) {
        return """
                with figure as (
                  select *, rank() over (partition by la_code, measure_id order by period_end desc) as place
                  from mart.fact_measure
                  where breakdown_type <> 'all'
                    [[and la_code = {{authority}}]]
                    [[and period_end <= {{as_at}}]]
                    [[and measure_id = {{figure}}]]
                )
                select authority.authority_name as "Authority", measure.measure_name as "Figure",
                  figure.breakdown_type as "By", figure.breakdown as "Group", figure.value as "Value", %s,
                  figure.numerator as "Counted", figure.denominator as "Of", figure.period_end as "Month end"
                from figure
                join mart.dim_measure measure using (measure_id)
                join mart.dim_authority authority using (authority_key)
                where figure.place = 1 and measure.mart = %s
                order by 1, 2, 3, 4"""
                .formatted(UNIT, quoted(mart));
    }

    private static Filter figure(Map<String, String> measures) {
        String first = measures.keySet().iterator().next();
        return new Filter("figure", "Figure", false, measures, first, true);
    }

    private static int threeInARow(List<Tile> tiles, int row, List<String> cards) {
        for (int i = 0; i < cards.size(); i++) {
            tiles.add(new Tile(cards.get(i), i % 3 * 8, row + i / 3 * 6, 8, 6));
        }
        return row + (cards.size() + 2) / 3 * 6;
    }

    private static String trendKey(Measure measure) {
        return "measure/" + measure.id() + "/trend";
    }

    private static String unit(Measure measure) {
        return measure.unit().replace("rate_per_10000", "per 10,000");
    }

    private static Map<String, Object> formats(Measure measure, String... columns) {
        Map<String, Object> format =
                map("decimals", measure.unit().equals("count") || measure.unit().equals("days") ? 0 : 1);
        if (measure.unit().equals("percent")) {
            format.put("suffix", "%");
        }
        Map<String, Object> formats = new LinkedHashMap<>();
        Stream.of(columns).forEach(column -> formats.put(column(column), format));
        return formats;
    }

    /** How the settings of a card name a column of its result. */
    private static String column(String name) {
        return "[\"name\",\"" + name + "\"]";
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** A name as people read it: {@code care_leavers} is {@code Care leavers}. */
    private static String title(String name) {
        String words = name.replace('_', ' ');
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
