package org.lacwarehouse.marts.metabase;

import static org.lacwarehouse.marts.metabase.Shapes.map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import java.util.zip.CRC32C;
import org.lacwarehouse.marts.measure.MeasureCompiler;
import org.lacwarehouse.marts.metabase.Content.Card;
import org.lacwarehouse.marts.metabase.Content.Dashboard;
import org.lacwarehouse.marts.metabase.Content.Figure;
import org.lacwarehouse.marts.metabase.Content.Folder;
import org.lacwarehouse.marts.metabase.Content.Part;
import org.lacwarehouse.marts.metabase.Content.Sql;
import org.lacwarehouse.marts.publish.Publication;

/**
 * Makes content in a Metabase over its REST API. What it has made it knows by the last line of the description, which holds
 * the key and a digest of what was sent, and by where it lies; everything else is of people, and stays. What is as it should
 * be is not written again. What is no longer declared is archived.
 */
public final class Provisioner implements Shapes.References {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern MARK = Pattern.compile("Made by LAC Warehouse: (\\S+)( [0-9a-f]{8})?\\s*$");

    private final MetabaseApi api;
    private final Content content;
    private final String database;
    private final Map<String, Integer> folders = new HashMap<>();
    private final Map<String, Integer> cards = new HashMap<>();
    private final Map<String, Integer> fields = new HashMap<>();
    private int databaseId;
    private int tableId;
    private int made;
    private int changed;
    private int archived;
    private int same;

    /**
     * What was done.
     *
     * @param page where people find it
     */
    public record Outcome(int made, int changed, int archived, int same, String page) {}

    /**
     * @param api the Metabase
     * @param content what is to be in it
     * @param database what its connection to the marts is called
     */
    public Provisioner(MetabaseApi api, Content content, String database) {
        this.api = api;
        this.content = content;
        this.database = database;
    }

    /**
     * Makes the content.
     *
     * @throws IllegalStateException with a message for the operator; run again, it goes on where it stopped
     */
    public Outcome provision() {
        api.get("/api/user/current");
        findDatabase();
        List<JsonNode> superseded = makeFolders();
        Map<String, JsonNode> madeCards = new LinkedHashMap<>();
        Map<String, JsonNode> madeDashboards = new LinkedHashMap<>();
        for (Folder folder : content.folders()) {
            Map<String, List<JsonNode>> items = new HashMap<>();
            for (JsonNode item :
                    items(folders.get(folder.key()), "?models=card&models=dataset&models=metric&models=dashboard")) {
                items.computeIfAbsent(
                                item.path("model").asText().equals("dashboard") ? "dashboard" : "card",
                                k -> new ArrayList<>())
                        .add(item);
            }
            // A card that lies in another collection than it should is another card.
            marked(items.getOrDefault("card", List.of()))
                    .forEach((key, item) -> madeCards.put(folder.key() + " " + key, item));
            marked(items.getOrDefault("dashboard", List.of()))
                    .forEach((key, item) -> madeDashboards.put(folder.key() + " " + key, item));
        }
        content.cards()
                .forEach(card -> cards.put(
                        card.key(),
                        write(
                                "/api/card",
                                card,
                                Shapes.card(card, this),
                                madeCards.remove(card.folder() + " " + card.key()))));
        content.dashboards()
                .forEach(dashboard -> write(
                        "/api/dashboard",
                        dashboard,
                        Shapes.dashboard(content, dashboard, this),
                        madeDashboards.remove(dashboard.folder() + " " + dashboard.key())));
        madeDashboards.values().forEach(item -> archive("/api/dashboard", item));
        madeCards.values().forEach(item -> archive("/api/card", item));
        superseded.forEach(this::archiveFolder);
        return new Outcome(
                made,
                changed,
                archived,
                same,
                api.url() + "/collection/"
                        + folders.get(content.folders().get(0).key()));
    }

