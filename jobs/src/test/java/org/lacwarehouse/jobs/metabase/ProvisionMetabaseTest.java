package org.lacwarehouse.jobs.metabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lacwarehouse.jobs.metabase.TestMetabase.the;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.jobs.ExampleMart;
import org.lacwarehouse.jobs.Main;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.measure.Measure;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.pipeline.conf.Conf;

/** The command makes in Metabase what is declared, once, and touches nothing else. */
class ProvisionMetabaseTest {
    private static final List<Measure> MEASURES = new Catalogue(Conf.packaged()).measures();

    private static final String CLIENT = "@metabase/cli@0.3.1";
    private static final String CHECK =
            """
            import { readFileSync, readdirSync } from "node:fs";
            const dist = "./node_modules/@metabase/cli/dist/";
            const schemas = {};
            for (const file of readdirSync(dist).filter((name) => /^(card|collection|dashboard)-/.test(name))) {
              const exported = readFileSync(dist + file, "utf8").match(/^export \\{.*$/m)?.[0] ?? "";
              for (const [, name, short] of exported.matchAll(/(\\w+(?:Create|Update)Input) as (\\w+)/g)) {
                schemas[name] = (await import(dist + file))[short];
              }
            }
            const names = {
              "POST /api/collection": "CollectionCreateInput",
              "POST /api/card": "CardCreateInput",
              "PUT /api/card": "CardUpdateInput",
              "POST /api/dashboard": "DashboardCreateInput",
              "PUT /api/dashboard": "DashboardUpdateInput",
            };
            let right = 0;
            for (const { request, body } of JSON.parse(readFileSync("bodies.json", "utf8"))) {
              const result = schemas[names[request]].safeParse(body);
              if (result.success) right++;
              else console.log(request, body.name, JSON.stringify(result.error.issues));
            }
            console.log(right + " requests are right");
            """;

    @TempDir
    Path folder;

    private TestMetabase metabase;
    private String said;

    @BeforeEach
    void start() throws IOException {
        metabase = new TestMetabase();
    }

    @AfterEach
    void stop() {
        metabase.close();
    }

    @Test
    void theSecondRunWritesNothing() throws Exception {
        assertThat(provision()).isEqualTo(Main.OK);
        assertThat(metabase.writes()).isNotEmpty().allMatch(write -> !write.startsWith("PUT /api/card"));
        for (Measure measure : MEASURES) {
            int folderOfMart =
                    the(metabase.collections(), measure.mart()).get("id").asInt();
            for (String kind : List.of("trend", "metric")) {
                ObjectNode card = the(metabase.cards(), "measure/" + measure.id() + "/" + kind);
                assertThat(card.get("collection_id").asInt()).isEqualTo(folderOfMart);
                assertThat(card.get("name").asText()).startsWith(measure.name());
            }
        }
        ObjectNode health = the(metabase.dashboards(), "mart/health");
        assertThat(health.get("dashcards").findValuesAsText("card_id"))
                .contains(the(metabase.cards(), "measure/dental_check/trend")
                        .get("id")
                        .asText());
        assertThat(health.at("/parameters/0/values_source_config/values").toString())
                .startsWith("[[\"826\",");

        int all = metabase.cards().size()
                + metabase.dashboards().size()
                + metabase.collections().size();
        assertThat(provision()).isEqualTo(Main.OK);
        assertThat(metabase.writes()).isEmpty();
        assertThat(said)
                .isEqualToIgnoringNewLines("0 made, 0 changed, 0 archived, " + all + " as they were. Open "
                        + metabase.url() + "/collection/"
                        + the(metabase.collections(), "root").get("id").asText());
    }

    @Test
    void aRunThatWasCutShortGoesOn() throws Exception {
        metabase.failAfter(40);
        assertThat(provision()).isEqualTo(Main.FAILED);
        assertThat(said)
                .startsWith("lac-warehouse: Metabase at " + metabase.url()
                        + " answers 503 to POST /api/card: Metabase is" + " restarting")
                .hasLineCount(1);
        metabase.failAfter(Integer.MAX_VALUE);
        metabase.writes();
        assertThat(provision()).isEqualTo(Main.OK);
        assertThat(metabase.writes()).noneMatch(write -> write.startsWith("PUT /api/card"));
        assertThat(metabase.cards().values().stream()
                        .map(card -> card.get("description").asText()))
                .doesNotHaveDuplicates();
    }

