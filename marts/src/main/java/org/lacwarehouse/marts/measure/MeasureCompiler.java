package org.lacwarehouse.marts.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import org.lacwarehouse.marts.gold.MartTable;
import org.lacwarehouse.marts.gold.SettingsOnce;
import org.lacwarehouse.pipeline.lake.InParallel;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Compiles measure declarations into {@code fact_measure}. All measures of one fact become one aggregation over it, with
 * one grouping set for each breakdown, so the work grows with the facts and not with the measures.
 */
public final class MeasureCompiler {
    /** The name of the table of certified figures. */
    public static final String TABLE = "fact_measure";
    /** The months of the authorities: what figures may be divided by, and the dates that declarations may use. */
    public static final String MONTHS = "fact_authority_month";

    private static final List<String> COUNTED = List.of("la_code", "child_id");

    private final List<Measure> measures;
    private final Map<String, MartTable> facts;

    /**
     * @param measures what to compile
     * @param facts the tables that measures may count, by name
     */
    public MeasureCompiler(List<Measure> measures, Map<String, MartTable> facts) {
        this.measures = measures;
        this.facts = facts;
        measures.stream().filter(measure -> measure.fact() != null).forEach(this::check);
    }

    /** Every expression must parse and use only columns that the fact, or the month it is counted at, has. */
    private void check(Measure measure) {
        MartTable fact = facts.get(measure.fact().sql());
        if (fact == null) {
            throw measure.error(
                    measure.fact().line(),
                    "there is no mart table " + measure.fact().sql() + "; there are " + new TreeSet<>(facts.keySet()));
        }
        if (!fact.columns().keySet().containsAll(COUNTED)) {
            throw measure.error(
                    measure.fact().line(), fact.name() + " cannot be counted: it lacks one of the columns " + COUNTED);
        }
        Set<String> months = monthColumns(facts, fact).keySet();
        Set<String> known = new TreeSet<>(fact.columns().keySet());
        known.addAll(months);
        known.add("period_end");
        expressions(measure).forEach(expression -> {
            for (String column : columns(measure, expression)) {
                if (!known.contains(column)) {
                    throw measure.error(
                            expression.line(),
                            "`" + column + "` is not a column of " + fact.name() + ", which has " + known);
                }
            }
        });
        MartTable month = facts.get(MONTHS);
        if (measure.months() != null && !month.columns().containsKey(measure.months())) {
            throw measure.error(
                    1,
                    "`months: " + measure.months() + "` is not a column of " + MONTHS + ", which has "
                            + month.columns().keySet());
        }
    }

    /** Every SQL expression of a declaration over the fact and the month. */
    private static List<Measure.Expression> expressions(Measure measure) {
        List<Measure.Expression> expressions =
                new ArrayList<>(measure.breakdowns().values());
        expressions.addAll(deciding(measure));
        return expressions;
    }

    /** The names in the expressions that decide whether and how a row of the fact counts for the whole figure. */
    public static Set<String> decidingColumns(Measure measure) {
        Set<String> columns = new TreeSet<>();
        deciding(measure).forEach(expression -> columns.addAll(columns(measure, expression)));
        return columns;
    }

    private static List<Measure.Expression> deciding(Measure measure) {
        List<Measure.Expression> expressions = new ArrayList<>();
        expressions.add(measure.rows());
        expressions.add(measure.numerator().where());
        expressions.add(measure.numerator().sum());
        if (measure.denominator() != null) {
            expressions.add(measure.denominator().sum());
            expressions.add(measure.denominator().ofMonth());
        }
        if (measure.once() != null) {
            expressions.add(measure.once().column());
        }
        return expressions.stream().filter(Objects::nonNull).toList();
    }

    /** The columns of fact_authority_month that an expression over a fact may use besides the fact's own. */
    static Map<String, String> monthColumns(Map<String, MartTable> facts, MartTable fact) {
        Map<String, String> columns = new LinkedHashMap<>(facts.get(MONTHS).columns());
        columns.keySet().removeAll(facts.get(MONTHS).primaryKey());
        columns.keySet().removeAll(fact.columns().keySet());
        return columns;
    }

    private static List<String> columns(Measure measure, Measure.Expression expression) {
        try {
            List<String> names = new ArrayList<>();
            CollectionConverters.asJava(CatalystSqlParser$.MODULE$
                            .parseExpression(expression.sql())
                            .collectLeaves())
                    .forEach(leaf -> {
                        if (leaf instanceof UnresolvedAttribute attribute) {
                            names.add(attribute.name().toLowerCase(Locale.ROOT));
                        }
                    });
            return names;
        } catch (Exception e) { // Scala does not declare that the parser throws ParseException, which is checked
            throw measure.error(expression.line(), "`" + expression.sql() + "` is not an SQL expression");
        }
    }

