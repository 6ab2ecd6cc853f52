package org.lacwarehouse.jobs.metabase;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As much of a Metabase as provisioning needs: it keeps what it is given, takes no request that Metabase's OpenAPI description
 * does not allow, not even a member that it does not name, and answers in Metabase's shapes. It also looks whether
 * what a request refers to exists.
 */
final class TestMetabase implements AutoCloseable {
    static final String KEY = "mb_only_for_tests";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DATABASE = 7;
    private static final int TABLE = 70;
    private static final List<String> COLUMNS =
            List.of("measure_id", "breakdown_type", "period_end", "numerator", "denominator", "value");

    /** What each member of a body must be, by the request that it belongs to; ! stands behind those that must be there. */
    private static final Map<String, String> BODIES = Map.of(
            "POST /api/collection",
            "name:words! description:words parent_id:id namespace:words authority_level:words",
            "PUT /api/collection",
            "name:words description:words parent_id:id authority_level:words archived:bool! type:words",
            "POST /api/card",
            "name:words! dataset_query:map! display:words! visualization_settings:map! cache_ttl:id collection_id:id"
                    + " collection_position:id dashboard_id:id dashboard_tab_id:id description:words entity_id:words"
                    + " parameter_mappings:mappings parameters:parameters result_metadata:columns type:type",
            "PUT /api/card",
            "name:words dataset_query:map display:words visualization_settings:map cache_ttl:id collection_id:id"
                    + " collection_position:id dashboard_id:id dashboard_tab_id:id description:text archived:bool"
                    + " collection_preview:bool embedding_params:map embedding_type:text enable_embedding:bool"
                    + " parameter_mappings:mappings parameters:parameters result_metadata:columns type:type",
            "POST /api/dashboard",
            "name:words! description:text cache_ttl:id collection_id:id collection_position:id parameters:parameters",
            "PUT /api/dashboard",
            "name:words description:text cache_ttl:id collection_id:id collection_position:id parameters:parameters"
                    + " archived:bool caveats:text embedding_params:map embedding_type:text enable_embedding:bool"
                    + " points_of_interest:text position:id show_in_getting_started:bool tabs:list width:width"
                    + " dashcards:tiles");

    private static final Map<String, String> PARTS = Map.of(
            "parameters",
            "id:words! type:parametertype! name:text slug:text sectionId:words target:list default:any"
                    + " filteringParameters:list mappings:list temporal_units:list values_query_type:text"
                    + " values_source_type:text values_source_config:map",
            "mappings",
            "parameter_id:words! target:list! card_id:id dashcard:map",
            "columns",
            "name:text! display_name:text! base_type:basetype! description:text semantic_type:text",
            // card_id and visualization_settings are in what GET answers, which this body is said to have the form of.
            "tiles",
            "id:int! size_x:id! size_y:id! row:count! col:count! parameter_mappings:mappings inline_parameters:list"
                    + " series:list card_id:id visualization_settings:map");

    private static final Set<String> PARAMETER_TYPES =
            Set.of("string/=", "date/single", "number/=", "category", "id", "date/range", "text", "date", "number");

    private final HttpServer server;
    private final Map<Integer, ObjectNode> collections = new TreeMap<>();
    private final Map<Integer, ObjectNode> cards = new TreeMap<>();
    private final Map<Integer, ObjectNode> dashboards = new TreeMap<>();
    private final List<String> writes = new ArrayList<>();
    private final ArrayNode bodies = JSON.createArrayNode();
    private String databaseName = "LAC Warehouse";
    private String schema = "mart";
    private int failing = Integer.MAX_VALUE;
    private int lastId = 100;

    /** A request that Metabase refuses. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    TestMetabase() throws IOException {
        // Else every answer waits 40 ms for the client to confirm its header.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The requests that changed something since this was asked last. */
    List<String> writes() {
        List<String> since = List.copyOf(writes);
        writes.clear();
        return since;
    }

    /** Everything that has been written: the request and its body. */
    JsonNode bodies() {
        return bodies;
    }

    void databaseIsCalled(String name) {
        databaseName = name;
    }

    void databaseShows(String schemaName) {
        schema = schemaName;
    }

    /** From the nth write on, nothing is written. */
    void failAfter(int number) {
        failing = number;
    }

