package org.lacwarehouse.marts.gold;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/**
 * Figures of health, education and care leavers worked out by hand: each authority is one case, all built together from
 * files to gold. Everybody is matched by name and date of birth: child {@code a} is F A, born as the header says.
 */
class ServiceFiguresTest {
    private static final String MARCH = "2024-03-31";
    private static final String FEBRUARY = "2024-02-29";
    private static final Map<String, String> HEADERS = Map.ofEntries(
            Map.entry("header", "CHILD,SEX,DOB,ETHNIC\n"),
            Map.entry("identity", "CHILD,FORENAME,SURNAME,DOB,NHS_NUMBER,UPN,POSTCODE\n"),
            Map.entry("episodes", "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC\n"),
            Map.entry("oc2", "CHILD,DOB,SDQ_SCORE,IMMUNISATIONS,TEETH_CHECK,HEALTH_ASSESSMENT,SUBSTANCE_MISUSE,YEAR\n"),
            Map.entry("oc3", "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM,YEAR\n"),
            Map.entry(
                    "care_leavers",
                    "CHILD,STATUS,IN_TOUCH,CONTACT_DATE,ACTIV,ACCOM,PATHWAY_PLAN_DATE,PERSONAL_ADVISER,STAYING_PUT\n"),
            Map.entry(
                    "health_assessments",
                    "NHS_NUMBER,FORENAME,SURNAME,DOB,TYPE,DUE_DATE,OFFERED_DATE,COMPLETED_DATE,OUTCOME\n"),
            Map.entry("dental_checks", "NHS_NUMBER,FORENAME,SURNAME,DOB,CHECK_DATE,OUTCOME\n"),
            Map.entry("immunisations", "NHS_NUMBER,FORENAME,SURNAME,DOB,REVIEWED_DATE,UP_TO_DATE\n"),
            Map.entry("sdq", "NHS_NUMBER,FORENAME,SURNAME,DOB,COMPLETED_DATE,RESPONDENT,SCORE\n"),
            Map.entry(
                    "camhs_referrals",
                    "NHS_NUMBER,FORENAME,SURNAME,DOB,REFERRED_DATE,ASSESSED_DATE,TREATMENT_DATE,OUTCOME\n"),
            Map.entry("roll", "UPN,FORENAME,SURNAME,DOB,NCY,SEN,SCHOOL_URN,ROLL_START,ROLL_END\n"),
            Map.entry("schools", "SCHOOL_URN,NAME,PHASE,OFSTED,LA_CODE,INSPECTED_DATE\n"),
            Map.entry("peps", "UPN,PEP_TYPE,DUE_DATE,MEETING_DATE,QUALITY,PUPIL_VIEWS\n"),
            Map.entry(
                    "attendance",
                    "UPN,WEEK_START,SESSIONS_POSSIBLE,SESSIONS_PRESENT,SESSIONS_AUTHORISED,SESSIONS_UNAUTHORISED\n"),
            Map.entry("exclusions", "UPN,TYPE,START_DATE,SESSIONS,REASON\n"),
            Map.entry("attainment", "UPN,ACADEMIC_YEAR,STAGE,MEASURE,VALUE,ENTERED\n"),
            Map.entry("post16", "UPN,STATUS_DATE,STATUS\n"),
            Map.entry("applications", "HOUSING_REF,FORENAME,SURNAME,DOB,APPLIED_DATE,BAND,OFFER_DATE,STATUS\n"),
            Map.entry("tenancies", "HOUSING_REF,FORENAME,SURNAME,DOB,TENURE,START_DATE,END_DATE,END_REASON,POSTCODE\n"),
            Map.entry("homelessness", "HOUSING_REF,FORENAME,SURNAME,DOB,PRESENTED_DATE,DUTY,OUTCOME,OUTCOME_DATE\n"));
    private static final Map<String, StringBuilder> FILES = new HashMap<>();
    private static final Map<String, String> BORN = new HashMap<>();
    private static final Map<String, Row> FIGURES = new HashMap<>();
    private static int housingRef;
    private static GoldBuild gold;

    @TempDir
    static Path folder;

