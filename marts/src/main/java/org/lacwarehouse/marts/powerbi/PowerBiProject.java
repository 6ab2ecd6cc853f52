package org.lacwarehouse.marts.powerbi;

import static org.lacwarehouse.marts.powerbi.ReportPages.map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.lacwarehouse.marts.Folders;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.publish.Publication;

/**
 * The marts as a Power BI project (PBIP): a semantic model and a report that Power BI Desktop opens. All of it is made from
 * the declarations of the tables and measures; a measure or table that is declared is there without more.
 */
public final class PowerBiProject {
    /** What the project, its model and its report are called. */
    public static final String NAME = "LAC Warehouse";

    private static final String SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric/";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SemanticModel model;
    private final ReportPages pages;

    /**
     * @param catalogue what the marts consist of
     * @param published what has been published
     * @throws IllegalStateException with a message for the operator when that is not what the program would publish
     */
    public PowerBiProject(Catalogue catalogue, Publication.Published published) {
        this.model = new SemanticModel(catalogue, published);
        this.pages = new ReportPages(
                catalogue.measures(),
                model.comparisons(),
                published.authorities().values().stream().findFirst().orElse(""));
    }

    /**
     * Writes the project. The model is written anew; a report that is there already stays as it is, so that pages that
     * people have made are not lost.
     *
     * @param folder where to; made where it is missing
     * @param server the PostgreSQL server, as {@code host} or {@code host:port}
     * @param database the database on it
     * @return whether the report was written, too
     */
    public boolean write(Path folder, String server, String database) throws IOException {
        Path modelFolder = folder.resolve(NAME + ".SemanticModel");
        Path reportFolder = folder.resolve(NAME + ".Report");
        Folders.delete(modelFolder.resolve("definition"));
        for (Map.Entry<String, String> file : model.files(server, database).entrySet()) {
            write(modelFolder.resolve("definition").resolve(file.getKey()), file.getValue());
        }
        write(
                modelFolder.resolve("definition.pbism"),
                json(map(
                        "$schema",
                        SCHEMAS + "item/semanticModel/definitionProperties/1.0.0/schema.json",
                        "version",
                        "4.2",
                        "settings",
                        Map.of())));
        write(modelFolder.resolve(".platform"), platform("SemanticModel"));
        if (Files.exists(reportFolder)) {
            return false;
        }
        for (Map.Entry<String, Object> file : pages.files().entrySet()) {
            write(reportFolder.resolve("definition").resolve(file.getKey()), json(file.getValue()));
        }
        write(
                reportFolder.resolve("definition.pbir"),
                json(map(
                        "$schema",
                        SCHEMAS + "item/report/definitionProperties/2.0.0/schema.json",
                        "version",
                        "4.0",
                        "datasetReference",
                        map("byPath", map("path", "../" + NAME + ".SemanticModel")))));
        write(reportFolder.resolve(".platform"), platform("Report"));
        write(
                folder.resolve(NAME + ".pbip"),
                json(map(
                        "$schema",
                        SCHEMAS + "pbip/pbipProperties/1.0.0/schema.json",
                        "version",
                        "1.0",
                        "artifacts",
                        List.of(map("report", map("path", NAME + ".Report"))),
                        "settings",
                        map("enableAutoRecovery", true))));
        return true;
    }

    /** What Fabric knows an item by; the same every time, so that a project in Git stays the same item. */
    private static String platform(String type) {
        UUID id = UUID.nameUUIDFromBytes((NAME + " " + type).getBytes(StandardCharsets.UTF_8));
        return json(map(
                "$schema",
                SCHEMAS + "gitIntegration/platformProperties/2.0.0/schema.json",
                "metadata",
                map("type", type, "displayName", NAME),
                "config",
                map("version", "2.0", "logicalId", id.toString())));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static String json(Object value) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The Power BI project cannot be written as JSON", e);
        }
    }
}
