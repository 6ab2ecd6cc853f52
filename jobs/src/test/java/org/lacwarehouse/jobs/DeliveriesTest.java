package org.lacwarehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.jobs.night.Night;
import org.lacwarehouse.jobs.night.NightOptions;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.pipeline.conf.Conf;

/** What an operator does about files: shrinkage accepted, folders replayed, rejections listed, matches confirmed. */
@ExtendWith(PostgresKit.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DeliveriesTest {
    private static final String HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n";
    private static final String IDENTITY = "CHILD,FORENAME,SURNAME,DOB,NHS_NUMBER,UPN,POSTCODE\n";
    private static final String EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC\n";
    private static final String SDQ = "NHS_NUMBER,FORENAME,SURNAME,DOB,COMPLETED_DATE,RESPONDENT,SCORE\n";
    private static final String COUNT =
            "select value from mart.fact_measure where measure_id = 'cla_count' and breakdown_type = 'all' and period_end ="
                    + " (select max(period_end) from mart.fact_measure)";

    @TempDir
    static Path folder;

    private final Database database;

    DeliveriesTest(Database database) {
        this.database = database;
    }

    @BeforeAll
    void firstNight() throws Exception {
        put("826/social_care/2024-02-29", "header.csv", HEADER + child("1") + child("2") + child("3"));
        put(
                "826/social_care/2024-02-29",
                "identity.csv",
                IDENTITY + "1,Ann,Abel,01/02/2010,9990000018,,\n2,Ben,Bell,01/02/2010,,,\n");
        put(
                "826/social_care/2024-02-29",
                "episodes.csv",
                EPISODES + episode("1", "C2") + episode("2", "C2") + episode("3", "C9") + episode("9", "C2"));
        put(
                "826/health/2024-02-29",
                "sdq.csv",
                SDQ + "9990000018,,,2010-02-01,2024-01-01,CARER,12\n,Benn,Bell,2010-02-01,2024-01-02,CARER,13\n");
        assertThat(night(Set.of(), Set.of())).isEqualTo(Main.OK);
        assertThat(Query.cell(database, COUNT)).isEqualTo("2");
    }

    @Test
    @Order(1)
    void everyRejectionIsListedWithItsLineAndNoValue() throws Exception {
        String said = rejections("--dataset", "episodes");

        assertThat(said.lines())
                .containsExactly(
                        "826/social_care/2024-02-29/episodes.csv (episodes): loaded; 4 rows in = 3 kept + 0 duplicate + 1"
                                + " rejected; 1 flagged",
                        "  line 4       rejected unknown_code         LS                   LS: not a code of the list"
                                + " legal_status",
                        "  line 5       noted    orphan               CHILD                no header row names this child;"
                                + " left out of the marts until one does");
        assertThat(rejections("--dataset", "social_care/header")).contains("3 rows in = 3 kept");
        assertThat(rejections()).contains("header.csv", "episodes.csv", "identity.csv", "sdq.csv");
    }

    @Test
    @Order(1)
    void matchRatesAndProposalsAreInTheAuditAndTheReport() throws SQLException, IOException {
        assertThat(Query.rows(database, "select la_code, source, match_kind, people from audit.match order by 3"))
                .containsExactly("826 health number 1", "826 health unmatched 1");
        assertThat(Query.rows(database, "select score, parts from audit.match_proposal"))
                .containsExactly("0.985 born 1.00, forename 0.94, surname 1.00");
        assertThat(Query.rows(
                        database,
                        "select u.dataset, u.file_name, u.line_number, u.rows, u.match_kind from audit.unmatched u join"
                                + " audit.match_proposal p using (run_id, la_code, source, record_ref)"))
                .containsExactly("sdq sdq.csv 3 1 unmatched");
        assertThat(Files.readString(folder.resolve("warehouse/reports/night-1.html")))
                .contains("Matching to children", "<td class=\"n\">50.0%</td>");
    }

    @Test
    @Order(2)
    void anUnusuallySmallFileIsRefusedUntilSomebodyAcceptsIt() throws Exception {
        put("826/social_care/2024-03-31", "header.csv", HEADER + child("1"));
        put("826/social_care/2024-03-31", "episodes.csv", EPISODES + episode("1", "C2"));

        assertThat(night(Set.of(), Set.of())).isEqualTo(Main.REFUSALS);
        assertThat(Query.rows(database, "select dataset, reason from audit.file where status = 'refused' order by 1"))
                .containsExactly(
                        "episodes suspect: 1 rows, where the snapshot of 2024-02-29 has 4; if that is right, accept it with"
                                + " --accept-shrinkage 826/social_care/episodes",
                        "header suspect: 1 rows, where the snapshot of 2024-02-29 has 3; if that is right, accept it with"
                                + " --accept-shrinkage 826/social_care/header");
        assertThat(Query.cell(database, COUNT)).isEqualTo("2");
        assertThat(night(Set.of(), Set.of())).as("nothing new").isEqualTo(Main.OK);

        assertThat(night(Set.of(), Set.of("826/social_care/episodes", "826/social_care/header")))
                .isEqualTo(Main.OK);
        assertThat(Query.rows(
                        database,
                        "select dataset, status from audit.file where run_id = (select max(run_id) from audit.file)"
                                + " order by 1"))
                .containsExactly("episodes loaded", "header loaded");
        assertThat(Query.cell(database, COUNT)).isEqualTo("1");
        assertThat(Query.cell(
                        database,
                        "select max(people) from audit.match where run_id = (select max(run_id) from"
                                + " audit.match)"))
                .as("matched anew, to the children whom the header names now")
                .isEqualTo("1");
    }

    @Test
    @Order(3)
    void theReportSaysWhatChangedAndTheFiguresOfEveryNightStayReadable() throws Exception {
        String count =
                "select value from audit.figure_of_run(%s) where measure_id = 'cla_count' and breakdown_type = 'all'"
                        + " and period_end = '2024-02-29'";
        String newest = Query.cell(database, "select max(run_id) from audit.run");

        assertThat(Query.cell(database, String.format(count, 1))).isEqualTo("2");
        assertThat(Query.cell(database, String.format(count, 2)))
                .as("nothing new")
                .isEqualTo("2");
        assertThat(Query.cell(database, String.format(count, newest))).isEqualTo("1");
        assertThat(Query.cell(
                        database,
                        String.format(
                                "select count(*) from (select la_code, measure_id, period_end, breakdown_type, breakdown,"
                                        + " numerator, denominator, value from mart.fact_measure except all"
                                        + " select * from audit.figure_of_run(%s)) d",
                                newest)))
                .isEqualTo("0");
        assertThat(Files.readString(folder.resolve("warehouse/reports/night-" + newest + ".html")))
                .contains(
                        "Whole figures that changed since the night before",
                        "<td>Children looked after</td><td>2024-02-29</td><td class=\"n\">2</td><td class=\"n\">1</td>"
                                + "<td class=\"n\">-1</td>")
                .contains("<svg role=\"img\"");
    }

    @Test
    @Order(4)
    void aFolderIsReadAgainWhenAskedFor() throws Exception {
        List<String> before = Query.rows(database, COUNT);

        assertThat(night(Set.of("826/social_care/2024-03-31"), Set.of())).isEqualTo(Main.OK);
        assertThat(Query.rows(
                        database,
                        "select dataset, status, rows_in, rows_kept from audit.file where run_id = (select max(run_id) from"
                                + " audit.file) order by 1"))
                .containsExactly("episodes loaded 1 1", "header loaded 1 1");
        assertThat(Query.rows(database, COUNT)).isEqualTo(before);
    }

    private String rejections(String... arguments) throws Exception {
        PrintStream out = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        List<String> all = new java.util.ArrayList<>(List.of(
                "rejections", "--authority", "826", "--jdbc-url", database.url(), "--jdbc-user", database.user()));
        if (database.password() != null) {
            Path password = folder.resolve("password");
            Files.writeString(password, database.password());
            all.addAll(List.of("--jdbc-password-file", password.toString()));
        }
        all.addAll(List.of(arguments));
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            assertThat(Main.execute(all.toArray(String[]::new))).isEqualTo(Main.OK);
        } finally {
            System.setOut(out);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    private int night(Set<String> replay, Set<String> acceptShrinkage) throws Exception {
        NightOptions options = new NightOptions(
                folder.resolve("landing"),
                folder.resolve("warehouse"),
                null,
                12,
                Conf::packaged,
                replay,
                acceptShrinkage);
        return new Night(options, database, new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8))
                .run()
                .exitCode();
    }

    private void put(String extract, String file, String text) throws IOException {
        Path into = Files.createDirectories(folder.resolve("landing").resolve(extract));
        Files.writeString(into.resolve(file), text);
        Files.write(into.resolve("_READY"), new byte[0]);
    }

    private static String child(String id) {
        return id + ",2,01/02/2010,WBRI,,,\n";
    }

    private static String episode(String child, String legalStatus) {
        return child + ",01/01/2020,S," + legalStatus + ",N1,U6,PR1,,\n";
    }
}
