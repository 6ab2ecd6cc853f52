package org.lacwarehouse.marts.metabase;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.lacwarehouse.marts.metabase.Content.Card;
import org.lacwarehouse.marts.metabase.Content.Dashboard;
import org.lacwarehouse.marts.metabase.Content.Filter;
import org.lacwarehouse.marts.metabase.Content.Folder;

/** Content in the shape that Metabase's files and its REST API share. They differ in how they name other things only. */
final class Shapes {
    private Shapes() {}

    /** How one part names others. */
    interface References {
        /** A collection by its key; null for none. */
        Object folder(String key);

        /** A card by its key. */
        Object card(String key);

        /** A query. */
        Map<String, Object> query(Content.Query query);
    }

    static Map<String, Object> folder(Folder folder, References references) {
        return map("name", folder.name(), "parent_id", references.folder(folder.folder()));
    }

    static Map<String, Object> card(Card card, References references) {
        Map<String, Object> shape = map(
                "name",
                card.name(),
                "type",
                card.type(),
                "display",
                card.display(),
                "collection_id",
                references.folder(card.folder()),
                "dataset_query",
                references.query(card.query()),
                "visualization_settings",
                card.settings(),
                "parameters",
                card.filters().stream().map(Shapes::cardParameter).toList());
        if (!card.columns().isEmpty()) {
            shape.put("result_metadata", card.columns());
        }
        return shape;
    }

    static Map<String, Object> dashboard(Content content, Dashboard dashboard, References references) {
        return map(
                "name",
                dashboard.name(),
                "width",
                "full",
                "collection_id",
                references.folder(dashboard.folder()),
                "collection_position",
                1,
                "parameters",
                content.filters(dashboard).stream()
                        .map(filter -> parameter(filter.name(), filter))
                        .toList(),
                "dashcards",
                dashboard.tiles().stream()
                        .map(tile -> map(
                                "card_id",
                                references.card(tile.card()),
                                "col",
                                tile.column(),
                                "row",
                                tile.row(),
                                "size_x",
                                tile.width(),
                                "size_y",
                                tile.height(),
                                "parameter_mappings",
                                content.card(tile.card()).filters().stream()
                                        .map(filter -> map(
                                                "parameter_id",
                                                filter.name(),
                                                "card_id",
                                                references.card(tile.card()),
                                                "target",
                                                target(filter)))
                                        .toList(),
                                "visualization_settings",
                                map()))
                        .toList());
    }

    /** What the SQL of a card says of a filter. */
    static Map<String, Object> templateTag(Filter filter) {
        Map<String, Object> tag = map(
                "id",
                uuid("tag " + filter.name()),
                "name",
                filter.name(),
                "display-name",
                filter.title(),
                "type",
                filter.isDate() ? "date" : "text");
        if (filter.isRequired()) {
            tag.put("required", true);
            tag.put("default", filter.initial());
        }
        return tag;
    }

    private static Map<String, Object> cardParameter(Filter filter) {
        Map<String, Object> parameter = parameter(uuid("tag " + filter.name()), filter);
        parameter.put("target", target(filter));
        return parameter;
    }

    private static Map<String, Object> parameter(String id, Filter filter) {
        Map<String, Object> parameter = map(
                "id",
                id,
                "name",
                filter.title(),
                "slug",
                filter.name(),
                "type",
                filter.isDate() ? "date/single" : "string/=",
                "sectionId",
                filter.isDate() ? "date" : "string");
        if (filter.initial() != null) {
            parameter.put("default", List.of(filter.initial()));
        }
        if (!filter.values().isEmpty()) {
            List<List<String>> values = new ArrayList<>();
            filter.values().forEach((value, words) -> values.add(List.of(value, words)));
            parameter.put("values_query_type", "list");
            parameter.put("values_source_type", "static-list");
            parameter.put("values_source_config", map("values", values));
        }
        return parameter;
    }

    private static List<Object> target(Filter filter) {
        return List.of("variable", List.of("template-tag", filter.name()));
    }

    /** A UUID that is the same for the same name, of the version that Metabase makes. */
    private static String uuid(String name) {
        String made = UUID.nameUUIDFromBytes(("LAC Warehouse " + name).getBytes(StandardCharsets.UTF_8))
                .toString();
        return made.substring(0, 14) + "4" + made.substring(15);
    }

    /** A JSON object of names and values by turns. */
    static Map<String, Object> map(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
