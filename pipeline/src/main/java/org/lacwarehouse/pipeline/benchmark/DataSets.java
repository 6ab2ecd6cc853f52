package org.lacwarehouse.pipeline.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.lacwarehouse.pipeline.conf.ConfException;
import org.lacwarehouse.pipeline.conf.ConfFile;
import org.lacwarehouse.pipeline.conf.YamlNode;

/** Reads {@code conf/benchmarks/<data set>.yml}. */
public final class DataSets {
    private static final List<String> UNITS = List.of("count", "percent", "rate_per_10000", "mean");

    private DataSets() {}

    /**
     * Reads one description.
     *
     * @param headerForm puts a header cell in the form in which headers are compared
     * @throws ConfException on the first mistake, with file and line
     */
    public static DataSet read(ConfFile file, UnaryOperator<String> headerForm) {
        YamlNode root = YamlNode.parse(file);
        root.onlyKeys("about", "files", "columns", "series");
        String files = root.text("files");
        try {
            Pattern.compile(files);
        } catch (PatternSyntaxException e) {
            throw root.get("files").error("`files` is not a regular expression: " + e.getDescription());
        }
        Map<String, List<String>> columns = new LinkedHashMap<>();
        root.get("columns")
                .entries()
                .forEach((name, node) ->
                        columns.put(name, texts(node).stream().map(headerForm).toList()));
        List<Series> series = new ArrayList<>();
        for (YamlNode node : root.get("series").items()) {
            series.add(series(node, columns));
        }
        return new DataSet(file.baseName(), root.text("about"), files, columns, List.copyOf(series));
    }

    private static Series series(YamlNode node, Map<String, List<String>> columns) {
        node.onlyKeys(
                "benchmark_id", "unit", "decimals", "where", "value", "numerator", "denominator", "total", "breakdown");
        String unit = node.text("unit");
        if (!UNITS.contains(unit)) {
            throw node.get("unit").error("the unit is one of " + String.join(", ", UNITS));
        }
        String type = Series.WHOLE;
        String column = null;
        Map<String, String> breakdowns = new LinkedHashMap<>();
        if (node.find("breakdown").isPresent()) {
            YamlNode breakdown = node.get("breakdown").onlyKeys("type", "column", "groups");
            type = breakdown.text("type");
            column = column(breakdown, "column", columns);
            breakdown.get("groups").entries().forEach((group, labels) -> texts(labels)
                    .forEach(label -> breakdowns.put(Labels.normal(label), group)));
        }
        Series series = new Series(
                node.text("benchmark_id"),
                unit,
                node.number("decimals", 0),
                node.find("where").map(where -> where(where, columns)).orElse(Map.of()),
                node.find("value").isPresent() ? column(node, "value", columns) : null,
                node.find("numerator").isPresent() ? column(node, "numerator", columns) : null,
                node.find("denominator").isPresent() ? column(node, "denominator", columns) : null,
                node.find("total").map(total -> where(total, columns)).orElse(Map.of()),
                type,
                column,
                breakdowns);
        if (series.isAdded() && series.factor() == 0) {
            throw node.error("a series without a `value` is computed from its `numerator` and `denominator`");
        }
        if (!series.denominatorWhere().isEmpty() && series.denominator() == null) {
            throw node.get("total").error("`total` says which rows hold the `denominator`, which is missing");
        }
        return series;
    }

    private static String column(YamlNode node, String key, Map<String, List<String>> columns) {
        String column = node.text(key);
        if (!columns.containsKey(column)) {
            throw node.get(key).error("`" + column + "` is not described under columns");
        }
        return column;
    }

    private static Map<String, List<String>> where(YamlNode node, Map<String, List<String>> columns) {
        Map<String, List<String>> where = new LinkedHashMap<>();
        node.entries().forEach((column, labels) -> {
            if (!columns.containsKey(column)) {
                throw labels.error("`" + column + "` is not described under columns");
            }
            where.put(column, texts(labels).stream().map(Labels::normal).toList());
        });
        return where;
    }

    private static List<String> texts(YamlNode node) {
        return node.isText()
                ? List.of(node.text())
                : node.items().stream().map(YamlNode::text).toList();
    }
}