    @BeforeAll
    static void build() throws IOException {
        healthOnADay();
        initialHealthAssessments();
        reviewsAndReferrals();
        outcomeReturn();
        schools();
        plans();
        attendance();
        exclusions();
        attainment();
        afterSixteen();
        careLeavers();
        careLeaverReturn();
        for (Map.Entry<String, StringBuilder> file : FILES.entrySet()) {
            String dataset = file.getKey().replaceAll(".*/|\\.csv", "");
            TestLanding.put(folder.resolve("landing"), file.getKey(), HEADERS.get(dataset) + file.getValue());
        }

        SparkSession spark = Sessions.local(Path.of("target/spark"));
        Path warehouse = folder.resolve("warehouse");
        Lake lake = new Lake(() -> spark, warehouse);
        Catalogue catalogue = new Catalogue(Conf.packaged());
        Register register = Register.open(warehouse);
        Silver silver = new Silver(lake, catalogue.contracts(), new Pseudonyms("a key for tests only".getBytes()));
        TestLanding.read(folder.resolve("landing"), register, catalogue.contracts(), lake, silver);
        Linkage linkage = new Linkage(lake, catalogue.contracts(), register, Conf.packaged(), warehouse);
        linkage.link(register.asAt(null));
        gold = new GoldBuild(
                lake,
                catalogue,
                silver,
                linkage,
                register,
                new Scope(register.asAt(null), 13),
                new GoldState(warehouse, "test"));
        gold.build();
        for (Row row : gold.rows("fact_measure").collectAsList()) {
            FIGURES.put(
                    String.join(
                            " ",
                            row.<String>getAs("la_code"),
                            row.<String>getAs("measure_id"),
                            row.getAs("period_end").toString(),
                            row.<String>getAs("breakdown_type"),
                            row.<String>getAs("breakdown")),
                    row);
        }
    }

    @AfterAll
    static void close() {
        gold.close();
    }

    private static void healthOnADay() {
        String la = "811";
        // Looked after for 12 months on the day, or one day short of it.
        child(la, "a", "2019-04-01", "2023-03-31", "");
        child(la, "b", "2019-04-01", "2023-03-31", "");
        child(la, "c", "2019-03-31", "2023-03-31", "");
        child(la, "d", "2019-03-31", "2023-03-31", "");
        child(la, "e", "2019-03-31", "2023-04-01", "");
        child(la, "f", "2007-04-01", "2020-01-01", "");
        child(la, "g", "2007-03-31", "2020-01-01", "");
        // Under 5 the assessment of the last 6 months counts, from 5 on that of the last 12.
        assessment(la, "a", "IHA,,,2023-09-30,COMPLETED");
        assessment(la, "b", "RHA,,,2023-10-01,COMPLETED");
        assessment(la, "c", "RHA,,,2023-03-31,COMPLETED");
        assessment(la, "d", "RHA,,,2023-04-01,COMPLETED");
        health(la, "dental_checks", "a", "2024-01-01,DECLINED");
        health(la, "dental_checks", "b", "2023-04-01,CHECKED");
        health(la, "dental_checks", "c", "2023-03-31,CHECKED");
        health(la, "immunisations", "a", "2024-01-01,Y");
        health(la, "immunisations", "a", "2024-01-01,N");
        health(la, "immunisations", "b", "2020-01-01,Y");
        health(la, "immunisations", "c", "2020-01-01,N");
        health(la, "immunisations", "c", "2024-03-31,Y");
        health(la, "sdq", "a", "2024-01-01,CARER,40");
        health(la, "sdq", "c", "2023-04-01,CARER,13");
        health(la, "sdq", "c", "2023-04-01,CARER,14");
        health(la, "sdq", "d", "2024-01-01,TEACHER,30");
        health(la, "sdq", "f", "2024-03-31,CARER,17");
        health(la, "sdq", "g", "2024-03-31,CARER,1");
    }

    @Test
    void healthOfChildrenLookedAfterForTwelveMonths() {
        is("811", "health_assessment", MARCH, 2, 6);
        is("811", "health_assessment", MARCH, "age_band", "1 to 4", 1, 2);
        is("811", "health_assessment", MARCH, "age_band", "5 to 9", 1, 2);
        is("811", "dental_check", MARCH, 1, 6);
        is("811", "immunised", MARCH, 2, 6);
        is("811", "sdq_completed", MARCH, 2, 3);
        is("811", "sdq_mean", MARCH, 31, 2);
        is("811", "sdq_band", MARCH, "sdq_band", "borderline", 1, null);
        is("811", "sdq_band", MARCH, "sdq_band", "concern", 1, null);
        assertThat(figure("811", "sdq_band", MARCH, "sdq_band", "normal")).isNull();
        is("811", "health_assessment", FEBRUARY, 0, 2);
    }

