package org.lacwarehouse.marts.gold;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The views {@code v_<mart>_current}: how things stand at the newest month end, with the names of what the keys refer to.
 * Each shows the mart's snapshot: the widest table with a row for every month end; a mart that has none, the widest one
 * whose rows have a start and an end.
 */
final class CurrentViews {
    private static final String PERIOD = "period_end";

    private CurrentViews() {}

    /** The views of all marts of these tables. */
    static List<MartView> of(Map<String, MartTable> tables) {
        Map<String, List<MartTable>> marts = new TreeMap<>();
        tables.values().stream()
                .filter(table -> table.name().startsWith("fact_"))
                .forEach(table -> marts.computeIfAbsent(table.mart(), mart -> new ArrayList<>())
                        .add(table));
        List<MartView> views = new ArrayList<>();
        marts.forEach((mart, facts) -> widest(facts.stream()
                        .filter(table -> table.primaryKey().contains(PERIOD)
                                && table.columns().containsKey("la_code")
                                && !table.primaryKey().contains("release")
                                && !table.primaryKey().contains("breakdown"))
                        .toList())
                .or(() -> widest(facts.stream()
                        .filter(table -> table.columns().keySet().containsAll(List.of("start_date", "end_date")))
                        .toList()))
                .ifPresent(table -> views.add(view(mart, table, tables))));
        return views;
    }

    private static Optional<MartTable> widest(Collection<MartTable> tables) {
        return tables.stream()
                .max(Comparator.comparingInt(table -> table.columns().size()));
    }

    private static MartView view(String mart, MartTable fact, Map<String, MartTable> tables) {
        NamedColumns named = NamedColumns.of(fact, tables, "");
        List<String> select = new ArrayList<>(named.select());
        boolean snapshot = fact.primaryKey().contains(PERIOD);
        String from = snapshot ? ofNewestMonth(fact, named.joins()) : asOfNewestMonth(fact) + named.joins();
        if (!snapshot) {
            // By this people's conditions on an authority reach the place where rows are picked.
            select.set(select.indexOf("fact.la_code"), "newest.la_code");
        }
        return new MartView(
                "v_" + mart + "_current",
                fact.grain() + (snapshot ? ", of the newest one" : ", as it stands at the newest month end"),
                named.words(),
                "select " + String.join(", ", select) + "\nfrom " + from);
    }

    /** The rows of a snapshot's newest month end. */
    private static String ofNewestMonth(MartTable fact, String joins) {
        String group = fact.primaryKey().contains("measure_id") ? "la_code, measure_id" : "la_code";
        // One look into the index for each authority, where it can be, instead of all rows of all months.
        String months = group.equals("la_code")
                ? "select la_code, (select max(one.period_end) from " + fact.name()
                        + " one where one.la_code = loaded.la_code) as period_end from dim_authority loaded"
                        + " where is_loaded"
                : "select " + group + ", max(period_end) as period_end from " + fact.name() + " group by " + group;
        return fact.name() + " fact" + joins + "\njoin (" + months + ") newest on "
                + Stream.of(group.split(", "))
                        .map(column -> "newest." + column + " = fact." + column)
                        .collect(Collectors.joining(" and "))
                + " and newest.period_end = fact.period_end";
    }

    /**
     * The rows of events that last at the newest month end. They are picked for each authority by itself and before anything
     * is joined to them, which "offset 0" makes PostgreSQL do: it cannot know how few they are.
     */
    private static String asOfNewestMonth(MartTable fact) {
        return "(select la_code, max(period_end) as period_end from fact_authority_month group by la_code) newest"
                + "\ncross join lateral (select * from " + fact.name() + " one where one.la_code = newest.la_code"
                + " and one.start_date <= newest.period_end"
                + " and (one.end_date is null or one.end_date > newest.period_end) offset 0) fact";
    }
}
