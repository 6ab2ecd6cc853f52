package org.lacwarehouse.jobs.pack;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfException;
import org.lacwarehouse.pipeline.conf.ConfFile;
import org.lacwarehouse.pipeline.conf.YamlNode;

/** What the panel pack consists of, as {@code conf/reports/*.yml} declares it: a file a section. */
final class Layout {
    private static final Set<String> COMPARATORS = Set.of("region", "neighbours", "england", "target");

    private Layout() {}

    /**
     * A section of the pack.
     *
     * @param letter the letter that its tables' ids begin with
     * @param title what it is about
     * @param about one or two sentences above its tables
     * @param headlines measures of which the pack begins with the figures
     * @param tables its tables
     */
    record Section(String letter, String title, String about, List<String> headlines, List<Table> tables) {}

    /**
     * A table of the pack, which may have several parts.
     *
     * @param id its id, such as A1
     * @param title what it shows
     * @param parts the parts, each printed as one table and its charts
     */
    record Table(String id, String title, List<Part> parts) {}

    /** How the figures of a part are laid out. */
    enum Kind {
        /** Figures by month end, quarter or year. */
        SERIES,
        /** The figures of the date and of a year before, beside comparators. */
        NOW,
        /** Counts by two groupings, from a query over the facts. */
        MATRIX,
        /** All measures of a mart at once. */
        GLANCE,
        /** The targets in force. */
        TARGETS
    }

    /**
     * One printed table.
     *
     * @param place where it is declared
     * @param kind how it is laid out
     * @param caption what it shows
     * @param step {@code months}, {@code quarters} or {@code years} between the figures of a series
     * @param periods how many of them
     * @param window {@code quarter} or {@code year}: figures over that time instead of the measure's own; empty for its own
     * @param chart {@code line} or {@code bar}; empty for none
     * @param against the comparators, in the order in which they are printed
     * @param rows the rows
     * @param matrix the query of a matrix; null for other parts
     * @param mart the mart whose measures a glance shows; empty for other parts
     * @param note a sentence for the reader; empty for none
     */
    record Part(
            Place place,
            Kind kind,
            String caption,
            String step,
            int periods,
            String window,
            String chart,
            List<String> against,
            List<Line> rows,
            Matrix matrix,
            String mart,
            String note) {}

    /**
     * A row of figures, or several where it is broken down.
     *
     * @param place where it is declared
     * @param name what it is called; empty for the name of the measure or group
     * @param measure the measure; empty where rows of a fact are counted
     * @param by the breakdown; empty for the whole figure
     * @param groups the groups to print, each with the values it consists of; {@code *} is all values that are named
     *     nowhere else. Empty for a row a value
     * @param isShare whether the share of the whole count is printed instead of the count
     * @param fact the fact whose rows of a month end are counted; empty for a measure
     * @param where which rows of the fact count
     */
    record Line(
            Place place,
            String name,
            String measure,
            String by,
            Map<String, List<String>> groups,
            boolean isShare,
            String fact,
            String where) {}

    /**
     * Counts by two groupings.
     *
     * @param rows what the rows are
     * @param rowCodes the code list that names and orders the rows; empty for none
     * @param columns the columns in their order
     * @param hasTotals whether rows and columns add up
     * @param query SQL over schema mart that returns row, column and count; {@code :la}, {@code :end}, {@code :month_before},
     *     {@code :year_before} and {@code :march} (the newest 31 March) stand for the authority's code and dates
     */
    record Matrix(String rows, String rowCodes, List<String> columns, boolean hasTotals, String query) {}

    /** A place in a declaration, which errors name. */
    record Place(ConfFile file, int line) {
        ConfException error(String words) {
            return file.error(line, words);
        }
    }

