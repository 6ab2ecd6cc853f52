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
    private static final String MARCHES = "31 March only";
    private static final Set<String> PERIODS =
            Set.of("at D", "month", "year", "3 years", "academic year to D", "academic year", MARCHES);

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
            if (of == null
                    || less == null
                    || of.fact() == null
                    || less.fact() == null
                    || !of.fact().sql().equals(less.fact().sql())) {
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
                "months",
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
        String period = oneOf(root, "period", PERIODS);
        Map<String, Measure.Expression> breakdowns = new LinkedHashMap<>();
        root.find("breakdowns")
                .ifPresent(node -> node.entries().forEach((type, value) -> breakdowns.put(type, expression(value))));
        Measure measure = new Measure(
                file,
                root.text("name"),
                root.text("definition"),
                oneOf(root, "unit", UNITS),
                oneOf(root, "polarity", POLARITIES),
                period,
                root.text("months", period.equals(MARCHES) ? "is_31_march" : null),
                root.find("fact").map(Measures::expression).orElse(null),
                root.find("rows").map(Measures::expression).orElse(null),
                root.find("once_per_child").map(Measures::once).orElse(null),
                part(root.get("numerator").onlyKeys("words", "where", "sum")),
                root.find("denominator")
                        .map(node -> part(node.onlyKeys("words", "where", "sum", "of_month")))
                        .orElse(null),
                difference,
                breakdowns,
                root.text("report_reference", ""),
                root.text("benchmark_id", ""));
        checkDivision(measure, root);
        return measure;
    }

    /** The unit says what is divided by what; a declaration of another shape is the wrong way round. */
    private static void checkDivision(Measure measure, YamlNode root) {
        Measure.Part n = measure.numerator();
        Measure.Part d = measure.denominator();
        if (measure.unit().equals("count")) {
            if (d != null) {
                throw root.get("unit")
                        .error("a count has no denominator; is the unit percent, mean, days or rate_per_10000?");
            }
            return;
        }
        if (d == null) {
            throw root.get("unit").error("a " + measure.unit() + " needs a denominator");
        }
        YamlNode numerator = root.get("numerator");
        YamlNode denominator = root.get("denominator");
        if (d.where() != null) {
            throw denominator.error(
                    "this divides the wrong way round: the denominator is all `rows` of the measure, and"
                            + " the numerator says with `where` which of them count; move this `where` to `rows`");
        }
        if ((d.ofMonth() != null) != measure.unit().equals("rate_per_10000")) {
            throw denominator.error("a rate_per_10000, and nothing else, is divided by a figure `of_month`");
        }
        if (measure.unit().equals("percent") && d.sum() == null && n.where() == null) {
            throw numerator.error(
                    "this divides the wrong way round: a percent counts in its numerator, with `where`, some"
                            + " of the rows that are its denominator");
        }
        if (measure.unit().equals("percent") && (d.sum() == null) != (n.sum() == null)) {
            throw numerator.error("a percent divides rows by rows or a `sum` by a `sum`");
        }
        if (Set.of("mean", "days").contains(measure.unit()) && (n.sum() == null || d.sum() != null)) {
            throw numerator.error("this divides the wrong way round: the numerator of " + measure.unit()
                    + " is a `sum`, its denominator the number of rows");
        }
        if (measure.unit().equals("rate_per_10000") && n.sum() != null) {
            throw numerator.error("the numerator of a rate_per_10000 counts rows");
        }
    }

    private static Measure.Part part(YamlNode node) {
        Optional<YamlNode> sum = node.find("sum");
        Optional<YamlNode> where = node.find("where");
        if (sum.isPresent() && where.isPresent()) {
            throw node.error("give either `where`, which counts rows, or `sum`");
        }
        return new Measure.Part(
                node.text("words"),
                where.map(Measures::expression).orElse(null),
                sum.map(Measures::expression).orElse(null),
                node.find("of_month").map(Measures::expression).orElse(null));
    }

    private static Measure.Expression expression(YamlNode node) {
        return new Measure.Expression(node.text(), node.line());
    }

    private static Measure.Once once(YamlNode node) {
        String[] words = node.text().split("\\s+");
        if (words.length != 3
                || !words[1].equals("by")
                || !Set.of("first", "last").contains(words[0])) {
            throw node.error("expected `first by <date column>` or `last by <date column>`");
        }
        return new Measure.Once(new Measure.Expression(words[2], node.line()), words[0].equals("last"));
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
