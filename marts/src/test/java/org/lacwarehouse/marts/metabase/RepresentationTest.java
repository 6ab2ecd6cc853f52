package org.lacwarehouse.marts.metabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.marts.Npm;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.measure.Measure;
import org.lacwarehouse.marts.metabase.Content.Card;
import org.lacwarehouse.marts.metabase.Content.Dashboard;
import org.lacwarehouse.marts.metabase.Content.Part;
import org.lacwarehouse.marts.metabase.Content.Tile;
import org.lacwarehouse.marts.powerbi.DeclaredTypes;
import org.lacwarehouse.marts.publish.Publication;
import org.lacwarehouse.pipeline.conf.Conf;
import org.yaml.snakeyaml.Yaml;

/** The files for Metabase: complete, the same every time, and what they say of each other is true. */
class RepresentationTest {
    private static final String VALIDATOR = "@metabase/representations@1.2.0";
    private static final Catalogue CATALOGUE = new Catalogue(Conf.packaged());
    private static final Content CONTENT = MartContent.of(CATALOGUE, DeclaredTypes.of(CATALOGUE));
    private static final Path ROOT = Path.of("collections", "main", "lac_warehouse");

    @TempDir
    Path folder;

    @Test
    void everyMeasureMartAndFactIsThereWithItsWords() {
        for (Measure measure : CATALOGUE.measures()) {
            Card trend = CONTENT.card("measure/" + measure.id() + "/trend");
            Card metric = CONTENT.card("measure/" + measure.id() + "/metric");
            assertThat(metric.name()).isEqualTo(measure.name());
            assertThat(List.of(trend, metric)).allSatisfy(card -> {
                assertThat(card.folder()).isEqualTo(measure.mart());
                assertThat(card.about())
                        .startsWith(measure.definition())
                        .contains(measure.numerator().words(), "measure_id " + measure.id());
            });
            assertThat(trend.settings().get("column_settings").toString().contains("suffix=%"))
                    .isEqualTo(measure.unit().equals("percent"));
            assertThat(dashboard("mart/" + measure.mart()).tiles())
                    .extracting(Tile::card)
                    .contains(trend.key());
        }
        CATALOGUE.tables().values().stream()
                .filter(table -> table.name().startsWith("fact_"))
                .forEach(fact -> {
                    Card model = CONTENT.card("fact/" + fact.name());
                    assertThat(model.type()).isEqualTo("model");
                    assertThat(model.about()).startsWith(fact.grain());
                    fact.columns().forEach((column, words) -> assertThat(model.columns())
                            .anySatisfy(told -> assertThat(told)
                                    .containsEntry("name", column)
                                    .containsEntry("description", words)));
                });
        assertThat(CONTENT.dashboards())
                .extracting(Dashboard::key)
                .contains("glance", "mart/population", "mart/care_leavers", "benchmarks");
    }

