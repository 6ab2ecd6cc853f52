package org.lacwarehouse.pipeline.silver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.pipeline.TestLanding;
import org.lacwarehouse.pipeline.bronze.Bronze;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.contract.Contracts;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.lake.Sessions;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;

/** Landing zone to silver on real Spark and Delta. */
class SilverTest {
    private static final String HEADER =
            "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n";
    private static final Contracts CONTRACTS = Contracts.read(Conf.packaged());
    private static final Pseudonyms PSEUDONYMS = new Pseudonyms("a key for tests only".getBytes());
    private static SparkSession spark;

    @TempDir
    Path folder;

    private Path landing;
    private Path warehouse;
    private Lake lake;
    private Silver silver;

    @BeforeAll
    static void start() {
        spark = Sessions.local(Path.of("target/spark"));
    }

    @BeforeEach
    void begin() throws IOException {
        landing = Files.createDirectory(folder.resolve("landing"));
        open("warehouse");
    }

    private void open(String name) throws IOException {
        warehouse = Files.createDirectory(folder.resolve(name));
        lake = new Lake(() -> spark, warehouse);
        silver = new Silver(lake, CONTRACTS, PSEUDONYMS);
    }

    @Test
    void blankOrLateDecBecomesTheNextDecom() throws IOException {
        List<String> rows = episodes(
                // R3 with a blank DEC and REC, with a blank DEC and a REC, with a late DEC and with a late DEC and no
                // REC
                "1,2020-01-01,,",
                "1,2020-03-01,2020-05-01,X1",
                "2,2020-01-01,,E8",
                "2,2020-03-01,,",
                "3,2020-01-01,2020-04-01,E4A",
                "3,2020-03-01,,",
                "4,2020-01-01,2020-04-01,",
                "4,2020-03-01,,");

        assertThat(rows)
                .containsExactly(
                        "1 2020-01-01 2020-03-01 X1 [R3]",
                        "1 2020-03-01 2020-05-01 X1 []",
                        "2 2020-01-01 2020-03-01 E8 [R3]",
                        "2 2020-03-01 - - []",
                        "3 2020-01-01 2020-03-01 E4A [R3]",
                        "3 2020-03-01 - - []",
                        "4 2020-01-01 2020-03-01 - [R3]",
                        "4 2020-03-01 - - []");
    }

    @Test
    void aGapAfterX1IsClosedHoweverLongAndAnyOtherGapStays() throws IOException {
        assertThat(episodes(
                        "1,2020-01-01,2020-02-01,X1",
                        "1,2023-01-01,,",
                        "2,2020-01-01,2020-02-01,E4A",
                        "2,2023-01-01,,",
                        "3,2020-01-01,2020-02-01,X1",
                        "3,2020-02-01,,"))
                .containsExactly(
                        "1 2020-01-01 2023-01-01 X1 [R4]",
                        "1 2023-01-01 - - []",
                        "2 2020-01-01 2020-02-01 E4A []",
                        "2 2023-01-01 - - []",
                        "3 2020-01-01 2020-02-01 X1 []",
                        "3 2020-02-01 - - []");
    }

    @Test
    void anEpisodeThatEndsBeforeItBeganIsRejectedAndItsNeighboursMeet() throws IOException {
        assertThat(episodes(
                        "1,2020-01-01,,", "1,2020-02-01,2020-02-01,X1", "1,2020-03-01,2020-01-15,X1", "1,2020-04-01,,"))
                .containsExactly("1 2020-01-01 2020-04-01 X1 [R3]", "1 2020-04-01 - - []");
        assertThat(findings()).containsExactly("3 355 true", "4 356 true", "2 R3 false");
    }

    @Test
    void shortBreaksNeitherRepairNorDisplaceAnEpisodeOfCare() throws IOException {
        assertThat(episodes(
                        "1,2020-01-01,,",
                        "1,2020-01-01,2020-01-03,X1,V3",
                        "1,2020-02-01,2020-02-01,X1,V4",
                        "1,2020-03-01,,"))
                .containsExactly(
                        "1 2020-01-01 2020-01-03 X1 []",
                        "1 2020-01-01 2020-03-01 X1 [R3]",
                        "1 2020-02-01 2020-02-01 X1 []",
                        "1 2020-03-01 - - []");
    }

