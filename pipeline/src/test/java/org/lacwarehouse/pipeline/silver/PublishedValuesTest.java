package org.lacwarehouse.pipeline.silver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.pipeline.TestLanding;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.contract.Contracts;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.lake.Sessions;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.DeliveryStatus;
import org.lacwarehouse.pipeline.landing.FileCheck;
import org.lacwarehouse.pipeline.landing.LandingZone;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;

/** Published files from the landing zone to the table of their values; the figures are made up. */
class PublishedValuesTest {
    private static final Contracts CONTRACTS = Contracts.read(Conf.packaged());
    private static final String PLACE = "time_period,time_identifier,geographic_level,region_code,old_la_code,";
    private static final String STABILITY = "placement_stability,number,percentage\n";
    private static final String MILTON_KEYNES = "2023,Reporting year,Local authority,E12000008,826,";
    private static final String SOUTH_EAST = "2023,Reporting year,Regional,E12000008,,";
    private static final String ENGLAND = "2023,Reporting year,National,,,";
    private static final String SAME_CARER =
            "Children looked after continuously for at least 2.5 years on 31 March aged under 16 years,Total children,40,100\n"
                    + MILTON_KEYNES
                    + "Children looked after continuously for at least 2.5 years on 31 March aged under 16 years,"
                    + "Living with the same carer for at least 2 years,c,c\n";
    private static SparkSession spark;

    @TempDir
    Path folder;

    private Path landing;
    private Lake lake;
    private Silver silver;
    private Register register;

    @BeforeAll
    static void start() {
        spark = Sessions.local(Path.of("target/spark"));
    }

    @BeforeEach
    void begin() throws IOException {
        landing = Files.createDirectory(folder.resolve("landing"));
        Path warehouse = Files.createDirectory(folder.resolve("warehouse"));
        lake = new Lake(() -> spark, warehouse);
        silver = new Silver(lake, CONTRACTS, new Pseudonyms("a key for tests only".getBytes()));
        register = Register.open(warehouse);
    }