    private static void initialHealthAssessments() {
        String la = "812";
        // The 20th working day after 1 February 2024 is 29 February.
        for (String child : List.of("a", "b", "c", "f")) {
            child(la, child, "2010-01-01", "2024-02-01", "");
        }
        child(la, "d", "2010-01-01", "2024-02-01", "2024-02-29");
        child(la, "e", "2010-01-01", "2024-02-01", "2024-02-28");
        // ... and that after 1 March lies behind Easter, on 2 April.
        child(la, "g", "2010-01-01", "2024-03-01", "");
        assessment(la, "a", "IHA,,2024-02-29,2024-02-29,COMPLETED");
        assessment(la, "b", "IHA,,2024-02-10,2024-03-01,COMPLETED");
        assessment(la, "c", "IHA,,2024-01-31,2024-01-31,COMPLETED");
        assessment(la, "f", "RHA,,2024-02-10,2024-02-10,COMPLETED");
    }

    @Test
    void anInitialHealthAssessmentIsOwedByTheTwentiethWorkingDay() {
        is("812", "iha_in_20_days", MARCH, 1, 5);
        is("812", "iha_offered_in_20_days", MARCH, 2, 5);
        is("812", "iha_in_20_days", FEBRUARY, 1, 5);
        is("812", "iha_in_20_days", "2024-01-31", 0, 0);
        assertThat(figure("812", "iha_in_20_days", "2024-01-31", "all", "all").<Double>getAs("value"))
                .isNull();
    }

    private static void reviewsAndReferrals() {
        String la = "813";
        child(la, "a", "2018-04-02", "2020-01-01", "2024-02-15");
        assessment(la, "a", "RHA,2023-03-31,,2023-03-31,COMPLETED");
        assessment(la, "a", "RHA,2023-04-01,,2023-04-01,PENDING");
        assessment(la, "a", "RHA,2024-02-14,,2024-02-15,COMPLETED");
        assessment(la, "a", "RHA,2024-02-15,,2024-02-15,COMPLETED");
        assessment(la, "a", "IHA,2023-06-01,,2023-06-01,COMPLETED");
        health(la, "camhs_referrals", "a", "2023-02-17,2023-02-18,,ACCEPTED");
        health(la, "camhs_referrals", "a", "2023-02-18,2023-04-01,,ACCEPTED");
        health(la, "camhs_referrals", "a", "2024-02-14,2024-03-28,,ACCEPTED");
        health(la, "camhs_referrals", "a", "2024-02-16,2024-02-17,,ACCEPTED");
    }

    @Test
    void reviewsCountByTheDayTheyWereDueAndReferralsSixWeeksBack() {
        is("813", "rha_under_5", MARCH, 1, 1);
        is("813", "rha_5_plus", MARCH, 0, 1);
        is("813", "camhs_in_6_weeks", MARCH, 1, 2);
    }

    private static void outcomeReturn() {
        String la = "814";
        child(la, "a", "2007-04-01", "2020-01-01", "");
        child(la, "b", "2012-01-01", "2020-01-01", "");
        child(la, "c", "2012-01-01", "2020-01-01", "");
        child(la, "d", "2006-12-01", "2020-01-01", "");
        row(la, "social_care", MARCH, "oc2", "a,,10,1,1,0,0,2024");
        row(la, "social_care", MARCH, "oc2", "b,,,1,0,1,1,2024");
        row(la, "social_care", MARCH, "oc2", "c,,,0,,1,0,2024");
        row(la, "social_care", MARCH, "oc2", "d,,20,1,0,1,0,2024");
        row(la, "social_care", MARCH, "oc2", "d,,20,1,1,1,0,2023");
        health(la, "sdq", "b", "2023-04-01,CARER,12");
        health(la, "sdq", "c", "2023-03-31,CARER,12");
        health(la, "sdq", "c", "2023-05-01,SELF,12");
    }

    @Test
    void theOutcomeReturnStandsBesideTheHealthSystem() {
        is("814", "oc2_health_assessment", MARCH, 3, 4);
        is("814", "oc2_dental", MARCH, 1, 4);
        is("814", "oc2_immunised", MARCH, 3, 4);
        is("814", "oc2_substance_misuse", MARCH, 1, 4);
        is("814", "oc2_sdq_mean", MARCH, 10, 1);
        is("814", "sdq_gap", MARCH, 1, null);
        is("814", "oc2_dental", "2023-03-31", 1, 1);
        assertThat(figure("814", "oc2_dental", FEBRUARY, "all", "all")).isNull();
    }