    @Test
    void whatPeopleSelectReachesEveryCardAndNoTilesOverlap() {
        for (Dashboard dashboard : CONTENT.dashboards()) {
            Set<List<Integer>> taken = new HashSet<>();
            for (Tile tile : dashboard.tiles()) {
                for (int column = tile.column(); column < tile.column() + tile.width(); column++) {
                    assertThat(column).isLessThan(24);
                    for (int row = tile.row(); row < tile.row() + tile.height(); row++) {
                        assertThat(taken.add(List.of(column, row)))
                                .as(dashboard.name() + ": " + tile)
                                .isTrue();
                    }
                }
            }
            assertThat(CONTENT.filters(dashboard))
                    .extracting(Content.Filter::name)
                    .contains("authority")
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void theFilesAreTheSameEveryTimeAndReferToEachOther() throws IOException {
        Representation representation = new Representation(CONTENT, "Marts");
        Map<Path, String> files = representation.files();
        Content again = MartContent.of(new Catalogue(Conf.packaged()), DeclaredTypes.of(CATALOGUE));
        assertThat(new Representation(again, "Marts").files()).isEqualTo(files);
        assertThat(files).hasSize((int) CONTENT.parts().count());

        Set<String> ids = new HashSet<>();
        List<String> referred = new ArrayList<>();
        for (String text : files.values()) {
            Map<String, Object> entity = new Yaml().load(text);
            String id = (String) entity.get("entity_id");
            assertThat(id).matches("[A-Za-z0-9_-]{21}");
            assertThat(ids.add(id)).as(text).isTrue();
            Stream.of("collection_id", "parent_id")
                    .map(entity::get)
                    .filter(each -> each != null)
                    .forEach(each -> referred.add((String) each));
            if (entity.get("dashcards") instanceof List<?> tiles) {
                tiles.forEach(tile -> referred.add((String) ((Map<?, ?>) tile).get("card_id")));
            }
        }
        assertThat(ids).containsAll(referred);
        assertThat(files.get(ROOT.resolve("population/children_looked_after.yaml")))
                .contains("type: metric", "- cla_count", "Made by LAC Warehouse: measure/cla_count/metric");
    }

    @Test
    void aNewMeasureIsThereByItsFileAloneAndGoesWithIt(@TempDir Path conf) throws IOException {
        Path file = conf.resolve("measures/population/girls.yml");
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                """
                name: Girls looked after
                definition: Girls looked after at the month end.
                unit: count
                polarity: neutral
                period: at D
                fact: fact_looked_after_month
                rows: sex_name = 'Female'
                numerator: {words: looked after at D}
                """);
        Catalogue catalogue = new Catalogue(Conf.withOverrides(conf));
        Content more = MartContent.of(catalogue, DeclaredTypes.of(catalogue));
        Path foreign = folder.resolve("collections/main/ours.yaml");
        Files.createDirectories(foreign.getParent());
        Files.writeString(foreign, "name: Ours\n");
        new Representation(more, "Marts").write(folder);
        Path metric = folder.resolve(ROOT).resolve("population/girls_looked_after.yaml");
        Path trend = folder.resolve(ROOT).resolve("population/girls_looked_after_over_time.yaml");
        assertThat(metric).content().contains("Girls looked after at the month end.");
        assertThat(trend).content().contains("measure_id = 'girls'");
        assertThat(more.dashboards())
                .filteredOn(each -> each.key().equals("mart/population"))
                .flatExtracting(Dashboard::tiles)
                .extracting(Tile::card)
                .contains("measure/girls/trend");

        new Representation(CONTENT, "Marts").write(folder);
        assertThat(metric).doesNotExist();
        assertThat(trend).doesNotExist();
        assertThat(foreign).hasContent("name: Ours");
    }

    @Test
    void martsOfAnOlderProgramAreSaid() {
        Publication.Published published = DeclaredTypes.of(CATALOGUE);
        published.columnTypes().get("fact_review").remove("is_late");
        assertThatThrownBy(() -> MartContent.of(CATALOGUE, published))
                .hasMessage("The marts that are published have no column fact_review.is_late, which this program has;"
                        + " run a night, then run this again");
    }

    /** Needs npm and its registry, so it runs with {@code mvn -Pbrowser verify} only. */
    @Test
    @Tag("browser")
    void metabasesOwnValidatorFindsEveryFileValid() throws Exception {
        Path project = folder.resolve("project");
        int files = new Representation(CONTENT, "Marts").write(project);
        Npm.install(folder, VALIDATOR);
        Process validator = new ProcessBuilder(
                        folder.resolve("node_modules/.bin/representations").toString(),
                        "validate-schema",
                        "--folder",
                        project.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(validator.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(validator.waitFor()).as(said).isZero();
        assertThat(said).contains(files + " passed, 0 failed");
    }

    private static Dashboard dashboard(String key) {
        return CONTENT.dashboards().stream()
                .filter((Part each) -> each.key().equals(key))
                .findFirst()
                .orElseThrow();
    }
}
