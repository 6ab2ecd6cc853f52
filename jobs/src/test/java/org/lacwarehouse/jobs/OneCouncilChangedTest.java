package org.lacwarehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.jobs.generate.Generator;
import org.lacwarehouse.jobs.night.Night;
import org.lacwarehouse.jobs.night.NightOptions;
import org.lacwarehouse.marts.gold.GoldState;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.lake.Lake;

/** When one of several councils has delivered, its rows are built anew and those of the others stay as they are. */
@ExtendWith(PostgresKit.class)
class OneCouncilChangedTest {
    private static final LocalDate BEFORE = LocalDate.of(2024, 2, 29);

    @TempDir
    Path folder;

    @Test
    void theMartsAreThoseOfAWarehouseThatIsBuiltFromNothing(Database database, Database another) throws Exception {
        new Generator(folder.resolve("landing"), 25, 2, BEFORE, 3).write(List.of("201", "826", "887"));
        night("warehouse", database, null);
        Map<String, String> first = Query.contents(database);
        Set<String> filesOfOthers = gold("201", "887");
        Set<String> files = gold("826");
        assertThat(filesOfOthers).hasSizeGreaterThan(60);

        // The next month of one council, which has grown, with a new as-at date.
        new Generator(folder.resolve("next"), 60, 2, LocalDate.of(2024, 3, 31), 4).write(List.of("826"));
        for (String source : List.of("social_care", "health", "virtual_school", "housing")) {
            Files.move(
                    folder.resolve("next/826/" + source + "/2024-03-31"),
                    folder.resolve("landing/826/" + source + "/2024-03-31"));
        }
        night("warehouse", database, null);

        assertThat(gold("201", "887")).isEqualTo(filesOfOthers);
        assertThat(gold("826")).doesNotContainAnyElementsOf(files);
        Files.copy(folder.resolve("warehouse.key"), folder.resolve("another.key"));
        night("another", another, null);
        assertThat(Query.contents(database))
                .hasSizeGreaterThan(45)
                .isEqualTo(Query.contents(another))
                .isNotEqualTo(first);

        // Back to the date before, after a table was lost half way.
        new GoldState(folder.resolve("warehouse"), "").forget("fact_placement");
        night("warehouse", database, BEFORE);
        assertThat(Query.contents(database)).isEqualTo(first);
        assertThat(gold("201", "887"))
                .anyMatch(file -> file.startsWith("dim_child/") && filesOfOthers.contains(file))
                .noneMatch(file -> file.startsWith("fact_placement/") && filesOfOthers.contains(file));
    }

    private void night(String warehouse, Database database, LocalDate asAt) throws Exception {
        NightOptions options =
                new NightOptions(folder.resolve("landing"), folder.resolve(warehouse), asAt, 13, Conf::packaged);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(new Night(options, database, new PrintStream(out, true, StandardCharsets.UTF_8))
                        .run()
                        .exitCode())
                .as(out.toString(StandardCharsets.UTF_8))
                .isEqualTo(Main.OK);
    }

    /** The files of gold with rows of authorities, those of versions before left out. */
    private Set<String> gold(String... authorities) throws IOException {
        Path warehouse = folder.resolve("warehouse");
        Lake lake = new Lake(() -> null, warehouse);
        Set<Path> old = new HashSet<>();
        lake.tables("gold").forEach(table -> old.addAll(lake.history(table)));
        try (Stream<Path> files = Files.walk(warehouse.resolve("gold"))) {
            return files.filter(file -> !old.contains(file) && file.toString().endsWith(".parquet"))
                    .map(file -> warehouse.resolve("gold").relativize(file).toString())
                    .filter(file -> Stream.of(authorities)
                            .anyMatch(authority -> file.contains("/authority_key=" + authority + "/")))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
