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
import org.lacwarehouse.pipeline.landing.DeliveryStatus;
import org.lacwarehouse.pipeline.landing.FileCheck;
import org.lacwarehouse.pipeline.landing.LandingZone;
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
        assertThat(findings())
                .containsExactly("3 dec_not_after_decom true", "4 dec_not_after_decom true", "2 R3 false");
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
                .containsExactly("1 2020-01-01 2020-02-01 X1 []", "2 2020-01-01 - - []", "3 2020-01-01 - - []");
        assertThat(findings())
                .containsExactly(
                        "2 exact_duplicate false", "3 same_key true", "5 exact_duplicate false", "7 same_key true");
        Register.Outcome outcome = outcome();
        assertThat(List.of(outcome.rowsKept(), outcome.rowsDuplicate(), outcome.rowsQuarantined()))
                .containsExactly(3L, 2L, 2L);
    }

    @Test
    void aRejectedRowIsInQuarantineWithItsValuesAndItsNeighboursAreKept() throws IOException {
        put("826/social_care/2024-03-31/episodes.csv", HEADER + row("1,2020-01-01,,") + row("2,31/02/2020,,"));
        night();

        Row finding = lake.read(Silver.FINDINGS).collectAsList().get(0);
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
        List<String> order =
                new ArrayList<>(snapshots.keySet().stream().sorted().toList());
        List<List<String>> seen = new ArrayList<>();
        for (int turn = 0; turn < 2; turn++) {
            landing = Files.createDirectory(folder.resolve("landing" + turn));
            open("warehouse" + turn);
            for (String date : order) {
                put("826/social_care/" + date + "/episodes.csv", snapshots.get(date));
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
                        "2024-01-31[1 2020-01-01 - - [], 2 2021-01-01 - - []]",
                        "2024-02-29[1 2020-01-01 2024-02-10 E4A [], 2 2021-01-01 - - []]",
                        "2024-03-31[1 2020-01-01 2024-02-11 E4A []]");
    }

    @Test
    void doingANightTwiceChangesNothing() throws IOException {
        put("826/social_care/2024-03-31/episodes.csv", HEADER + row("1,2020-01-01,,") + row("1,2020-01-01,,"));
        Register register = night();
        List<String> before = silverRows();
        List<Delivery> deliveries = register.loaded();

        new Bronze(lake).store(landing, deliveries);
        List<Register.Outcome> again = silver.check(deliveries);

        assertThat(silverRows()).isEqualTo(before);
        assertThat(again).isEqualTo(List.of(outcome()));
        assertThat(lake.read(Silver.FINDINGS).count()).isEqualTo(1);
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
        silverAgain.check(again);

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

    private static List<Path> files(Path root, String part) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.filter(p -> p.toString().contains(part) && p.toString().endsWith(".json"))
                    .toList();
        }
    }

    private List<String> episodes(String... rows) throws IOException {
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

    private void put(String path, String text) throws IOException {
        TestLanding.put(landing, path, text);
    }

    private Register night() {
        Register register = Register.open(warehouse);
        FileCheck check = new FileCheck(CONTRACTS, register, 0.5);
        List<Delivery> accepted = new LandingZone(landing)
                .scan(register, false).arrivals().stream()
                        .map(check::check)
                        .flatMap(List::stream)
                        .toList();
        assertThat(accepted).extracting(Delivery::status).containsOnly(DeliveryStatus.LOADED);
        new Bronze(lake).store(landing, accepted);
        register.addDeliveries(accepted);
        register.addOutcomes(silver.check(Silver.unchecked(register, CONTRACTS)));
        return register;
    }

    private Register.Outcome outcome() {
        Register register = Register.open(warehouse);
        return register.outcome(register.loaded().get(0).deliveryId()).orElseThrow();
    }

    private List<String> findings() {
        return lake
                .read(Silver.FINDINGS)
                .selectExpr("concat_ws(' ', line_number, rule_id, is_quarantined) as text", "rule_id", "line_number")
                .orderBy(
                        org.apache.spark.sql.functions.expr("rule_id like 'R%'"),
                        org.apache.spark.sql.functions.col("line_number"))
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
                        row.getList(row.fieldIndex("flags")).toString()))
                .sorted()
                .toList();
    }
}
