package org.lacwarehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.jobs.night.Night;
import org.lacwarehouse.jobs.night.NightOptions;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.pipeline.conf.Conf;

/**
 * Nights to which something happens: the mart that people read stays, the message says what to do, and the next night
 * recovers. Each test has a PostgreSQL of its own, most of them with copies of one first night's warehouse and database.
 */
class FaultsTest {
    private static final String COUNT =
            "select la_code, value from mart.fact_measure where measure_id = 'cla_count' and"
                    + " breakdown_type = 'all' and period_end = '2024-02-29' order by la_code";

    @TempDir
    static Path first;

    @TempDir
    Path folder;

    private final List<EmbeddedPostgres> servers = new ArrayList<>();
    private final List<Path> mounted = new ArrayList<>();
    private String said = "";

    @BeforeAll
    static void firstNight() throws Exception {
        for (String authority : List.of("826", "887")) {
            deliver(first, authority, "2024-02-29", 2);
        }
        try (EmbeddedPostgres server = start(first, 0)) {
            PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
            Night night = new Night(options(first, Set.of()), database(server), nowhere);
            assertThat(night.run().exitCode()).isEqualTo(Main.OK);
        }
    }

    @AfterEach
    void stopAndUnmount() throws Exception {
        for (EmbeddedPostgres server : servers) {
            server.close();
        }
        for (Path path : mounted) {
            run("umount", "-l", path.toString());
        }
    }

    /** Begins with what had been delivered before the first night, and a PostgreSQL that has just been made. */
    private Database beforeTheFirstNight() throws Exception {
        run("cp", "-a", first.resolve("landing").toString(), folder.toString());
        return database(server(0));
    }

    /** Begins as the first night has left everything. */
    private Database afterTheFirstNight() throws Exception {
        run("cp", "-a", first + "/.", folder.toString());
        return database(server(0));
    }

    private static Database database(EmbeddedPostgres server) {
        return new Database("jdbc:postgresql://localhost:" + server.getPort() + "/postgres", "postgres", null);
    }

    /** The server of this test, started or started again. */
    private EmbeddedPostgres server(int port) throws IOException {
        EmbeddedPostgres server = start(folder, port);
        servers.add(server);
        return server;
    }

