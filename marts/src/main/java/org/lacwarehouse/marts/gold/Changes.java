package org.lacwarehouse.marts.gold;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * In which tables two versions of the marts may differ, and there in the rows of which authorities. All other rows are the
 * same.
 *
 * @param whole the tables that may differ in any row
 * @param partly the codes of the authorities in whose rows a table may differ, by table
 */
public record Changes(Set<String> whole, Map<String, Set<String>> partly) {
    /** Holds for all rows, as a condition of SQL. */
    public static final String ALL = "true";

    /** Whether a table may differ. */
    public boolean areIn(String table) {
        return whole.contains(table) || partly.containsKey(table);
    }

    /** The authorities in whose rows any of some tables may differ; none of these may in other rows. */
    public Set<String> authorities(Collection<String> tables) {
        return tables.stream()
                .flatMap(table -> partly.get(table).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Which rows of a table may differ, as a condition of SQL, which begins with the name of a column or is {@link #ALL}. */
    public String condition(String table) {
        return whole.contains(table) ? ALL : ofAuthorities(partly.get(table));
    }

    /** Which rows are of some authorities, as a condition of SQL. */
    public static String ofAuthorities(Set<String> authorities) {
        return Catalogue.AUTHORITY_KEY + " in ("
                + authorities.stream()
                        .map(authority -> String.valueOf(Integer.parseInt(authority)))
                        .collect(Collectors.joining(", "))
                + ")";
    }
}
