package org.lacwarehouse.jobs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Comparator;
import java.util.stream.Stream;
import org.lacwarehouse.jobs.night.Night;
import org.lacwarehouse.jobs.night.NightOptions;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.pipeline.conf.Conf;

/** The marts of the example council (826, as at 31 March 2024), published once for all tests that read them. */
public final class ExampleMart {
    private static Database published;

    private ExampleMart() {}

    /** The published marts; nobody may change them. */
    public static synchronized Database published() throws Exception {
        if (published == null) {
            Path folder = Files.createTempDirectory("example");
            try {
                Database database = PostgresKit.newDatabase();
                publish(folder, database);
                published = database;
            } finally {
                try (Stream<Path> files = Files.walk(folder)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        }
        return published;
    }

    /** A copy of them, to be changed. */
    public static Database copy() throws Exception {
        Database original = published();
        Database other = PostgresKit.newDatabase();
        String from = name(original);
        String to = name(other);
        Database server = new Database(
                original.url().replaceFirst("/" + from + "(\\?|$)", "/postgres$1"),
                original.user(),
                original.password());
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("drop database " + to);
            statement.execute("create database " + to + " template " + from);
        }
        return other;
    }

    private static String name(Database database) {
        return database.url().replaceFirst("^.*/([^/?]*).*$", "$1");
    }

    private static void publish(Path folder, Database database) throws Exception {
        Path landing = folder.resolve("landing");
        put(
                landing.resolve("826/social_care/2024-03-31"),
                "header",
                "episodes",
                "uasc",
                "disability",
                "reviews",
                "missing",
                "sw_episodes",
                "ad1",
                "placed_adoption",
                "plans",
                "identity",
                "oc2",
                "oc3",
                "care_leavers");
        put(
                landing.resolve("826/health/2024-03-31"),
                "health_assessments",
                "dental_checks",
                "immunisations",
                "sdq",
                "camhs_referrals");
        put(
                landing.resolve("826/virtual_school/2024-03-31"),
                "roll",
                "schools",
                "peps",
                "attendance",
                "exclusions",
                "attainment",
                "post16");
        put(landing.resolve("826/housing/2024-03-31"), "applications", "tenancies", "homelessness");
        put(landing.resolve("national/reference/2024-03-31"), "population", "postcodes");
        NightOptions options = new NightOptions(landing, folder.resolve("warehouse"), null, 24, Conf::packaged);
        new Night(options, database, new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8)).run();
    }

    private static void put(Path extract, String... datasets) throws IOException {
        Files.createDirectories(extract);
        for (String dataset : datasets) {
            try (InputStream in = resource(dataset + ".csv.gz")) {
                Files.copy(in, extract.resolve(dataset + ".csv.gz"));
            }
        }
        Files.write(extract.resolve("_READY"), new byte[0]);
    }

    private static InputStream resource(String name) {
        return ExampleMart.class.getResourceAsStream("/example/" + name);
    }
}