    @Test
    void ofOneKeyTheLastInTheFileStaysAndExactCopiesAreCounted() throws IOException {
        String a = "1,2020-01-01,2020-02-01,X1";
        String b = "1,2020-01-01,2020-03-01,X1";
        assertThat(episodes(
                        a, b, a, "2,2020-01-01,,", "2,2020-01-01,,", "3,2020-01-01,2020-02-01,X1", "3,2020-01-01,,"))
                .containsExactly(
                        "1 2020-01-01 2020-02-01 X1 [R1, R2]", "2 2020-01-01 - - [R1]", "3 2020-01-01 - - [R2]");
        assertThat(findings())
                .containsExactly(
                        "2 exact_duplicate false",
                        "3 same_key true",
                        "5 exact_duplicate false",
                        "7 same_key true",
                        "4 R1 false",
                        "4 R2 false",
                        "6 R1 false",
                        "8 R2 false");
        Register.Outcome outcome = outcome();
        assertThat(List.of(outcome.rowsKept(), outcome.rowsDuplicate(), outcome.rowsQuarantined()))
                .containsExactly(3L, 2L, 2L);
    }

    @Test
    void aRejectedRowIsInQuarantineWithItsValuesAndItsNeighboursAreKept() throws IOException {
        putHeader("1", "2");
        put("826/social_care/2024-03-31/episodes.csv", HEADER + row("1,2020-01-01,,") + row("2,31/02/2020,,"));
        night();

        Row finding = lake.read(Silver.FINDINGS)
                .where("is_quarantined")
                .collectAsList()
                .get(0);
        assertThat(finding.<Long>getAs("line_number")).isEqualTo(3);
        assertThat(finding.<String>getAs("reason")).isEqualTo("DECOM: there is no such day");
        assertThat(finding.<String, String>getJavaMap(finding.fieldIndex("raw")))
                .containsEntry("DECOM", "31/02/2020");
        assertThat(silverRows()).containsExactly("1 2020-01-01 - - []");
    }

    @Test
    void theOrderOfArrivalDoesNotChangeSilver() throws IOException {
        Map<String, String> snapshots = Map.of(
                "2024-01-31", HEADER + row("1,2020-01-01,,") + row("2,2021-01-01,,"),
                "2024-02-29", HEADER + row("1,2020-01-01,2024-02-10,E4A") + row("2,2021-01-01,,"),
                "2024-03-31", HEADER + row("1,2020-01-01,2024-02-11,E4A"));
        String header = "CHILD,SEX,DOB\n1,2,01/02/2010\n";
        List<String> order =
                new ArrayList<>(snapshots.keySet().stream().sorted().toList());
        List<List<String>> seen = new ArrayList<>();
        for (int turn = 0; turn < 2; turn++) {
            landing = Files.createDirectory(folder.resolve("landing" + turn));
            open("warehouse" + turn);
            for (String date : order) {
                put("826/social_care/" + date + "/episodes.csv", snapshots.get(date));
                if (date.equals("2024-02-29")) {
                    put("826/social_care/" + date + "/header.csv", header);
                }
                night();
            }
            List<String> states = new ArrayList<>();
            for (String date : snapshots.keySet().stream().sorted().toList()) {
                states.add(date + silverRows(LocalDate.parse(date)));
            }
            seen.add(states);
            Collections.reverse(order);
        }
        assertThat(seen.get(1)).isEqualTo(seen.get(0));
        assertThat(seen.get(0))
                .containsExactly(
                        "2024-01-31[1 2020-01-01 - - [orphan], 2 2021-01-01 - - [orphan]]",
                        "2024-02-29[1 2020-01-01 2024-02-10 E4A [], 2 2021-01-01 - - [orphan]]",
                        "2024-03-31[1 2020-01-01 2024-02-11 E4A []]");
    }

    @Test
    void doingANightTwiceChangesNothing() throws IOException {
        putHeader("1");
        put("826/social_care/2024-03-31/episodes.csv", HEADER + row("1,2020-01-01,,") + row("1,2020-01-01,,"));
        Register register = night();
        List<String> before = silverRows();
        List<Delivery> deliveries = register.loaded();

        new Bronze(lake).store(landing, deliveries);
        List<Register.Outcome> again = silver.check(deliveries, register);

        assertThat(silverRows()).isEqualTo(before);
        assertThat(again)
                .isEqualTo(deliveries.stream()
                        .map(d -> register.outcome(d.deliveryId()).orElseThrow())
                        .toList());
        assertThat(findings()).containsExactly("2 exact_duplicate false", "3 R1 false");
    }

