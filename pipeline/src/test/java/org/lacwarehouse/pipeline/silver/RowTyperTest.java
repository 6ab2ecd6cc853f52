package org.lacwarehouse.pipeline.silver;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.contract.Contracts;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;
import scala.jdk.javaapi.CollectionConverters;

class RowTyperTest {
    private static final Contracts CONTRACTS = Contracts.read(Conf.packaged());
    private static final Pseudonyms PSEUDONYMS = new Pseudonyms("a key for tests only".getBytes());

    @ParameterizedTest
    @CsvSource({
        "29/02/2024, 2024-02-29",
        "2024-02-29, 2024-02-29",
        "' 31/12/1999 ', 1999-12-31",
        "31/12/0020, 0020-12-31",
    })
    void datesOfBothSpellingsAreRead(String text, String date) {
        assertThat(value(episode("DECOM", text), "decom")).isEqualTo(LocalDate.parse(date));
    }

    @ParameterizedTest
    @CsvSource({
        "31/02/2024, impossible_date",
        "29/02/2023, impossible_date",
        "2023-13-01, impossible_date",
        "01/01/0000, impossible_date",
        "1/2/2024, not_a_date",
        "01/02/24, not_a_date",
        "2024/02/01, not_a_date",
        "45323, not_a_date",
        "2024-02-01T00:00, not_a_date",
    })
    void anyOtherDateIsAFaultAndNeverGuessed(String text, String rule) {
        assertThat(faults(episode("DECOM", text))).containsExactly(rule);
    }

    @ParameterizedTest
    @CsvSource({
        // PLACE, DECOM, DEC, valid: the boundary days of every code that comes or goes
        "H5, 2024-03-31, , true",
        "H5, 2024-04-01, , false",
        "P2, 2024-03-31, 2024-04-20, true",
        "P2, 2024-04-01, 2024-04-20, false",
        "K3, 2023-01-01, , true",
        "K3, 2023-01-01, 2023-04-02, true",
        "K3, 2023-01-01, 2023-04-01, false",
        "Z11, 2024-01-01, 2025-04-02, true",
        "Z14, 2024-01-01, 2025-04-01, false",
        "Z1, 2025-03-31, , true",
        "Z1, 2025-04-01, , false",
        "U6, 1999-01-01, 2001-01-01, true",
    })
    void placementCodesAreValidInTheirYearsOnly(String place, String from, String to, boolean valid) {
        Map<String, String> row = episode("PLACE", place);
        row.put("DECOM", from);
        row.put("DEC", to);
        assertThat(faults(row)).isEqualTo(valid ? List.of() : List.of("code_not_valid_then"));
    }

    @ParameterizedTest
    @CsvSource({"E43, 2018-03-31, true", "E44, 2018-04-01, false", "E44, , false", "E45, 2018-04-01, true"})
    void guardianshipReasonsOfOldEndBeforeApril2018(String reason, String to, boolean valid) {
        Map<String, String> row = episode("REC", reason);
        row.put("DECOM", "2015-01-01");
        row.put("DEC", to);
        assertThat(faults(row)).isEqualTo(valid ? List.of() : List.of("code_not_valid_then"));
    }

    @Test
    void codesAreReadWhateverTheirCapitalsAndAsOneCanonicalCode() {
        assertThat(value(episode("LS", " c2 "), "ls")).isEqualTo("C2");
        assertThat(value(header("SEX", "M"), "sex")).isEqualTo("1");
        assertThat(value(header("SEX", "f"), "sex")).isEqualTo("2");
        assertThat(value(header("SEX", "U"), "sex")).isEqualTo("U");
    }

    @Test
    void aCodeInAnotherSpellingKeepsTheOneThatWasReported() {
        Row typed = type("header", header("SEX", " f "));

        assertThat(typed.<String, String>getMap(typed.fieldIndex("codes_reported"))
                        .toString())
                .contains("sex -> f");
        Row standard = type("header", header("SEX", "2"));
        assertThat(standard.isNullAt(standard.fieldIndex("codes_reported"))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"F3, 2021, true", "P3, 2022, false", "F5, 2022, true"})
    void activityCodesOfAReturnAreValidInItsYear(String activity, String year, boolean valid) {
        Map<String, String> row =
                new LinkedHashMap<>(Map.of("CHILD", "1", "DOB", "01/02/2002", "IN_TOUCH", "YES", "ACTIV", activity));
        row.put("YEAR", year);

        assertThat(rules(type("oc3", row), "faults")).isEqualTo(valid ? List.of() : List.of("code_not_valid_then"));
    }

    @ParameterizedTest
    @CsvSource({"2021-03-31, true", "2021-04-01, false"})
    void activityCodesOfTheRegisterAreValidAtTheExtractDate(String extract, boolean valid) {
        Map<String, String> row = new LinkedHashMap<>(Map.of("CHILD", "1", "STATUS", "RELEVANT", "ACTIV", "F3"));

        assertThat(rules(type("care_leavers", row, extract), "faults"))
                .isEqualTo(valid ? List.of() : List.of("code_not_valid_then"));
    }