    private static void schools() {
        String la = "821";
        for (String child : List.of("a", "b", "c", "d")) {
            child(la, child, "2013-10-01", "2020-01-01", "");
        }
        roll(la, "a", "5,N,100", "2023-09-01", "");
        roll(la, "a", "5,E,200", "2024-01-01", "");
        roll(la, "b", "N2,E,200", "2023-09-01", "");
        roll(la, "c", "6,E,200", "2023-09-01", MARCH);
        roll(la, "d", "13,K,300", "2023-09-01", "");
        row(la, "virtual_school", MARCH, "schools", "100,One,Primary,1,821,2019-01-01");
        row(la, "virtual_school", MARCH, "schools", "200,Two,Primary,3,821,2020-01-01");
        row(la, "virtual_school", MARCH, "schools", "200,Two,Primary,2,821,2024-03-31");
        row(la, "virtual_school", MARCH, "schools", "300,Three,Secondary,,821,");
    }

    @Test
    void theNewestRollRowAndTheJudgementOfTheDayCount() {
        is("821", "roll_count", MARCH, 3, null);
        is("821", "roll_count", MARCH, "year_group", "5", 1, null);
        is("821", "roll_count", MARCH, "sen", "EHCP", 2, null);
        is("821", "roll_count", MARCH, "sen", "SEN support", 1, null);
        is("821", "sen_ehcp", MARCH, 1, 2);
        is("821", "good_or_outstanding", MARCH, 1, 1);
        // On 29 February c is still on the roll of the second school, which then required improvement.
        is("821", "sen_ehcp", FEBRUARY, 2, 3);
        is("821", "good_or_outstanding", FEBRUARY, 0, 2);
        is("821", "good_or_outstanding", "2023-12-31", 1, 2);
    }

    private static void plans() {
        String la = "822";
        child(la, "a", "2010-01-01", "2020-01-01", "");
        child(la, "b", "2010-01-01", "2020-01-01", "");
        child(la, "c", "2020-04-01", "2020-04-01", "");
        child(la, "d", "2019-04-01", "2024-02-01", "");
        child(la, "e", "2010-01-01", "2024-02-01", "2024-02-14");
        child(la, "f", "2010-01-01", "2024-02-01", "2024-02-15");
        for (String child : List.of("a", "b", "c", "d", "e", "f")) {
            roll(la, child, "5,N,", "2019-09-01", "");
        }
        pupil(la, "peps", "a", "CORE,,2023-09-30,1,Y");
        pupil(la, "peps", "b", "CORE,,2023-10-01,3,Y");
        // The 10th working day after 1 February 2024 is 15 February.
        pupil(la, "peps", "d", "CORE,,2024-02-15,2,N");
        pupil(la, "peps", "f", "INITIAL,,2024-01-31,,");
    }

    @Test
    void aPersonalEducationPlanIsInDateForHalfAYearAndFirstDueInTenWorkingDays() {
        // c is 3, e and f have left.
        is("822", "pep_in_date", MARCH, 2, 3);
        is("822", "pep_in_date", MARCH, "age_band", "1 to 4", 1, 1);
        is("822", "pep_overdue", MARCH, 1, null);
        is("822", "pep_initial_in_time", MARCH, 1, 2);
        is("822", "pep_quality_good", MARCH, 2, 3);
    }

    private static void attendance() {
        String la = "823";
        child(la, "a", "2012-01-01", "2020-01-01", "2023-11-06");
        child(la, "b", "2006-10-01", "2020-01-01", "");
        child(la, "c", "2012-01-01", "2020-01-01", "");
        roll(la, "a", "6,N,", "2020-09-01", "");
        roll(la, "b", "12,N,", "2020-09-01", "");
        roll(la, "c", "6,N,", "2020-09-01", "");
        pupil(la, "attendance", "a", "2023-08-28,10,10,0,0");
        pupil(la, "attendance", "a", "2023-09-04,10,9,1,0");
        pupil(la, "attendance", "a", "2023-10-02,10,9,0,1");
        pupil(la, "attendance", "a", "2023-11-06,10,0,0,10");
        pupil(la, "attendance", "b", "2023-09-04,10,0,0,10");
        pupil(la, "attendance", "c", "2023-09-04,0,0,0,0");
    }