    private void findDatabase() {
        TreeSet<String> names = new TreeSet<>();
        JsonNode found = null;
        for (JsonNode each : api.get("/api/database").path("data")) {
            names.add(each.path("name").asText());
            if (each.path("name").asText().equals(database)) {
                found = each;
            }
        }
        if (found == null) {
            throw new IllegalStateException("Metabase at " + api.url() + " has no database called " + database
                    + ": add the PostgreSQL of the marts there under Admin settings, Databases, with that display name,"
                    + " or give --database one of " + names);
        }
        databaseId = found.path("id").asInt();
        for (JsonNode table :
                api.get("/api/database/" + databaseId + "/metadata").path("tables")) {
            if (table.path("schema").asText().equals(Publication.MART)
                    && table.path("name").asText().equals(MeasureCompiler.TABLE)) {
                tableId = table.path("id").asInt();
                table.path("fields")
                        .forEach(field -> fields.put(
                                field.path("name").asText(), field.path("id").asInt()));
            }
        }
        if (tableId == 0) {
            throw new IllegalStateException("The database " + database + " of Metabase at " + api.url()
                    + " shows no table mart.fact_measure: see that its account may read the schema mart and that the"
                    + " schema is not left out, then choose Sync database schema there, and run this again");
        }
    }

    /** Makes the collections; returns those that were made by an earlier run and are no longer declared. */
    private List<JsonNode> makeFolders() {
        List<JsonNode> all = new ArrayList<>();
        api.get("/api/collection").forEach(all::add);
        Folder root = content.folders().get(0);
        Map<String, JsonNode> found = marked(all);
        folders.put(root.key(), write("/api/collection", root, Shapes.folder(root, this), found.get(root.key())));
        // The root may have been moved; a collection that no longer lies in it is of people.
        Map<String, JsonNode> inside = marked(all.stream()
                .filter(each -> each.path("location").asText().endsWith("/" + folders.get(root.key()) + "/"))
                .toList());
        for (Folder folder : content.folders().subList(1, content.folders().size())) {
            folders.put(
                    folder.key(),
                    write("/api/collection", folder, Shapes.folder(folder, this), inside.remove(folder.key())));
        }
        return List.copyOf(inside.values());
    }

    /** What this command has made, by key. Of several with one key the first is it, and the others are copies of people. */
    private static Map<String, JsonNode> marked(List<JsonNode> all) {
        Map<String, JsonNode> marked = new LinkedHashMap<>();
        all.stream()
                .filter(each -> each.path("id").isInt())
                .sorted(Comparator.comparing(each -> each.path("id").asInt()))
                .forEach(each -> {
                    Matcher mark = MARK.matcher(each.path("description").asText());
                    if (mark.find()) {
                        marked.putIfAbsent(mark.group(1), each);
                    }
                });
        return marked;
    }

    private List<JsonNode> items(int folder, String query) {
        return StreamSupport.stream(
                        api.get("/api/collection/" + folder + "/items" + query)
                                .path("data")
                                .spliterator(),
                        false)
                .toList();
    }

    /** Makes a part, or changes it when it is not as it should be; returns its id. */
    private int write(String path, Part part, Map<String, Object> shape, JsonNode found) {
        shape.put("description", part.about() + "\n\n" + part.mark() + " " + digest(shape));
        if (found == null) {
            made++;
            if (part instanceof Dashboard) {
                Map<String, Object> first = new LinkedHashMap<>(shape);
                first.keySet().removeAll(List.of("width", "dashcards"));
                int id = api.post(path, first).path("id").asInt();
                putTiles(path + "/" + id, shape, List.of());
                return id;
            }
            return api.post(path, shape).path("id").asInt();
        }
        int id = found.path("id").asInt();
        JsonNode now = part instanceof Folder
                ? found
                : api.get(path + "/" + id + (part instanceof Card ? "?legacy-mbql=true" : ""));
        if (isSame(part, shape, now)) {
            same++;
            return id;
        }
        changed++;
        if (part instanceof Dashboard) {
            List<JsonNode> tiles = new ArrayList<>();
            now.path("dashcards").forEach(tiles::add);
            putTiles(path + "/" + id, shape, tiles);
        } else {
            if (part instanceof Folder) {
                // A collection that is moved stays where people have moved it.
                shape.remove("parent_id");
            }
            shape.put("archived", false);
            api.put(path + "/" + id, shape);
        }
        return id;
    }