    @Test
    void anAliasThatIsAddedLaterIsFoundInWhatWasDeliveredBefore() throws IOException {
        put("826/social_care/2024-03-31/uasc.csv", "CHILD,ENDED\n1,01/02/2027\n");
        Register register = night();
        Contract before = CONTRACTS.get("social_care", "uasc");
        assertThat(silver.read(before, register.loaded())
                        .select("duc")
                        .collectAsList()
                        .get(0)
                        .isNullAt(0))
                .isTrue();
        Path alias = folder.resolve("conf/sources/social_care/uasc.yml");
        Files.createDirectories(alias.getParent());
        Files.writeString(
                alias,
                "about: A child\nkey: [CHILD]\ncolumns:\n  CHILD: {type: child, required: true}\n"
                        + "  DUC: {type: date, aliases: [Ended]}\n");
        Contracts changed = Contracts.read(Conf.withOverrides(folder.resolve("conf")));

        List<Delivery> again = Silver.unchecked(register, changed);
        Silver silverAgain = new Silver(lake, changed, PSEUDONYMS);
        silverAgain.check(again, register);

        assertThat(again).hasSize(1);
        assertThat(silverAgain
                        .read(changed.get("social_care", "uasc"), again)
                        .select("duc")
                        .collectAsList()
                        .get(0)
                        .<LocalDate>getAs(0))
                .isEqualTo(LocalDate.of(2027, 2, 1));
    }

    @Test
    void contradictionsAreFlaggedWithTheNumberOfTheRuleAndTheRowIsKept() throws IOException {
        putHeader("1", "2", "3", "4");
        String form = "%s,%s,%s,%s,%s,%s,%s,%s,%s,,,,\n";
        put(
                "826/social_care/2024-03-31/episodes.csv",
                HEADER
                        // legal status said to change, but did not; need differs; overlap of an earlier episode
                        + form.formatted("1", "2020-01-01", "S", "C2", "N1", "U6", "PR1", "2020-03-01", "X1")
                        + form.formatted("1", "2020-03-01", "L", "C2", "N2", "U6", "PR1", "2021-03-01", "X1")
                        + form.formatted("1", "2020-06-01", "P", "C2", "N2", "U4", "PR1", "", "")
                        // born 1 February 2010: dies before birth; first episode not S; placement with parents by PR4
                        + form.formatted("2", "2009-01-01", "P", "C2", "N1", "P1", "PR4", "2009-06-01", "E2")
                        // 18 at the start, and over 21 at the end
                        + form.formatted("3", "2028-02-01", "S", "C2", "N1", "K2", "PR1", "2031-02-02", "E17")
                        // a clean child with a clean change of placement
                        + form.formatted("4", "2020-01-01", "S", "C2", "N1", "U6", "PR1", "2020-03-01", "X1")
                        + form.formatted("4", "2020-03-01", "P", "C2", "N1", "U4", "PR1", "", "")
                        + form.formatted("9", "2020-01-01", "S", "C2", "N1", "U6", "PR1", "", ""));
        night();

        assertThat(flags("episodes"))
                .containsExactly(
                        "3 [388, 434, 504, R3]",
                        "4 [433, 501]",
                        "5 [302, 357, 530, death_before_birth]",
                        "6 [351, 352]",
                        "9 [orphan]");
    }

    @Test
    void whoAChildIsReachesTheVaultAndNothingElse() throws IOException {
        put(
                "826/social_care/2024-03-31/identity.csv",
                "CHILD,FORENAME,SURNAME,DOB,NHS_NUMBER,UPN,POSTCODE\n"
                        + "1,Anaïs,Okonkwo,01/02/2010,9990000018,Q826200006001,QA1 1AA\n");
        put(
                "826/social_care/2024-03-31/header.csv",
                "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n1,2,01/02/2010,WBRI,Q826200006001,,\n");
        night();

        assertThat(lake.exists("silver/social_care/identity")).isFalse();
        assertThat(lake.read("vault/social_care/identity")
                        .select("surname")
                        .collectAsList()
                        .toString())
                .contains("Okonkwo");
        assertThat(lake.read("silver/social_care/header").columns())
                .contains("child_id")
                .doesNotContain("upn", "child");
        for (Path log : files(warehouse, "_delta_log")) {
            assertThat(Files.readString(log))
                    .doesNotContain("Okonkwo", "9990000018", "Q826200006001", "2010-02-01", "QA11AA");
        }
    }

