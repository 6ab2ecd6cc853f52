package org.lacwarehouse.marts.metabase;

import static org.lacwarehouse.marts.metabase.Shapes.map;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lacwarehouse.marts.Folders;
import org.lacwarehouse.marts.measure.MeasureCompiler;
import org.lacwarehouse.marts.metabase.Content.Card;
import org.lacwarehouse.marts.metabase.Content.Dashboard;
import org.lacwarehouse.marts.metabase.Content.Figure;
import org.lacwarehouse.marts.metabase.Content.Folder;
import org.lacwarehouse.marts.metabase.Content.Part;
import org.lacwarehouse.marts.metabase.Content.Sql;
import org.lacwarehouse.marts.publish.Publication;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/** Content as files in Metabase's representation format. The same content always gives the same files. */
public final class Representation implements Shapes.References {
    private static final Path MAIN = Path.of("collections", "main");
    /** Metabase's own account; every installation has it. */
    private static final String CREATOR = "internal@metabase.com";

    private final Content content;
    private final String database;

    /**
     * @param content what is written
     * @param database what the connection to the marts is called in Metabase
     */
    public Representation(Content content, String database) {
        this.content = content;
        this.database = database;
    }

    /** The text of each file by its path. */
    public Map<Path, String> files() {
        Map<String, Path> folders = new LinkedHashMap<>();
        Map<Path, String> files = new LinkedHashMap<>();
        content.parts().forEach(part -> {
            Path folder = part.folder() == null ? MAIN : folders.get(part.folder());
            String slug = slug(part.name());
            Path file = folder.resolve(slug + ".yaml");
            for (int i = 2; files.containsKey(file); i++) {
                file = folder.resolve(slug + "_" + i + ".yaml");
            }
            if (part instanceof Folder) {
                folders.put(part.key(), folder.resolve(slug));
            }
            files.put(file, yaml(entity(part)));
        });
        return files;
    }

    /**
     * Writes the files. What was written for the collection before goes; other files of the folder stay.
     *
     * @return how many files were written
     */
    public int write(Path out) throws IOException {
        Map<Path, String> files = files();
        Path root = files.keySet().iterator().next();
        Folders.delete(
                out.resolve(root.resolveSibling(slug(content.folders().get(0).name()))));
        for (Map.Entry<Path, String> file : files.entrySet()) {
            Path path = out.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        return files.size();
    }

    private Map<String, Object> entity(Part part) {
        Map<String, Object> entity;
        if (part instanceof Folder folder) {
            entity = Shapes.folder(folder, this);
        } else if (part instanceof Card card) {
            entity = Shapes.card(card, this);
            entity.put("creator_id", CREATOR);
            entity.put("parameter_mappings", List.of());
        } else {
            entity = Shapes.dashboard(content, (Dashboard) part, this);
            entity.put("creator_id", CREATOR);
            entity.put("dashcards", tiles((Dashboard) part, entity));
        }
        entity.put("description", part.about() + "\n\n" + part.mark());
        entity.put("entity_id", id(part));
        entity.put("serdes/meta", List.of(map("id", id(part), "label", slug(part.name()), "model", model(part))));
        return entity;
    }

    private static List<Map<String, Object>> tiles(Dashboard dashboard, Map<String, Object> entity) {
        List<Map<String, Object>> tiles = new ArrayList<>();
        for (Object each : (List<?>) entity.get("dashcards")) {
            Map<String, Object> tile = new LinkedHashMap<>();
            ((Map<?, ?>) each).forEach((name, value) -> tile.put((String) name, value));
            String id = id("tile " + dashboard.key() + " " + tile.get("card_id"));
            tile.put("entity_id", id);
            tile.put(
                    "serdes/meta",
                    List.of(map("id", id(dashboard), "model", "Dashboard"), map("id", id, "model", "DashboardCard")));
            tiles.add(tile);
        }
        return tiles;
    }

    @Override
    public Object folder(String key) {
        return key == null ? null : id("Collection " + key);
    }

    @Override
    public Object card(String key) {
        return id("Card " + key);
    }

    @Override
    public Map<String, Object> query(Content.Query query) {
        Map<String, Object> stage;
        if (query instanceof Sql sql) {
            stage = map(
                    "lib/type",
                    "mbql.stage/native",
                    "native",
                    sql.text(),
                    "template-tags",
                    sql.filters().stream().map(Shapes::templateTag).toList());
        } else {
            Figure figure = (Figure) query;
            stage = map(
                    "lib/type",
                    "mbql.stage/mbql",
                    "source-table",
                    List.of(database, Publication.MART, MeasureCompiler.TABLE),
                    "filters",
                    List.of(
                            clause("=", field("measure_id"), figure.measure()),
                            clause("=", field("breakdown_type"), "all")),
                    "aggregation",
                    List.of(aggregation(figure)),
                    "breakout",
                    List.of(List.of("field", map("temporal-unit", "month"), path("period_end"))));
        }
        return map("lib/type", "mbql/query", "database", database, "stages", List.of(stage));
    }

    private List<Object> aggregation(Figure figure) {
        if (!figure.isDivided()) {
            return clause("sum", field("value"));
        }
        List<Object> divided = clause("/", clause("sum", field("numerator")), clause("sum", field("denominator")));
        return figure.factor() == 1 ? divided : clause("*", figure.factor(), divided);
    }

    private static List<Object> clause(String operator, Object... arguments) {
        List<Object> clause = new ArrayList<>(List.of(operator, Map.of()));
        clause.addAll(List.of(arguments));
        return clause;
    }

    private List<Object> field(String column) {
        return List.of("field", Map.of(), path(column));
    }

    private List<Object> path(String column) {
        return List.of(database, Publication.MART, MeasureCompiler.TABLE, column);
    }

    private static String model(Part part) {
        return part instanceof Folder ? "Collection" : part instanceof Card ? "Card" : "Dashboard";
    }

    private static String id(Part part) {
        return id(model(part) + " " + part.key());
    }

    /** What Metabase knows something by: 21 characters that are the same for the same name. */
    private static String id(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(("LAC Warehouse " + name).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().encodeToString(digest).substring(0, 21);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private static String slug(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_|_$", "");
    }

    private static String yaml(Map<String, Object> entity) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setDereferenceAliases(true);
        options.setWidth(120);
        options.setSplitLines(false);
        return new Yaml(
                        new Representer(options) {
                            @Override
                            protected org.yaml.snakeyaml.nodes.Node representScalar(
                                    Tag tag, String value, DumperOptions.ScalarStyle style) {
                                return super.representScalar(
                                        tag, value, value.contains("\n") ? DumperOptions.ScalarStyle.LITERAL : style);
                            }
                        },
                        options)
                .dump(entity);
    }
}
