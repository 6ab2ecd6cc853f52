package org.lacwarehouse.marts.gold;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.pipeline.TestLanding;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.lake.Sessions;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.linkage.Linkage;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;
import org.lacwarehouse.pipeline.silver.Silver;

/** Figures worked out by hand: each authority is one case, all built together from files to gold. */
class FiguresTest {
    private static final LocalDate AS_AT = LocalDate.of(2024, 3, 31);
    private static final String MARCH = "2024-03-31";
    private static final Map<String, String> HEADERS = Map.of(
            "header", "CHILD,SEX,DOB,ETHNIC\n",
            "episodes", "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC\n",
            "uasc", "CHILD,DUC\n",
            "disability", "CHILD,DISABILITY,RECORDED\n",
            "reviews", "CHILD,REVIEW,REVIEW_CODE\n",
            "missing", "CHILD,MISSING,MIS_START,MIS_END\n",
            "sw_episodes", "CHILD,SW_ID,SW_DECOM,SW_DEC\n",
            "ad1", "CHILD,DATE_MATCH\n");
    private static final Map<String, StringBuilder> FILES = new HashMap<>();
    private static final Map<String, Row> FIGURES = new HashMap<>();
    private static GoldBuild gold;

    @TempDir
    static Path folder;

    @BeforeAll
    static void build() throws IOException {
        // 801: half-open days. a starts on D, b ends on D, c ended the day after the month end before.
        child("801", "a", "1", "2010-05-05", "WBRI");
        episode("801", "a", "2024-03-31", "C2", "N1", "U6", "PR1", "", "");
        child("801", "b", "2", "2010-05-05", "WBRI");
        episode("801", "b", "2020-01-01", "C2", "N1", "U6", "PR1", "2024-03-31", "E4A");
        child("801", "c", "2", "2010-05-05", "WBRI");
        episode("801", "c", "2020-01-01", "C2", "N1", "U6", "PR1", "2024-03-01", "E4A");

        // 802: in and out twice in a year; the first start and the last ending count, once.
        child("802", "a", "1", "2014-01-01", "MWBC");
        episode("802", "a", "2023-05-01", "V2", "N4", "U6", "PR1", "2023-06-01", "E4A");
        episode("802", "a", "2023-12-01", "C1", "N1", "U6", "PR1", "2024-02-01", "E45");

        // 803: the year to 31 March 2024 is (31 March 2023, 31 March 2024].
        child("803", "a", "1", "2012-01-01", "WBRI");
        episode("803", "a", "2023-03-31", "C2", "N1", "U6", "PR1", "", "");
        child("803", "b", "1", "2012-01-01", "WBRI");
        episode("803", "b", "2023-04-01", "C2", "N1", "U6", "PR1", "", "");
        // ... and the year to 29 February 2024 begins after 28 February 2023.
        child("803", "c", "1", "2012-01-01", "WBRI");
        episode("803", "c", "2023-02-28", "C2", "N1", "U6", "PR1", "", "");

        // 804: cared for in the year: ended on 31 March 2023 does not overlap, on 1 April 2023 does.
        child("804", "a", "1", "2006-03-31", "WBRI");
        episode("804", "a", "2020-01-01", "C2", "N1", "U6", "PR1", "2023-03-31", "E4A");
        child("804", "b", "1", "2006-03-31", "WBRI");
        episode("804", "b", "2020-01-01", "C2", "N1", "U6", "PR1", "2023-04-01", "E4A");

        // 805: the state at D: UASC until DUC, disabled from RECORDED, NONE is no disability.
        child("805", "a", "1", "2006-04-01", "AOTH");
        episode("805", "a", "2022-01-01", "V2", "N8", "K2", "PR4", "", "");
        row("805", "uasc", "a,2024-03-31");
        child("805", "b", "1", "2006-04-01", "WELSH");
        episode("805", "b", "2022-01-01", "V2", "N8", "K2", "", "", "");
        row("805", "uasc", "b,2024-04-01");
        row("805", "disability", "a,LD,2024-03-31");
        row("805", "disability", "b,NONE,2022-02-01");
        row("805", "disability", "b,AUT,2024-04-01");

        // 806: X1 with nothing after it, a blank reason, a short break, a child without a header.
        child("806", "a", "U", "2010-01-01", "WBRI");
        episode("806", "a", "2023-06-01", "C2", "N1", "U6", "PR1", "2023-07-01", "X1");
        child("806", "b", "F", "2010-01-01", "WBRI");
        episode("806", "b", "2023-06-01", "C2", "N1", "U6", "PR1", "2023-07-01", "");
        child("806", "c", "M", "2010-01-01", "WBRI");
        episode("806", "c", "2023-06-01", "V3", "N2", "R1", "PR1", "2023-07-01", "E4A");
        episode("806", "orphan", "2023-06-01", "C2", "N1", "U6", "PR1", "", "");

        // 807: away for a holiday at D, from a children's home; and a child with a temporary placement only.
        child("807", "a", "1", "2010-01-01", "WBRI");
        episode("807", "a", "2023-06-01", "C2", "N1", "K2", "PR4", "2024-03-20", "X1");
        episode("807", "a", "2024-03-20", "C2", "N1", "T2", "PR1", "", "");
        child("807", "b", "1", "2010-01-01", "WBRI");
        episode("807", "b", "2024-03-20", "C2", "N1", "T1", "PR3", "", "");

        // 808: the first review is due on the 20th working day, 3 January 2024 after Christmas and New Year. a has it
        // then,
        // b the day after, c not at all; d started on 4 March, whose 20th working day after Easter is 3 April.
        for (String child : List.of("a", "b", "c")) {
            child("808", child, "1", "2015-01-01", "WBRI");
            episode("808", child, "2023-12-01", "C2", "N1", "U6", "PR1", "", "");
        }
        child("808", "d", "1", "2015-01-01", "WBRI");
        episode("808", "d", "2024-03-04", "C2", "N1", "U6", "PR1", "", "");
        row("808", "reviews", "a,2024-01-03,PN1");
        row("808", "reviews", "b,2024-01-04,PN5");
        row("808", "reviews", "d,2023-05-01,PN7");
        row("808", "reviews", "d,2018-05-01,PN0");

        // 809: adopted by the foster carer: A1 is 234 days, A10 none, the match came 61 days after the placement order.
        child("809", "a", "1", "2022-01-01", "WBRI");
        row("809", "episodes", "a,2022-01-10,S,C1,N1,U5,PR1,2022-06-01,X1");
        row("809", "episodes", "a,2022-06-01,L,E1,N1,U5,PR1,2022-09-01,X1");
        row("809", "episodes", "a,2022-09-01,P,E1,N1,A5,PR1,2023-05-01,E12");
        row("809", "ad1", "a,2022-08-01");

        // 810: a's adoptive placement and the one before it together last 2 years, b has been there since 30 months ago
        // to
        // the day, c is a day short of 30 months.
        child("810", "a", "1", "2015-01-01", "WBRI");
        row("810", "episodes", "a,2021-01-01,S,C2,N1,K2,PR4,2022-03-01,X1");
        row("810", "episodes", "a,2022-03-01,P,C2,N1,U5,PR1,2024-02-01,X1");
        row("810", "episodes", "a,2024-02-01,P,E1,N1,A6,PR1,,");
        child("810", "b", "1", "2015-01-01", "WBRI");
        episode("810", "b", "2021-09-30", "C2", "N1", "U6", "PR1", "", "");
        child("810", "c", "1", "2015-01-01", "WBRI");
        episode("810", "c", "2021-10-01", "C2", "N1", "U6", "PR1", "", "");

        // 811: an incident that ends on the first day of care is before it, one of that day alone is in it, A is none.
        child("811", "a", "1", "2010-01-01", "WBRI");
        episode("811", "a", "2023-06-01", "C2", "N1", "U6", "PR1", "2023-09-01", "E4A");
        row("811", "missing", "a,M,2023-05-20,2023-06-01");
        child("811", "b", "1", "2010-01-01", "WBRI");
        episode("811", "b", "2023-06-01", "C2", "N1", "U6", "PR1", "2023-09-01", "E4A");
        row("811", "missing", "b,M,2023-06-01,2023-06-01");
        row("811", "missing", "b,A,2023-07-01,2023-07-02");
        row("811", "missing", "b,M,2023-09-01,2023-09-02");

        // 812: A, B, A is two social workers.
        for (String child : List.of("a", "b")) {
            child("812", child, "1", "2010-01-01", "WBRI");
            episode("812", child, "2023-01-01", "C2", "N1", "U6", "PR1", "", "");
            row("812", "sw_episodes", child + ",A,2022-01-01,2023-04-01");
            row("812", "sw_episodes", child + ",B,2023-04-01,2023-05-01");
        }
        row("812", "sw_episodes", "a,A,2023-05-01,");
        row("812", "sw_episodes", "b,C,2023-05-01,");

        write();
        SparkSession spark = Sessions.local(Path.of("target/spark"));
        Path warehouse = folder.resolve("warehouse");
        Lake lake = new Lake(() -> spark, warehouse);
        Catalogue catalogue = new Catalogue(Conf.packaged());
        Register register = Register.open(warehouse);
        Silver silver = new Silver(lake, catalogue.contracts(), new Pseudonyms("a key for tests only".getBytes()));
        TestLanding.read(folder.resolve("landing"), register, catalogue.contracts(), lake, silver);
        gold = new GoldBuild(
                lake,
                catalogue,
                silver,
                new Linkage(lake, catalogue.contracts(), register, Conf.packaged(), warehouse),
                register,
                new Scope(register.asAt(null), 24),
                new GoldState(warehouse, "test"),
                50);
        gold.build();
        for (Row row : gold.rows("fact_measure").collectAsList()) {
            String key = String.join(
                    " ",
                    row.<String>getAs("la_code"),
                    row.<String>getAs("measure_id"),
                    row.getAs("period_end").toString(),
                    row.<String>getAs("breakdown_type"),
                    row.<String>getAs("breakdown"));
            assertThat(FIGURES.put(key, row)).as(key).isNull();
        }
    }

