package org.lacwarehouse.marts.metabase;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What Metabase shows of the marts. Every part has a key that stays when its title changes, and by which the others name it.
 *
 * @param folders the collections, each after the one that it lies in
 * @param cards the questions, models and metrics
 * @param dashboards the dashboards
 */
public record Content(List<Folder> folders, List<Card> cards, List<Dashboard> dashboards) {
    /** Something in Metabase that has a name and says what it is. */
    public sealed interface Part permits Folder, Card, Dashboard {
        /** What it is known by, whatever it is called. */
        String key();

        /** What people call it. */
        String name();

        /** What it is, in words. */
        String about();

        /** The key of the collection that it lies in; null at the top. */
        String folder();

        /** The end of its description, by which it is recognised. */
        default String mark() {
            return "Made by LAC Warehouse: " + key();
        }
    }

    /** A collection. */
    public record Folder(String key, String folder, String name, String about) implements Part {}

    /**
     * A question, model or metric.
     *
     * @param type {@code question}, {@code model} or {@code metric}
     * @param display how it is shown, such as {@code line}
     * @param query what it asks
     * @param settings how the result is shown
     * @param columns what is told of each column of a model; empty otherwise
     */
    public record Card(
            String key,
            String folder,
            String name,
            String about,
            String type,
            String display,
            Query query,
            Map<String, Object> settings,
            List<Map<String, Object>> columns)
            implements Part {
        /** What people may select in it. */
        public List<Filter> filters() {
            return query instanceof Sql sql ? sql.filters() : List.of();
        }
    }

    /** What a card asks. */
    public sealed interface Query permits Sql, Figure {}

    /**
     * SQL of PostgreSQL.
     *
     * @param text the SQL, with <code>{{name}}</code> for the value of a filter; what stands in <code>[[ ]]</code> counts only
     *     when the filters in it have values
     * @param filters the filters in it
     */
    public record Sql(String text, List<Filter> filters) implements Query {}

    /**
     * The figure of a measure by month, in Metabase's own words, as a metric must be. Several authorities together have the
     * figure of all their children.
     *
     * @param measure the measure
     * @param factor value = factor x numerator / denominator
     * @param isDivided whether it has a denominator
     */
    public record Figure(String measure, int factor, boolean isDivided) implements Query {}

    /**
     * What people may select.
     *
     * @param name its name in the SQL
     * @param title what people call it
     * @param isDate whether it is a date, and not a text
     * @param values the values that there are with what people call them; empty when any may be given
     * @param initial what is selected at first; null when nothing is
     * @param isRequired whether the card has no answer without a value
     */
    public record Filter(
            String name,
            String title,
            boolean isDate,
            Map<String, String> values,
            String initial,
            boolean isRequired) {}

    /** A dashboard. */
    public record Dashboard(String key, String folder, String name, String about, List<Tile> tiles) implements Part {}

    /** Where a card stands on a dashboard of 24 columns. */
    public record Tile(String card, int column, int row, int width, int height) {}

    /** The card of a key, which must be there. */
    public Card card(String key) {
        return cards.stream().filter(card -> card.key().equals(key)).findFirst().orElseThrow();
    }

    /** What people may select on a dashboard: the filters of all its cards. */
    List<Filter> filters(Dashboard dashboard) {
        Map<String, Filter> all = new LinkedHashMap<>();
        dashboard
                .tiles()
                .forEach(tile -> card(tile.card()).filters().forEach(filter -> all.putIfAbsent(filter.name(), filter)));
        return List.copyOf(all.values());
    }

    /** All parts. */
    public Stream<Part> parts() {
        return Stream.of(folders, cards, dashboards).flatMap(List::stream);
    }
}