    /** The table of figures as a mart table. */
    public MartTable table() {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("authority_key", "The authority whose figure it is");
        columns.put("period_end_key", "The month end as a key of dim_date");
        columns.put("la_code", "DfE's three-digit code of the authority");
        columns.put("measure_id", "The measure");
        columns.put("period_end", "The month end D on which the figure's period ends");
        columns.put("breakdown_type", "What the figure is broken down by; all for the whole figure");
        columns.put("breakdown", "The group; all for the whole figure");
        columns.put("numerator", "The count or sum");
        columns.put("denominator", "What the numerator is divided by; null for a count");
        columns.put(
                "value",
                "The figure, unrounded: the numerator of a count, 100 n / d of a percent, 10,000 n / d of a rate, n / d of"
                        + " a mean or days; null when the denominator is 0 or missing");
        Set<String> dependencies = measures.stream()
                .filter(measure -> measure.fact() != null)
                .map(measure -> measure.fact().sql())
                .collect(Collectors.toCollection(TreeSet::new));
        dependencies.add(MONTHS);
        return new MartTable(
                TABLE,
                "conformed",
                "A certified figure: an authority, a measure, a month end and a breakdown",
                List.of("la_code", "measure_id", "period_end", "breakdown_type", "breakdown"),
                Map.of("authority_key", "dim_authority", "period_end_key", "dim_date", "measure_id", "dim_measure"),
                Set.of("denominator", "value"),
                columns,
                dependencies,
                measures.toString(),
                this::figures);
    }

    private Dataset<Row> figures(SparkSession spark) {
        Map<String, List<Measure>> byFact = new LinkedHashMap<>();
        measures.stream().filter(measure -> measure.difference() == null).forEach(m -> byFact.computeIfAbsent(
                        m.fact().sql(), fact -> new ArrayList<>())
                .add(m));
        // Planning takes longer than counting: it is done for several facts side by side.
        Map<String, Dataset<Row>> planned = new ConcurrentHashMap<>();
        InParallel.each(byFact.keySet(), fact -> {
            SparkSession.setActiveSession(spark);
            planned.put(fact, SettingsOnce.of(figures(spark, facts.get(fact), byFact.get(fact))));
        });
        return byFact.keySet().stream().map(planned::get).reduce(Dataset::union).orElseThrow();
    }

    /**
     * The figures of all measures of one fact: one aggregation that begins with every month of every authority, so that
     * a month without rows has its zeros, and gives for each group an array of sums, which are then put together.
     */
    private Dataset<Row> figures(SparkSession spark, MartTable fact, List<Measure> counted) {
        Columns members = new Columns("in_");
        Columns sums = new Columns("sum_");
        Columns groups = new Columns("group_");
        counted.forEach(measure -> measure.breakdowns().values().forEach(value -> groups.indexOf(value.sql())));
        Map<String, Integer> numerators = new LinkedHashMap<>();
        List<Figures.Figure> figures = new ArrayList<>();
        for (Measure measure : counted) {
            String in = members.name(members.indexOf(in(measure, fact)));
            int n = sums.indexOf(sum(in, measure.numerator().adds()));
            int d = measure.dividesByRows()
                    ? sums.indexOf(sum(in, measure.denominator().adds()))
                    : Figures.NONE;
            if (measure.denominator() != null && measure.denominator().ofMonth() != null) {
                d = sums.indexOf("max(CAST(" + measure.denominator().ofMonth().sql() + " AS DOUBLE))");
            }
            numerators.put(measure.id(), n);
            figures.add(figure(measure, "all", Figures.NONE, groups, sums, n, Figures.NONE, d));
            for (Map.Entry<String, Measure.Expression> breakdown :
                    measure.breakdowns().entrySet()) {
                int group = groups.indexOf(breakdown.getValue().sql());
                figures.add(figure(measure, breakdown.getKey(), group, groups, sums, n, Figures.NONE, d));
            }
        }
        for (Measure measure : measures) {
            if (measure.difference() != null
                    && numerators.containsKey(measure.difference().of())) {
                figures.add(figure(
                        measure,
                        "all",
                        Figures.NONE,
                        groups,
                        sums,
                        numerators.get(measure.difference().of()),
                        numerators.get(measure.difference().less()),
                        Figures.NONE));
            }
        }
        return spark.sql(aggregation(fact, counted, members, sums, groups))
                .flatMap(new Figures(figures), Encoders.row(Figures.SCHEMA));
    }