    @Test
    void attendanceAddsUpOverTheAcademicYearWhileLookedAfter() {
        is("823", "attendance", "2023-08-31", 10, 10);
        is("823", "attendance", "2023-09-30", 9, 10);
        is("823", "attendance", MARCH, 18, 20);
        is("823", "persistent_absence", MARCH, 1, 1);
        is("823", "persistent_absence", "2023-08-31", 0, 1);
    }

    private static void exclusions() {
        String la = "824";
        child(la, "a", "2010-01-01", "2023-10-01", "");
        child(la, "b", "2010-01-01", "2020-01-01", "");
        roll(la, "a", "9,N,", "2020-09-01", "");
        roll(la, "b", "9,N,", "2020-09-01", "");
        pupil(la, "exclusions", "a", "SUSPENSION,2023-09-01,4,");
        pupil(la, "exclusions", "a", "PERMANENT,2023-09-30,,");
        pupil(la, "exclusions", "b", "SUSPENSION,2023-08-31,4,");
        pupil(la, "exclusions", "b", "SUSPENSION,2024-02-29,4,");
        pupil(la, "exclusions", "b", "PERMANENT,2024-03-01,,");
    }

    @Test
    void exclusionsCountWhileLookedAfterButSuspendedChildrenByTheirYear() {
        is("824", "suspensions_month", FEBRUARY, 1, null);
        is("824", "suspensions_month", MARCH, 0, null);
        is("824", "suspended_children", "2024-01-31", 1, 2);
        is("824", "suspended_children", MARCH, 2, 2);
        is("824", "permanent_exclusions", MARCH, 1, null);
        is("824", "permanent_exclusions", FEBRUARY, 0, null);
    }

    private static void attainment() {
        String la = "825";
        child(la, "a", "2007-01-01", "2022-03-31", "");
        child(la, "b", "2007-01-01", "2022-04-01", "");
        child(la, "c", "2007-01-01", "2020-01-01", "");
        child(la, "d", "2007-01-01", "2020-01-01", "2023-03-31");
        for (String child : List.of("a", "b", "c", "d")) {
            roll(la, child, "11,N,", "2020-09-01", "");
            pupil(la, "attainment", child, "2022/23,KS4,KS4_ATTAINMENT8," + (child.equals("c") ? "" : "40.5") + ",1");
        }
        pupil(la, "attainment", "a", "2022/23,KS4,KS4_EM4,1,1");
        pupil(la, "attainment", "c", "2022/23,KS4,KS4_EM4,1,0");
        pupil(la, "attainment", "a", "2021/22,KS2,KS2_RWM_EXP,0,1");
        pupil(la, "attainment", "c", "2021/22,KS2,KS2_RWM_EXP,1,1");
    }

    @Test
    void resultsAreThoseOfTheAcademicYearThatEndedOfChildrenLookedAfterForTwelveMonths() {
        is("825", "ks4_attainment8", MARCH, 40.5, 2);
        is("825", "ks4_english_maths_4", MARCH, 1, 1);
        is("825", "ks4_attainment8", "2023-08-31", 40.5, 2);
        is("825", "ks4_attainment8", "2023-07-31", 0, 0);
        is("825", "ks2_rwm_expected", "2023-07-31", 1, 1);
        is("825", "ks2_rwm_expected", "2023-08-31", 0, 0);
    }

    private static void afterSixteen() {
        String la = "826";
        child(la, "a", "2008-03-31", "2020-01-01", "");
        child(la, "b", "2006-04-01", "2020-01-01", "");
        child(la, "c", "2006-03-31", "2020-01-01", "");
        for (String child : List.of("a", "b", "c")) {
            roll(la, child, "12,N,", "2020-09-01", "");
        }
        pupil(la, "post16", "b", "2023-09-01,EDUCATION");
        pupil(la, "post16", "b", "2024-03-31,NEET");
        pupil(la, "post16", "c", "2023-09-01,NEET");
    }

    @Test
    void theNewestStatusSaysWhoIsNotInEducationEmploymentOrTraining() {
        is("826", "neet_16_17", MARCH, 1, 2);
        is("826", "neet_16_17", FEBRUARY, 1, 2);
        is("826", "neet_16_17", "2024-01-31", 1, 2);
    }