    @Test
    void valuesKeepTheirCountsAndSymbolsAndPercentagesAreComputedAgain() throws IOException {
        deliver(
                "2023-11-16/placement_stability_indicator.csv",
                PLACE + "cla_group," + STABILITY
                        + MILTON_KEYNES + SAME_CARER
                        // 1 of 8 is 12.5: half up 13
                        + MILTON_KEYNES + "CLA on 31 March,Total children,8,100\n"
                        + MILTON_KEYNES + "CLA on 31 March,With 3 or more placements during the year,1,13\n"
                        // 19 of 200 is 9.5: half up 10, and 9 is not what the counts give
                        + "2022,Reporting year,Local authority,E12000008,826,CLA on 31 March,Total children,200,100\n"
                        + "2022,Reporting year,Local authority,E12000008,826,CLA on 31 March,With 3 or more placements during the year,19,9\n"
                        // of regions and England the counts are rounded: 95 to 105 of 1,195 to 1,205 is 8 or 9 percent
                        + SOUTH_EAST + "CLA on 31 March,Total children,\"1,200\",100\n"
                        + SOUTH_EAST + "CLA on 31 March,With 3 or more placements during the year,100,9\n"
                        + ENGLAND + "CLA on 31 March,Total children,1200,100\n"
                        + ENGLAND + "CLA on 31 March,With 3 or more placements during the year,100,10\n"
                        // a cell that is neither
                        + "2021,Reporting year,Local authority,E12000008,826,CLA on 31 March,With 3 or more placements during the year,many,9\n"
                        + "2021,Calendar year,Local authority,E12000008,826,CLA on 31 March,Total children,1,9\n");

        assertThat(values("placements_3plus_pct"))
                .containsExactly(
                        "authority 826 2022-03-31 all 9.0 null 19.0 200.0",
                        "authority 826 2023-03-31 all 13.0 null 1.0 8.0",
                        "england null 2023-03-31 all 10.0 null 100.0 1200.0",
                        "region null 2023-03-31 all 9.0 null 100.0 1200.0");
        assertThat(values("long_term_stability_pct")).containsExactly("authority 826 2023-03-31 all null c null 40.0");
        assertThat(lake.read(Silver.FINDINGS)
                        .selectExpr("concat_ws(' ', line_number, rule_id, column_name, reason, is_quarantined)")
                        .orderBy("line_number")
                        .collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactly(
                        "7 published_percentage the published placements_3plus_pct is not what its counts give, rounded half"
                                + " up false",
                        "11 published_percentage the published placements_3plus_pct is not what its counts give, rounded"
                                + " half up false",
                        "12 published_cell NUMBER is neither a number nor one of DfE's symbols true",
                        "13 published_cell TIME_PERIOD is not one that is known true");
        Register.Outcome outcome =
                register.outcome(register.loaded().get(0).deliveryId()).orElseThrow();
        assertThat(outcome.rowsKept()).isEqualTo(10);
        assertThat(outcome.rowsQuarantined()).isEqualTo(2);
        assertThat(outcome.rowsFlagged()).isEqualTo(2);
    }

    @Test
    void releasesThatSpellEverythingElseGiveTheSameValues() throws IOException {
        for (String[] release : new String[][] {
            {"2022-11-17", "age,accommodation_suitability,number,percentage", "Aged 17 to 18", "Aged 19 to 21"},
            {"2023-11-16", "age,accommodation_suitability,number,percentage", "17 to 18 years", "19 to 21 years"},
            {
                "2025-11-20",
                "care_leaver_age,breakdown,care_leaver_count,care_leaver_percent",
                "17 TO 18 years",
                "19 to 21 years"
            }
        }) {
            deliver(
                    release[0] + "/la_care_leavers_accommodation_suitability.csv",
                    "\uFEFF"
                            + (PLACE + release[1] + "\n"
                                            + MILTON_KEYNES + release[2] + ",Accommodation considered suitable,18,90\n"
                                            + MILTON_KEYNES + release[2] + ",Suitability total,20,100\n"
                                            + MILTON_KEYNES + release[3] + ",Accommodation considered suitable,27,90\n"
                                            + MILTON_KEYNES + release[3] + ",Suitability total,30,100\n"
                                            + ENGLAND + release[2] + ",Accommodation considered suitable,c,c\n"
                                            + ENGLAND + release[2] + ",Suitability total,100,100\n"
                                            + ENGLAND + release[3] + ",Accommodation considered suitable,90,90\n"
                                            + ENGLAND + release[3] + ",Suitability total,100,100\n")
                                    .replace("\n", "\r\n"));
        }

        assertThat(register.loaded()).hasSize(3);
        for (Delivery delivery : register.loaded()) {
            // 45 of 50 for the two age groups together; no whole where one of them is suppressed
            assertThat(values("cl_suitable_pct", List.of(delivery)))
                    .as(delivery.file())
                    .containsExactly(
                            "authority 826 2023-03-31 17 to 18 90.0 null 18.0 20.0",
                            "authority 826 2023-03-31 19 to 21 90.0 null 27.0 30.0",
                            "authority 826 2023-03-31 all 90.0 null 45.0 50.0",
                            "england null 2023-03-31 17 to 18 null c null 100.0",
                            "england null 2023-03-31 19 to 21 90.0 null 90.0 100.0",
                            "england null 2023-03-31 all null c null 200.0");
        }
    }

    @Test
    void whatNoDescriptionCoversIsRefusedWithWhatWasExpected() throws IOException {
        refused(
                "la_cla_placement_stability.csv",
                PLACE + "grouping," + STABILITY + MILTON_KEYNES + "CLA on 31 March,Total children,8,100\n",
                "the header lacks the required column CLA_GROUP (or CHARACTERISTIC)");
        refused(
                "la_cla_placement_stability.csv",
                PLACE + "cla_group," + STABILITY + MILTON_KEYNES + "Looked after children,Total children,8,100\n",
                "no row has `cla on 31 march` or `cla at 31 march` in the column CLA_GROUP; add the release's spelling to"
                        + " benchmarks/placement_stability.yml");
        refused(
                "ks4_la.csv",
                "time_period,time_identifier,geographic_level,social_care_group,t_pupils\n2023,x,x,x,1\n",
                "the header lacks the required columns REGION_CODE, OLD_LA_CODE, T_ATT8, AVG_ATT8, T_L2BASICS_94,"
                        + " PT_L2BASICS_94");
    }

    private void refused(String name, String text, String reason) throws IOException {
        String file = "2024-11-14/" + name;
        TestLanding.put(landing, "national/benchmarks/" + file, text);
        List<Delivery> deliveries = new LandingZone(landing)
                .scan(register, LandingZone.Again.NONE).arrivals().stream()
                        .filter(arrival -> arrival.file().endsWith(name))
                        .flatMap(arrival -> new FileCheck(CONTRACTS, register, 0.5, Set.of()).check(arrival).stream())
                        .toList();
        assertThat(deliveries).extracting(Delivery::status).containsExactly(DeliveryStatus.REFUSED);
        assertThat(deliveries).extracting(Delivery::reason).containsExactly(reason);
    }

    private void deliver(String file, String text) throws IOException {
        TestLanding.put(landing, "national/benchmarks/" + file, text);
        assertThat(TestLanding.read(landing, register, CONTRACTS, lake, silver))
                .extracting(Delivery::reason)
                .containsOnly("");
    }

    private List<String> values(String benchmark) {
        return values(benchmark, register.loaded());
    }

    private List<String> values(String benchmark, List<Delivery> deliveries) {
        return silver
                .published(deliveries)
                .where("benchmark_id = '" + benchmark + "'")
                .selectExpr(
                        "concat_ws(' ', level, coalesce(la_code, 'null'), period_end, breakdown, coalesce(cast(value as"
                                + " string), 'null'), coalesce(symbol, 'null'), coalesce(cast(numerator as string), 'null'),"
                                + " coalesce(cast(denominator as string), 'null')) as text")
                .orderBy("text")
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .toList();
    }
}
