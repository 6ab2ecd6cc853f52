package org.lacwarehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.jobs.night.Night;
import org.lacwarehouse.jobs.night.NightOptions;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.pipeline.conf.Conf;

/** A council of five children, each known by its month of birth, in two extracts of which every line is known. */
@ExtendWith(PostgresKit.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExplainTest {
    private static final String HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n";
    private static final String EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC\n";
    private static final String IDENTITY = "CHILD,FORENAME,SURNAME,DOB,NHS_NUMBER,UPN,POSTCODE\n";
    private static final String SDQ = "NHS_NUMBER,FORENAME,SURNAME,DOB,COMPLETED_DATE,RESPONDENT,SCORE\n";
    private static final String FEBRUARY = "2024-02-29";
    private static final String MARCH = "2024-03-31";

    @TempDir
    static Path folder;

    private final Database database;
    private final Map<String, String> names = new TreeMap<>();

    ExplainTest(Database database) {
        this.database = database;
    }

    @BeforeAll
    void twoNights() throws Exception {
        put(
                "826/social_care/" + FEBRUARY,
                "header.csv",
                HEADER + child(1) + child(2) + child(3) + child(5),
                "identity.csv",
                IDENTITY + "1,Ann,Abel,01/01/2010,9990000018,,\n2,Ben,Bell,01/02/2010,,,\n",
                "episodes.csv",
                EPISODES
                        + "1,01/01/2020,S,C2,N1,U6,PR1,,\n"
                        // No end, and another one after it: repaired by R3.
                        + "2,01/01/2021,S,C2,N1,U6,PR1,,\n"
                        + "2,01/06/2023,P,C2,N1,U4,PR1,,\n"
                        + "3,01/01/2024,S,C2,N1,U6,PR1,,\n"
                        + "5,01/01/2020,S,C2,N1,U6,PR1,31/12/2022,E4A\n");
        put(
                "826/health/" + FEBRUARY,
                "sdq.csv",
                SDQ + "9990000018,,,2010-01-01,2024-01-10,CARER,12\n,Ben,Bell,2010-02-01,2024-01-20,CARER,13\n"
                        // After the month end: decides nothing.
                        + "9990000018,,,2010-01-01,2024-03-10,CARER,30\n");
        night();
        nameChildren();
        // Child 3 was never there, child 4 was entered late, the placement of child 2 was wrong, a score, too.
        put(
                "826/social_care/" + MARCH,
                "header.csv",
                HEADER + child(1) + child(2) + child(4) + child(5),
                "identity.csv",
                IDENTITY + "1,Ann,Abel,01/01/2010,9990000018,,\n2,Ben,Bell,01/02/2010,,,\n",
                "episodes.csv",
                EPISODES
                        + "4,15/02/2024,S,C2,N1,U6,PR1,,\n"
                        + "1,01/01/2020,S,C2,N1,U6,PR1,,\n"
                        + "2,01/01/2021,S,C2,N1,U6,PR1,,\n"
                        + "2,01/06/2023,P,C2,N1,K2,PR1,,\n"
                        + "5,01/01/2020,S,C2,N1,U6,PR1,31/12/2022,E4A\n");
        put(
                "826/health/" + MARCH,
                "sdq.csv",
                SDQ + ",Ben,Bell,2010-02-01,2024-01-20,CARER,13\n9990000018,,,2010-01-01,2024-01-10,CARER,15\n");
        night();
        nameChildren();
    }

    private void nameChildren() throws SQLException {
        for (String row : Query.rows(
                database,
                "select distinct child_id, extract(month from birth_month) from mart.dim_child where birth_month is not"
                        + " null")) {
            names.put(row.substring(0, row.indexOf(' ')), "child " + row.substring(row.indexOf(' ') + 1));
        }
    }

    @Test
    void aFigureIsExplainedDownToTheLines() throws Exception {
        List<String> said = explain("placement_residential", "--period-end", FEBRUARY);

        assertThat(said.get(0))
                .isEqualTo(
                        "In secure, children's homes, supported, independent or other residential, Authority 826 (826),"
                                + " 2024-02-29: 33.3% = 100 x 1 / 3");
        assertThat(said)
                .contains(
                        "Numerator    1  Secure, Children's homes, Supported, Independent living, Other residential",
                        "Denominator  3  looked after at D",
                        "Made from    social_care/episodes, social_care/header",
                        "In the numerator: 1 child",
                        "In the denominator only: 2 children");
        assertThat(byChild(said))
                .containsOnlyKeys("child 1", "child 2", "child 4")
                .containsEntry(
                        "child 1",
                        List.of(
                                "826/social_care/2024-03-31/episodes.csv line 3",
                                "826/social_care/2024-03-31/header.csv line 2"))
                .containsEntry(
                        "child 4",
                        List.of(
                                "826/social_care/2024-03-31/episodes.csv line 2",
                                "826/social_care/2024-03-31/header.csv line 4"));
        assertThat(byChild(said).get("child 2"))
                .as("with its repair")
                .contains(
                        "826/social_care/2024-03-31/episodes.csv lines 4-5, the newest line 5 of 2023-06-01",
                        "line 4 repaired by R3: DEC was blank or later than the next DECOM, and became that",
                        "826/social_care/2024-03-31/header.csv line 3");
    }

    @Test
    void howRowsOfAnotherSystemWereMatchedIsSaid() throws Exception {
        Map<String, List<String>> said = byChild(explain("sdq_mean", "--period-end", FEBRUARY));

        assertThat(said.get("child 1, adds 15 to the numerator, 1 to the denominator"))
                .contains("826/health/2024-03-31/sdq.csv line 3; matched by number");
        assertThat(said.get("child 2, adds 13 to the numerator, 1 to the denominator"))
                .contains("826/health/2024-03-31/sdq.csv line 2; matched by name");
    }

    @Test
    void aGroupOfAFigureIsExplained() throws Exception {
        List<String> said = explain("cla_count", "--period-end", FEBRUARY, "--breakdown", "placement_group=Foster");

        assertThat(said.get(0)).endsWith("placement_group=Foster, Authority 826 (826), 2024-02-29: 2");
        assertThat(byChild(said)).containsOnlyKeys("child 1", "child 4");
    }

    @Test
    void theViewSaysTheSameAsTheCommand() throws Exception {
        assertThat(Query.rows(
                                database,
                                "select child_id, dataset, line_number, is_in_numerator, repairs, match_kind from"
                                        + " mart.v_figure_explained where measure_id = 'placement_residential' and la_code ="
                                        + " '826' and period_end = '2024-02-29'")
                        .stream()
                        .map(this::named))
                .containsExactlyInAnyOrder(
                        "child 1 episodes 3 f null null",
                        "child 1 header 2 f null null",
                        "child 2 episodes 4 t R3 null",
                        "child 2 episodes 5 t null null",
                        "child 2 header 3 t null null",
                        "child 4 episodes 2 f null null",
                        "child 4 header 4 f null null");
    }

    @Test
    void twoVersionsAndTwoAsAtDatesDifferInTheSameWay() throws Exception {
        Map<String, List<String>> expected = Map.of(
                "child 4",
                        List.of(
                                "new: 826/social_care/2024-03-31/episodes.csv line 2",
                                "new: 826/social_care/2024-03-31/header.csv line 4"),
                "child 3",
                        List.of(
                                "no longer: 826/social_care/2024-02-29/episodes.csv line 5",
                                "no longer: 826/social_care/2024-02-29/header.csv line 4"),
                "child 2",
                        List.of("corrected: 826/social_care/2024-03-31/episodes.csv line 5, was"
                                + " 826/social_care/2024-02-29/episodes.csv line 4"));
        List<String> versions = explain("placement_residential", "--period-end", FEBRUARY, "--compare-last-version");
        List<String> dates = explain(
                "placement_residential", "--period-end", FEBRUARY, "--as-at", MARCH, "--compare-as-at", FEBRUARY);

        for (List<String> said : List.of(versions, dates)) {
            assertThat(said.get(0)).endsWith("2024-02-29: 33.3% = 100 x 1 / 3");
            assertThat(said).contains("Came: 1 child", "Went: 1 child", "Now also in the numerator: 1 child");
            assertThat(said).anyMatch(line -> line.startsWith("Before       0.0% = 100 x 0 / 3, "));
            Map<String, List<String>> found = byChild(said);
            found.replaceAll((child, lines) ->
                    lines.stream().filter(line -> !line.contains(" flagged ")).toList());
            assertThat(found).isEqualTo(expected);
        }
        assertThat(Query.rows(database, "select nspname from pg_namespace where nspname like '%as\\_at%'"))
                .as("what was computed is gone")
                .isEmpty();
        assertThat(folder.resolve("warehouse/scratch")).isEmptyDirectory();
    }

    @Test
    void aCorrectedRowOfAnotherSystemIsNamed() throws Exception {
        Map<String, List<String>> said =
                byChild(explain("sdq_mean", "--period-end", FEBRUARY, "--compare-last-version"));

        assertThat(said)
                .containsExactly(Map.entry(
                        "child 1",
                        List.of(
                                "corrected: 826/health/2024-03-31/sdq.csv line 3, was 826/health/2024-02-29/sdq.csv line"
                                        + " 2")));
    }

    @Test
    void whatCannotBeExplainedIsSaid() {
        assertThat(wrong("cla_cuont")).contains("There is no measure `cla_cuont`; the nearest names are cla_count");
        assertThat(wrong("cla_count", "--period-end", "2024-03-30"))
                .contains("There is no figure of cla_count at 2024-03-30; there are figures at 2024-01-31, 2024-02-29,"
                        + " 2024-03-31.");
        assertThat(wrong("cla_count", "--breakdown", "sex=Unheard"))
                .contains("Nobody is in the group `Unheard` of sex; the groups are Male");
        assertThat(wrong("cla_count", "--breakdown", "sx=Male"))
                .contains("The measure cla_count is not broken down by `sx`; --breakdown takes");
        assertThat(wrong("cla_count", "--compare-as-at", "2020-01-31", "--period-end", FEBRUARY))
                .contains("There is no figure for 2024-02-29 as at 2020-01-31");
        assertThat(wrong("cla_count", "--compare-last-version", "--compare-as-at", FEBRUARY))
                .contains("--compare-last-version compares what is published");
    }

    /** What is said of each child, in the order of the lines. */
    private static Map<String, List<String>> byChild(List<String> said) {
        Map<String, List<String>> children = new LinkedHashMap<>();
        List<String> lines = null;
        for (String line : said) {
            if (line.startsWith("  child ")) {
                lines = new ArrayList<>();
                children.put(line.strip().replace("  ", ", "), lines);
            } else if (line.startsWith("    ") && lines != null) {
                lines.add(line.strip());
            }
        }
        return children;
    }

    private String named(String line) {
        String named = line;
        for (Map.Entry<String, String> name : names.entrySet()) {
            named = named.replace(name.getKey(), name.getValue());
        }
        return named;
    }

    private List<String> explain(String... arguments) throws IOException {
        PrintStream out = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            assertThat(run(arguments)).isEqualTo(Main.OK);
        } finally {
            System.setOut(out);
        }
        return said.toString(StandardCharsets.UTF_8).lines().map(this::named).toList();
    }

    private String wrong(String... arguments) {
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            assertThat(run(arguments)).isNotEqualTo(Main.OK);
        } finally {
            System.setErr(err);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "explain",
                "--authority",
                "826",
                "--warehouse",
                folder.resolve("warehouse").toString(),
                "--jdbc-url",
                database.url(),
                "--jdbc-user",
                database.user()));
        if (database.password() != null) {
            Path password = folder.resolve("password");
            try {
                Files.writeString(password, database.password());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            all.addAll(List.of("--jdbc-password-file", password.toString()));
        }
        all.addAll(List.of(arguments));
        return Main.execute(all.toArray(String[]::new));
    }

    private void night() throws Exception {
        NightOptions options =
                new NightOptions(folder.resolve("landing"), folder.resolve("warehouse"), null, 3, Conf::packaged);
        new Night(options, database, new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8)).run();
    }

    private static void put(String extract, String... namesAndTexts) throws IOException {
        Path into = Files.createDirectories(folder.resolve("landing").resolve(extract));
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            Files.writeString(into.resolve(namesAndTexts[i]), namesAndTexts[i + 1]);
        }
        Files.write(into.resolve("_READY"), new byte[0]);
    }

    private static String child(int number) {
        return number + ",1,01/0" + number + "/2010,WBRI,,,\n";
    }
}