    private static void careLeavers() {
        String la = "831";
        for (String[] child : new String[][] {
            {"a", "2006-04-01"}, {"b", "2002-04-01"}, {"c", "2002-03-31"}, {"d", "2005-01-01"}, {"e", "2005-01-01"}
        }) {
            child(la, child[0], child[1], "2010-01-01", "2024-01-01");
        }
        row(la, "social_care", "2024-01-31", "care_leavers", "a,RELEVANT,YES,,F1,B1,2023-09-30,J Jones,1");
        row(la, "social_care", "2024-01-31", "care_leavers", "b,FORMER_RELEVANT,NO,,0,0,,,0");
        row(la, "social_care", MARCH, "care_leavers", "a,RELEVANT,YES,,G4,B2,2023-09-30,J Jones,0");
        row(la, "social_care", MARCH, "care_leavers", "b,FORMER_RELEVANT,,,P4,X2,2023-10-01,,");
        row(la, "social_care", MARCH, "care_leavers", "c,FORMER_RELEVANT,YES,,F1,B1,,,");
        row(la, "social_care", MARCH, "care_leavers", "d,QUALIFYING,YES,,F1,B1,,,");
        row(la, "social_care", MARCH, "care_leavers", "e,FORMER_RELEVANT,DIED,,0,0,,,");
        housing(la, "tenancies", "b", "COUNCIL,2022-03-31,,,");
        housing(la, "tenancies", "b", "COUNCIL,2022-04-01,2023-04-01,EVICTED,");
        housing(la, "tenancies", "b", "ASSOCIATION,2023-03-31,2023-06-01,MOVED,");
        housing(la, "tenancies", "b", "PRIVATE,2022-05-01,,,");
        housing(la, "tenancies", "c", "COUNCIL,2022-05-01,,,");
        housing(la, "homelessness", "a", "2023-03-31,MAIN,OPEN,");
        housing(la, "homelessness", "a", "2023-06-01,NONE,CLOSED,");
        housing(la, "homelessness", "b", "2023-04-01,PREVENTION,OPEN,");
        housing(la, "applications", "a", "2023-01-01,1,2023-03-31,HOUSED");
        housing(la, "applications", "a", "2023-01-01,2,2023-04-01,HOUSED");
        housing(la, "applications", "b", "2023-06-01,1,,OPEN");
    }

    @Test
    void careLeaversAreThoseOfTheRegisterOfTheDay() {
        is("831", "care_leavers", FEBRUARY, 2, null);
        is("831", "care_leavers", MARCH, 2, null);
        is("831", "care_leavers", MARCH, "age_group", "17 to 18", 1, null);
        is("831", "care_leavers", MARCH, "status", "FORMER_RELEVANT", 1, null);
        is("831", "cl_in_touch", MARCH, 1, 2);
        is("831", "cl_suitable", FEBRUARY, 1, 2);
        is("831", "cl_suitable_known", FEBRUARY, 1, 1);
        is("831", "cl_suitable", MARCH, 0, 2);
        is("831", "cl_unsuitable_type", MARCH, 2, null);
        is("831", "cl_unsuitable_type", MARCH, "accommodation", "X2", 1, null);
        is("831", "cl_eet", FEBRUARY, 1, 2);
        is("831", "cl_eet_known", FEBRUARY, 1, 1);
        is("831", "cl_eet", MARCH, 1, 2);
        is("831", "cl_higher_education", FEBRUARY, 1, 2);
        is("831", "cl_higher_education", MARCH, 0, 2);
        is("831", "cl_pathway_plan", FEBRUARY, 1, 2);
        is("831", "cl_pathway_plan", MARCH, 1, 2);
        is("831", "cl_adviser", MARCH, 1, 2);
        is("831", "cl_staying_put", FEBRUARY, 1, null);
        is("831", "cl_staying_put", MARCH, 0, null);
        is("831", "cl_custody", MARCH, 1, null);
    }

    @Test
    void beforeTheFirstRegisterThereIsNoFigureAndNoRow() {
        assertThat(figure("831", "care_leavers", "2023-12-31", "all", "all")).isNull();
        is("831", "care_leavers", "2024-01-31", 2, null);
        // An authority without any register has none at all; its other figures stand.
        assertThat(FIGURES.keySet()).noneMatch(key -> key.startsWith("832 cl_"));
        is("832", "cla_count", MARCH, 0, null);
    }

