package org.lacwarehouse.jobs.generate;

import static org.lacwarehouse.jobs.generate.ExtractFolder.iso;

import java.io.IOException;
import java.time.LocalDate;

/** What the housing system sends: applications, tenancies and homelessness, by name and date of birth only. */
final class HousingExtract {
    private static final Chance.Choices<String> TENURES = Chance.choices(
            Chance.choice("COUNCIL", 50), Chance.choice("ASSOCIATION", 35), Chance.choice("PRIVATE", 15));
    private static final Chance.Choices<String> ENDINGS = Chance.choices(
            Chance.choice("MOVED", 52),
            Chance.choice("OTHER", 25),
            Chance.choice("ABANDONED", 17),
            Chance.choice("EVICTED", 6));
    private static final Chance.Choices<String> BANDS = Chance.choices(
            Chance.choice("1", 16),
            Chance.choice("2", 38),
            Chance.choice("3", 28),
            Chance.choice("4", 9),
            Chance.choice("5", 9));
    private static final Chance.Choices<String> DUTIES = Chance.choices(
            Chance.choice("PREVENTION", 44),
            Chance.choice("RELIEF", 25),
            Chance.choice("MAIN", 13),
            Chance.choice("NONE", 18));
    private static final Chance.Choices<String> OUTCOMES = Chance.choices(
            Chance.choice("SECURED", 40), Chance.choice("CLOSED", 35), Chance.choice("LOST_CONTACT", 25));

    private final Council council;
    private final LocalDate asAt;
    private final ExtractFolder.Table applications;
    private final ExtractFolder.Table tenancies;
    private final ExtractFolder.Table homelessness;
    private int references;

    HousingExtract(Council council, ExtractFolder folder) throws IOException {
        this.council = council;
        this.asAt = council.asAt();
        this.applications = folder.table(
                "applications",
                "HOUSING_REF",
                "FORENAME",
                "SURNAME",
                "DOB",
                "APPLIED_DATE",
                "BAND",
                "OFFER_DATE",
                "STATUS");
        this.tenancies = folder.table(
                "tenancies",
                "HOUSING_REF",
                "FORENAME",
                "SURNAME",
                "DOB",
                "TENURE",
                "START_DATE",
                "END_DATE",
                "END_REASON",
                "POSTCODE");
        this.homelessness = folder.table(
                "homelessness",
                "HOUSING_REF",
                "FORENAME",
                "SURNAME",
                "DOB",
                "PRESENTED_DATE",
                "DUTY",
                "OUTCOME",
                "OUTCOME_DATE");
    }

    /** Homes follow what social care knows of how a young person lives, from 18 on. */
    void write(Child child, LeavingCare leaving) throws IOException {
        LocalDate adult = child.birthday(18);
        if (adult.isAfter(asAt) || leaving.status().equals("ELIGIBLE")) {
            return;
        }
        Chance chance = council.chance("housing", child.number());
        KnownAs person = KnownAs.inHousing(child, chance);
        LeavingCare.Year held = null;
        LocalDate from = null;
        for (LeavingCare.Year year : leaving.years()) {
            if (held == null || !held.home().equals(year.home())) {
                if (held != null) {
                    writeHome(person, held.home(), from, year.from(), chance);
                }
                held = year;
                from = Span.later(year.from(), adult);
            }
        }
        writeHome(person, held.home(), from, null, chance);
        if (chance.percent(15)) {
            LocalDate applied = chance.after(adult, -180, 400);
            if (!applied.isAfter(asAt)) {
                writeApplication(person, applied, null, chance.percent(65) ? "OPEN" : "CLOSED", chance);
            }
        }
        if (chance.percent(9)) {
            writeHomeless(person, chance.after(adult, 20, 1_200), chance);
        }
    }

    /** People who rent from the council and were never looked after. */
    void writeStrangers() throws IOException {
        for (int i = 0; i < council.strangers(); i++) {
            Chance chance = council.chance("tenant stranger", i);
            KnownAs person = KnownAs.stranger("", chance.after(asAt, -24 * 365, -18 * 365), chance);
            LocalDate from = chance.after(asAt, -600, -10);
            writeApplication(person, from.minusDays(200), from.minusDays(20), "HOUSED", chance);
            writeTenancy(person, "COUNCIL", from, null, "", chance);
        }
    }

    private void writeHome(KnownAs person, String home, LocalDate from, LocalDate until, Chance chance)
            throws IOException {
        String tenure = tenure(home, chance);
        if (tenure.isEmpty() || !chance.percent(85)) {
            return;
        }
        LocalDate start = tenure.equals("STAYING_PUT") ? from : chance.after(from, 0, 60);
        if (start.isAfter(asAt) || until != null && !start.isBefore(until)) {
            return;
        }
        boolean rented = tenure.equals("COUNCIL") || tenure.equals("ASSOCIATION");
        if (rented && chance.percent(80)) {
            LocalDate offer = chance.after(start, -40, -4);
            writeApplication(person, chance.after(offer, -330, -30), offer, "HOUSED", chance);
        }
        // Some do not keep a home for its whole time; nobody tells social care before the next review.
        LocalDate lost = chance.after(start, 60, 360);
        boolean fails = rented && chance.percent(12) && !lost.isAfter(asAt) && (until == null || lost.isBefore(until));
        LocalDate end = fails ? lost : until;
        String why = end == null ? "" : tenure.equals("STAYING_PUT") ? "MOVED" : chance.pick(ENDINGS);
        writeTenancy(person, tenure, start, end, why, chance);
        if (fails && chance.percent(35)) {
            writeHomeless(person, lost.plusDays(3), chance);
        }
    }

    private static String tenure(String home, Chance chance) {
        return switch (home.isEmpty() ? '0' : home.charAt(0)) {
            case 'U' -> chance.pick(TENURES);
            case 'D', 'E', 'T' -> "SUPPORTED";
            case 'Z' -> "STAYING_PUT";
            case 'K' -> "SHARED";
            default -> "";
        };
    }

    private void writeApplication(KnownAs person, LocalDate applied, LocalDate offer, String status, Chance chance)
            throws IOException {
        applications.row(
                reference(),
                person.forename(),
                person.surname(),
                iso(person.born()),
                iso(applied),
                chance.pick(BANDS),
                iso(offer),
                status);
    }

    private void writeTenancy(KnownAs person, String tenure, LocalDate start, LocalDate end, String why, Chance chance)
            throws IOException {
        tenancies.row(
                reference(),
                person.forename(),
                person.surname(),
                iso(person.born()),
                tenure,
                iso(start),
                iso(end),
                why,
                tenure.equals("STAYING_PUT") ? "" : council.geography().anyHome(chance));
    }

    private void writeHomeless(KnownAs person, LocalDate presented, Chance chance) throws IOException {
        if (presented.isAfter(asAt)) {
            return;
        }
        LocalDate decided = chance.after(presented, 20, 120);
        boolean open = decided.isAfter(asAt) || chance.percent(15);
        homelessness.row(
                reference(),
                person.forename(),
                person.surname(),
                iso(person.born()),
                iso(presented),
                chance.pick(DUTIES),
                open ? "OPEN" : chance.pick(OUTCOMES),
                iso(open ? null : decided));
    }

    private String reference() {
        return "H0" + (10_001 + references++);
    }
}