    Map<Integer, ObjectNode> collections() {
        return collections;
    }

    Map<Integer, ObjectNode> cards() {
        return cards;
    }

    Map<Integer, ObjectNode> dashboards() {
        return dashboards;
    }

    /** What a person makes: a copy of something with other members. */
    int add(Map<Integer, ObjectNode> all, ObjectNode original, Map<String, Object> changes) {
        ObjectNode copy = original.deepCopy();
        changes.forEach((name, value) -> copy.set(name, JSON.valueToTree(value)));
        return keep(all, copy);
    }

    /** The card, dashboard or collection that has a text in its description and is not archived. */
    static ObjectNode the(Map<Integer, ObjectNode> all, String key) {
        return all.values().stream()
                .filter(each -> each.path("description").asText().contains("Made by LAC Warehouse: " + key + " "))
                .filter(each -> !each.path("archived").asBoolean())
                .reduce((one, other) -> {
                    throw new AssertionError("Two are " + key);
                })
                .orElseThrow(() -> new AssertionError("There is no " + key));
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        int status = 200;
        String text;
        try {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (!KEY.equals(exchange.getRequestHeaders().getFirst("x-api-key"))) {
                throw new Refused(401, "Unauthenticated");
            }
            text = answer(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI(),
                            body.length == 0 ? null : JSON.readTree(body))
                    .toString();
        } catch (Refused e) {
            status = e.status;
            text = status == 401 ? e.getMessage() : "{\"message\":" + JSON.writeValueAsString(e.getMessage()) + "}";
        } catch (RuntimeException e) {
            status = 500;
            text = String.valueOf(e);
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private JsonNode answer(String method, URI uri, JsonNode body) {
        String path = uri.getPath();
        if (method.equals("GET")) {
            return get(path, uri.getQuery() == null ? "" : uri.getQuery());
        }
        Matcher target = Pattern.compile("(/api/(collection|card|dashboard))(?:/(\\d+))?")
                .matcher(path);
        if (!target.matches() || method.equals("POST") != (target.group(3) == null)) {
            throw new Refused(404, "API endpoint does not exist.");
        }
        if (writes.size() >= failing) {
            throw new Refused(503, "Metabase is\nrestarting");
        }
        String request = method + " " + target.group(1);
        check(request, BODIES.get(request), body);
        bodies.addObject().put("request", request).set("body", body.deepCopy());
        Map<Integer, ObjectNode> all = kind(target.group(2));
        ObjectNode made = method.equals("POST")
                ? JSON.createObjectNode().put("archived", false)
                : existing(all, Integer.parseInt(target.group(3))).deepCopy();
        made.setAll((ObjectNode) body);
        switch (target.group(2)) {
            case "collection" -> collection(made);
            case "card" -> card(made);
            default -> dashboard(made, all.get(made.path("id").asInt()));
        }
        writes.add(method + " " + path);
        if (method.equals("POST")) {
            keep(all, made);
        } else {
            all.put(made.get("id").asInt(), made);
        }
        return made;
    }

    private Map<Integer, ObjectNode> kind(String name) {
        return switch (name) {
            case "collection" -> collections;
            case "card" -> cards;
            default -> dashboards;
        };
    }

    private int keep(Map<Integer, ObjectNode> all, ObjectNode made) {
        int id = ++lastId;
        made.put("id", id);
        made.put("entity_id", "%021d".formatted(id));
        all.put(id, made);
        return id;
    }

    private JsonNode get(String path, String query) {
        Matcher one = Pattern.compile("/api/(card|dashboard)/(\\d+)").matcher(path);
        if (one.matches()) {
            if (one.group(1).equals("card") && !query.equals("legacy-mbql=true")) {
                throw new Refused(500, "Asked for a query in a form that older versions do not have");
            }
            return existing(kind(one.group(1)), Integer.parseInt(one.group(2)));
        }
        Matcher items = Pattern.compile("/api/collection/(\\d+)/items").matcher(path);
        if (items.matches()) {
            return items(Integer.parseInt(items.group(1)), query);
        }
        return switch (path) {
            case "/api/user/current" -> JSON.createObjectNode().put("id", 3);
            case "/api/database" -> {
                ObjectNode answer = JSON.createObjectNode().put("total", 2);
                answer.putArray("data")
                        .add(JSON.createObjectNode().put("id", 1).put("name", "Sample Database"))
                        .add(JSON.createObjectNode().put("id", DATABASE).put("name", databaseName));
                yield answer;
            }
            case "/api/database/" + DATABASE + "/metadata" -> metadata();
            case "/api/collection" -> {
                ArrayNode all = JSON.createArrayNode();
                all.add(JSON.createObjectNode().put("id", "root").put("name", "Our analytics"));
                collections.values().stream()
                        .filter(each -> !each.path("archived").asBoolean())
                        .forEach(all::add);
                yield all;
            }
            default -> throw new Refused(404, "API endpoint does not exist.");
        };
    }

    private JsonNode metadata() {
        ObjectNode answer = JSON.createObjectNode().put("id", DATABASE);
        ArrayNode tables = answer.putArray("tables");
        for (String name : List.of("mart_previous", schema)) {
            int id = name.equals(schema) ? TABLE : 60;
            ArrayNode fields = tables.addObject()
                    .put("id", id)
                    .put("schema", name)
                    .put("name", "fact_measure")
                    .putArray("fields");
            COLUMNS.forEach(
                    column -> fields.addObject().put("id", field(id, column)).put("name", column));
        }
        return answer;
    }

    private static int field(int table, String column) {
        return table * 10 + COLUMNS.indexOf(column);
    }

    private JsonNode items(int folder, String query) {
        existing(collections, folder);
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode data = answer.putArray("data");
        cards.values()
                .forEach(card -> item(
                        data,
                        card,
                        folder,
                        switch (card.path("type").asText("question")) {
                            case "model" -> "dataset";
                            case "metric" -> "metric";
                            default -> "card";
                        },
                        query));
        dashboards.values().forEach(dashboard -> item(data, dashboard, folder, "dashboard", query));
        collections.values().stream()
                .filter(each -> each.path("location").asText().endsWith("/" + folder + "/"))
                .forEach(each -> item(data, each, folder, "collection", query));
        return answer.put("total", data.size());
    }

    private static void item(ArrayNode data, ObjectNode of, int folder, String model, String query) {
        boolean isIn = model.equals("collection") || of.path("collection_id").asInt() == folder;
        if (isIn && !of.path("archived").asBoolean() && (query.isEmpty() || query.contains("models=" + model))) {
            ObjectNode item = data.addObject().put("model", model);
            for (String member : List.of("id", "name", "description", "collection_id", "display", "entity_id")) {
                item.set(member, of.get(member));
            }
        }
    }

    private void collection(ObjectNode made) {
        JsonNode parent = made.remove("parent_id");
        if (parent != null || !made.has("location")) {
            made.put(
                    "location",
                    parent == null || parent.isNull()
                            ? "/"
                            : existing(collections, parent.asInt())
                                            .path("location")
                                            .asText() + parent.asInt() + "/");
        }
    }

    private void card(ObjectNode made) {
        existing(collections, made.path("collection_id").asInt());
        JsonNode query = made.get("dataset_query");
        require(query.path("database").asInt() == DATABASE, "The query is for another database");
        Set<String> tags = new TreeSet<>();
        if (query.path("type").asText().equals("native")) {
            Matcher named = Pattern.compile("\\{\\{(\\w+)}}")
                    .matcher(query.at("/native/query").asText());
            while (named.find()) {
                tags.add(named.group(1));
            }
            JsonNode declared = query.at("/native/template-tags");
            Set<String> names = new TreeSet<>();
            declared.fields().forEachRemaining(tag -> {
                names.add(tag.getKey());
                require(tag.getValue().path("name").asText().equals(tag.getKey()), "A tag is called otherwise");
                require(tag.getValue().path("id").asText().matches("[0-9a-f-]{14}-?4[0-9a-f-]{21}"), "No UUID");
                require(
                        Set.of("text", "date")
                                .contains(tag.getValue().path("type").asText()),
                        "A variable is a text or a date");
            });
            require(names.equals(tags), "Declared are " + names + ", named in the SQL are " + tags);
        } else {
            require(query.path("type").asText().equals("query"), "The query is neither native nor MBQL");
            JsonNode asked = query.get("query");
            require(asked.path("source-table").asInt() == TABLE, "The query is of another table");
            require(made.path("type").asText().equals("metric"), "Only metrics are in MBQL");
            require(asked.path("aggregation").size() == 1, "A metric has one aggregation");
            require(asked.path("breakout").size() == 1, "A metric has one date at most");
            fields(asked).forEach(id -> require(id >= field(TABLE, COLUMNS.get(0)), "There is no field " + id));
        }
        for (JsonNode parameter : made.path("parameters")) {
            require(
                    tags.contains(parameter.at("/target/1/1").asText()),
                    "A parameter is for " + parameter.get("target"));
        }
    }

    /** The ids of the fields in a clause. */
    private static List<Integer> fields(JsonNode clause) {
        List<Integer> ids = new ArrayList<>();
        if (clause.isArray() && clause.path(0).asText().equals("field")) {
            ids.add(clause.get(1).asInt());
        } else {
            clause.forEach(each -> ids.addAll(fields(each)));
        }
        return ids;
    }

    private void dashboard(ObjectNode made, ObjectNode before) {
        existing(collections, made.path("collection_id").asInt());
        Set<String> parameters = new HashSet<>();
        made.path("parameters")
                .forEach(parameter -> parameters.add(parameter.path("id").asText()));
        Set<Integer> known = new HashSet<>();
        if (before != null) {
            before.path("dashcards").forEach(tile -> known.add(tile.get("id").asInt()));
        }
        Set<Integer> ids = new HashSet<>();
        for (JsonNode tile : made.path("dashcards")) {
            int id = tile.get("id").asInt();
            require(ids.add(id), "Two tiles are " + id);
            require(id < 0 || known.contains(id), "There is no tile " + id);
            require(tile.get("col").asInt() + tile.get("size_x").asInt() <= 24, "A tile is beyond the grid");
            require(
                    !existing(cards, tile.path("card_id").asInt())
                            .path("archived")
                            .asBoolean(),
                    "A tile shows an archived card");
            tile.path("parameter_mappings")
                    .forEach(mapping -> require(
                            parameters.contains(mapping.get("parameter_id").asText()),
                            "A tile maps " + mapping.get("parameter_id")));
            if (id < 0) {
                ((ObjectNode) tile).put("id", ++lastId);
            }
        }
    }

    private static ObjectNode existing(Map<Integer, ObjectNode> all, int id) {
        require(all.containsKey(id), "There is nothing with the id " + id);
        return all.get(id);
    }

    private static void require(boolean isSo, String otherwise) {
        if (!isSo) {
            throw new Refused(400, otherwise);
        }
    }

    private static void check(String what, String shape, JsonNode body) {
        require(body != null && body.isObject(), what + " wants a map");
        Map<String, String> members = new LinkedHashMap<>();
        for (String member : shape.split(" ")) {
            String[] parts = member.split(":");
            boolean isRequired = parts[1].endsWith("!");
            members.put(parts[0], parts[1].replace("!", ""));
            require(!isRequired || body.hasNonNull(parts[0]), what + " lacks " + parts[0]);
        }
        body.fields().forEachRemaining(member -> {
            require(members.containsKey(member.getKey()), what + " has no " + member.getKey());
            if (!member.getValue().isNull()) {
                check(what + " " + member.getKey(), member.getValue(), members.get(member.getKey()));
            }
        });
    }

    private static void check(String what, JsonNode value, String type) {
        if (PARTS.containsKey(type)) {
            require(value.isArray(), what + " must be a list");
            value.forEach(each -> check(what, PARTS.get(type), each));
            return;
        }
        boolean isRight =
                switch (type) {
                    case "words" -> value.isTextual() && !value.asText().isBlank();
                    case "text" -> value.isTextual();
                    case "id" -> value.isInt() && value.asInt() > 0;
                    case "count" -> value.isInt() && value.asInt() >= 0;
                    case "int" -> value.isInt();
                    case "bool" -> value.isBoolean();
                    case "map" -> value.isObject();
                    case "list" -> value.isArray();
                    case "type" -> Set.of("question", "model", "metric").contains(value.asText());
                    case "width" -> Set.of("fixed", "full").contains(value.asText());
                    case "basetype" -> value.asText().matches("type/[A-Z]\\w+");
                    case "parametertype" -> PARAMETER_TYPES.contains(value.asText());
                    default -> type.equals("any");
                };
        require(isRight, what + " must be " + type + " and is " + value);
    }
}
