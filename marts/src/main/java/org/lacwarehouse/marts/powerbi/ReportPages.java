package org.lacwarehouse.marts.powerbi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lacwarehouse.marts.measure.Measure;
import org.lacwarehouse.marts.measure.MeasureCompiler;

/**
 * The pages of the Power BI report in PBIR, Microsoft's JSON form of one: everything at a glance, a page for each mart that
 * has measures, and one for the comparison with what other authorities publish.
 */
final class ReportPages {
    private static final String SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric/item/report/";
    private static final String GLANCE = "glance";
    private static final String BENCHMARKS = "benchmarks";
    private static final String FIGURES = MeasureCompiler.TABLE;
    private static final String AUTHORITY = "dim_authority";
    private static final String CATALOGUE = SemanticModel.MEASURES;
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 720;
    private static final int GAP = 16;

    private final List<Measure> measures;
    private final Map<String, String> comparisons;
    private final String authority;
    private final Map<String, Object> files = new LinkedHashMap<>();

    /**
     * @param measures the certified measures
     * @param comparisons the measures beside the others by the column that they read
     * @param authority the name of the authority that is selected at first
     */
    ReportPages(List<Measure> measures, Map<String, String> comparisons, String authority) {
        this.measures = measures;
        this.comparisons = comparisons;
        this.authority = authority;
    }

    /** The JSON of each file of the report's definition, by its path in that folder. */
    Map<String, Object> files() {
        Map<String, List<Measure>> marts = measures.stream()
                .collect(Collectors.groupingBy(Measure::mart, LinkedHashMap::new, Collectors.toList()));
        List<String> order = Stream.of(List.of(GLANCE), List.copyOf(marts.keySet()), List.of(BENCHMARKS))
                .flatMap(List::stream)
                .toList();
        files.put("version.json", map("$schema", schema("versionMetadata/1.0.0"), "version", "2.0.0"));
        files.put("report.json", map("$schema", schema("report/3.0.0"), "themeCollection", Map.of()));
        files.put(
                "pages/pages.json",
                map("$schema", schema("pagesMetadata/1.0.0"), "pageOrder", order, "activePageName", GLANCE));
        glance();
        marts.forEach(this::mart);
        benchmarks();
        return files;
    }

    private void glance() {
        page(GLANCE, "Everything at a glance", List.of());
        slicer(GLANCE, "authority", "Authority", AUTHORITY, "authority_name", authority, List.of(loaded()), 0);
        List<Object> shown = new ArrayList<>(List.of(
                column(AUTHORITY, "authority_name"), column(CATALOGUE, "mart"), column(CATALOGUE, "measure_name")));
        shown.addAll(compared(
                "own_value",
                SemanticModel.YEAR_BEFORE,
                "published_value",
                "neighbour_mean",
                "region_value",
                "england_value",
                "rank",
                "rank_of",
                "quartile",
                "change_on_year",
                "target_value",
                "is_target_met"));
        visual(
                GLANCE,
                "figures",
                "Every certified figure at the newest month end",
                "tableEx",
                map("Values", shown),
                List.of(loaded()),
                box(0, 1, 1, 1));
    }

    private void mart(String mart, List<Measure> own) {
        page(mart, SemanticModel.title(mart), List.of());
        Map<String, Object> ofMart = filter(CATALOGUE, "mart", false, mart);
        slicer(mart, "authority", "Authority", AUTHORITY, "authority_name", authority, List.of(loaded()), 0);
        slicer(mart, "measure", "Figure", CATALOGUE, "measure_name", own.get(0).name(), List.of(ofMart), 1);
        List<Object> all =
                own.stream().map(measure -> (Object) measure(measure.name())).toList();
        visual(
                mart,
                "years",
                "All figures of the mart, at the newest month end of each financial year",
                "pivotTable",
                map("Columns", List.of(column("dim_date", "financial_year")), "Values", all),
                List.of(),
                box(0, 1, 0.55, 1));
        Object figure = measure(SemanticModel.FIGURE);
        visual(
                mart,
                "trend",
                "The selected figure by month",
                "lineChart",
                map(
                        "Category",
                        List.of(column("dim_date", "date")),
                        "Series",
                        List.of(column(AUTHORITY, "authority_name")),
                        "Y",
                        List.of(figure)),
                List.of(filter(FIGURES, "breakdown_type", false, "all")),
                box(0.55, 1, 0.45, 0.4));
        visual(
                mart,
                "groups",
                "The selected figure by group, at the newest month end",
                "tableEx",
                map("Values", List.of(column(FIGURES, "breakdown_type"), column(FIGURES, "breakdown"), figure)),
                List.of(filter(FIGURES, "breakdown_type", true, "all")),
                box(0.55, 1.4, 0.45, 0.35));
        visual(
                mart,
                "words",
                "What the selected figure means",
                "tableEx",
                map(
                        "Values",
                        List.of(
                                column(CATALOGUE, "definition"),
                                column(CATALOGUE, "numerator_text"),
                                column(CATALOGUE, "denominator_text"))),
                List.of(ofMart),
                box(0.55, 1.75, 0.45, 0.25));
    }