    private static EmbeddedPostgres start(Path folder, int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("postgres"))
                .setCleanDataDirectory(false)
                .setPort(port)
                .start();
    }

    @Test
    void aDatabaseThatIsGoneIsNamedAndTheNextNightGoesOn() throws Exception {
        Database database = afterTheFirstNight();
        int port = servers.get(0).getPort();
        deliver("826", "2024-03-31", 3);

        servers.get(0).close();
        assertThatThrownBy(() -> night(database))
                .hasMessageContaining("PostgreSQL cannot be reached")
                .hasMessageContaining("Nothing has been changed")
                .hasMessageContaining("run the same command again");

        EmbeddedPostgres beforePublication = server(port);
        assertThatThrownBy(() -> night(database, whenSaid("building marts", beforePublication)))
                .hasMessageContaining("the connection to PostgreSQL was lost")
                .hasMessageContaining("run the same command again");

        EmbeddedPostgres afterPublication = server(port);
        assertThat(Query.rows(database, COUNT)).as("yesterday's").containsExactly("826 2", "887 2");
        assertThatThrownBy(() -> night(database, whenSaid("publishing", afterPublication)))
                .hasMessageContaining("the connection to PostgreSQL was lost");
        assertThat(said)
                .as("built before, though Spring Batch could not be told")
                .contains("Going on with night 2", "nothing new")
                .doesNotContain("[1/6]", "[3/6]");

        server(port);
        assertThat(Query.rows(database, COUNT)).containsExactly("826 3", "887 2");
        assertThat(night(database)).isEqualTo(Main.OK);
        assertThat(said).contains("Going on with night 2", "already published").doesNotContain("[4/6]");
        assertThat(Query.rows(database, "select run_id, status, is_live from audit.run order by 1"))
                .containsExactly("1 completed f", "2 completed t");
    }

    @Test
    void aFullDiskIsNamedInEveryLayerAndTheNextNightGoesOn() throws Exception {
        assumeTrue(canMount(), "only root can make a disk that is full");
        Database database = afterTheFirstNight();
        List<String> before = Query.rows(database, COUNT);
        deliver("826", "2024-03-31", 3);

        for (String layer : List.of("bronze", "silver", "gold")) {
            Path disk = folder.resolve("warehouse/" + layer);
            mountFull(disk);
            assertThatThrownBy(() -> night(database))
                    .as(layer)
                    .hasMessageContaining("the disk is full; free some space")
                    .hasMessageContaining("run the same command again");
            assertThat(Query.rows(database, COUNT)).as(layer).isEqualTo(before);
            run("mount", "-o", "remount,size=1g", disk.toString());
        }
        Path disk = Files.createDirectories(folder.resolve("tablespace"));
        mount(disk, "1m");
        execute(
                database,
                "create tablespace small location '" + disk + "'",
                "alter database " + name(database) + " set default_tablespace = small");
        try {
            assertThatThrownBy(() -> night(database)).hasMessageContaining("the disk of PostgreSQL is full");
            assertThat(Query.rows(database, COUNT)).isEqualTo(before);
            execute(database, "alter database " + name(database) + " reset default_tablespace");

            assertThat(night(database)).isEqualTo(Main.OK);
            assertThat(Query.rows(database, COUNT)).containsExactly("826 3", "887 2");
            assertThat(Query.rows(database, "select run_id, status from audit.run order by 1"))
                    .containsExactly("1 completed", "2 completed");
        } finally {
            execute(database, "drop schema if exists mart_next, mart_public_next cascade", "drop tablespace small");
        }
    }

    @Test
    void damagedTablesAreMadeAnew() throws Exception {
        Database database = afterTheFirstNight();
        List<String> before = Query.rows(database, COUNT);
        deliver("826", "2024-03-31", 3);
        // With a new council the tables are built whole, and all that is in force is read.
        deliver("201", "2024-02-29", 4);

        damage(dataFile("silver/social_care/header", "887"));
        assertThatThrownBy(() -> night(database))
                .hasMessageContaining("Damaged tables were found and removed, and the next night makes them anew:"
                        + " silver/social_care/header.");
        assertThat(Query.rows(database, COUNT)).isEqualTo(before);
        damage(folder.resolve("warehouse/gold/dim_authority/_delta_log/00000000000000000000.json"));
        assertThatThrownBy(() -> night(database)).hasMessageContaining("makes them anew: gold/dim_authority.");
        assertThat(Query.rows(database, COUNT)).isEqualTo(before);
        assertThat(night(database)).isEqualTo(Main.OK);
        assertThat(Query.rows(database, COUNT)).containsExactly("201 4", "826 3", "887 2");

        deliver("826", "2024-04-30", 3);
        damage(folder.resolve("warehouse/bronze/social_care/_delta_log/00000000000000000000.json"));
        assertThatThrownBy(() -> night(database))
                .hasMessageContaining("What was delivered is damaged in bronze/social_care")
                .hasMessageContaining("--replay");
    }

    @Test
    void whatCannotBeCheckedIsSetAsideAndTheOthersAreNew() throws Exception {
        Database database = afterTheFirstNight();
        deliver("826", "2024-03-31", 3);
        deliver("887", "2024-03-31", 3);
        assertThatThrownBy(() -> night(database, stopAfter("reading files"))).hasMessageContaining("stopped");
        damage(only(
                folder.resolve("warehouse/bronze/social_care"),
                path -> path.toString().contains("delivery_id=887.social_care.header.2024-03-31")
                        && path.toString().endsWith(".parquet")));

        assertThat(night(database)).isEqualTo(Main.REFUSALS);
        assertThat(said).contains("1 file set aside");
        assertThat(Query.rows(database, COUNT))
                .as("the children of the newest header that can be read")
                .containsExactly("826 3", "887 2");
        assertThat(Query.rows(
                        database,
                        "select la_code, dataset, status, left(reason, 31) from audit.file where extract_date ="
                                + " '2024-03-31' order by 1, 2"))
                .containsExactly(
                        "826 episodes loaded null",
                        "826 header loaded null",
                        "887 episodes loaded null",
                        "887 header refused its rows could not be checked (");
        assertThat(Query.rows(
                        database,
                        "select distinct la_code, extract_date from audit.freshness where la_code <> 'national'"))
                .contains("826 2024-03-31");
        assertThat(Files.readString(folder.resolve("warehouse/reports/night-2.html")))
                .contains("Marts that stand on older data", "--replay 887 social_care 2024-03-31");

        assertThat(night(database)).as("nothing new").isEqualTo(Main.OK);
        assertThat(night(database, said -> {}, Set.of("887/social_care/2024-03-31")))
                .isEqualTo(Main.OK);
        assertThat(Query.rows(database, COUNT)).containsExactly("826 3", "887 3");
    }

    @Test
    void aCommitWhoseAnswerIsLostIsNoHarm() throws Exception {
        Database database = beforeTheFirstNight();
        System.setProperty("spark.delta.logStore.file.impl", ForgetfulLogStore.class.getName());
        try {
            ForgetfulLogStore.forgetsNext("bronze/social_care");
            assertThatThrownBy(() -> night(database)).hasMessageContaining("run the same command again");
            assertThat(ForgetfulLogStore.hasForgotten()).isTrue();

            // The check of the rows tries again by itself.
            ForgetfulLogStore.forgetsNext("silver/social_care/episodes");
            assertThat(night(database)).isEqualTo(Main.OK);
            assertThat(ForgetfulLogStore.hasForgotten()).isTrue();

            deliver("826", "2024-03-31", 3);
            ForgetfulLogStore.forgetsNext("gold/fact_looked_after_month");
            assertThatThrownBy(() -> night(database)).hasMessageContaining("run the same command again");
            assertThat(ForgetfulLogStore.hasForgotten()).isTrue();
        } finally {
            System.clearProperty("spark.delta.logStore.file.impl");
        }
        assertThat(Query.rows(database, COUNT)).containsExactly("826 2", "887 2");
        assertThat(night(database)).isEqualTo(Main.OK);
        assertThat(Query.rows(database, COUNT)).containsExactly("826 3", "887 2");
        assertThat(
                        Query.rows(
                                database,
                                "select dataset, extract_date, rows_in, rows_kept from audit.file where la_code = '826' order by 2, 1"))
                .containsExactly(
                        "episodes 2024-02-29 2 2",
                        "header 2024-02-29 2 2",
                        "episodes 2024-03-31 3 3",
                        "header 2024-03-31 3 3");
    }

    @Test
    void whatIsOlderThanItsTimeIsRemoved() throws Exception {
        Database database = afterTheFirstNight();
        deliver("826", "2024-03-31", 3);
        assertThat(night(database)).isEqualTo(Main.OK);
        List<String> before = Query.rows(database, "select * from mart.fact_measure order by 1, 2, 3, 4, 5, 6, 7");
        assertThat(Query.rows(database, "select run_id from audit.run order by 1"))
                .containsExactly("1", "2");

        makeOlder(8);
        assertThat(night(database)).isEqualTo(Main.OK);
        assertThat(said).contains("Nothing new").doesNotContain("could not all be removed");
        try (Stream<Path> files = Files.walk(folder.resolve("warehouse"))) {
            assertThat(files.filter(path -> path.toString().contains("fact_looked_after_month"))
                            .map(path -> path.getFileName().toString())
                            .filter(name -> name.matches("part.*parquet|\\d+\\..*(json|parquet)")))
                    .as("a file an authority of the version that is used, with the checkpoint that it begins with")
                    .hasSize(4)
                    .noneMatch(name -> name.equals("00000000000000000000.json"));
        }
        assertThat(Query.cell(database, "select to_regclass('mart_previous.fact_measure') is not null"))
                .isEqualTo("t");

        execute(database, "update audit.run set ended_at = ended_at - interval '31 days'");
        assertThat(night(database)).isEqualTo(Main.OK);
        assertThat(Query.cell(database, "select to_regclass('mart_previous.fact_measure') is null"))
                .isEqualTo("t");
        assertThat(Query.cell(database, "select count(*) from audit.figure_of_run(1)"))
                .isNotEqualTo("0");

        deliver("826", "2024-04-30", 3);
        deliver("887", "2024-04-30", 2);
        assertThat(night(database))
                .as("upon checkpoints that Delta did not write")
                .isEqualTo(Main.OK);
        execute(database, "update audit.run set ended_at = ended_at - interval '1101 days' where run_id < 5");
        assertThat(night(database)).isEqualTo(Main.OK);
        assertThat(said).doesNotContain("could not all be removed");
        assertThat(Query.rows(database, "select run_id from audit.run order by 1"))
                .as("all but the nights of the snapshots in force")
                .containsExactly("5", "6");
        assertThat(Query.cell(database, "select count(*) from audit.figure where until_run_id <= 5"))
                .isEqualTo("0");
        assertThat(Query.cell(database, "select count(*) from batch.batch_job_instance"))
                .isEqualTo("1");
        assertThat(folder.resolve("warehouse/reports/night-1.html")).doesNotExist();
        assertThat(folder.resolve("warehouse/reports/night-5.html")).exists();
        assertThat(before).isNotEmpty();
    }

    /** Does something as soon as a night has said some words. */
    private interface Watcher {
        void hears(String line) throws Exception;
    }

    private static Watcher whenSaid(String words, EmbeddedPostgres stopped) {
        return line -> {
            if (line.contains("] " + words)) {
                stopped.close();
            }
        };
    }

    private Night running;

    private Watcher stopAfter(String words) {
        return line -> {
            if (line.contains("] " + words)) {
                running.stop();
            }
        };
    }

    private int night(Database database) throws Exception {
        return night(database, line -> {});
    }

    private int night(Database database, Watcher watcher) throws Exception {
        return night(database, watcher, Set.of());
    }

    private int night(Database database, Watcher watcher, Set<String> replay) throws Exception {
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        OutputStream out = new OutputStream() {
            private int told;

            @Override
            public void write(int b) {
                heard.write(b);
            }

            @Override
            public void flush() throws IOException {
                String all = heard.toString(StandardCharsets.UTF_8);
                int end = all.lastIndexOf('\n') + 1;
                if (end > told) {
                    String lines = all.substring(told, end);
                    told = end;
                    try {
                        for (String line : lines.lines().toList()) {
                            watcher.hears(line);
                        }
                    } catch (Exception e) {
                        throw new IOException(e);
                    }
                }
            }
        };
        running = new Night(options(folder, replay), database, new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            return running.run().exitCode();
        } finally {
            said = heard.toString(StandardCharsets.UTF_8);
        }
    }

    private static NightOptions options(Path folder, Set<String> replay) {
        return new NightOptions(
                folder.resolve("landing"), folder.resolve("warehouse"), null, 6, Conf::packaged, replay, Set.of());
    }

    private void deliver(String authority, String date, int children) throws IOException {
        deliver(folder, authority, date, children);
    }

    /** An extract of an authority with some children who are all looked after. */
    private static void deliver(Path folder, String authority, String date, int children) throws IOException {
        Path extract = Files.createDirectories(folder.resolve("landing/" + authority + "/social_care/" + date));
        StringBuilder header = new StringBuilder("CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n");
        StringBuilder episodes = new StringBuilder("CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC\n");
        for (int child = 1; child <= children; child++) {
            header.append(child).append(",2,01/02/2010,WBRI,,,\n");
            episodes.append(child).append(",01/01/2020,S,C2,N1,U6,PR1,,\n");
        }
        Files.writeString(extract.resolve("header.csv"), header);
        Files.writeString(extract.resolve("episodes.csv"), episodes);
        Files.write(extract.resolve("_READY"), new byte[0]);
    }

    private Path dataFile(String table, String authority) throws IOException {
        return only(
                folder.resolve("warehouse/" + table),
                path -> path.toString().endsWith(".parquet")
                        && path.toString().contains("delivery_id=" + authority + "."));
    }

    private static Path only(Path folder, java.util.function.Predicate<Path> wanted) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(wanted).findFirst().orElseThrow();
        }
    }

    /** Turns over some bytes in the middle of a file, as a failing disk does. */
    private static void damage(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int i = bytes.length / 2; i < bytes.length / 2 + 8; i++) {
            bytes[i] ^= 0x5a;
        }
        Files.write(file, bytes);
    }

    /** As if everything in the warehouse had been written some days before. */
    private void makeOlder(int days) throws IOException {
        FileTime then = FileTime.from(Instant.now().minus(Duration.ofDays(days)));
        try (Stream<Path> files = Files.walk(folder.resolve("warehouse"))) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, then);
            }
        }
    }

    private static boolean canMount() throws Exception {
        Path probe = Files.createTempDirectory("mount");
        try {
            return start("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", probe.toString()) == 0
                    && start("umount", probe.toString()) == 0;
        } catch (IOException e) {
            return false;
        } finally {
            Files.delete(probe);
        }
    }

    /** Puts a folder on a disk of its own that has no room for more. */
    private void mountFull(Path disk) throws Exception {
        Path kept = folder.resolve(disk.getFileName() + ".kept");
        run("cp", "-a", disk.toString(), kept.toString());
        mount(disk, "1g");
        run("cp", "-a", kept + "/.", disk.toString());
        long blocks = Files.getFileStore(disk).getTotalSpace()
                - Files.getFileStore(disk).getUsableSpace();
        run("mount", "-o", "remount,size=" + blocks, disk.toString());
    }

    private void mount(Path disk, String size) throws Exception {
        run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", disk.toString());
        mounted.add(0, disk);
    }

    private static void run(String... command) throws Exception {
        assertThat(start(command)).as(String.join(" ", command)).isZero();
    }

    private static int start(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().transferTo(OutputStream.nullOutputStream());
        return process.waitFor();
    }

    private static String name(Database database) {
        return database.url().replaceFirst(".*/([^/?]*).*", "$1");
    }

    private static void execute(Database database, String... statements) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
