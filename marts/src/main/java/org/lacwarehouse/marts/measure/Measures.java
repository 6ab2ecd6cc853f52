package org.lacwarehouse.marts.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfFile;
import org.lacwarehouse.pipeline.conf.YamlNode;

/** Reads and checks the measure declarations of a configuration. */
public final class Measures {
    private static final Set<String> UNITS = Set.of("count", "percent", "rate_per_10000", "mean", "days");
    private static final Set<String> POLARITIES = Set.of("higher", "lower", "neutral");

    private Measures() {}

    /**
     * All measures, in file order.
     *
     * @throws org.lacwarehouse.pipeline.conf.ConfException on the first mistake, with file and line
     */
    public static List<Measure> read(Conf conf) {
        Map<String, Measure> measures = new LinkedHashMap<>();
        List<YamlNode> differences = new ArrayList<>();
        for (ConfFile file : conf.files("measures", "yml")) {
            YamlNode root = YamlNode.parse(file);
            Measure measure = measure(file, root);
            if (measures.put(measure.id(), measure) != null) {
                throw root.error("a measure " + measure.id() + " is declared in another folder already");
            }
            root.find("difference").ifPresent(differences::add);
        }
        for (YamlNode difference : differences) {
            Measure of = measures.get(difference.text("of"));
            Measure less = measures.get(difference.text("less"));
            if (of == null || less == null || of.fact().isEmpty() || !of.fact().equals(less.fact())) {
                throw difference.error("a difference takes two measures that count the same fact");
            }
        }
        return List.copyOf(measures.values());
    }

    private static Measure measure(ConfFile file, YamlNode root) {
        root.onlyKeys(
                "name",
                "definition",
                "unit",
                "polarity",
                "period",
                "fact",
                "rows",
                "once_per_child",
                "difference",
                "numerator",
                "denominator",
                "breakdowns",
                "report_reference",
                "benchmark_id");
        Measure.Difference difference = root.find("difference")
                .map(node -> node.onlyKeys("of", "less"))
                .map(node -> new Measure.Difference(node.text("of"), node.text("less")))
                .orElse(null);
        if (root.find("fact").isPresent() == (difference != null)) {
            throw root.error("a measure either names the `fact` it counts or is the `difference` of two measures");
        }
        YamlNode numerator = root.get("numerator").onlyKeys("words", "where", "sum");
        Optional<YamlNode> denominator =
                root.find("denominator").map(node -> node.onlyKeys("words", "where", "sum", "of_month"));
        String unit = oneOf(root, "unit", UNITS);
        if (unit.equals("count") == denominator.isPresent()) {
            throw root.get("unit")
                    .error(
                            denominator.isPresent()
                                    ? "a count has no denominator; is the unit percent, mean, days or rate_per_10000?"
                                    : "a " + unit + " needs a denominator");
        }
        String ofMonth = denominator
                .map(node -> node.text("of_month", ""))
                .filter(s -> !s.isEmpty())
                .orElse(null);
        Map<String, String> breakdowns = new LinkedHashMap<>();
        root.find("breakdowns")
                .ifPresent(node -> node.entries().forEach((type, value) -> breakdowns.put(type, value.text())));
        return new Measure(
                file.baseName(),
                file.folderName(),
                root.text("name"),
                root.text("definition"),
                unit,
                oneOf(root, "polarity", POLARITIES),
                root.text("period"),
                root.text("fact", ""),
                root.text("rows", "true"),
                root.find("once_per_child").map(Measures::once).orElse(null),
                numerator.text("words"),
                adds(numerator),
                denominator.map(node -> node.text("words")).orElse(""),
                ofMonth != null ? null : denominator.map(Measures::adds).orElse(null),
                ofMonth,
                difference,
                breakdowns,
                root.text("report_reference", ""),
                root.text("benchmark_id", ""));
    }

    /** What a row adds: a sum's expression, 1 where a condition holds, or simply 1. */
    private static String adds(YamlNode part) {
        Optional<YamlNode> sum = part.find("sum");
        Optional<YamlNode> where = part.find("where");
        if (sum.isPresent() && where.isPresent()) {
            throw part.error("give either `where`, which counts rows, or `sum`");
        }
        return sum.map(YamlNode::text)
                .or(() -> where.map(node -> "CASE WHEN " + node.text() + " THEN 1 ELSE 0 END"))
                .orElse("1");
    }

    private static Measure.Once once(YamlNode node) {
        String[] words = node.text().split("\\s+");
        if (words.length != 3
                || !words[1].equals("by")
                || !Set.of("first", "last").contains(words[0])) {
            throw node.error("expected `first by <date column>` or `last by <date column>`");
        }
        return new Measure.Once(words[2], words[0].equals("last"));
    }

    private static String oneOf(YamlNode root, String key, Set<String> allowed) {
        String text = root.text(key);
        if (!allowed.contains(text)) {
            throw root.get(key)
                    .error("`" + text + "` is not one of "
                            + String.join(", ", allowed.stream().sorted().toList()));
        }
        return text;
    }
}