    private void benchmarks() {
        String table = "authorities";
        String slicer = "authority";
        page(BENCHMARKS, "Benchmarks", List.of(map("source", slicer, "target", table, "type", "NoFilter")));
        List<String> published = measures.stream()
                .filter(measure -> !measure.benchmarkId().isEmpty())
                .map(Measure::name)
                .toList();
        slicer(BENCHMARKS, slicer, "Authority", AUTHORITY, "authority_name", authority, List.of(), 0);
        slicer(
                BENCHMARKS,
                "measure",
                "Figure",
                CATALOGUE,
                "measure_name",
                published.get(0),
                List.of(filter(CATALOGUE, "measure_name", false, published.toArray())),
                1);
        visual(
                BENCHMARKS,
                "years",
                "The selected authority beside its neighbours, region and England",
                "lineChart",
                map(
                        "Category",
                        List.of(column(SemanticModel.COMPARISON, "published_period_end")),
                        "Y",
                        compared("published_value", "neighbour_mean", "region_value", "england_value")),
                List.of(),
                box(0, 1, 0.5, 1));
        List<Object> shown = new ArrayList<>(List.of(column(AUTHORITY, "authority_name")));
        shown.addAll(compared("published_value", "neighbour_mean", "rank", "rank_of", "quartile", "change_on_year"));
        visual(
                BENCHMARKS,
                table,
                "All authorities of England, newest published year",
                "tableEx",
                map("Values", shown),
                List.of(),
                box(0.5, 1, 0.5, 1));
    }

    private List<Object> compared(String... columns) {
        return Stream.of(columns)
                .map(column -> (Object) measure(comparisons.getOrDefault(column, column)))
                .toList();
    }

    private static Map<String, Object> loaded() {
        return filter(AUTHORITY, "is_loaded", false, true);
    }

    private void page(String page, String title, List<Object> interactions) {
        Map<String, Object> json = map(
                "$schema",
                schema("page/2.0.0"),
                "name",
                page,
                "displayName",
                title,
                "displayOption",
                "FitToPage",
                "height",
                HEIGHT,
                "width",
                WIDTH);
        if (!interactions.isEmpty()) {
            json.put("visualInteractions", interactions);
        }
        files.put("pages/" + page + "/page.json", json);
    }

    private void slicer(
            String page,
            String name,
            String title,
            String table,
            String column,
            String selected,
            List<Map<String, Object>> filters,
            int place) {
        Map<String, Object> objects = map(
                "data",
                properties("mode", literal("Dropdown")),
                "selection",
                properties("strictSingleSelect", literal(true)),
                "general",
                properties("filter", map("filter", condition(table, column, false, selected))));
        visual(
                page,
                name,
                title,
                "slicer",
                map("Values", List.of(column(table, column))),
                filters,
                objects,
                box(place * 0.4, 0, 0.4, 1));
    }

    private void visual(
            String page,
            String name,
            String title,
            String type,
            Map<String, Object> roles,
            List<Map<String, Object>> filters,
            Map<String, Object> position) {
        Map<String, Object> objects =
                type.equals("pivotTable") ? map("values", properties("valuesOnRow", literal(true))) : map();
        visual(page, name, title, type, roles, filters, objects, position);
    }

