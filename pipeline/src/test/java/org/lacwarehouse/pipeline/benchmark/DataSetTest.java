package org.lacwarehouse.pipeline.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfFile;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.contract.Contracts;

class DataSetTest {
    private static final Contracts CONTRACTS = Contracts.read(Conf.packaged());

    @ParameterizedTest
    @CsvSource({
        "la_cla_placement_stability, placement_stability",
        "placement_stability, placement_stability",
        "placement_stability_indicator, placement_stability",
        "la_cla_placement_stability_indicator, placement_stability",
        "cla_number_and_rate_per_10k_children, number_and_rate",
        "la_conviction_health_outcome_cla, health_outcomes",
        "ks4_la, key_stage_4",
        "absence_la, absence",
    })
    void aFileIsKnownByWhatEachReleaseCallsIt(String stem, String dataSet) {
        assertThat(CONTRACTS.named("benchmarks", stem).map(Contract::dataset)).contains(dataSet);
    }

    @Test
    void aFileThatNoDescriptionNamesIsNotKnown() {
        assertThat(CONTRACTS.named("benchmarks", "la_cla_school_moves")).isEmpty();
        assertThat(CONTRACTS.named("benchmarks", "not_placement_stability_either"))
                .isEmpty();
    }

    @Test
    void aColumnThatChangesItsMeaningIsTakenByTheNameThatTheReleaseHas() {
        DataSet health = CONTRACTS.dataSet("health_outcomes");

        assertThat(health.resolve(List.of("CLA_GROUP", "CHARACTERISTIC", "NUMBER", "PERCENTAGE")))
                .isEqualTo(Map.of(
                        "group", "CLA_GROUP", "item", "CHARACTERISTIC", "count", "NUMBER", "percent", "PERCENTAGE"));
        assertThat(health.resolve(List.of("CHARACTERISTIC", "BREAKDOWN", "CHILDREN_COUNT", "CHILDREN_PERCENT")))
                .isEqualTo(Map.of(
                        "group",
                        "CHARACTERISTIC",
                        "item",
                        "BREAKDOWN",
                        "count",
                        "CHILDREN_COUNT",
                        "percent",
                        "CHILDREN_PERCENT"));
    }

    @Test
    void capitalsSpacesAndApostrophesDoNotMatterInLabels() {
        assertThat(Labels.normal("Carer requests placement end other than due to child's behaviour"))
                .isEqualTo(Labels.normal("  carer requests placement  end other than due to childs Behaviour"))
                .isEqualTo(Labels.normal("Carer requests placement end other than due to child’s behaviour"));
    }

    @Test
    void mistakesAreNamedWithFileAndLine() {
        String good =
                """
                about: Something
                files: some_file
                columns:
                  count: number
                series:
                  - benchmark_id: a
                    unit: count
                    value: count
                """;
        assertThat(read(good).series()).hasSize(1);
        mistake(good.replace("unit: count", "unit: pounds"), "benchmarks/x.yml:7: the unit is one of");
        mistake(
                good.replace("value: count", "value: percent"),
                "benchmarks/x.yml:8: `percent` is not described under columns");
        mistake(good.replace("    value: count\n", ""), "benchmarks/x.yml:6: a series without a `value` is computed");
        mistake(good.replace("some_file", "some_(file"), "benchmarks/x.yml:2: `files` is not a regular expression");
        mistake(good + "    total: {count: All}\n", "`total` says which rows hold the `denominator`");
        mistake(good + "    were: {count: All}\n", "`were` is not known here");
    }

    private static DataSet read(String text) {
        return DataSets.read(new ConfFile("benchmarks/x.yml", text), Contract::normal);
    }

    private static void mistake(String text, String message) {
        assertThatThrownBy(() -> read(text)).hasMessageContaining(message);
    }
}