    @ParameterizedTest
    @CsvSource({
        "01/02/2020, 2020-02-01, ",
        "zz/02/2020, zz/02/2020, ",
        "ZZ/ZZ/2020, zz/zz/2020, ",
        "zz/zz/zzzz, zz/zz/zzzz, ",
        "zz, , not_a_date",
        "31/02/2020, , impossible_date",
    })
    void previousPermanenceMayHaveHappenedOnAnUnknownDay(String text, String kept, String fault) {
        Map<String, String> row = new LinkedHashMap<>(Map.of("CHILD", "1", "DATE_PERM", text));
        Row typed = type("previous_permanence", row);

        assertThat(typed.<String>getAs("date_perm")).isEqualTo(kept);
        assertThat(rules(typed, "faults")).isEqualTo(fault == null ? List.of() : List.of(fault));
    }

    @Test
    void faultsNameRuleAndColumnAndNeverTheValue() {
        Map<String, String> row = episode("LS", "SECRET");
        row.put("CIN", null);
        row.put("CHILD", "12345678901");

        Row typed = type("episodes", row);

        assertThat(rules(typed, "faults")).containsExactly("too_long", "unknown_code", "required_missing");
        assertThat(typed.<Row>getList(typed.fieldIndex("faults")).toString())
                .contains("CHILD", "LS", "CIN")
                .doesNotContain("SECRET", "12345678901");
    }

    @Test
    void anUnknownEthnicityIsFlaggedAndKept() {
        Row typed = type("header", header("ETHNIC", "WELSH"));

        assertThat(rules(typed, "faults")).isEmpty();
        assertThat(rules(typed, "flags")).containsExactly("unknown_code");
        assertThat(typed.isNullAt(typed.fieldIndex("ethnic"))).isTrue();
    }

    @Test
    void theChildIsAPseudonymThatDependsOnAuthorityAndKey() {
        String here = (String) value(episode("CHILD", "1"), "child_id");

        assertThat(here).matches("[0-9a-f]{32}").isEqualTo(PSEUDONYMS.childId("826", "1"));
        assertThat(PSEUDONYMS.childId("887", "1")).isNotEqualTo(here);
        assertThat(new Pseudonyms("another key for tests".getBytes()).childId("826", "1"))
                .isNotEqualTo(here);
    }

    @ParameterizedTest
    @CsvSource({"2024-03-31, 2024", "2024-04-01, 2025", "2024-12-31, 2025"})
    void aReturnWithoutYearBelongsToTheNext31March(String extract, int year) {
        Map<String, String> row = new LinkedHashMap<>(Map.of("CHILD", "1"));
        Row typed = type("oc2", row, extract);

        assertThat(typed.<Integer>getAs("year")).isEqualTo(year);
    }

    @Test
    void numbersThatAreNoneAreAFault() {
        assertThat(rules(type("oc2", new LinkedHashMap<>(Map.of("CHILD", "1", "SDQ_SCORE", "twelve"))), "faults"))
                .containsExactly("not_a_number");
        assertThat(type("oc2", new LinkedHashMap<>(Map.of("CHILD", "1", "SDQ_SCORE", "12")))
                        .<Integer>getAs("sdq_score"))
                .isEqualTo(12);
    }

    @Test
    void shortBreaksAreOutsideTheKey() {
        String care = (String) value(episode("LS", "C2"), "row_key");
        String again = (String) value(episode("LS", "E1"), "row_key");
        String shortBreak = (String) value(episode("LS", "V3"), "row_key");

        assertThat(again).isEqualTo(care);
        assertThat(shortBreak).isNotEqualTo(care);
        Map<String, String> longer = episode("LS", "V3");
        longer.put("DEC", "01/03/2020");
        assertThat(value(longer, "row_key")).isNotEqualTo(shortBreak);
    }

    private static Map<String, String> episode(String column, String text) {
        Map<String, String> row = new LinkedHashMap<>(
                Map.of("CHILD", "1", "DECOM", "01/02/2020", "RNE", "S", "LS", "C2", "CIN", "N1", "PLACE", "U6"));
        row.put(column, text);
        return row;
    }

    private static Map<String, String> header(String column, String text) {
        Map<String, String> row =
                new LinkedHashMap<>(Map.of("CHILD", "1", "SEX", "1", "DOB", "01/02/2010", "ETHNIC", "WBRI"));
        row.put(column, text);
        return row;
    }

    private static Object value(Map<String, String> row, String column) {
        Row typed = type(row.containsKey("DOB") ? "header" : "episodes", row);
        assertThat(rules(typed, "faults")).isEmpty();
        return typed.getAs(column);
    }

    private static List<String> faults(Map<String, String> episode) {
        return rules(type("episodes", episode), "faults");
    }

    private static List<String> rules(Row typed, String findings) {
        return typed.<Row>getList(typed.fieldIndex(findings)).stream()
                .map(finding -> finding.getString(0))
                .toList();
    }

    private static Row type(String dataset, Map<String, String> row) {
        return type(dataset, row, "2024-03-31");
    }

    private static Row type(String dataset, Map<String, String> values, String extract) {
        values.values().removeIf(java.util.Objects::isNull);
        Contract contract = CONTRACTS.get("social_care", dataset);
        Object[] cells = new RowTyper(contract, PSEUDONYMS)
                .type(2L, values, "826.social_care." + dataset + "." + extract + ".0123456789ab");
        StructType schema = RowTyper.schema(contract);
        for (int i = 0; i < cells.length; i++) {
            if (cells[i] instanceof Object[] list) {
                cells[i] = CollectionConverters.asScala(List.of(list)).toSeq();
            } else if (cells[i] instanceof Map<?, ?> map) {
                cells[i] = CollectionConverters.asScala(map);
            }
        }
        return new org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema(cells, schema);
    }
}
