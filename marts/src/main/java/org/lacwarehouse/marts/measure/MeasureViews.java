package org.lacwarehouse.marts.measure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lacwarehouse.marts.gold.MartTable;
import org.lacwarehouse.marts.gold.MartView;

/**
 * The children behind the figures as the view {@code v_measure_children}, made from the declarations of the measures: a
 * branch a measure, so that a query about one measure reads one fact.
 */
public final class MeasureViews {
    private static final Pattern YEAR = Pattern.compile("\\b(three_years|year)_start\\b");
    private static final String MONTH = MeasureCompiler.MONTHS;

    private final Map<String, MartTable> facts;

    /** @param facts the tables that measures count, by name */
    public MeasureViews(Map<String, MartTable> facts) {
        this.facts = facts;
    }

    /** The view. */
    public MartView children(List<Measure> measures) {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("measure_id", "The measure");
        columns.put("la_code", "DfE's three-digit code of the authority");
        columns.put("period_end", "The month end on which the figure's period ends");
        columns.put("child_id", "The child's pseudonym");
        columns.put("is_in_numerator", "Whether the child, or the event, is counted or added up in the numerator");
        columns.put("is_in_denominator", "Whether it is counted in the denominator; false for counts and rates");
        columns.put("adds_to_numerator", "What it adds to the numerator; these add up to that of fact_measure");
        columns.put("adds_to_denominator", "What it adds to the denominator; null for counts and rates");
        Map<String, Measure> byId = byId(measures);
        String sql = measures.stream()
                .map(measure -> branches(measure, byId, null))
                .collect(Collectors.joining("\nunion all\n"));
        return new MartView(
                "v_measure_children",
                "A child, or an event of a child, that a certified figure looks at, for the whole figure",
                columns,
                sql);
    }

    /**
     * The rows of the view {@code v_measure_children} for one measure with the group that each belongs to, as a SELECT over
     * the published tables: its columns and {@code breakdown}.
     *
     * @param type the breakdown type, which the measure must have
     */
    public String grouped(List<Measure> measures, Measure measure, String type) {
        return branches(measure, byId(measures), type);
    }

    /**
     * The numerator and denominator of a measure of a year, or of three, counted over fewer months to a month end instead:
     * a SELECT of both with two parameters, the authority's code and the month end. A month belongs to one such time only.
     *
     * @return empty when the measure does not count events between the beginning of the year and the month end
     */
    public Optional<String> window(Measure measure, int months) {
        if (measure.difference() != null
                || facts.get(measure.fact().sql()).columns().containsKey("period_end")
                || !YEAR.matcher(measure.condition()).find()) {
            return Optional.empty();
        }
        String start = "(period_end + 1 - interval '" + months + " months')::date - 1";
        String sql = branch(measure, measure, 1, null)
                .replaceFirst(", three_years_start(?=[, ])", ", " + start + " as three_years_start")
                .replaceFirst(", year_start(?=[, ])", ", " + start + " as year_start");
        return Optional.of("select coalesce(sum(adds_to_numerator), 0), coalesce(sum(adds_to_denominator), 0) from ("
                + sql + ") counted where la_code = ? and period_end = ?");
    }

    private static Map<String, Measure> byId(List<Measure> measures) {
        return measures.stream().collect(Collectors.toMap(Measure::id, measure -> measure));
    }

    private String branches(Measure measure, Map<String, Measure> byId, String type) {
        return measure.difference() == null
                ? branch(measure, measure, 1, type)
                : branch(measure, byId.get(measure.difference().of()), 1, type)
                        + "\nunion all\n"
                        + branch(measure, byId.get(measure.difference().less()), -1, type);
    }

    private String branch(Measure shown, Measure counted, int sign, String type) {
        MartTable fact = facts.get(counted.fact().sql());
        String n = counted.numerator().adds();
        String d = counted.dividesByRows() ? counted.denominator().adds() : "null";
        String counts = counted.dividesByRows() ? counted.denominator().takesPart() : "false";
        String rows = "select la_code, period_end, child_id, "
                + counted.numerator().takesPart()
                + " as is_in_numerator, " + counts + " as is_in_denominator, " + (sign < 0 ? "-" : "") + "(" + n
                + ") as adds_to_numerator, " + d + " as adds_to_denominator" + order(counted, fact)
                + (type == null ? "" : ", (" + shown.breakdowns().get(type).sql() + ")::text as breakdown")
                + " from "
                + fact.name() + " join " + month(fact) + " where (" + counted.condition() + ")"
                + (shown.months() == null ? "" : " and " + shown.months());
        return "select '" + shown.id() + "'::text as measure_id, la_code, period_end, child_id, is_in_numerator,"
                + " is_in_denominator, adds_to_numerator::numeric as adds_to_numerator,"
                + " adds_to_denominator::numeric as adds_to_denominator" + (type == null ? "" : ", breakdown")
                + " from ("
                + rows + ") counted"
                + (counted.once() == null ? "" : " where place = 1");
    }

    private static String order(Measure measure, MartTable fact) {
        if (measure.once() == null) {
            return "";
        }
        String direction = measure.once().last() ? " desc" : "";
        return ", row_number() over (partition by la_code, period_end, child_id order by "
                + measure.once().column().sql() + direction + ", "
                + fact.primaryKey().stream().map(key -> key + direction).collect(Collectors.joining(", "))
                + ") as place";
    }

    /** The months, without the columns that the fact has, too. */
    private String month(MartTable fact) {
        TreeSet<String> columns =
                new TreeSet<>(MeasureCompiler.monthColumns(facts, fact).keySet());
        boolean snapshot = fact.columns().containsKey("period_end");
        return "(select la_code, period_end"
                + columns.stream().map(column -> ", " + column).collect(Collectors.joining()) + " from " + MONTH
                + ") month using (la_code" + (snapshot ? ", period_end)" : ")");
    }
}