    @AfterAll
    static void close() {
        gold.close();
    }

    /** However many parts the rows are built in: else the files of many councils would grow with the square of them. */
    @Test
    void theRowsOfAnAuthorityAreOneFile() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("warehouse/gold"))) {
            Map<Path, Long> perAuthority = files.filter(file -> file.toString().endsWith(".parquet"))
                    .filter(file -> file.getParent().getFileName().toString().startsWith("authority_key="))
                    .collect(Collectors.groupingBy(Path::getParent, Collectors.counting()));
            assertThat(perAuthority).hasSizeGreaterThan(100);
            assertThat(perAuthority.values()).containsOnly(1L);
        }
    }

    @Test
    void anEpisodeCoversItsFirstDayAndNotItsLast() {
        assertThat(all("801", "cla_count", MARCH)).isEqualTo(1);
        assertThat(all("801", "cla_count", "2024-02-29")).isEqualTo(2);
        assertThat(all("801", "started_month", MARCH)).isEqualTo(1);
        assertThat(all("801", "started_month", "2024-02-29")).isZero();
        assertThat(all("801", "ceased_month", MARCH)).isEqualTo(2);
        assertThat(all("801", "ceased_year", MARCH)).isEqualTo(2);
        assertThat(all("801", "net_change_year", MARCH)).isEqualTo(-1);
    }

    @Test
    void aChildCountsOnceAYearWithTheFirstStartAndTheLastEnding() {
        assertThat(all("802", "started_year", MARCH)).isEqualTo(1);
        assertThat(value("802", "started_year", MARCH, "legal_status", "Section 20"))
                .isEqualTo(1);
        assertThat(value("802", "started_year", MARCH, "legal_status", "Care order"))
                .isNull();
        assertThat(value("802", "started_year", MARCH, "category_of_need", "N4"))
                .isEqualTo(1);
        assertThat(value("802", "started_year", MARCH, "age_band", "5 to 9")).isEqualTo(1);
        assertThat(all("802", "ceased_year", MARCH)).isEqualTo(1);
        assertThat(value("802", "ceased_year", MARCH, "age_band", "10 to 15")).isEqualTo(1);
        assertThat(value("802", "ceased_reason", MARCH, "reason_ceased", "E45")).isEqualTo(1);
        assertThat(value("802", "ceased_reason", MARCH, "reason_ceased", "E4A")).isNull();
        assertThat(value("802", "ceased_reason", "2023-06-30", "reason_ceased", "E4A"))
                .isEqualTo(1);
        assertThat(all("802", "started_month", "2023-12-31")).isEqualTo(1);
        assertThat(all("802", "age_at_start_mean", MARCH)).isEqualTo(9);
        assertThat(all("802", "cared_in_year", MARCH)).isEqualTo(1);
    }

    @Test
    void theYearBeginsTheDayAfterTheSameDayOfTheYearBefore() {
        assertThat(all("803", "started_year", MARCH)).isEqualTo(1);
        assertThat(all("803", "started_year", "2024-02-29")).isEqualTo(2);
        assertThat(all("803", "started_year", "2024-01-31")).isEqualTo(3);
    }

    @Test
    void whoWasCaredForInTheYearIsCountedByAgeAtItsEnd() {
        assertThat(all("804", "cared_in_year", MARCH)).isEqualTo(1);
        assertThat(value("804", "cared_in_year", MARCH, "age_band", "18 and over"))
                .isEqualTo(1);
        assertThat(value("804", "cared_in_year", "2024-02-29", "age_band", "16 to 17"))
                .isEqualTo(2);
    }

    @Test
    void stateOfTheChildIsThatOfTheDay() {
        assertThat(all("805", "uasc_count", MARCH)).isEqualTo(1);
        assertThat(all("805", "uasc_count", "2024-02-29")).isEqualTo(2);
        assertThat(value("805", "cla_count", MARCH, "uasc", "UASC")).isEqualTo(1);
        assertThat(value("805", "cla_count", MARCH, "disabled", "Disabled")).isEqualTo(1);
        assertThat(value("805", "cla_count", "2024-02-29", "disabled", "Disabled"))
                .isNull();
        assertThat(value("805", "cla_count", MARCH, "ethnic_group", "Not known"))
                .isEqualTo(1);
        assertThat(value("805", "cla_count", MARCH, "placement_provider", "Not known"))
                .isEqualTo(1);
        assertThat(value("805", "cla_count", MARCH, "age_band", "16 to 17")).isEqualTo(2);
    }

    @Test
    void endingsWithoutAReasonAreSaidAndShortBreaksAndOrphansAreNot() {
        assertThat(all("806", "ceased_year", MARCH)).isEqualTo(2);
        assertThat(value("806", "ceased_reason", MARCH, "reason_ceased", "X1")).isEqualTo(1);
        assertThat(value("806", "ceased_reason", MARCH, "reason_ceased", "Not known"))
                .isEqualTo(1);
        assertThat(value("806", "started_year", MARCH, "sex", "Unknown")).isEqualTo(1);
        assertThat(value("806", "started_year", MARCH, "sex", "Female")).isEqualTo(1);
        assertThat(value("806", "started_year", MARCH, "sex", "Male")).isNull();
        assertThat(all("806", "cla_count", MARCH)).isZero();
    }

    @Test
    void aTemporaryPlacementShowsThePlacementAroundIt() {
        assertThat(value("807", "cla_count", MARCH, "placement_group", "Children's homes"))
                .isEqualTo(1);
        assertThat(value("807", "cla_count", MARCH, "placement_provider", "PR4"))
                .isEqualTo(1);
        assertThat(value("807", "cla_count", MARCH, "placement_group", "Other")).isEqualTo(1);
        assertThat(value("807", "cla_count", MARCH, "placement_provider", "PR3"))
                .isEqualTo(1);
    }

    @Test
    void ratesUseTheMidYearBeforeTheFinancialYearEndsOrTheNewestOlderOne() {
        // 801: mid-2022 1,000 and mid-2023 2,000; 802: mid-2021 only; 803: none.
        assertThat(figure("801", "cla_rate", MARCH).<Double>getAs("denominator"))
                .isEqualTo(2000);
        assertThat(all("801", "cla_rate", MARCH)).isEqualTo(5);
        assertThat(figure("801", "cla_rate", "2023-04-30").<Double>getAs("denominator"))
                .isEqualTo(2000);
        assertThat(figure("801", "cla_rate", "2023-03-31").<Double>getAs("denominator"))
                .isEqualTo(1000);
        assertThat(figure("802", "cla_rate", MARCH).<Double>getAs("denominator"))
                .isEqualTo(500);
        assertThat(figure("803", "cla_rate", MARCH).<Double>getAs("denominator"))
                .isZero();
        assertThat(figure("803", "cla_rate", MARCH)
                        .isNullAt(figure("803", "cla_rate", MARCH).fieldIndex("value")))
                .isTrue();
        Map<String, Boolean> older = new HashMap<>();
        gold.rows("fact_authority_month")
                .where("period_end = DATE'2024-03-31'")
                .collectAsList()
                .forEach(row -> older.put(row.getAs("la_code"), row.getAs("is_population_older")));
        assertThat(older).containsEntry("801", false).containsEntry("802", true);
    }

    @Test
    void reviewsAreInTimeWhenNoneWasLateAndNoneIsOverdue() {
        assertThat(fraction("808", "reviews_in_time", MARCH)).isEqualTo("1 of 3");
        assertThat(fraction("808", "reviews_in_time", "2024-01-31")).isEqualTo("1 of 3");
        assertThat(fraction("808", "reviews_in_time", "2023-12-31")).isEqualTo("0 of 0");
        assertThat(value("808", "reviews_in_time", "2023-12-31", "all", "all")).isNull();
        assertThat(fraction("808", "reviews_attended", MARCH)).isEqualTo("1 of 3");
        assertThat(fraction("808", "reviews_participated", MARCH)).isEqualTo("2 of 3");
    }

    @Test
    void adoptionTimesStopAtTheStartWithTheFosterCarerWhoAdopts() {
        assertThat(fraction("809", "adoption_a1", MARCH)).isEqualTo("234 of 1");
        assertThat(fraction("809", "adoption_a10", MARCH)).isEqualTo("0 of 1");
        assertThat(fraction("809", "adoption_a2", MARCH)).isEqualTo("61 of 1");
        assertThat(fraction("809", "adoption_a3", MARCH)).isEqualTo("1 of 1");
        assertThat(value("809", "adopted_year", MARCH, "age_band", "1 to 4")).isEqualTo(1);
        assertThat(all("809", "adoption_placed_year", "2023-08-31")).isEqualTo(1);
        assertThat(all("809", "adoption_placed_year", "2023-09-30")).isZero();
        assertThat(all("809", "adoption_waiting", "2022-08-31")).isEqualTo(1);
        assertThat(all("809", "adoption_waiting", "2022-09-30")).isZero();
        assertThat(all("809", "placements_new_year", "2022-12-31")).isEqualTo(1);
    }

    @Test
    void stabilityLooksBackTwoYearsAndAcrossAnAdoptivePlacement() {
        assertThat(fraction("810", "long_term_stability", MARCH)).isEqualTo("2 of 2");
        assertThat(value("810", "current_placement_duration", MARCH, "placement_duration", "under 3 months"))
                .isEqualTo(1);
        assertThat(value("810", "current_placement_duration", MARCH, "placement_duration", "2 years or more"))
                .isEqualTo(1);
        assertThat(value("810", "placements_in_year", MARCH, "placements_in_year", "2"))
                .isEqualTo(1);
        assertThat(value("810", "placements_in_year", MARCH, "placements_in_year", "1"))
                .isEqualTo(2);
    }

    @Test
    void aMissingIncidentMustOverlapThePeriodOfCare() {
        assertThat(fraction("811", "missing_children", MARCH)).isEqualTo("1 of 2");
        assertThat(fraction("811", "missing_incidents", MARCH)).isEqualTo("1 of 1");
    }

    @Test
    void aSocialWorkerWhoComesBackIsTheSame() {
        assertThat(fraction("812", "sw_three_or_more", MARCH)).isEqualTo("1 of 2");
    }

    @Test
    void workingDaysLeaveOutWeekendsAndBankHolidays() {
        assertThat(gold.rows("dim_date")
                        .where("date BETWEEN DATE'2023-12-22' AND DATE'2024-01-02' AND is_working_day")
                        .selectExpr("CAST(date AS STRING)")
                        .collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactly("2023-12-22", "2023-12-27", "2023-12-28", "2023-12-29", "2024-01-02");
    }

    @Test
    void everyMeasureHasItsWholeFigureAtEveryMonthEndZerosIncluded() {
        long wholes = FIGURES.keySet().stream()
                .filter(key -> key.endsWith(" all all"))
                .count();
        // The returns have figures at 31 March only; nobody has a register of care leavers here.
        Map<String, Integer> monthsWithFigures = Map.of("is_31_march", 2, "has_care_leaver_register", 0);
        int months = new Catalogue(Conf.packaged())
                .measures().stream()
                        .mapToInt(measure -> measure.months() == null ? 24 : monthsWithFigures.get(measure.months()))
                        .sum();
        assertThat(wholes).isEqualTo(12L * months);
        assertThat(all("807", "ceased_month", "2022-04-30")).isZero();
    }

    @Test
    void breakdownsOfACountAddUpToIt() {
        Map<String, Double> sums = new HashMap<>();
        FIGURES.values().forEach(row -> {
            // A child with temporary placements only is in no group of placements_in_year.
            if (row.getAs("denominator") == null
                    && !Set.of("all", "placements_in_year").contains(row.<String>getAs("breakdown_type"))) {
                sums.merge(
                        row.getAs("la_code") + " " + row.getAs("measure_id") + " " + row.getAs("period_end") + " "
                                + row.getAs("breakdown_type"),
                        row.<Double>getAs("numerator"),
                        Double::sum);
            }
        });
        assertThat(sums).isNotEmpty();
        sums.forEach((key, sum) -> {
            String whole = key.substring(0, key.lastIndexOf(' ')) + " all all";
            assertThat(sum).as(key).isEqualTo(FIGURES.get(whole).<Double>getAs("value"));
        });
    }

    private static String fraction(String authority, String measure, String periodEnd) {
        Row row = figure(authority, measure, periodEnd);
        return row.<Double>getAs("numerator").intValue() + " of "
                + row.<Double>getAs("denominator").intValue();
    }

    private static double all(String authority, String measure, String periodEnd) {
        return value(authority, measure, periodEnd, "all", "all");
    }

    private static Row figure(String authority, String measure, String periodEnd) {
        return FIGURES.get(String.join(" ", authority, measure, periodEnd, "all", "all"));
    }

    private static Double value(String authority, String measure, String periodEnd, String type, String breakdown) {
        Row row = FIGURES.get(String.join(" ", authority, measure, periodEnd, type, breakdown));
        return row == null ? null : row.<Double>getAs("value");
    }

    private static void child(String authority, String child, String sex, String born, String ethnicity) {
        row(authority, "header", String.join(",", child, sex, born, ethnicity));
    }

    private static void episode(String authority, String child, String from, String... rest) {
        row(authority, "episodes", String.join(",", child, from, "S", String.join(",", rest)));
    }

    private static void row(String authority, String dataset, String line) {
        FILES.computeIfAbsent(authority + "/social_care/" + AS_AT + "/" + dataset + ".csv", f -> new StringBuilder())
                .append(line)
                .append('\n');
    }

    private static void write() throws IOException {
        Path landing = folder.resolve("landing");
        for (Map.Entry<String, StringBuilder> file : FILES.entrySet()) {
            String dataset = file.getKey().replaceAll(".*/|\\.csv", "");
            TestLanding.put(landing, file.getKey(), HEADERS.get(dataset) + file.getValue());
        }
        String reference = "national/reference/2025-05-31/";
        TestLanding.put(
                landing,
                reference + "authorities.csv",
                "old_la_code,new_la_code,la_name,region_code,region_name,status,date_of_operation,date_of_termination\n"
                        + "801,E06000023,Bristol,E12000009,South West,live,01/01/2009,\n");
        TestLanding.put(
                landing,
                reference + "population.csv",
                "time_period,geographic_level,old_la_code,age_group,population_estimate\n"
                        + "2022,Local authority,801,Children aged 0 to 17 years,1000\n"
                        + "2023,Local authority,801,Children aged 0 to 17 years,2000\n"
                        + "2024,Local authority,801,Children aged 0 to 17 years,4000\n"
                        + "2021,Local authority,802,Children aged 0 to 17 years,500\n"
                        + "2023,Regional,,Children aged 0 to 17 years,9000\n");
    }
}