    private static Figures.Figure figure(
            Measure measure, String type, int group, Columns groups, Columns sums, int n, int less, int d) {
        int months = measure.months() == null
                ? Figures.NONE
                : sums.indexOf("max(CASE WHEN " + measure.months() + " THEN 1D ELSE 0D END)");
        return new Figures.Figure(
                measure.id(),
                type,
                groups.groupingWith(group),
                n,
                less,
                d,
                measure.denominator() != null,
                measure.factor(),
                months);
    }

    /** Whether a row of the fact, joined to a month, belongs to the measure. */
    private static String in(Measure measure, MartTable fact) {
        String in = "(child_id IS NOT NULL AND (" + measure.condition() + "))";
        if (measure.once() == null) {
            return in;
        }
        // Without an order all such windows of a fact are one, whatever their rows and dates.
        String row = "struct(" + measure.once().column().sql() + ", " + String.join(", ", fact.primaryKey()) + ")";
        return "(" + in + " AND " + row + " = " + (measure.once().last() ? "max" : "min") + "(CASE WHEN " + in
                + " THEN " + row + " END) OVER (PARTITION BY la_code, period_end, child_id))";
    }

    private static String sum(String in, String adds) {
        return "sum(CASE WHEN " + in + " THEN CAST(" + adds + " AS DOUBLE) END)";
    }

    private String aggregation(MartTable fact, List<Measure> counted, Columns members, Columns sums, Columns groups) {
        // What no measure uses is left out: planning costs more than counting.
        Set<String> used = new TreeSet<>(fact.primaryKey());
        used.addAll(COUNTED);
        for (Measure measure : counted) {
            expressions(measure).forEach(expression -> used.addAll(columns(measure, expression)));
            if (measure.months() != null) {
                used.add(measure.months());
            }
        }
        used.removeAll(List.of("la_code", "period_end"));
        Set<String> ofMonth = monthColumns(facts, fact).keySet();
        List<String> keys = new ArrayList<>(List.of("la_code", "period_end"));
        List<String> sets = new ArrayList<>(List.of("(la_code, period_end)"));
        List<String> broken = new ArrayList<>();
        for (int g = 0; g < groups.size(); g++) {
            broken.add("CAST(" + groups.get(g) + " AS STRING) AS " + groups.name(g));
            keys.add(groups.name(g));
            sets.add("(la_code, period_end, " + groups.name(g) + ")");
        }
        // Only a fact of events needs the conditions here: they say to which months an event belongs.
        String belongs = fact.columns().containsKey("period_end")
                ? "fact.period_end = month.period_end"
                : counted.stream()
                        .map(measure -> "(" + measure.condition() + ")")
                        .distinct()
                        .collect(Collectors.joining(" OR ", "(", ")"));
        String joined = "SELECT month.la_code, month.period_end, "
                + used.stream()
                        .map(column -> (ofMonth.contains(column) ? "month." : "fact.") + column)
                        .collect(Collectors.joining(", "))
                + " FROM " + MONTHS + " month LEFT JOIN " + fact.name() + " fact ON fact.la_code = month.la_code AND "
                + belongs;
        String marked = "SELECT la_code, period_end, " + String.join(", ", used) + ", "
                + Stream.concat(
                                IntStream.range(0, members.size())
                                        .mapToObj(i -> members.get(i) + " AS " + members.name(i)),
                                broken.stream())
                        .collect(Collectors.joining(", "))
                + " FROM (" + joined + ")";
        return "SELECT la_code, period_end, CAST(grouping_id() AS BIGINT) AS grouping, coalesce("
                + String.join("", keys.stream().skip(2).map(key -> key + ", ").toList())
                + "CAST(NULL AS STRING), CAST(NULL AS STRING)) AS breakdown, array("
                + IntStream.range(0, sums.size())
                        .mapToObj(i -> "coalesce(" + sums.get(i) + ", 0D)")
                        .collect(Collectors.joining(", "))
                + ") AS sums FROM (" + marked + ") GROUP BY " + String.join(", ", keys) + " GROUPING SETS ("
                + String.join(", ", sets) + ")";
    }

    /** Expressions that become numbered columns, each once however many measures use it. */
    private static final class Columns {
        private final String prefix;
        private final List<String> expressions = new ArrayList<>();

        Columns(String prefix) {
            this.prefix = prefix;
        }

        int indexOf(String expression) {
            if (!expressions.contains(expression)) {
                expressions.add(expression);
            }
            return expressions.indexOf(expression);
        }

        String get(int index) {
            return expressions.get(index);
        }

        String name(int index) {
            return prefix + index;
        }

        int size() {
            return expressions.size();
        }

        /** The grouping id of the set that keeps that group, or none: a bit for each that is left out. */
        long groupingWith(int group) {
            long all = (1L << expressions.size()) - 1;
            return group < 0 ? all : all - (1L << (expressions.size() - 1 - group));
        }
    }
}
