package org.lacwarehouse.marts.measure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.lacwarehouse.marts.gold.MartView;

/**
 * Measures that say something about each other: of which one can be computed from the others, so that none may be shown
 * where one is suppressed, and of which a count is part of another's too.
 */
public final class Families {
    /** Stands in the SQL of a public table for the list of measures and the family of each. */
    private static final String FAMILIES = "/* families */";
    /** Stands there for the list of measures and what each counts, as its numerator or denominator. */
    private static final String QUANTITIES = "/* quantities */";

    private Families() {}

    /** A public table with the families of the measures, and what they count, in its SQL. */
    public static MartView in(MartView table, Collection<Measure> measures) {
        List<String> members = new ArrayList<>();
        List<String> quantities = new ArrayList<>();
        for (Measure measure : measures) {
            if (measure.difference() != null) {
                Stream.of(
                                measure.id(),
                                measure.difference().of(),
                                measure.difference().less())
                        .map(member -> "('" + member + "', '" + measure.id() + "')")
                        .forEach(members::add);
            }
            addQuantity(quantities, measure, measure.numerator(), true);
            addQuantity(quantities, measure, measure.denominator(), false);
        }
        return new MartView(
                table.name(),
                table.grain(),
                table.columns(),
                table.sql()
                        .replace(FAMILIES, members.isEmpty() ? "(null::text, null::text)" : String.join(", ", members))
                        .replace(QUANTITIES, String.join(", ", quantities)));
    }

    /** Rows of a fact that are counted by the same conditions are the same number whatever measure counts them. */
    private static void addQuantity(List<String> quantities, Measure measure, Measure.Part part, boolean isNumerator) {
        if (measure.fact() != null && part != null && part.sum() == null && part.ofMonth() == null) {
            TreeSet<String> conditions = new TreeSet<>(conjuncts(measure.rows()));
            conditions.addAll(conjuncts(part.where()));
            Measure.Once once = measure.once();
            String counted = String.join(
                    " | ",
                    measure.fact().sql(),
                    conditions.toString(),
                    once == null ? "every row" : once.column().sql() + " " + once.last());
            quantities.add("('" + measure.id() + "', '" + counted.replace("'", "''") + "', " + isNumerator + ")");
        }
    }

    /** The conditions of which all have to hold; one that cannot be taken apart safely stays whole. */
    private static List<String> conjuncts(Measure.Expression condition) {
        if (condition == null) {
            return List.of();
        }
        String plain = condition.sql().strip().replaceAll("\\s+", " ");
        return plain.matches("(?i).*\\b(or|between|case)\\b.*|.*[()].*")
                ? List.of(plain)
                : List.of(plain.split("(?i) and "));
    }
}