    /** Line and flags of each flagged row of a dataset. */
    private List<String> flags(String dataset) {
        return lake.read("silver/social_care/" + dataset).where("size(flags) > 0").collectAsList().stream()
                .map(row -> row.<Long>getAs("line_number") + " "
                        + row.<String>getList(row.fieldIndex("flags")).stream()
                                .sorted()
                                .toList())
                .sorted()
                .toList();
    }

    private static List<Path> files(Path root, String part) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.filter(p -> p.toString().contains(part) && p.toString().endsWith(".json"))
                    .toList();
        }
    }

    private List<String> episodes(String... rows) throws IOException {
        putHeader("1", "2", "3", "4");
        put(
                "826/social_care/2024-03-31/episodes.csv",
                HEADER + Stream.of(rows).map(SilverTest::row).collect(Collectors.joining()));
        night();
        return silverRows();
    }

    /** CHILD, DECOM, DEC, REC and perhaps LS as a line of the extract. */
    private static String row(String text) {
        String[] cells = text.split(",", -1);
        return String.join(
                        ",",
                        cells[0],
                        cells[1],
                        "S",
                        cells.length > 4 ? cells[4] : "C2",
                        "N1",
                        "U6",
                        "PR1",
                        cells[2],
                        cells[3],
                        "",
                        "",
                        "",
                        "")
                + "\n";
    }

    /** The header of children who were born on 1 February 2010. */
    private void putHeader(String... children) throws IOException {
        put(
                "826/social_care/2024-03-31/header.csv",
                "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
                        + Stream.of(children)
                                .map(child -> child + ",2,01/02/2010,WBRI,,,\n")
                                .collect(Collectors.joining()));
    }

    private void put(String path, String text) throws IOException {
        TestLanding.put(landing, path, text);
    }

    private Register night() {
        Register register = Register.open(warehouse);
        TestLanding.read(landing, register, CONTRACTS, lake, silver);
        return register;
    }

    private Register.Outcome outcome() {
        Register register = Register.open(warehouse);
        return register.loaded().stream()
                .filter(delivery -> delivery.dataset().equals("episodes"))
                .findFirst()
                .flatMap(delivery -> register.outcome(delivery.deliveryId()))
                .orElseThrow();
    }

    private List<String> findings() {
        return lake
                .read(Silver.FINDINGS)
                .where("is_quarantined or rule_id not rlike '^[0-9]+$'")
                .selectExpr("concat_ws(' ', line_number, rule_id, is_quarantined) as text", "rule_id", "line_number")
                .orderBy(
                        org.apache.spark.sql.functions.expr("rule_id like 'R%'"),
                        org.apache.spark.sql.functions.col("line_number"),
                        org.apache.spark.sql.functions.col("rule_id"))
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .toList();
    }

    private List<String> silverRows() {
        return silverRows(LocalDate.of(2099, 1, 1));
    }

    private List<String> silverRows(LocalDate asAt) {
        Contract contract = CONTRACTS.get("social_care", "episodes");
        Map<String, String> children = Stream.of("1", "2", "3", "4")
                .collect(Collectors.toMap(child -> PSEUDONYMS.childId("826", child), child -> child));
        List<Delivery> inForce = Register.open(warehouse).inForce("social_care", "episodes", Map.of("826", asAt));
        return silver.read(contract, inForce).collectAsList().stream()
                .map(row -> String.join(
                        " ",
                        children.get(row.<String>getAs("child_id")),
                        row.getAs("decom").toString(),
                        row.getAs("dec") == null ? "-" : row.getAs("dec").toString(),
                        row.getAs("rec") == null ? "-" : row.getAs("rec"),
                        row.<String>getList(row.fieldIndex("flags")).stream()
                                .filter(flag -> flag.matches("R\\d|orphan"))
                                .toList()
                                .toString()))
                .sorted()
                .toList();
    }
}
