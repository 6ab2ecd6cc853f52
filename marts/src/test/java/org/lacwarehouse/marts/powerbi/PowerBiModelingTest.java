package org.lacwarehouse.marts.powerbi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.marts.Npm;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.measure.Measure;
import org.lacwarehouse.pipeline.conf.Conf;

/**
 * Microsoft's own programs, which npm installs, read the project: its modeling server loads the model and tells what it
 * found, its validator of reports looks at every page and visual. Needs npm and its registry, so it runs with {@code mvn
 * -Pbrowser verify} only.
 */
@Tag("browser")
class PowerBiModelingTest {
    private static final String SERVER = "@microsoft/powerbi-modeling-mcp@0.5.0-beta.13";
    private static final String VALIDATOR = "@microsoft/powerbi-report-authoring-cli@0.1.4";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Writer to;
    private BufferedReader from;
    private int calls;

    @Test
    void microsoftsLibraryFindsEveryTableRelationshipMeasureAndRole() throws Exception {
        Catalogue catalogue = new Catalogue(Conf.packaged());
        Path project = folder.resolve("project");
        new PowerBiProject(catalogue, DeclaredTypes.of(catalogue)).write(project, "db", "lac");
        Npm.install(folder, SERVER);
        Process server = new ProcessBuilder(
                        folder.resolve("node_modules/.bin/powerbi-modeling-mcp").toString(), "--start")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (Writer in = server.outputWriter();
                BufferedReader out = server.inputReader()) {
            to = in;
            from = out;
            call(
                    "initialize",
                    Map.of(
                            "protocolVersion",
                            "2024-11-05",
                            "capabilities",
                            Map.of(),
                            "clientInfo",
                            Map.of("name", "test", "version", "1")));
            send(Map.of("jsonrpc", "2.0", "method", "notifications/initialized"));
            JsonNode loaded = tool(
                    "connection_operations",
                    Map.of(
                            "operation",
                            "ConnectFolder",
                            "folderPath",
                            project.resolve("LAC Warehouse.SemanticModel/definition")
                                    .toString()));
            assertThat(loaded.at("/data/tablesLoaded").asInt())
                    .isEqualTo(catalogue.tables().size());
            assertThat(loaded.at("/data/relationshipsLoaded").asInt())
                    .isEqualTo(catalogue.tables().values().stream()
                            .mapToInt(table -> table.foreignKeys().size())
                            .sum());
            JsonNode measures = tool(
                    "measure_operations",
                    Map.of(
                            "operation",
                            "List",
                            "filter",
                            Map.of("tableNames", new String[] {"dim_measure"}, "maxResults", 10_000)));
            assertThat(measures.findValuesAsText("name"))
                    .containsAll(
                            catalogue.measures().stream().map(Measure::name).toList());
            JsonNode roles = tool("security_role_operations", Map.of("operation", "List"));
            assertThat(roles.findValuesAsText("name")).contains("mart_analyst_826", "mart_analyst_887");
        } finally {
            server.descendants().forEach(ProcessHandle::destroy);
            server.destroy();
        }
    }

    @Test
    void microsoftsValidatorFindsNothingWrongWithTheReport() throws Exception {
        Catalogue catalogue = new Catalogue(Conf.packaged());
        Path project = folder.resolve("project");
        new PowerBiProject(catalogue, DeclaredTypes.of(catalogue)).write(project, "db", "lac");
        Npm.install(folder, VALIDATOR);
        // The schemas of the files, of which it has no copy, it would have to fetch.
        Process validator = new ProcessBuilder(
                        folder.resolve("node_modules/.bin/powerbi-report-author")
                                .toString(),
                        "validate",
                        "--no-schema",
                        project.resolve("LAC Warehouse.pbip").toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(validator.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(validator.waitFor()).as(said).isZero();
        assertThat(JSON.readTree(said).at("/data/result").asText()).as(said).isEqualTo("succeeded");
    }

    private JsonNode tool(String name, Map<String, Object> request) throws IOException {
        JsonNode answer = call("tools/call", Map.of("name", name, "arguments", Map.of("request", request)));
        String text = answer.at("/result/content/0/text").asText();
        assertThat(answer.at("/result/isError").asBoolean()).as(text).isFalse();
        return JSON.readTree(text);
    }

    private JsonNode call(String method, Map<String, Object> parameters) throws IOException {
        int id = ++calls;
        send(Map.of("jsonrpc", "2.0", "id", id, "method", method, "params", parameters));
        while (true) {
            String line = from.readLine();
            assertThat(line).as("the answer to " + method).isNotNull();
            JsonNode answer = JSON.readTree(line);
            if (answer.path("id").asInt() == id) {
                return answer;
            }
        }
    }

    private void send(Map<String, Object> message) throws IOException {
        to.write(JSON.writeValueAsString(message) + "\n");
        to.flush();
    }
}