    @Test
    void aMeasureThatIsNewRenamedOrGoneIsSoInMetabase() throws Exception {
        Path conf = folder.resolve("conf");
        measure(conf, "Girls looked after");
        assertThat(provision("--conf", conf.toString())).isEqualTo(Main.OK);
        int trend = the(metabase.cards(), "measure/girls/trend").get("id").asInt();
        int metric = the(metabase.cards(), "measure/girls/metric").get("id").asInt();
        int dashboard = the(metabase.dashboards(), "mart/population").get("id").asInt();
        metabase.writes();

        measure(conf, "Girls in care");
        assertThat(provision("--conf", conf.toString())).isEqualTo(Main.OK);
        assertThat(metabase.writes())
                .contains("PUT /api/card/" + trend, "PUT /api/card/" + metric)
                .hasSizeLessThan(5);
        assertThat(metabase.cards().get(trend).get("name").asText()).isEqualTo("Girls in care, over time");

        Map<String, Integer> tiles = tiles(dashboard);
        assertThat(provision()).isEqualTo(Main.OK);
        assertThat(metabase.writes())
                .containsExactlyInAnyOrder(
                        "PUT /api/dashboard/" + dashboard, "PUT /api/card/" + trend, "PUT /api/card/" + metric);
        assertThat(metabase.cards().get(trend).get("archived").asBoolean()).isTrue();
        assertThat(metabase.cards().get(metric).get("archived").asBoolean()).isTrue();
        tiles.remove(String.valueOf(trend));
        assertThat(tiles(dashboard)).containsExactlyInAnyOrderEntriesOf(tiles);
    }

    private Map<String, Integer> tiles(int dashboard) {
        Map<String, Integer> tiles = new TreeMap<>();
        for (JsonNode tile : metabase.dashboards().get(dashboard).get("dashcards")) {
            tiles.put(tile.get("card_id").asText(), tile.get("id").asInt());
        }
        return tiles;
    }

    @Test
    void whatPeopleHaveMadeStaysAndWhatTheyHaveChangedInCertifiedContentComesBack() throws Exception {
        assertThat(provision()).isEqualTo(Main.OK);
        ObjectNode trend = the(metabase.cards(), "measure/cla_count/trend");
        ObjectNode dashboard = the(metabase.dashboards(), "mart/population");
        ObjectNode root = the(metabase.collections(), "root");
        List<ObjectNode> own = new ArrayList<>();
        own.add(metabase.cards()
                .get(metabase.add(metabase.cards(), trend, Map.of("name", "Ours", "description", "What we think"))));
        own.add(metabase.cards().get(metabase.add(metabase.cards(), trend, Map.of("name", "A copy"))));
        own.add(metabase.dashboards().get(metabase.add(metabase.dashboards(), dashboard, Map.of("name", "A copy"))));
        own.add(metabase.collections()
                .get(metabase.add(metabase.collections(), root, Map.of("name", "Ours", "description", "Ours"))));
        List<ObjectNode> before = own.stream().map(ObjectNode::deepCopy).toList();
        ObjectNode query = (ObjectNode) trend.at("/dataset_query/native");
        String sql = query.get("query").asText();
        query.put("query", sql + " limit 1");
        ((ArrayNode) dashboard.get("dashcards")).remove(0);
        // A card that a person has moved away is the person's.
        ObjectNode moved = the(metabase.cards(), "measure/cla_rate/trend");
        moved.put("collection_id", own.get(3).get("id").asInt());
        before = new ArrayList<>(before);
        before.add(moved.deepCopy());
        own.add(moved);
        metabase.writes();

        assertThat(provision()).isEqualTo(Main.OK);
        assertThat(own).isEqualTo(before);
        assertThat(metabase.writes())
                .containsExactlyInAnyOrder(
                        "POST /api/card",
                        "PUT /api/card/" + trend.get("id"),
                        "PUT /api/dashboard/" + dashboard.get("id"));
        assertThat(metabase.cards()
                        .get(trend.get("id").asInt())
                        .at("/dataset_query/native/query")
                        .asText())
                .isEqualTo(sql);
        assertThat(provision()).isEqualTo(Main.OK);
        assertThat(metabase.writes()).isEmpty();
    }

    @Test
    void aMartThatIsGoneGoesUnlessPeopleHaveSomethingInIt() throws Exception {
        assertThat(provision()).isEqualTo(Main.OK);
        ObjectNode health = the(metabase.collections(), "health");
        ObjectNode card = the(metabase.cards(), "measure/dental_check/trend");
        String mark = health.get("description").asText();
        int full =
                metabase.add(metabase.collections(), health, Map.of("description", mark.replace("health", "old_full")));
        int empty = metabase.add(
                metabase.collections(), health, Map.of("description", mark.replace("health", "old_empty")));
        int gone = metabase.add(
                metabase.cards(),
                card,
                Map.of("collection_id", full, "description", "x\n\nMade by LAC Warehouse: measure/old/trend 00000000"));
        int ours = metabase.add(metabase.cards(), card, Map.of("collection_id", full, "description", "Ours"));
        metabase.writes();
        assertThat(provision()).isEqualTo(Main.OK);
        assertThat(metabase.writes())
                .containsExactlyInAnyOrder("PUT /api/card/" + gone, "PUT /api/collection/" + empty);
        assertThat(metabase.collections().get(full).get("archived").asBoolean()).isFalse();
        assertThat(metabase.cards().get(ours).get("archived").asBoolean()).isFalse();
    }

