package org.lacwarehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.jobs.generate.Generator;
import org.lacwarehouse.jobs.night.Night;
import org.lacwarehouse.jobs.night.NightOptions;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.pipeline.conf.Conf;

/** A night in a Java virtual machine of its own, killed without warning and started again by the same command. */
@ExtendWith(PostgresKit.class)
class KilledNightTest {
    @TempDir
    Path folder;

    /** A moment of a night. */
    private interface Moment {
        boolean hasCome() throws Exception;
    }

    @Test
    void goesOnWhereItStoppedAndRepeatsNothing(Database killed, Database undisturbed) throws Exception {
        Path landing = folder.resolve("landing");
        new Generator(landing, 30, 2, LocalDate.of(2024, 3, 31), 3).write(List.of("826"));
        Path warehouse = folder.resolve("killed");

        killAt(landing, killed, () -> Files.exists(warehouse.resolve("bronze/health/_delta_log")));
        killAt(landing, killed, () -> hasCompleted(killed, "bronze"));
        List<String> read = steps(killed, "bronze");
        killAt(landing, killed, () -> Files.exists(warehouse.resolve("silver/social_care/episodes/_delta_log")));
        killAt(landing, killed, () -> hasCompleted(killed, "silver"));
        List<String> finished = steps(killed, "bronze", "silver");
        assertThat(finished).hasSize(2).containsAll(read);
        killAt(landing, killed, () -> Files.exists(warehouse.resolve("gold/fact_placement/_delta_log")));
        killAt(landing, killed, () -> Query.cell(killed, "select to_regclass('mart_next.fact_measure') is not null")
                .equals("t"));
        List<String> built = steps(killed, "bronze", "silver", "match", "gold");
        assertThat(built).hasSize(4).containsAll(finished);

        Process again = start(landing, "killed", killed);
        String said = readUntil(again, "Run report");
        assertThat(again.waitFor()).isEqualTo(Main.OK);
        assertThat(said).contains("Going on with night 1").doesNotContain("[1/6]", "[2/6]", "[3/6]", "[4/6]");
        assertThat(steps(killed, "bronze", "silver", "match", "gold")).isEqualTo(built);
        assertThat(Query.rows(killed, "select run_id, status from audit.run")).containsExactly("1 completed");

        assertThat(inThisProgram(landing, "undisturbed", undisturbed)).isEqualTo(Main.OK);
        assertThat(Query.contents(killed)).hasSizeGreaterThan(45).isEqualTo(Query.contents(undisturbed));
        for (String sql : List.of(
                "select file_name, status, rows_in, rows_kept, rows_duplicate, rows_quarantined, rows_flagged"
                        + " from audit.file order by file_name",
                "select file_name, line_number, rule_id, column_name, is_quarantined from audit.rejection order by 1, 2, 3, 4",
                "select source, match_kind, people from audit.match order by 1, 2")) {
            assertThat(Query.rows(killed, sql)).isEqualTo(Query.rows(undisturbed, sql));
        }
    }

    /** Starts the night and kills it, as a power cut would, when a moment has come. */
    private void killAt(Path landing, Database database, Moment moment) throws Exception {
        Process night = start(landing, "killed", database);
        while (!moment.hasCome()) {
            assertThat(night.waitFor(20, TimeUnit.MILLISECONDS))
                    .as("the night ended before it could be killed")
                    .isFalse();
        }
        night.destroyForcibly().waitFor();
    }

    private static boolean hasCompleted(Database database, String step) throws SQLException {
        return Query.cell(database, "select to_regclass('batch.batch_step_execution') is not null")
                        .equals("t")
                && !Query.rows(
                                database,
                                "select 1 from batch.batch_step_execution where step_name = '" + step
                                        + "' and status = 'COMPLETED'")
                        .isEmpty();
    }

    private static List<String> steps(Database database, String... names) throws SQLException {
        return Query.rows(
                database,
                "select * from audit.step where step_name in ('" + String.join("', '", names)
                        + "') order by started_at");
    }

    private Process start(Path landing, String warehouse, Database database) throws IOException {
        return NightProgram.of(landing, folder.resolve(warehouse), database, "-Xmx3g")
                .start();
    }

    /** A night to which nothing happens, which needs no virtual machine of its own. */
    private int inThisProgram(Path landing, String warehouse, Database database) throws Exception {
        Files.writeString(folder.resolve(warehouse + ".key"), NightProgram.PSEUDONYM_KEY);
        NightOptions options = new NightOptions(landing, folder.resolve(warehouse), null, 60, Conf::packaged);
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        return new Night(options, database, nowhere).run().exitCode();
    }

    /** Reads what the program says until a line begins with some words; fails when it ends without. */
    private static String readUntil(Process process, String words) throws IOException {
        StringBuilder said = new StringBuilder();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            said.append(line).append('\n');
            if (line.startsWith(words)) {
                return said.toString();
            }
        }
        throw new AssertionError("The program ended without saying " + words + ":\n" + said);
    }
}
