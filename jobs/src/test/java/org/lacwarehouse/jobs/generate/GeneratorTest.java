package org.lacwarehouse.jobs.generate;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code generate} writes: every dataset of every source, the same each time, with numbers that are well formed. */
class GeneratorTest {
    private static final LocalDate AS_AT = LocalDate.of(2024, 3, 31);
    private static final Map<String, Map<String, String>> HEADERS = Map.of(
            "social_care",
            Map.ofEntries(
                    Map.entry("header", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB"),
                    Map.entry(
                            "episodes",
                            "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"),
                    Map.entry("reviews", "CHILD,DOB,REVIEW,REVIEW_CODE"),
                    Map.entry("uasc", "CHILD,SEX,DOB,DUC"),
                    Map.entry(
                            "oc2",
                            "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK,"
                                    + "HEALTH_ASSESSMENT,SUBSTANCE_MISUSE,INTERVENTION_RECEIVED,INTERVENTION_OFFERED,YEAR"),
                    Map.entry("oc3", "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM,YEAR"),
                    Map.entry("ad1", "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR"),
                    Map.entry("placed_adoption", "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED"),
                    Map.entry("previous_permanence", "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM"),
                    Map.entry("missing", "CHILD,DOB,MISSING,MIS_START,MIS_END"),
                    Map.entry("sw_episodes", "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON"),
                    Map.entry("identity", "CHILD,FORENAME,SURNAME,DOB,NHS_NUMBER,UPN,POSTCODE"),
                    Map.entry("disability", "CHILD,DISABILITY,RECORDED"),
                    Map.entry("plans", "CHILD,PLAN,PLAN_START,PLAN_END,LONG_TERM_MATCHED"),
                    Map.entry(
                            "care_leavers",
                            "CHILD,STATUS,IN_TOUCH,CONTACT_DATE,ACTIV,ACCOM,PATHWAY_PLAN_DATE,PERSONAL_ADVISER,STAYING_PUT")),
            "health",
            Map.of(
                    "health_assessments",
                    "NHS_NUMBER,FORENAME,SURNAME,DOB,TYPE,DUE_DATE,OFFERED_DATE,COMPLETED_DATE,OUTCOME",
                    "dental_checks",
                    "NHS_NUMBER,FORENAME,SURNAME,DOB,CHECK_DATE,OUTCOME",
                    "immunisations",
                    "NHS_NUMBER,FORENAME,SURNAME,DOB,REVIEWED_DATE,UP_TO_DATE",
                    "sdq",
                    "NHS_NUMBER,FORENAME,SURNAME,DOB,COMPLETED_DATE,RESPONDENT,SCORE",
                    "camhs_referrals",
                    "NHS_NUMBER,FORENAME,SURNAME,DOB,REFERRED_DATE,ASSESSED_DATE,TREATMENT_DATE,OUTCOME"),
            "virtual_school",
            Map.of(
                    "roll",
                    "UPN,FORENAME,SURNAME,DOB,NCY,SEN,SCHOOL_URN,ROLL_START,ROLL_END",
                    "schools",
                    "SCHOOL_URN,NAME,PHASE,OFSTED,LA_CODE,INSPECTED_DATE",
                    "peps",
                    "UPN,PEP_TYPE,DUE_DATE,MEETING_DATE,QUALITY,PUPIL_VIEWS",
                    "attendance",
                    "UPN,WEEK_START,SESSIONS_POSSIBLE,SESSIONS_PRESENT,SESSIONS_AUTHORISED,SESSIONS_UNAUTHORISED",
                    "exclusions",
                    "UPN,TYPE,START_DATE,SESSIONS,REASON",
                    "attainment",
                    "UPN,ACADEMIC_YEAR,STAGE,MEASURE,VALUE,ENTERED",
                    "post16",
                    "UPN,STATUS_DATE,STATUS"),
            "housing",
            Map.of(
                    "applications",
                    "HOUSING_REF,FORENAME,SURNAME,DOB,APPLIED_DATE,BAND,OFFER_DATE,STATUS",
                    "tenancies",
                    "HOUSING_REF,FORENAME,SURNAME,DOB,TENURE,START_DATE,END_DATE,END_REASON,POSTCODE",
                    "homelessness",
                    "HOUSING_REF,FORENAME,SURNAME,DOB,PRESENTED_DATE,DUTY,OUTCOME,OUTCOME_DATE"));

    @TempDir
    static Path folder;

    private static Path landing;

    @BeforeAll
    static void write() throws IOException {
        landing = folder.resolve("both");
        new Generator(landing, 120, 6, AS_AT, 5).write(List.of("826", "887"));
    }

    @Test
    void writesEveryDatasetWithItsHeader() throws IOException {
        for (String authority : List.of("826", "887")) {
            for (Map.Entry<String, Map<String, String>> source : HEADERS.entrySet()) {
                Path extract =
                        landing.resolve(authority).resolve(source.getKey()).resolve("2024-03-31");
                Map<String, String> written = new TreeMap<>();
                try (Stream<Path> files = Files.list(extract)) {
                    for (Path file :
                            files.filter(f -> f.toString().endsWith(".csv")).toList()) {
                        List<String> lines = Files.readAllLines(file);
                        assertThat(lines).as(file.toString()).hasSizeGreaterThan(1);
                        written.put(file.getFileName().toString().replace(".csv", ""), lines.get(0));
                    }
                }
                assertThat(written).containsExactlyInAnyOrderEntriesOf(source.getValue());
                assertThat(extract.resolve("_READY")).isEmptyFile();
            }
        }
        assertThat(landing.resolve("national/reference/2024-03-31"))
                .isDirectoryContaining("glob:**/statistical_neighbours.csv")
                .isDirectoryContaining("glob:**/authorities.csv")
                .isDirectoryContaining("glob:**/population.csv")
                .isDirectoryContaining("glob:**/postcodes.csv")
                .isDirectoryContaining("glob:**/_READY");
    }

    @Test
    void writesTheSameBytesAgainWhicheverOtherCouncilsAreWritten() throws IOException {
        Path again = folder.resolve("again");
        new Generator(again, 120, 6, AS_AT, 5).write(List.of("826", "887"));
        assertThat(bytes(again)).isEqualTo(bytes(landing));

        Path alone = folder.resolve("alone");
        new Generator(alone, 120, 6, AS_AT, 5).write(List.of("887"));
        assertThat(bytes(alone.resolve("887"))).isEqualTo(bytes(landing.resolve("887")));

        Path other = folder.resolve("other");
        new Generator(other, 120, 6, AS_AT, 6).write(List.of("887"));
        assertThat(bytes(other.resolve("887"))).isNotEqualTo(bytes(landing.resolve("887")));
    }

    @Test
    void numbersAreUniqueAndTheirCheckCharactersRight() throws IOException {
        List<NamedCsvRecord> identities = rows("826/social_care/2024-03-31/identity.csv");
        assertThat(identities).hasSizeGreaterThan(200);
        assertThat(identities).extracting(row -> row.getField("NHS_NUMBER")).doesNotHaveDuplicates();
        assertThat(identities).extracting(row -> row.getField("UPN")).doesNotHaveDuplicates();
        assertThat(identities)
                .allSatisfy(row -> assertThat(row.getField("NHS_NUMBER")).matches(GeneratorTest::validNhsNumber))
                .allSatisfy(row -> assertThat(row.getField("UPN")).matches(GeneratorTest::validUpn));
    }

    @Test
    void theChecksOfThisTestKnowNumbersWorkedOutByHand() {
        assertThat(validNhsNumber("9990000018")).isTrue();
        assertThat(validNhsNumber("9990000019")).isFalse();
        assertThat(validUpn("Q826200006001")).isTrue();
        assertThat(validUpn("R826200006001")).isFalse();
    }

    @Test
    void healthRowsGiveMatchingSomethingToDo() throws IOException {
        Map<String, LocalDate> born = rows("826/social_care/2024-03-31/identity.csv").stream()
                .collect(Collectors.toMap(
                        row -> row.getField("NHS_NUMBER"), row -> LocalDate.parse(iso(row.getField("DOB")))));
        List<NamedCsvRecord> rows = rows("826/health/2024-03-31/dental_checks.csv");
        long matched = rows.stream()
                .filter(row -> LocalDate.parse(row.getField("DOB")).equals(born.get(row.getField("NHS_NUMBER"))))
                .count();
        assertThat(matched * 100 / rows.size()).isBetween(70L, 95L);
        assertThat(rows).anyMatch(row -> row.getField("NHS_NUMBER").isEmpty());
        assertThat(rows).anyMatch(row -> row.getField("FORENAME").isEmpty());
        assertThat(rows)
                .anyMatch(row -> !row.getField("NHS_NUMBER").isEmpty() && !validNhsNumber(row.getField("NHS_NUMBER")));
        assertThat(rows)
                .anyMatch(row -> born.containsKey(row.getField("NHS_NUMBER"))
                        && !born.get(row.getField("NHS_NUMBER")).toString().equals(row.getField("DOB")));
        assertThat(rows)
                .anyMatch(row ->
                        validNhsNumber(row.getField("NHS_NUMBER")) && !born.containsKey(row.getField("NHS_NUMBER")));
    }

    @Test
    void adoptedChildrenHaveTheWholeStory() throws IOException {
        List<NamedCsvRecord> episodes = rows("826/social_care/2024-03-31/episodes.csv");
        List<String> adopted = episodes.stream()
                .filter(row -> row.getField("REC").matches("E1[12]"))
                .map(row -> row.getField("CHILD"))
                .toList();
        assertThat(adopted).isNotEmpty();
        for (String child : adopted) {
            assertThat(episodes)
                    .anyMatch(row -> row.getField("CHILD").equals(child)
                            && row.getField("PLACE").startsWith("A")
                            && row.getField("LS").equals("E1"));
            for (String dataset : List.of("ad1", "placed_adoption")) {
                assertThat(rows("826/social_care/2024-03-31/" + dataset + ".csv"))
                        .anyMatch(row -> row.getField("CHILD").equals(child));
            }
        }
    }

    private static boolean validNhsNumber(String number) {
        if (!number.matches("999\\d{7}")) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < 9; i++) {
            sum += (10 - i) * Character.digit(number.charAt(i), 10);
        }
        return (11 - sum % 11) % 11 == Character.digit(number.charAt(9), 10);
    }

    private static boolean validUpn(String upn) {
        int sum = 0;
        for (int i = 1; i < 13; i++) {
            sum += (i + 1) * Character.digit(upn.charAt(i), 10);
        }
        return upn.length() == 13 && upn.charAt(0) == "ABCDEFGHJKLMNPQRTUVWXYZ".charAt(sum % 23);
    }

    private static String iso(String dayFirst) {
        return dayFirst.substring(6) + "-" + dayFirst.substring(3, 5) + "-" + dayFirst.substring(0, 2);
    }

    private static List<NamedCsvRecord> rows(String path) throws IOException {
        try (CsvReader<NamedCsvRecord> reader = CsvReader.builder().ofNamedCsvRecord(landing.resolve(path))) {
            return reader.stream().toList();
        }
    }

    private static Map<String, String> bytes(Path root) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(root.relativize(file).toString(), Files.readString(file, StandardCharsets.UTF_8));
            }
        }
        return contents;
    }
}
