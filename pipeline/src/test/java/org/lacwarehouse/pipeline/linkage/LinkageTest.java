package org.lacwarehouse.pipeline.linkage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.pipeline.TestLanding;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfException;
import org.lacwarehouse.pipeline.contract.Contracts;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.lake.Sessions;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;
import org.lacwarehouse.pipeline.silver.Silver;

/** From files of all systems to links, on real Spark and Delta. */
class LinkageTest {
    private static final Contracts CONTRACTS = Contracts.read(Conf.packaged());
    private static final Pseudonyms PSEUDONYMS = new Pseudonyms("a key for tests only".getBytes());
    private static final LocalDate MARCH = LocalDate.of(2024, 3, 31);
    private static final Map<String, LocalDate> AS_AT = Map.of("826", MARCH, "887", MARCH);
    private static SparkSession spark;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        spark = Sessions.local(Path.of("target/spark"));
    }

    @Test
    void peopleOfAllSystemsFindTheirChildOfTheSameAuthority() throws IOException {
        // Ana has both numbers; Ben's identity has a wrong UPN, so the header's counts; Cem has no identity row.
        put(
                "826/social_care/2024-03-31/header.csv",
                "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n1,2,01/02/2010,WBRI,,,\n2,1,06/05/2009,WBRI,U826200006003,,\n"
                        + "3,1,07/07/2007,WBRI,B82620000600A,,\n");
        put(
                "826/social_care/2024-03-31/identity.csv",
                "CHILD,FORENAME,SURNAME,DOB,NHS_NUMBER,UPN,POSTCODE\n"
                        + "1,Anaïs,O'Hara,01/02/2010,999 000 0018,q826 200006001,QA1 1AA\n"
                        + "2,Ben,Cole,06/05/2009,,X826200006003,QA1 1AA\n"
                        + "orphan,Ben,Cole,06/05/2009,,,\n");
        // The same people in another authority: they are not ours.
        put("887/social_care/2024-03-31/header.csv", "CHILD,SEX,DOB,UPN\n1,2,01/02/2010,\n");
        put(
                "887/social_care/2024-03-31/identity.csv",
                "CHILD,FORENAME,SURNAME,DOB,NHS_NUMBER,UPN,POSTCODE\n1,Eve,Young,01/02/2010,9990000026,,\n");
        put(
                "826/health/2024-03-31/sdq.csv",
                "NHS_NUMBER,FORENAME,SURNAME,DOB,COMPLETED_DATE,RESPONDENT,SCORE\n"
                        + "9990000018,,,2010-02-01,2024-01-01,CARER,12\n"
                        + ",ANAIS,OHara,2010-02-01,2024-01-02,CARER,12\n"
                        + "9990000018,,,2010-02-01,2024-01-03,CARER,12\n"
                        + "9990000026,Eve,Young,2010-02-01,2024-01-04,CARER,12\n"
                        + "9990000081,,,2010-02-01,2024-01-05,CARER,12\n"
                        + ",,,2010-02-01,2024-01-06,CARER,12\n");
        put(
                "826/virtual_school/2024-03-31/roll.csv",
                "UPN,FORENAME,SURNAME,DOB,NCY,SEN,SCHOOL_URN,ROLL_START,ROLL_END\n"
                        + "Q826200006001,,,2010-02-01,9,N,1,2023-09-01,\n"
                        + "U826200006003,,,2009-05-06,10,N,1,2023-09-01,\n"
                        + "B82620000600A,,,2007-07-07,11,N,1,2023-09-01,\n"
                        + ",Ben,Cole,2009-05-06,9,N,1,2022-09-01,2023-09-01\n");
        put(
                "826/virtual_school/2024-03-31/post16.csv",
                "UPN,STATUS_DATE,STATUS\nB82620000600A,2023-09-01,NEET\nA826200006999,2023-09-01,NEET\n");
        put(
                "826/housing/2024-03-31/tenancies.csv",
                "HOUSING_REF,FORENAME,SURNAME,DOB,TENURE,START_DATE,END_DATE,END_REASON,POSTCODE\n"
                        + "H1,Ben,Cole,2009-05-06,COUNCIL,2023-01-01,,,QA1 1AA\n");
        Register register = check();
        Linkage linkage = linkage(Conf.packaged(), register);

        assertThat(linkage.isNeeded(AS_AT)).isTrue();
        assertThat(linkage.isUpToDate(AS_AT)).isFalse();
        linkage.link(AS_AT);

        assertThat(linkage.isUpToDate(AS_AT)).isTrue();
        assertThat(linkage.isUpToDate(Map.of("826", LocalDate.of(2024, 1, 1)))).isFalse();
        assertThat(linkage.counts().collectAsList().stream().map(Row::toString).sorted())
                .containsExactly(
                        "[826,health,name,1]",
                        "[826,health,number,1]",
                        "[826,health,unmatched,2]",
                        "[826,housing,name,1]",
                        "[826,virtual_school,name,1]",
                        "[826,virtual_school,number,3]",
                        "[826,virtual_school,roll,1]",
                        "[826,virtual_school,unmatched,1]");
        assertThat(children(linkage, "virtual_school"))
                .containsExactly("1 number", "2 name", "2 number", "3 number", "3 roll");
        assertThat(linkage.proposals().collectAsList())
                .singleElement()
                .satisfies(row -> assertThat(row.<String>getAs("child_id")).isEqualTo(PSEUDONYMS.childId("826", "1")))
                .satisfies(row -> assertThat(row.<String>getAs("parts")).isEqualTo("number 0.90, born 1.00"));
        assertThat(linkage
                        .unmatched(AS_AT)
                        .selectExpr("concat_ws(' ', dataset, match_kind, first_line, rows)")
                        .collectAsList()
                        .stream()
                        .map(row -> row.getString(0))
                        .sorted())
                .containsExactly("post16 unmatched 3 1", "sdq unmatched 5 1", "sdq unmatched 6 1");
        assertThat(new Lake(() -> spark, folder.resolve("warehouse"))
                        .read(Linkage.LINKS)
                        .schema()
                        .treeString())
                .doesNotContain("name", "number", "born");

        // Somebody confirms the proposal.
        Row proposal = linkage.proposals().collectAsList().get(0);
        Path links = Files.createDirectories(folder.resolve("conf")).resolve("links.csv");
        String header = "la_code,source,record_ref,child_id,decided_by,decided_on\n";
        Files.writeString(
                links,
                header + "826,health," + proposal.getAs("record_ref") + "," + proposal.getAs("child_id")
                        + ",A Person,2024-04-01\n");
        Linkage confirmed = linkage(Conf.withOverrides(links.getParent()), register);
        assertThat(confirmed.isUpToDate(AS_AT)).isFalse();
        confirmed.link(AS_AT);
        assertThat(children(confirmed, "health")).containsExactly("1 confirmed", "1 name", "1 number");

        Files.writeString(links, header + "826,health,not a reference,1,,\n");
        assertThatThrownBy(() -> linkage(Conf.withOverrides(links.getParent()), register))
                .isInstanceOf(ConfException.class)
                .hasMessageStartingWith("links.csv:2: record_ref and child_id are copied from audit.match_proposal");
    }

    @Test
    void whoAPersonIsStaysInTheVault() throws IOException {
        put(
                "826/health/2024-03-31/sdq.csv",
                "NHS_NUMBER,FORENAME,SURNAME,DOB,COMPLETED_DATE,RESPONDENT,SCORE\n"
                        + "9990000018,Anaïs,O'Hara,2010-02-01,2024-01-01,CARER,12\n"
                        + "9990000018,ANAIS,O Hara,2010-02-01,2024-01-02,CARER,13\n"
                        + ",,,2010-02-01,2024-01-03,CARER,12\n"
                        + "9990000018,,,,2024-01-04,CARER,12\n"
                        + "9990000018,,,2010-02-01,2024-01-05,CARER,41\n");
        Register register = check();
        Lake lake = new Lake(() -> spark, folder.resolve("warehouse"));

        Register.Outcome outcome =
                register.outcome(register.loaded().get(0).deliveryId()).orElseThrow();
        assertThat(List.of(outcome.rowsKept(), outcome.rowsQuarantined())).containsExactly(2L, 3L);
        assertThat(lake.read("silver/health/sdq").columns())
                .contains("person_id", "score")
                .doesNotContain("nhs_number", "forename", "surname", "dob");
        List<Row> people = lake.read(Silver.PEOPLE).collectAsList();
        assertThat(people).hasSize(1);
        assertThat(people.get(0).<String>getAs("forename")).isEqualTo("Anaïs");
        assertThat(people.get(0).<Long>getAs("rows")).isEqualTo(2);
        assertThat(lake.read("silver/health/sdq").select("person_id").distinct().collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactly(people.get(0).<String>getAs("person_id"));
        assertThat(lake.read(Silver.FINDINGS).where("is_quarantined").collectAsList())
                .extracting(
                        row -> row.<Long>getAs("line_number") + " " + row.getAs("rule_id") + " " + row.getAs("reason"))
                .containsExactlyInAnyOrder(
                        "4 required_missing NHS_NUMBER: nobody is named: a value is required in NHS_NUMBER, or in FORENAME,"
                                + " SURNAME, DOB",
                        "5 required_missing DOB: a value is required",
                        "6 out_of_range SCORE: not from 0 to 40");
    }

    private List<String> children(Linkage linkage, String source) {
        Map<String, String> names = Map.of(
                PSEUDONYMS.childId("826", "1"),
                "1",
                PSEUDONYMS.childId("826", "2"),
                "2",
                PSEUDONYMS.childId("826", "3"),
                "3");
        return linkage.read().where("child_id is not null and source = '" + source + "'").collectAsList().stream()
                .map(row -> names.get(row.<String>getAs("child_id")) + " " + row.getAs("match_kind"))
                .sorted()
                .toList();
    }

    private void put(String path, String text) throws IOException {
        TestLanding.put(folder.resolve("landing"), path, text);
    }

    private Linkage linkage(Conf conf, Register register) {
        Path warehouse = folder.resolve("warehouse");
        return new Linkage(new Lake(() -> spark, warehouse), CONTRACTS, register, conf, warehouse);
    }

    private Register check() {
        Path landing = folder.resolve("landing");
        Path warehouse = folder.resolve("warehouse");
        Register register = Register.open(warehouse);
        Lake lake = new Lake(() -> spark, warehouse);
        TestLanding.read(landing, register, CONTRACTS, lake, new Silver(lake, CONTRACTS, PSEUDONYMS));
        return register;
    }
}
