package org.lacwarehouse.jobs.generate;

import static org.lacwarehouse.jobs.generate.ExtractFolder.iso;

import java.io.IOException;
import java.time.LocalDate;

/** What the nursing team's system sends: five datasets, each row with the child as that system knows it. */
final class HealthExtract {
    private final Council council;
    private final ExtractFolder.Table assessments;
    private final ExtractFolder.Table dentists;
    private final ExtractFolder.Table immunisations;
    private final ExtractFolder.Table questionnaires;
    private final ExtractFolder.Table referrals;

    HealthExtract(Council council, ExtractFolder folder) throws IOException {
        this.council = council;
        this.assessments = folder.table(
                "health_assessments",
                "NHS_NUMBER",
                "FORENAME",
                "SURNAME",
                "DOB",
                "TYPE",
                "DUE_DATE",
                "OFFERED_DATE",
                "COMPLETED_DATE",
                "OUTCOME");
        this.dentists =
                folder.table("dental_checks", "NHS_NUMBER", "FORENAME", "SURNAME", "DOB", "CHECK_DATE", "OUTCOME");
        this.immunisations = folder.table(
                "immunisations", "NHS_NUMBER", "FORENAME", "SURNAME", "DOB", "REVIEWED_DATE", "UP_TO_DATE");
        this.questionnaires = folder.table(
                "sdq", "NHS_NUMBER", "FORENAME", "SURNAME", "DOB", "COMPLETED_DATE", "RESPONDENT", "SCORE");
        this.referrals = folder.table(
                "camhs_referrals",
                "NHS_NUMBER",
                "FORENAME",
                "SURNAME",
                "DOB",
                "REFERRED_DATE",
                "ASSESSED_DATE",
                "TREATMENT_DATE",
                "OUTCOME");
    }

    void write(Child child, HealthHistory history) throws IOException {
        write(KnownAs.inHealth(child, council.chance("health", child.number())), history);
    }

    /** People whom the nursing team saw and social care does not know, so many as that no rule may guess them. */
    void writeStrangers() throws IOException {
        for (int i = 0; i < council.strangers(); i++) {
            Chance chance = council.chance("health stranger", i);
            LocalDate born = chance.after(council.asAt(), -17 * 365, -2 * 365);
            LocalDate seen = chance.after(council.asAt(), -400, 0);
            KnownAs person = KnownAs.stranger(council.nextNhsNumber(), born, chance);
            row(assessments, person, "RHA", iso(seen), iso(seen.minusDays(14)), iso(seen), "COMPLETED");
            row(dentists, person, iso(seen), "CHECKED");
            row(immunisations, person, iso(seen), "Y");
        }
    }

    private void write(KnownAs person, HealthHistory history) throws IOException {
        for (HealthHistory.Assessment a : history.assessments()) {
            row(assessments, person, a.type(), iso(a.due()), iso(a.offered()), iso(a.completed()), a.outcome());
        }
        for (HealthHistory.Visit visit : history.dentists()) {
            row(dentists, person, iso(visit.day()), visit.outcome());
        }
        for (HealthHistory.Visit review : history.immunisations()) {
            row(immunisations, person, iso(review.day()), review.outcome());
        }
        for (HealthHistory.Questionnaire form : history.questionnaires()) {
            row(questionnaires, person, iso(form.day()), form.respondent(), String.valueOf(form.score()));
        }
        for (HealthHistory.Referral referral : history.referrals()) {
            row(
                    referrals,
                    person,
                    iso(referral.referred()),
                    iso(referral.assessed()),
                    iso(referral.treated()),
                    referral.outcome());
        }
    }

    private static void row(ExtractFolder.Table table, KnownAs person, String... rest) throws IOException {
        String[] cells = new String[4 + rest.length];
        cells[0] = person.number();
        cells[1] = person.forename();
        cells[2] = person.surname();
        cells[3] = iso(person.born());
        System.arraycopy(rest, 0, cells, 4, rest.length);
        table.row(cells);
    }
}