    private void visual(
            String page,
            String name,
            String title,
            String type,
            Map<String, Object> roles,
            List<Map<String, Object>> filters,
            Map<String, Object> objects,
            Map<String, Object> position) {
        Map<String, Object> state = new LinkedHashMap<>();
        roles.forEach((role, fields) -> state.put(role, map("projections", fields)));
        Map<String, Object> visual = map("visualType", type, "query", map("queryState", state));
        if (!objects.isEmpty()) {
            visual.put("objects", objects);
        }
        visual.put(
                "visualContainerObjects",
                map("title", List.of(map("properties", map("show", literal(true), "text", literal(title))))));
        visual.put("drillFilterOtherVisuals", true);
        Map<String, Object> json =
                map("$schema", schema("visualContainer/2.5.0"), "name", name, "position", position, "visual", visual);
        if (!filters.isEmpty()) {
            List<Object> named = new ArrayList<>();
            for (Map<String, Object> filter : filters) {
                // The name of a filter is its own in the whole report.
                Map<String, Object> own = map("name", page + "_" + name + "_" + named.size());
                own.putAll(filter);
                named.add(own);
            }
            json.put("filterConfig", map("filters", named));
        }
        files.put("pages/" + page + "/visuals/" + name + "/visual.json", json);
    }

    /**
     * Where a visual stands.
     *
     * @param x the left edge, as a share of the page's width
     * @param y 0 in the row of slicers, 1 to 2 the share of the height under it
     * @param width as a share of the page's width
     * @param height as a share of the row of slicers, or of the height under it
     */
    private static Map<String, Object> box(double x, double y, double width, double height) {
        // A dropdown needs 76.
        int row = 76 + GAP;
        int below = HEIGHT - row;
        int top = y < 1 ? 0 : (int) Math.round(row + (y - 1) * below);
        int tall = (int) Math.round(height * (y < 1 ? row : below));
        return map(
                "x",
                (int) Math.round(x * WIDTH) + GAP / 2,
                "y",
                top + GAP / 2,
                "z",
                0,
                "width",
                (int) Math.round(width * WIDTH) - GAP,
                "height",
                tall - GAP,
                "tabOrder",
                (int) Math.round(y * 1000 + x * 100));
    }

    private static Map<String, Object> column(String table, String column) {
        return projection("Column", table, column);
    }

    private static Map<String, Object> measure(String name) {
        return projection("Measure", CATALOGUE, name);
    }

    private static Map<String, Object> projection(String kind, String table, String name) {
        return map(
                "field",
                map(kind, map("Expression", map("SourceRef", map("Entity", table)), "Property", name)),
                "queryRef",
                table + "." + name,
                "nativeQueryRef",
                name);
    }

    private static Map<String, Object> filter(String table, String column, boolean isExcluded, Object... values) {
        return map(
                "field",
                map("Column", map("Expression", map("SourceRef", map("Entity", table)), "Property", column)),
                "type",
                "Categorical",
                "filter",
                condition(table, column, isExcluded, values));
    }

    private static Map<String, Object> condition(String table, String column, boolean isExcluded, Object... values) {
        Map<String, Object> in = map(
                "In",
                map(
                        "Expressions",
                        List.of(map(
                                "Column", map("Expression", map("SourceRef", map("Source", "t")), "Property", column))),
                        "Values",
                        Stream.of(values)
                                .map(value -> List.of(map("Literal", map("Value", written(value)))))
                                .toList()));
        return map(
                "Version",
                2,
                "From",
                List.of(map("Name", "t", "Entity", table, "Type", 0)),
                "Where",
                List.of(map("Condition", isExcluded ? map("Not", map("Expression", in)) : in)));
    }

    private static List<Object> properties(String name, Object value) {
        return List.of(map("properties", map(name, value)));
    }

    private static Map<String, Object> literal(Object value) {
        return map("expr", map("Literal", map("Value", written(value))));
    }

    private static String written(Object value) {
        return value instanceof String text ? "'" + text.replace("'", "''") + "'" : value.toString();
    }

    private static String schema(String name) {
        return SCHEMAS + "definition/" + name + "/schema.json";
    }

    /** A JSON object of names and values by turns. */
    static Map<String, Object> map(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
