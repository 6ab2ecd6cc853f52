package org.lacwarehouse.jobs.generate;

import static org.lacwarehouse.jobs.generate.ExtractFolder.dayFirst;

import java.io.IOException;
import java.time.LocalDate;

/** Care leavers in social care: the yearly return oc3 and the live register care_leavers. */
final class LeavingCareRecords {
    private final Council council;
    private final ExtractFolder.Table outcomes;
    private final ExtractFolder.Table register;

    LeavingCareRecords(Council council, ExtractFolder folder) throws IOException {
        this.council = council;
        this.outcomes = folder.table("oc3", "CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM", "YEAR");
        this.register = folder.table(
                "care_leavers",
                "CHILD",
                "STATUS",
                "IN_TOUCH",
                "CONTACT_DATE",
                "ACTIV",
                "ACCOM",
                "PATHWAY_PLAN_DATE",
                "PERSONAL_ADVISER",
                "STAYING_PUT");
    }

    void write(Child child, LeavingCare leaving) throws IOException {
        if (leaving.returned()) {
            for (int age = 17; age <= 21; age++) {
                writeOutcome(child, leaving, child.birthday(age));
            }
        }
        writeRegister(child, leaving, council.chance("register", child.number()));
    }

    private void writeOutcome(Child child, LeavingCare leaving, LocalDate birthday) throws IOException {
        LocalDate march = LocalDate.of(birthday.getYear(), 3, 31);
        march = birthday.isAfter(march) ? march.plusYears(1) : march;
        if (!march.isAfter(council.historyFrom()) || march.isAfter(council.asAt())) {
            return;
        }
        LeavingCare.Year year = leaving.on(birthday).orElse(null);
        boolean diedBefore =
                year != null && year.inTouch().equals("DIED") && year.from().isBefore(birthday);
        if (year != null && !diedBefore) {
            outcomes.row(
                    child.id(),
                    dayFirst(child.born()),
                    year.inTouch(),
                    year.activity(),
                    year.home(),
                    String.valueOf(march.getYear()));
        }
    }

    /** Everybody until 21, and those of 21 to 24 who still want help. */
    private void writeRegister(Child child, LeavingCare leaving, Chance chance) throws IOException {
        LocalDate asAt = council.asAt();
        int age = child.ageOn(asAt);
        boolean died = leaving.now().inTouch().equals("DIED");
        if (age > 25
                || age > 21 && !chance.percent(35)
                || died && !leaving.now().from().isAfter(asAt.minusYears(1))) {
            return;
        }
        LeavingCare.Year now = leaving.now();
        boolean inTouch = now.inTouch().equals("YES");
        LocalDate contact = chance.after(asAt, inTouch ? -60 : -400, 0);
        LocalDate plan = chance.after(asAt, chance.percent(88) ? -182 : -330, 0);
        boolean stayingPut = now.home().startsWith("Z") && age >= 18 && age < 22;
        boolean advised = !died && chance.percent(96);
        register.row(
                child.id(),
                leaving.status(),
                now.inTouch(),
                dayFirst(contact),
                now.activity(),
                now.home(),
                chance.percent(95) ? dayFirst(plan) : "",
                advised ? "PA" + (1000 + chance.below(6 + council.children().size() / 25)) : "",
                stayingPut ? "1" : "0");
    }
}
