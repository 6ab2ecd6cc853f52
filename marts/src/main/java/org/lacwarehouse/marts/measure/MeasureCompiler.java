package org.lacwarehouse.marts.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import org.lacwarehouse.marts.gold.MartTable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Compiles measure declarations into {@code fact_measure}. All measures of one fact become one aggregation over it, with
 * one grouping set for each breakdown, so the work grows with the facts and not with the measures.
 */
public final class MeasureCompiler {
    /** The name of the table of certified figures. */
    public static final String TABLE = "fact_measure";
    /** The months of the authorities: what figures may be divided by, and the dates that declarations may use. */
    static final String MONTHS = "fact_authority_month";

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
        List<Measure.Expression> expressions =
                new ArrayList<>(measure.breakdowns().values());
        expressions.add(measure.rows());
        expressions.add(measure.numerator().where());
        expressions.add(measure.numerator().sum());
        if (measure.denominator() != null) {
            expressions.add(measure.denominator().sum());
        }
        if (measure.once() != null) {
            expressions.add(measure.once().column());
        }
        expressions.stream().filter(Objects::nonNull).forEach(expression -> {
            for (String column : columns(measure, expression)) {
                if (!known.contains(column)) {
                    throw measure.error(
                            expression.line(),
                            "`" + column + "` is not a column of " + fact.name() + ", which has " + known);
                }
            }
        });
        MartTable month = facts.get(MONTHS);
        if (measure.denominator() != null && measure.denominator().ofMonth() != null) {
            Measure.Expression column = measure.denominator().ofMonth();
            if (!month.columns().containsKey(column.sql())) {
                throw measure.error(
                        column.line(),
                        "`" + column.sql() + "` is not a column of " + MONTHS + ", which has "
                                + month.columns().keySet());
            }
        }
        if (measure.months() != null && !month.columns().containsKey(measure.months())) {
            throw measure.error(
                    1,
                    "`months: " + measure.months() + "` is not a column of " + MONTHS + ", which has "
                            + month.columns().keySet());
        }
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
        String counted = byFact.entrySet().stream()
                .map(entry -> "(" + aggregate(entry.getKey(), entry.getValue()) + ")")
                .collect(Collectors.joining(" UNION ALL "));
        return spark.sql(finish(counted));
    }

    /** The aggregation of all measures of one fact: la_code, period_end, measure_id, breakdown_type, breakdown, n, d. */
    private String aggregate(String fact, List<Measure> measuresOfFact) {
        Set<String> breakdowns = new LinkedHashSet<>();
        measuresOfFact.forEach(measure -> measure.breakdowns().values().forEach(value -> breakdowns.add(value.sql())));
        List<String> groups = List.copyOf(breakdowns);
        MartTable table = facts.get(fact);
        boolean snapshot = table.columns().containsKey("period_end");

        StringBuilder marked = new StringBuilder("SELECT *");
        for (int i = 0; i < measuresOfFact.size(); i++) {
            Measure measure = measuresOfFact.get(i);
            String in = "(" + measure.condition() + ")";
            if (measure.once() != null) {
                // Without an order all such windows of a fact are one, whatever their rows and dates.
                String row =
                        "struct(" + measure.once().column().sql() + ", " + String.join(", ", table.primaryKey()) + ")";
                in = "(" + in + " AND " + row + " = " + (measure.once().last() ? "max" : "min") + "(CASE WHEN " + in
                        + " THEN " + row + " END) OVER (PARTITION BY la_code, period_end, child_id))";
            }
            marked.append(", coalesce(").append(in).append(", false) AS in_").append(i);
        }
        for (int g = 0; g < groups.size(); g++) {
            marked.append(", ").append(groups.get(g)).append(" AS group_").append(g);
        }
        marked.append(" FROM ").append(fact).append(" JOIN (SELECT la_code, period_end");
        monthColumns(facts, table).keySet().forEach(column -> marked.append(", ")
                .append(column));
        marked.append(" FROM ").append(MONTHS).append(") month USING (la_code");
        marked.append(snapshot ? ", period_end)" : ")");
        marked.append(measuresOfFact.stream()
                .map(measure -> "(" + measure.condition() + ")")
                .distinct()
                .collect(Collectors.joining(" OR ", " WHERE ", "")));

        StringBuilder sums = new StringBuilder("SELECT la_code, period_end, grouping_id() AS grouping");
        StringBuilder sets = new StringBuilder("(la_code, period_end)");
        for (int g = 0; g < groups.size(); g++) {
            sums.append(", group_").append(g);
            sets.append(", (la_code, period_end, group_").append(g).append(")");
        }
        for (int i = 0; i < measuresOfFact.size(); i++) {
            Measure measure = measuresOfFact.get(i);
            sums.append(sum(i, measure.numerator().adds())).append(" AS n_").append(i);
            sums.append(measure.dividesByRows() ? sum(i, measure.denominator().adds()) : ", CAST(NULL AS DOUBLE)");
            sums.append(" AS d_").append(i);
        }
        sums.append(" FROM (").append(marked).append(") GROUP BY la_code, period_end");
        for (int g = 0; g < groups.size(); g++) {
            sums.append(", group_").append(g);
        }
        sums.append(" GROUPING SETS (").append(sets).append(")");

        List<String> figures = new ArrayList<>();
        for (int i = 0; i < measuresOfFact.size(); i++) {
            Measure measure = measuresOfFact.get(i);
            figures.add(figure(measure.id(), "all", "'all'", everyGroup(groups.size()), "n_" + i, "d_" + i));
            for (Map.Entry<String, Measure.Expression> breakdown :
                    measure.breakdowns().entrySet()) {
                int g = groups.indexOf(breakdown.getValue().sql());
                figures.add(figure(
                        measure.id(),
                        breakdown.getKey(),
                        "group_" + g,
                        everyGroup(groups.size()) - (1L << (groups.size() - 1 - g)),
                        "n_" + i,
                        "d_" + i));
            }
        }
        for (Measure measure : measures) {
            if (measure.difference() != null && factOf(measure).equals(fact)) {
                figures.add(figure(
                        measure.id(),
                        "all",
                        "'all'",
                        everyGroup(groups.size()),
                        "n_" + indexOf(measuresOfFact, measure.difference().of()) + " - n_"
                                + indexOf(measuresOfFact, measure.difference().less()),
                        "CAST(NULL AS DOUBLE)"));
            }
        }
        return "SELECT la_code, period_end, inline(array(" + String.join(", ", figures)
                + ")) AS (measure_id, breakdown_type, breakdown, n, d) FROM (" + sums + ")";
    }

    private static int indexOf(List<Measure> among, String id) {
        return among.stream().map(Measure::id).toList().indexOf(id);
    }

    /** The fact that a measure counts; for a difference that of its parts. */
    private String factOf(Measure measure) {
        return measure.difference() == null
                ? measure.fact().sql()
                : measures.get(indexOf(measures, measure.difference().of()))
                        .fact()
                        .sql();
    }

    private static String sum(int measure, String adds) {
        return ", CAST(coalesce(sum(CASE WHEN in_" + measure + " THEN " + adds + " END), 0) AS DOUBLE)";
    }

    /** The grouping id of a set that keeps none of the groups: a bit for each that is left out. */
    private static long everyGroup(int groups) {
        return (1L << groups) - 1;
    }

    private static String figure(String id, String type, String breakdown, long grouping, String n, String d) {
        return "CASE WHEN grouping = " + grouping + " THEN named_struct('measure_id', '" + id + "', 'breakdown_type', '"
                + type + "', 'breakdown', " + breakdown + ", 'n', " + n + ", 'd', " + d + ") END";
    }

    /** Adds the zeros of figures without rows, the denominators of months, and the values. */
    private String finish(String counted) {
        String catalogue = measures.stream()
                .map(m ->
                        "('" + m.id() + "', '" + m.unit() + "', " + (m.denominator() != null) + ", " + m.factor() + ")")
                .collect(Collectors.joining(", "));
        String monthDenominators = measures.stream()
                .filter(m -> m.denominator() != null && m.denominator().ofMonth() != null)
                .map(m -> " WHEN figure.measure_id = '" + m.id() + "' THEN month."
                        + m.denominator().ofMonth().sql())
                .collect(Collectors.joining("", "CASE", " ELSE figure.d END"))
                .replaceFirst("^CASE ELSE (.*) END$", "$1");
        String applies = measures.stream()
                .filter(m -> m.months() != null)
                .map(m -> " WHEN figure.measure_id = '" + m.id() + "' THEN month." + m.months())
                .collect(Collectors.joining("", "CASE", " ELSE true END"))
                .replaceFirst("^CASE ELSE (.*) END$", "$1");
        return """
                WITH catalogue AS (
                  SELECT * FROM VALUES %s AS c (measure_id, unit, has_denominator, factor)
                ), figure AS (
                  SELECT la_code, period_end, measure_id, breakdown_type, breakdown, sum(n) AS n, sum(d) AS d
                  FROM (
                    (%s)
                    UNION ALL
                    SELECT la_code, period_end, measure_id, 'all', 'all', 0D, CAST(NULL AS DOUBLE)
                    FROM %s CROSS JOIN catalogue
                  )
                  WHERE measure_id IS NOT NULL AND breakdown IS NOT NULL
                  GROUP BY la_code, period_end, measure_id, breakdown_type, breakdown
                ), divided AS (
                  SELECT figure.la_code, figure.measure_id, figure.period_end, figure.breakdown_type, figure.breakdown,
                    figure.n AS numerator,
                    CASE WHEN catalogue.has_denominator
                      THEN coalesce(CAST(%s AS DOUBLE), 0D) END AS denominator,
                    catalogue.unit, catalogue.factor
                  FROM figure
                  JOIN catalogue ON catalogue.measure_id = figure.measure_id
                  JOIN %s month
                    ON month.la_code = figure.la_code AND month.period_end = figure.period_end
                  WHERE %s
                )
                SELECT CAST(la_code AS INT) AS authority_key, date_key(period_end) AS period_end_key, la_code, measure_id,
                  period_end, breakdown_type, breakdown, numerator, denominator,
                  CASE WHEN unit = 'count' THEN numerator
                    WHEN denominator <> 0 THEN factor * numerator / denominator END AS value
                FROM divided
                WHERE breakdown_type = 'all' OR coalesce(denominator, numerator) > 0
                """
                .formatted(catalogue, counted, MONTHS, monthDenominators, MONTHS, applies);
    }
}
