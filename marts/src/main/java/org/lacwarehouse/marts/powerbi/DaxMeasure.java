package org.lacwarehouse.marts.powerbi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.lacwarehouse.marts.gold.MartTable;
import org.lacwarehouse.marts.measure.Measure;
import org.lacwarehouse.marts.measure.MeasureCompiler;

/**
 * A certified measure in DAX. Within any selection of authorities, dates and columns of the fact it gives the figure of
 * the newest month end in the selection, as {@code fact_measure} has it for a month end and a group: it takes the months
 * of the authorities from fact_authority_month, looks at the rows of the fact that belong to that month end, and counts or
 * adds them up.
 *
 * @param measure what is declared
 * @param fact the table that it counts
 * @param monthColumns the columns of fact_authority_month, besides period_end, that its conditions use
 * @param condition which rows of the fact belong to a month end
 * @param where which of these the numerator counts; null for all
 * @param sum what the numerator adds up; null when it counts
 * @param sumBelow what the denominator adds up over the rows; null when it counts or is a figure of the month
 * @param ofMonth the figure of the month that the denominator is; null when it counts or adds up
 */
public record DaxMeasure(
        Measure measure,
        MartTable fact,
        Set<String> monthColumns,
        Dax condition,
        Dax where,
        Dax sum,
        Dax sumBelow,
        Dax ofMonth) {
    /** The months of the authorities. */
    public static final String MONTHS = MeasureCompiler.MONTHS;

    private static final String PERIOD = "period_end";

    /**
     * Translates a declaration.
     *
     * @param tables all tables of the marts by name
     * @return empty when the declaration has SQL that is not written in DAX, or is a difference of two measures
     */
    public static Optional<DaxMeasure> of(Measure measure, Map<String, MartTable> tables) {
        if (measure.fact() == null) {
            return Optional.empty();
        }
        MartTable fact = tables.get(measure.fact().sql());
        SqlToDax sql = new SqlToDax(fact, tables.get(MONTHS));
        try {
            Dax condition = measure.rows() == null
                    ? new Dax.Constant(true)
                    : sql.condition(measure.rows().sql());
            Measure.Part n = measure.numerator();
            Measure.Part d = measure.denominator();
            Dax where = n.where() == null ? null : sql.condition(n.where().sql());
            Dax sum = n.sum() == null ? null : sql.value(n.sum().sql());
            Dax sumBelow =
                    d == null || d.sum() == null ? null : sql.value(d.sum().sql());
            MartTable month = tables.get(MONTHS);
            Dax ofMonth = d == null || d.ofMonth() == null
                    ? null
                    : new SqlToDax(month, month).value(d.ofMonth().sql());
            Set<String> columns = sql.monthColumns();
            columns.remove(PERIOD);
            return Optional.of(new DaxMeasure(measure, fact, columns, condition, where, sum, sumBelow, ofMonth));
        } catch (SqlToDax.UntranslatableException e) {
            return Optional.empty();
        }
    }

    /** The measure as DAX. */
    public String text() {
        List<String> lines = new ArrayList<>();
        String month = MONTHS + "[" + PERIOD + "]";
        String flag = measure.months() == null ? "" : MONTHS + "[" + measure.months() + "]";
        lines.add("VAR PeriodEnd =");
        lines.add(
                flag.isEmpty()
                        ? "    MAX ( " + month + " )"
                        : "    MAXX ( FILTER ( " + MONTHS + ", " + flag + " ), " + month + " )");
        lines.add("VAR Months =");
        lines.add("    FILTER ( " + MONTHS + ", " + month + " = PeriodEnd" + (flag.isEmpty() ? "" : " && " + flag)
                + " )");
        lines.add("VAR Authorities =");
        lines.add("    SELECTCOLUMNS ( Months, \"la_code\", " + MONTHS + "[la_code] )");
        for (String column : monthColumns) {
            lines.add("VAR " + Dax.Variable.name(column) + " =");
            lines.add("    MAXX ( Months, " + MONTHS + "[" + column + "] )");
        }
        String counted = "Counted";
        lines.add("VAR Counted =");
        lines.addAll(rows("REMOVEFILTERS ( dim_date )"));
        if (measure.once() != null) {
            counted = oncePerChild(lines);
        }
        lines.add("VAR Numerator =");
        lines.add("    " + numerator(counted) + " + 0");
        if (measure.denominator() == null) {
            lines.add("RETURN");
            lines.add("    IF ( NOT ISEMPTY ( Months ), Numerator )");
            return String.join("\n", lines);
        }
        lines.add("VAR Denominator =");
        lines.add("    " + denominator(counted));
        lines.add("RETURN");
        lines.add(
                "    DIVIDE ( " + (measure.factor() == 1 ? "" : measure.factor() + " * ") + "Numerator, Denominator )");
        return String.join("\n", lines);
    }

    /** The rows of the fact that belong to the month end, in a selection that is changed by a modifier. */
    private List<String> rows(String modifier) {
        List<String> terms = new ArrayList<>(List.of(fact.name() + "[la_code] IN Authorities"));
        if (isSnapshot()) {
            terms.add(fact.name() + "[" + PERIOD + "] = PeriodEnd");
        }
        if (fact.nullable().contains("child_id")) {
            terms.add("NOT ( ISBLANK ( " + fact.name() + "[child_id] ) )");
        }
        if (!condition.equals(new Dax.Constant(true))) {
            terms(condition, terms);
        }
        List<String> lines = new ArrayList<>();
        lines.add("    CALCULATETABLE (");
        lines.add("        FILTER (");
        lines.add("            " + fact.name() + ",");
        lines.add("            " + String.join("\n                && ", terms));
        lines.add("        ),");
        lines.add("        " + modifier);
        lines.add("    )");
        return lines;
    }

    /** The parts of a condition that are joined by &&, each on its own. */
    private static void terms(Dax condition, List<String> terms) {
        if (condition instanceof Dax.Operation operation && operation.operator().equals("&&")) {
            terms(operation.left(), terms);
            terms(operation.right(), terms);
        } else {
            terms.add(condition.binding() < Dax.AND ? "( " + condition.text() + " )" : condition.text());
        }
    }

    /** Keeps of each child the first or last row, whatever else is selected; returns the name of what is kept. */
    private String oncePerChild(List<String> lines) {
        String kept = measure.once().last() ? "LastOfChild" : "FirstOfChild";
        lines.add("VAR Everything =");
        lines.addAll(rows("REMOVEFILTERS ( " + fact.name() + " )"));
        lines.add("VAR " + kept + " =");
        lines.add("    FILTER (");
        lines.add("        Counted,");
        List<String> keys = onceKeys();
        UnaryOperator<String> column = name -> fact.name() + "[" + name + "]";
        for (String key : List.of("la_code", "child_id")) {
            lines.add("        VAR This" + Dax.Variable.name(key) + " = " + column.apply(key));
        }
        for (String key : keys) {
            if (!key.equals("child_id") && !key.equals("la_code")) {
                lines.add("        VAR This" + Dax.Variable.name(key) + " = " + column.apply(key));
            }
        }
        lines.add("        RETURN");
        lines.add("            ISEMPTY (");
        lines.add("                FILTER (");
        lines.add("                    Everything,");
        lines.add("                    " + column.apply("la_code") + " = ThisLaCode");
        lines.add("                        && " + column.apply("child_id") + " = ThisChildId");
        lines.add("                        && (");
        lines.add("                            " + before(keys, measure.once().last() ? ">" : "<", 8));
        lines.add("                        )");
        lines.add("                )");
        lines.add("            )");
        lines.add("    )");
        return kept;
    }

    /** The columns by which a child's rows are ordered: the date, and the key of the table where the dates are the same. */
    public List<String> onceKeys() {
        List<String> keys = new ArrayList<>(List.of(measure.once().column().sql()));
        fact.primaryKey().stream().filter(key -> !keys.contains(key)).forEach(keys::add);
        return keys;
    }

    /** That a row comes before, or after, the one that is looked at, by the first key that tells them apart. */
    private String before(List<String> keys, String operator, int indent) {
        String column = fact.name() + "[" + keys.get(0) + "]";
        String here = "This" + Dax.Variable.name(keys.get(0));
        String first = column + " " + operator + " " + here;
        if (keys.size() == 1) {
            return first;
        }
        String line = "\n" + " ".repeat(24 + indent);
        String rest = before(keys.subList(1, keys.size()), operator, indent + 8);
        return first + line + "|| " + column + " = " + here + line + "    && "
                + (keys.size() == 2 ? rest : "( " + rest + " )");
    }

    private String numerator(String counted) {
        if (sum != null) {
            return "SUMX ( " + counted + ", " + sum.text() + " )";
        }
        return where == null
                ? "COUNTROWS ( " + counted + " )"
                : "COUNTROWS ( FILTER ( " + counted + ", " + where.text() + " ) )";
    }

    private String denominator(String counted) {
        if (!measure.dividesByRows()) {
            return "SUMX ( Months, " + MONTHS + "["
                    + measure.denominator().ofMonth().sql() + "] )";
        }
        return sumBelow == null ? "COUNTROWS ( " + counted + " )" : "SUMX ( " + counted + ", " + sumBelow.text() + " )";
    }

    /** Whether the fact has a row for every month end, and not for every event. */
    public boolean isSnapshot() {
        return fact.columns().containsKey(PERIOD);
    }

    /**
     * A measure over the certified figures themselves, for a declaration that is not written in DAX: the whole figure,
     * which must not be broken down by columns of the fact.
     */
    public static String ofFigures(Measure measure) {
        String table = MeasureCompiler.TABLE;
        String own = table + "[measure_id] = \"" + measure.id() + "\" && " + table + "[breakdown_type] = \"all\"";
        List<String> lines = new ArrayList<>();
        lines.add("VAR Own =");
        lines.add("    FILTER ( " + table + ", " + own + " )");
        lines.add("VAR PeriodEnd =");
        lines.add("    MAXX ( Own, " + table + "[" + PERIOD + "] )");
        lines.add("VAR Figures =");
        lines.add("    FILTER ( Own, " + table + "[" + PERIOD + "] = PeriodEnd )");
        lines.add("VAR Numerator =");
        lines.add("    SUMX ( Figures, " + table + "[numerator] )");
        lines.add("RETURN");
        lines.add(
                measure.denominator() == null
                        ? "    Numerator"
                        : "    DIVIDE ( " + (measure.factor() == 1 ? "" : measure.factor() + " * ")
                                + "Numerator, SUMX ( Figures, " + table + "[denominator] ) )");
        return String.join("\n", lines);
    }
}
