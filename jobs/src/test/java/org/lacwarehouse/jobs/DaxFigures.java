package org.lacwarehouse.jobs;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.measure.Measure;
import org.lacwarehouse.marts.powerbi.Dax;
import org.lacwarehouse.marts.powerbi.DaxMeasure;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.marts.publish.Publication;

/**
 * What the DAX measures give on a published mart. Power BI's engine runs on Windows only, so the tree that the DAX text is
 * printed from is given the meaning that DAX has, in SQL: a blank is 0, false, no text or 30 December 1899 where it is
 * compared or dax_sum, the columns of a month are those of the selected month end, and a child that counts once is looked for
 * in all rows, whatever group is selected.
 */
final class DaxFigures {
    private static final Map<String, String> BLANKS = Map.of(
            "text", "''",
            "int4", "0",
            "int8", "0",
            "float8", "0",
            "numeric", "0",
            "bool", "false",
            "date", "date '1899-12-30'");

    private final Database database;
    private final Catalogue catalogue;
    private final Map<String, Map<String, String>> types;

    /** A figure of an authority, a month end and a group. */
    private record Figure(double n, Double d) {
        Figure less(Figure other) {
            return new Figure(n - other.n, null);
        }

        /** Whether the value is the same, but for the order in which decimals were added up. */
        boolean isSame(Figure other, int factor) {
            Double value = value(factor);
            Double expected = other.value(factor);
            return value == null || expected == null
                    ? Objects.equals(value, expected)
                    : Math.abs(value - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
        }

        /** What DIVIDE gives, or the count itself. */
        Double value(int factor) {
            return d == null ? Double.valueOf(n) : d == 0 ? null : Double.valueOf(factor * n / d);
        }
    }

    private DaxFigures(Database database, Catalogue catalogue) throws SQLException {
        this.database = database;
        this.catalogue = catalogue;
        this.types = new Publication(database).published().columnTypes();
    }

    /** Where DAX and fact_measure differ, in words; nothing when every figure of every measure is the same. */
    static List<String> differences(Database database, Catalogue catalogue) throws SQLException {
        DaxFigures figures = new DaxFigures(database, catalogue);
        List<String> differences = new ArrayList<>();
        for (Measure measure : catalogue.measures()) {
            figures.compare(measure, "all", differences);
            for (String type : measure.breakdowns().keySet()) {
                figures.compare(measure, type, differences);
            }
        }
        return differences;
    }

    private void compare(Measure measure, String type, List<String> differences) throws SQLException {
        Map<String, Figure> certified = query("select la_code, period_end, breakdown, numerator, denominator from"
                + " mart.fact_measure where measure_id = '" + measure.id() + "' and breakdown_type = '" + type + "'");
        Map<String, Figure> dax = dax(measure, type);
        certified.forEach((key, figure) -> {
            Figure found = dax.get(key);
            if (found == null || !found.isSame(figure, measure.factor())) {
                differences.add(measure.id() + " " + type + " " + key + ": " + found + " and not " + figure);
            }
        });
        dax.forEach((key, figure) -> {
            boolean isSeen = type.equals("all") || (figure.d() == null ? figure.n() : figure.d()) > 0;
            if (isSeen && !certified.containsKey(key)) {
                differences.add(measure.id() + " " + type + " " + key + ": " + figure + " and no certified figure");
            }
        });
    }

    private Map<String, Figure> dax(Measure measure, String type) throws SQLException {
        if (measure.difference() != null) {
            Map<String, Figure> less = dax(find(measure.difference().less()), type);
            Map<String, Figure> difference = new LinkedHashMap<>();
            dax(find(measure.difference().of()), type)
                    .forEach((key, figure) -> difference.put(key, figure.less(less.get(key))));
            return difference;
        }
        Optional<DaxMeasure> dax = DaxMeasure.of(measure, catalogue.tables());
        return query(sql(
                dax.orElseThrow(() -> new AssertionError(measure.id() + " is not written in DAX")),
                type.equals("all") ? null : measure.breakdowns().get(type).sql()));
    }

