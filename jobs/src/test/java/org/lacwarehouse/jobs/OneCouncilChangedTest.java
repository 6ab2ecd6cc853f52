package org.lacwarehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
import org.lacwarehouse.marts.publish.Publication;
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
        Map<String, String> first = live(database);
        Set<String> filesOfOthers = gold("201", "887");
        Set<String> files = gold("826");
        assertThat(filesOfOthers).hasSizeGreaterThan(60);
        List<String> rowsOfOthers = rowsOfOthers(database);

        // The next month of one council, which has grown, with a new as-at date; and fewer authorities have neighbours.
        new Generator(folder.resolve("next"), 60, 2, LocalDate.of(2024, 3, 31), 4).write(List.of("826"));
        for (String source : List.of("social_care", "health", "virtual_school", "housing")) {
            Files.move(
                    folder.resolve("next/826/" + source + "/2024-03-31"),
                    folder.resolve("landing/826/" + source + "/2024-03-31"));
        }
        Path reference = Files.createDirectories(folder.resolve("landing/national/reference/2024-03-31"));
        Path neighbours = reference.resolve("statistical_neighbours.csv");
        List<String> all =
                Files.readAllLines(folder.resolve("landing/national/reference/2024-02-29/statistical_neighbours.csv"));
        Files.write(
                neighbours, all.stream().filter(line -> !line.contains(",887,")).toList());
        Files.createFile(reference.resolve("_READY"));
        night("warehouse", database, null);

        assertThat(filesOfOthers.stream().filter(file -> !file.startsWith("fact_measure_comparison/")))
                .hasSizeGreaterThan(50)
                .isSubsetOf(gold("201", "887"));
        assertThat(gold("826")).doesNotContainAnyElementsOf(files);
        Files.copy(folder.resolve("warehouse.key"), folder.resolve("another.key"));
        night("another", another, null);
        Map<String, String> second = live(another);
        assertThat(second).hasSizeGreaterThan(60).isNotEqualTo(first);
        assertThat(live(database)).isEqualTo(second);
        assertThat(previous(database)).isEqualTo(first);
        assertThat(rowsOfOthers(database)).as("rows in PostgreSQL").isEqualTo(rowsOfOthers);
        assertThat(readBy("mart_analyst_826", database, "mart_previous.fact_measure"))
                .isEqualTo("826");

        // As if somebody wanted all rows to be published by the next night, and then thought better of it.
        Publication publication = new Publication(database);
        String version = publication.liveVersion().orElseThrow();
        String words = Query.cell(database, "select obj_description('mart'::regnamespace)");
        execute(database, "comment on schema mart is null");
        assertThat(publication.rollBack()).isNotEqualTo(version);
        assertThat(live(database)).isEqualTo(first);
        assertThat(previous(database)).isEqualTo(second);
        publication.rollBack();
        assertThat(publication.liveVersion()).isEmpty();
        execute(database, "comment on schema mart is '" + words + "'");
        assertThat(live(database)).isEqualTo(second);
        assertThat(previous(database)).isEqualTo(first);

        // All have their neighbours again, which nothing shows that is public. Somebody has lost a right meanwhile.
        Files.write(neighbours, all);
        night("warehouse", database, null);
        Map<String, String> third = live(database);
        assertThat(third.entrySet().stream().filter(entry -> !second.entrySet().contains(entry)))
                .extracting(Map.Entry::getKey)
                .containsExactly("dim_authority_neighbour");
        publication.rollBack();
        assertThat(live(database)).isEqualTo(second);
        execute(database, "revoke select on mart.fact_review from mart_analyst_826");
        night("warehouse", database, null);
        assertThat(live(database)).isEqualTo(third);
        assertThat(readBy("mart_analyst_826", database, "mart.fact_review")).isEqualTo("826");

        // Back to the date before, after a table was lost half way, and somebody has seen to it that no row can change.
        new GoldState(folder.resolve("warehouse"), "").forget("fact_placement");
        execute(database, "alter table mart.fact_measure add check (value is null) not valid");
        night("warehouse", database, BEFORE);
        assertThat(live(database)).isEqualTo(first);
        assertThat(gold("201", "887"))
                .anyMatch(file -> file.startsWith("dim_child/") && filesOfOthers.contains(file))
                .noneMatch(file -> file.startsWith("fact_placement/") && filesOfOthers.contains(file));
        publication.rollBack();
        assertThat(live(database)).isEqualTo(third);
    }

    private static void execute(Database database, String statement) throws SQLException {
        try (Connection connection = database.connect();
                Statement executed = connection.createStatement()) {
            executed.execute(statement);
        }
    }

    private static Map<String, String> live(Database database) throws SQLException {
        return Query.version(database, "mart", "mart_public");
    }

    private static Map<String, String> previous(Database database) throws SQLException {
        return Query.version(database, "mart_previous", "mart_public_previous");
    }

    /** Whose rows of a table somebody reads. */
    private static String readBy(String role, Database database, String table) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set role " + role);
            try (ResultSet row = statement.executeQuery("select string_agg(distinct la_code, ' ') from " + table)) {
                row.next();
                return row.getString(1);
            }
        }
    }

    /** Where PostgreSQL keeps rows of councils that have not changed, and which transactions wrote them. */
    private static List<String> rowsOfOthers(Database database) throws SQLException {
        return Query.rows(
                database,
                "select 'dim_child', ctid, xmin from mart.dim_child where authority_key in (201, 887) union all"
                        + " select 'fact_measure', ctid, xmin from mart.fact_measure where la_code in ('201', '887')"
                        + " order by 1, 2");
    }

    private void night(String warehouse, Database database, LocalDate asAt) throws Exception {
        NightOptions options =
                new NightOptions(folder.resolve("landing"), folder.resolve(warehouse), asAt, 13, Conf::packaged);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(new Night(options, database, new PrintStream(out, true, StandardCharsets.UTF_8))
                        .run()
                        .exitCode())
                .as(out.toString(StandardCharsets.UTF_8))
                // A file of few rows may have shrunk by more than half.
                .isIn(Main.OK, Main.REFUSALS);
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