    @Test
    void housingCountsForTheCareLeaversOfTheDay() {
        is("831", "cl_tenancy_sustained", MARCH, 1, 2);
        is("831", "cl_homeless", MARCH, 1, null);
        is("831", "cl_housing_wait", MARCH, 90, 1);
    }

    private static void careLeaverReturn() {
        String la = "832";
        for (String[] child : new String[][] {{"a", "2006-04-01"}, {"b", "2002-04-01"}, {"c", "2005-01-01"}}) {
            child(la, child[0], child[1], "2010-01-01", "2023-01-01");
        }
        row(la, "social_care", MARCH, "oc3", "a,2006-04-01,YES,F2,B1,2024");
        row(la, "social_care", MARCH, "oc3", "b,2002-04-01,NO,0,S2,2024");
        row(la, "social_care", MARCH, "oc3", "c,2005-01-01,RHOM,0,0,2024");
    }

    @Test
    void theCareLeaverReturnLeavesOutWhoDiedOrReturnedHome() {
        is("832", "oc3_in_touch", MARCH, 1, 2);
        is("832", "oc3_suitable", MARCH, "age_group", "17 to 18", 1, 1);
        is("832", "oc3_eet", MARCH, "age_group", "19 to 21", 0, 1);
    }

    @Test
    void aSchoolHasAVersionForEachJudgement() {
        List<Row> versions = gold.rows("dim_school")
                .where("school_urn = '200'")
                .orderBy("valid_from")
                .collectAsList();
        assertThat(versions)
                .extracting(row -> row.getAs("ofsted_name") + " until " + row.getAs("valid_to"))
                .containsExactly(
                        "Not inspected until 2020-01-01",
                        "Requires improvement until 2024-03-31",
                        "Good until 9999-12-31");
    }

    private static void is(String authority, String measure, String day, double numerator, Integer denominator) {
        is(authority, measure, day, "all", "all", numerator, denominator);
    }

    private static void is(
            String authority,
            String measure,
            String day,
            String type,
            String breakdown,
            double numerator,
            Integer denominator) {
        Row row = figure(authority, measure, day, type, breakdown);
        assertThat(row).as(measure + " " + day + " " + breakdown).isNotNull();
        assertThat(row.<Double>getAs("numerator"))
                .as("numerator of " + measure + " " + day + " " + breakdown)
                .isEqualTo(numerator);
        assertThat(row.<Double>getAs("denominator"))
                .as("denominator of " + measure + " " + day + " " + breakdown)
                .isEqualTo(denominator == null ? null : denominator.doubleValue());
    }

    private static Row figure(String authority, String measure, String day, String type, String breakdown) {
        return FIGURES.get(String.join(" ", authority, measure, day, type, breakdown));
    }

    private static void child(String authority, String child, String born, String from, String to) {
        BORN.put(authority + child, born);
        row(authority, "social_care", MARCH, "header", child + ",1," + born + ",WBRI");
        row(authority, "social_care", MARCH, "identity", child + ",F," + child + "," + born + ",,,");
        row(
                authority,
                "social_care",
                MARCH,
                "episodes",
                child + "," + from + ",S,C2,N1,U6,PR1," + to + "," + (to.isEmpty() ? "" : "E4A"));
    }

    private static void assessment(String authority, String child, String rest) {
        health(authority, "health_assessments", child, rest);
    }

    private static void health(String authority, String dataset, String child, String rest) {
        row(authority, "health", MARCH, dataset, ",F," + child + "," + BORN.get(authority + child) + "," + rest);
    }

    private static void roll(String authority, String child, String school, String from, String to) {
        row(
                authority,
                "virtual_school",
                MARCH,
                "roll",
                "X" + child + ",F," + child + "," + BORN.get(authority + child) + "," + school + "," + from + "," + to);
    }

    private static void pupil(String authority, String dataset, String child, String rest) {
        row(authority, "virtual_school", MARCH, dataset, "X" + child + "," + rest);
    }

    private static void housing(String authority, String dataset, String child, String rest) {
        row(
                authority,
                "housing",
                MARCH,
                dataset,
                "H" + housingRef++ + ",F," + child + "," + BORN.get(authority + child) + "," + rest);
    }

    private static void row(String authority, String source, String date, String dataset, String line) {
        FILES.computeIfAbsent(
                        authority + "/" + source + "/" + date + "/" + dataset + ".csv", file -> new StringBuilder())
                .append(line)
                .append('\n');
    }
}
