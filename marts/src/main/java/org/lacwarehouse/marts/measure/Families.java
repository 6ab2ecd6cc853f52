package org.lacwarehouse.marts.measure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.lacwarehouse.marts.gold.MartView;

/** Measures of which one can be computed from the others, so that none may be shown where one is suppressed. */
public final class Families {
    /** Stands in the SQL of a public table for the list of measures and the family of each. */
    private static final String PLACE = "/* families */";

    private Families() {}

    /** A public table with the families of the measures in its SQL. */
    public static MartView in(MartView table, Collection<Measure> measures) {
        List<String> members = new ArrayList<>();
        for (Measure measure : measures) {
            if (measure.difference() != null) {
                Stream.of(
                                measure.id(),
                                measure.difference().of(),
                                measure.difference().less())
                        .map(member -> "('" + member + "', '" + measure.id() + "')")
                        .forEach(members::add);
            }
        }
        String values = members.isEmpty() ? "(null::text, null::text)" : String.join(", ", members);
        return new MartView(
                table.name(), table.grain(), table.columns(), table.sql().replace(PLACE, values));
    }
}