    private void putTiles(String path, Map<String, Object> shape, List<JsonNode> now) {
        Map<Integer, Integer> ids = new HashMap<>();
        now.forEach(tile ->
                ids.putIfAbsent(tile.path("card_id").asInt(), tile.path("id").asInt()));
        List<Map<String, Object>> tiles = new ArrayList<>();
        for (Map<String, Object> tile : tiles(shape)) {
            Map<String, Object> numbered = map("id", ids.getOrDefault(tile.get("card_id"), -1 - tiles.size()));
            numbered.putAll(tile);
            tiles.add(numbered);
        }
        shape.put("dashcards", tiles);
        shape.put("archived", false);
        api.put(path, shape);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> tiles(Map<String, Object> shape) {
        return (List<Map<String, Object>>) shape.get("dashcards");
    }

    /**
     * Whether something is as it should be: by the digest of what was sent last, and by what people may have changed since. A
     * metric has no text to compare; a change to its formula is seen in its name or description only.
     */
    private static boolean isSame(Part part, Map<String, Object> shape, JsonNode now) {
        if (!now.path("description").asText().equals(shape.get("description"))
                || !now.path("name").asText().equals(part.name())) {
            return false;
        }
        if (part instanceof Card card) {
            return card.query() instanceof Figure
                    || now.path("display").asText().equals(card.display())
                            && now.at("/dataset_query/native/query").asText().equals(((Sql) card.query()).text());
        }
        if (part instanceof Dashboard) {
            Set<String> shown = new HashSet<>();
            now.path("dashcards").forEach(tile -> shown.add(place(tile)));
            Set<String> wanted = new HashSet<>();
            tiles(shape).forEach(tile -> wanted.add(place(JSON.valueToTree(tile))));
            return shown.equals(wanted);
        }
        return true;
    }

    private static String place(JsonNode tile) {
        return List.of("card_id", "col", "row", "size_x", "size_y").stream()
                .map(member -> tile.path(member).asText())
                .toList()
                .toString();
    }

    private void archive(String path, JsonNode item) {
        api.put(path + "/" + item.path("id").asInt(), map("archived", true));
        archived++;
    }

    /** Archives a collection that is no longer declared, with what was made in it; it stays while people have something in it. */
    private void archiveFolder(JsonNode folder) {
        List<JsonNode> left = new ArrayList<>(items(folder.path("id").asInt(), ""));
        marked(left).values().forEach(item -> {
            String model = item.path("model").asText();
            if (!model.equals("collection")) {
                archive(model.equals("dashboard") ? "/api/dashboard" : "/api/card", item);
                left.remove(item);
            }
        });
        if (left.isEmpty()) {
            archive("/api/collection", folder);
        }
    }

    private static String digest(Map<String, Object> shape) {
        try {
            CRC32C digest = new CRC32C();
            digest.update(JSON.writeValueAsString(shape).getBytes(StandardCharsets.UTF_8));
            return "%08x".formatted(digest.getValue());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Content for Metabase cannot be written as JSON", e);
        }
    }

    @Override
    public Object folder(String key) {
        return key == null ? null : folders.get(key);
    }

    @Override
    public Object card(String key) {
        return cards.get(key);
    }

    /** A query in the form that all versions of Metabase read. */
    @Override
    public Map<String, Object> query(Content.Query query) {
        if (query instanceof Sql sql) {
            Map<String, Object> tags = new LinkedHashMap<>();
            sql.filters().forEach(filter -> tags.put(filter.name(), Shapes.templateTag(filter)));
            return map(
                    "database",
                    databaseId,
                    "type",
                    "native",
                    "native",
                    map("query", sql.text(), "template-tags", tags));
        }
        Figure figure = (Figure) query;
        return map(
                "database",
                databaseId,
                "type",
                "query",
                "query",
                map(
                        "source-table",
                        tableId,
                        "filter",
                        List.of(
                                "and",
                                List.of("=", field("measure_id", null), figure.measure()),
                                List.of("=", field("breakdown_type", null), "all")),
                        "aggregation",
                        List.of(aggregation(figure)),
                        "breakout",
                        List.of(field("period_end", map("temporal-unit", "month")))));
    }

    private List<Object> aggregation(Figure figure) {
        if (!figure.isDivided()) {
            return List.of("sum", field("value", null));
        }
        List<Object> divided =
                List.of("/", List.of("sum", field("numerator", null)), List.of("sum", field("denominator", null)));
        return figure.factor() == 1 ? divided : List.of("*", figure.factor(), divided);
    }

    private List<Object> field(String column, Map<String, Object> options) {
        if (!fields.containsKey(column)) {
            throw new IllegalStateException("The database " + database + " of Metabase at " + api.url()
                    + " shows no column mart.fact_measure." + column
                    + ": choose Sync database schema there, and run this again");
        }
        List<Object> field = new ArrayList<>(List.of("field", fields.get(column)));
        field.add(options);
        return field;
    }
}