    private Measure find(String id) {
        return catalogue.measures().stream()
                .filter(measure -> measure.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private String sql(DaxMeasure dax, String group) {
        String fact = dax.fact().name();
        Measure measure = dax.measure();
        String months = "select * from mart." + DaxMeasure.MONTHS
                + (measure.months() == null ? "" : " where " + measure.months());
        String everything = "select month.la_code as month_la_code, month.period_end as month_end, "
                + (group == null ? "'all'" : "(" + group + ")::text") + " as breakdown, "
                + (dax.where() == null ? "true" : sql(dax, dax.where())) + " as dax_where, "
                + (dax.sum() == null ? "null::numeric" : sql(dax, dax.sum())) + " as dax_sum, "
                + (dax.sumBelow() == null ? "null::numeric" : sql(dax, dax.sumBelow())) + " as dax_below, fact.*"
                + " from months month join mart." + fact + " fact on fact.la_code = month.la_code"
                + (dax.isSnapshot() ? " and fact.period_end = month.period_end" : "")
                + " and " + sql(dax, dax.condition());
        String counted = "select * from everything this";
        if (measure.once() != null) {
            String columns = String.join(", ", dax.onceKeys());
            String these = dax.onceKeys().stream().map(key -> "this." + key).collect(Collectors.joining(", "));
            counted += " where not exists (select from everything other where other.month_la_code = this.month_la_code"
                    + " and other.month_end = this.month_end and other.child_id = this.child_id and ("
                    + columns.replaceAll("(\\w+)", "other.$1") + ") "
                    + (measure.once().last() ? ">" : "<") + " (" + these + "))";
        }
        String n = dax.sum() != null
                ? "coalesce(sum(dax_sum), 0)"
                : "count(*) filter (where counted.child_id is not null and dax_where)";
        String d = "null::numeric";
        if (measure.dividesByRows()) {
            d = dax.sumBelow() == null ? "count(counted.child_id)" : "coalesce(sum(dax_below), 0)";
        } else if (measure.denominator() != null) {
            d = "max(coalesce(month." + measure.denominator().ofMonth().sql() + ", 0))";
        }
        return "with months as (" + months + "), everything as (" + everything + "), counted as (" + counted
                + ") select"
                + " month.la_code, month.period_end, " + (group == null ? "'all'" : "breakdown") + ", " + n + ", " + d
                + " from months month " + (group == null ? "left " : "")
                + "join counted on counted.month_la_code = month.la_code and counted.month_end = month.period_end"
                + (group == null ? "" : " where breakdown is not null") + " group by 1, 2, 3";
    }

    /** The SQL of a value or of a condition, with what DAX makes of blanks. */
    private String sql(DaxMeasure measure, Dax dax) {
        if (dax instanceof Dax.Column column) {
            String sql = "fact." + column.name();
            return type(measure, dax).equals("bool") ? "coalesce(" + sql + ", false)" : sql;
        }
        if (dax instanceof Dax.Variable variable) {
            return "month." + variable.column();
        }
        if (dax instanceof Dax.Constant constant) {
            return constant.value() instanceof String text
                    ? "'" + text.replace("'", "''") + "'"
                    : "" + constant.value();
        }
        if (dax instanceof Dax.In in) {
            return filled(measure, in.value())
                    + in.values().stream()
                            .map(value -> sql(measure, value))
                            .collect(Collectors.joining(", ", " in (", ")"));
        }
        if (dax instanceof Dax.Operation operation) {
            String operator = Map.of("&&", "and", "||", "or").getOrDefault(operation.operator(), operation.operator());
            return "(" + filled(measure, operation.left()) + " " + operator + " " + filled(measure, operation.right())
                    + ")";
        }
        Dax.Call call = (Dax.Call) dax;
        List<String> arguments = call.arguments().stream()
                .map(argument -> sql(measure, argument))
                .toList();
        return switch (call.function()) {
            case "NOT" -> "(not " + arguments.get(0) + ")";
            case "ISBLANK" -> "(fact." + ((Dax.Column) call.arguments().get(0)).name() + " is null)";
            case "COALESCE" -> "coalesce(" + String.join(", ", arguments) + ")";
            case "IF" ->
                "(case when " + arguments.get(0) + " then " + arguments.get(1)
                        + (arguments.size() > 2 ? " else " + arguments.get(2) : "") + " end)";
            default -> throw new AssertionError("What is " + call.function() + "?");
        };
    }

    private String filled(DaxMeasure measure, Dax dax) {
        String sql = sql(measure, dax);
        return dax instanceof Dax.Column || dax instanceof Dax.Variable
                ? "coalesce(" + sql + ", " + BLANKS.get(type(measure, dax)) + ")"
                : sql;
    }

    private String type(DaxMeasure measure, Dax dax) {
        return dax instanceof Dax.Column column
                ? types.get(measure.fact().name()).get(column.name())
                : types.get(DaxMeasure.MONTHS).get(((Dax.Variable) dax).column());
    }

    /** The columns of the month of which two authorities have different ones at the same month end. */
    static List<String> monthColumnsThatDiffer(Database database, Catalogue catalogue) throws SQLException {
        List<String> columns = catalogue.measures().stream()
                .flatMap(measure -> DaxMeasure.of(measure, catalogue.tables()).stream())
                .flatMap(measure -> measure.monthColumns().stream())
                .distinct()
                .toList();
        List<String> differing = new ArrayList<>();
        for (String column : columns) {
            if (!Query.rows(
                            database,
                            "select period_end from mart." + DaxMeasure.MONTHS + " group by 1 having count(distinct "
                                    + column + ") > 1")
                    .isEmpty()) {
                differing.add(column);
            }
        }
        return differing;
    }

    private Map<String, Figure> query(String sql) throws SQLException {
        Map<String, Figure> figures = new LinkedHashMap<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                double d = row.getDouble(5);
                boolean isCount = row.wasNull();
                figures.put(
                        row.getString(1) + " " + row.getString(2) + " " + row.getString(3),
                        new Figure(row.getDouble(4), isCount ? null : Double.valueOf(d)));
            }
        }
        return figures;
    }
}