    @Test
    void whatIsWrongIsSaidInOneLine() throws Exception {
        metabase.databaseIsCalled("Warehouse");
        assertThat(provision()).isEqualTo(Main.FAILED);
        assertThat(said)
                .hasLineCount(1)
                .contains(
                        "has no database called LAC Warehouse",
                        "or give --database one of [Sample Database, Warehouse]");
        assertThat(provision("--database", "Warehouse")).isEqualTo(Main.OK);
        metabase.databaseShows("public");
        assertThat(provision("--database", "Warehouse")).isEqualTo(Main.FAILED);
        assertThat(said).hasLineCount(1).contains("shows no table mart.fact_measure", "Sync database schema");

        assertThat(run(metabase.url(), "wrong")).isEqualTo(Main.FAILED);
        assertThat(said)
                .hasLineCount(1)
                .contains("does not know the key", "LAC_METABASE_KEY")
                .doesNotContain("wrong");
        assertThat(run(metabase.url() + "/elsewhere", TestMetabase.KEY)).isEqualTo(Main.FAILED);
        assertThat(said).hasLineCount(1).contains("answers 404 to GET /api/user/current: API endpoint does not exist.");
        assertThat(run("http://127.0.0.1:1", TestMetabase.KEY)).isEqualTo(Main.FAILED);
        assertThat(said).hasLineCount(1).contains("Metabase does not answer at http://127.0.0.1:1");
        assertThat(run("metabase", TestMetabase.KEY)).isEqualTo(Main.USAGE);
        assertThat(said).contains("--url must be an address like");
        assertThat(run(metabase.url(), "")).isEqualTo(Main.USAGE);
        assertThat(said).contains("Give an API key of Metabase");
        assertThat(Main.execute("provision")).isEqualTo(Main.USAGE);
    }

    @Test
    void theSameIsWrittenAsFiles() throws Exception {
        Path out = folder.resolve("out");
        assertThat(execute(List.of("metabase", "--out", out.toString(), "--database", "Marts")))
                .isEqualTo(Main.OK);
        assertThat(provision()).isEqualTo(Main.OK);
        int all = metabase.cards().size()
                + metabase.dashboards().size()
                + metabase.collections().size();
        try (Stream<Path> files = Files.walk(out)) {
            List<Path> written = files.filter(Files::isRegularFile).toList();
            assertThat(written).hasSize(all);
            assertThat(written.stream().filter(file -> file.toString().contains("/health/")))
                    .anySatisfy(file -> assertThat(file).content().contains("database: Marts", "dental_check"));
        }
    }

    /**
     * The schemas of Metabase's own client take every request. Needs npm and its registry, so it runs with {@code mvn -Pbrowser
     * verify} only.
     */
    @Test
    @Tag("browser")
    void metabasesOwnClientTakesEveryRequest() throws Exception {
        assertThat(provision()).isEqualTo(Main.OK);
        // A card and a dashboard that are changed, too.
        the(metabase.cards(), "measure/cla_count/trend").put("name", "Ours");
        the(metabase.dashboards(), "glance").put("name", "Ours");
        assertThat(provision()).isEqualTo(Main.OK);
        Files.writeString(folder.resolve("bodies.json"), metabase.bodies().toString());
        Files.writeString(folder.resolve("check.mjs"), CHECK);
        assertThat(new ProcessBuilder("npm", "install", "--silent", "--prefix", folder.toString(), CLIENT)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor())
                .isZero();
        Process check = new ProcessBuilder("node", "check.mjs")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo(metabase.bodies().size() + " requests are right\n");
    }

    private static void measure(Path conf, String name) throws IOException {
        Path file = conf.resolve("measures/population/girls.yml");
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                """
                name: %s
                definition: Girls looked after at the month end.
                unit: count
                polarity: neutral
                period: at D
                fact: fact_looked_after_month
                rows: sex_name = 'Female'
                numerator: {words: looked after at D}
                """
                        .formatted(name));
    }

    private int provision(String... more) throws Exception {
        return run(metabase.url(), TestMetabase.KEY, more);
    }

    private int run(String url, String key, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "provision",
                "metabase",
                "--url",
                url,
                "--key-file",
                Files.writeString(folder.resolve("key"), key + "\n").toString()));
        arguments.addAll(List.of(more));
        return execute(arguments);
    }

    private int execute(List<String> command) throws Exception {
        Database database = ExampleMart.published();
        List<String> arguments = new ArrayList<>(command);
        arguments.addAll(List.of(
                "--jdbc-url",
                database.url(),
                "--jdbc-user",
                database.user(),
                "--jdbc-password-file",
                Files.writeString(folder.resolve("password"), String.valueOf(database.password()))
                        .toString()));
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream both = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(both);
            System.setErr(both);
            return Main.execute(arguments.toArray(String[]::new));
        } finally {
            System.setOut(out);
            System.setErr(err);
            said = bytes.toString(StandardCharsets.UTF_8).strip();
        }
    }
}