    /** Reads all sections, in the order of their files' names. */
    static List<Section> read(Conf conf) {
        List<Section> sections = new ArrayList<>();
        Map<String, YamlNode> ids = new LinkedHashMap<>();
        for (ConfFile file : conf.files("reports", "yml")) {
            YamlNode root = YamlNode.parse(file).onlyKeys("section", "title", "about", "headlines", "tables");
            List<Table> tables = new ArrayList<>();
            for (YamlNode table : root.get("tables").items()) {
                String id = table.text("id");
                if (!id.startsWith(root.text("section"))) {
                    throw table.error("`" + id + "` does not begin with the section's letter " + root.text("section"));
                }
                if (ids.put(id, table) != null) {
                    throw table.error("the id " + id + " is given twice");
                }
                List<Part> parts = new ArrayList<>();
                if (table.find("parts").isPresent()) {
                    table.onlyKeys("id", "title", "parts");
                    for (YamlNode part : table.get("parts").items()) {
                        parts.add(part(file, part, table.text("title")));
                    }
                } else {
                    parts.add(part(file, table, table.text("title")));
                }
                tables.add(new Table(id, table.text("title"), parts));
            }
            sections.add(new Section(
                    root.text("section"), root.text("title"), root.text("about"), root.texts("headlines"), tables));
        }
        return sections;
    }

    private static Part part(ConfFile file, YamlNode node, String title) {
        node.onlyKeys(
                "id", "title", "caption", "show", "window", "chart", "against", "rows", "matrix", "glance", "targets",
                "note");
        Kind kind = node.find("matrix").isPresent()
                ? Kind.MATRIX
                : node.find("glance").isPresent()
                        ? Kind.GLANCE
                        : node.flag("targets")
                                ? Kind.TARGETS
                                : node.text("show").equals("now") ? Kind.NOW : Kind.SERIES;
        String step = "";
        int periods = 0;
        if (kind == Kind.SERIES) {
            String[] words = node.text("show").split(" ");
            if (words.length != 2
                    || !Set.of("months", "quarters", "years").contains(words[0])
                    || !words[1].matches("[1-9][0-9]?")) {
                throw node.get("show")
                        .error("expected `now`, or `months`, `quarters` or `years` and how many: `years 5`");
            }
            step = words[0];
            periods = Integer.parseInt(words[1]);
        }
        List<String> against = node.texts("against");
        for (String comparator : against) {
            if (!COMPARATORS.contains(comparator)) {
                throw node.get("against").error("`" + comparator + "` is none of region, neighbours, england, target");
            }
        }
        String window = node.text("window", "");
        if (!Set.of("", "quarter", "year").contains(window)) {
            throw node.get("window").error("expected `quarter` or `year`");
        }
        String chart = node.text("chart", "");
        if (!Set.of("", "line", "bar").contains(chart)) {
            throw node.get("chart").error("expected `line` or `bar`");
        }
        List<Line> rows = new ArrayList<>();
        if (kind == Kind.SERIES || kind == Kind.NOW) {
            for (YamlNode row : node.get("rows").items()) {
                rows.add(line(file, row));
            }
        }
        return new Part(
                new Place(file, node.line()),
                kind,
                node.text("caption", title),
                step,
                periods,
                window,
                chart,
                against,
                rows,
                node.find("matrix").map(Layout::matrix).orElse(null),
                node.text("glance", ""),
                node.text("note", ""));
    }

    private static Line line(ConfFile file, YamlNode node) {
        Place place = new Place(file, node.line());
        if (node.isText()) {
            return new Line(place, "", node.text(), "", Map.of(), false, "", "");
        }
        node.onlyKeys("name", "measure", "by", "groups", "share", "fact", "where");
        if (node.find("measure").isPresent() == node.find("fact").isPresent()) {
            throw node.error("a row needs either `measure` or `fact`");
        }
        Map<String, List<String>> groups = new LinkedHashMap<>();
        node.find("groups").ifPresent(found -> found.entries()
                .forEach((name, values) -> groups.put(
                        name,
                        values.isText()
                                ? List.of(values.text())
                                : values.items().stream().map(YamlNode::text).toList())));
        if (node.text("by", "").isEmpty() && (!groups.isEmpty() || node.flag("share"))) {
            throw node.error("`groups` and `share` need `by`: the breakdown they are of");
        }
        return new Line(
                place,
                node.text("name", ""),
                node.text("measure", ""),
                node.text("by", ""),
                groups,
                node.flag("share"),
                node.text("fact", ""),
                node.text("where", "true"));
    }

    private static Matrix matrix(YamlNode node) {
        node.onlyKeys("rows", "codes", "columns", "totals", "query");
        return new Matrix(
                node.text("rows"),
                node.text("codes", ""),
                node.texts("columns"),
                node.flag("totals"),
                node.text("query"));
    }
}
