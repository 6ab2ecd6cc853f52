package org.lacwarehouse.jobs.generate;

import static org.lacwarehouse.jobs.generate.ExtractFolder.iso;

import java.io.IOException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** What the virtual school's system sends: seven datasets, of the years in which the council's records are complete. */
final class VirtualSchoolExtract {
    private static final Chance.Choices<String> QUALITY = Chance.choices(
            Chance.choice("1", 20),
            Chance.choice("2", 55),
            Chance.choice("3", 16),
            Chance.choice("4", 3),
            Chance.choice("", 6));
    private static final List<String> REASONS = List.of(
            "Persistent disruptive behaviour",
            "Physical assault of a pupil",
            "Verbal abuse of an adult",
            "Drug and alcohol related",
            "Damage",
            "Other");
    private static final Chance.Choices<String> AFTER_SCHOOL = Chance.choices(
            Chance.choice("EDUCATION", 57),
            Chance.choice("NEET", 25),
            Chance.choice("TRAINING", 8),
            Chance.choice("EMPLOYMENT", 6),
            Chance.choice("UNKNOWN", 4));
    private static final int ALL_SESSIONS = 10;

    private final Council council;
    private final Schools schools;
    private final SchoolCalendar calendar;
    private final LocalDate now;
    private final ExtractFolder.Table roll;
    private final ExtractFolder.Table schoolTable;
    private final ExtractFolder.Table peps;
    private final ExtractFolder.Table attendance;
    private final ExtractFolder.Table exclusions;
    private final ExtractFolder.Table attainment;
    private final ExtractFolder.Table post16;

    VirtualSchoolExtract(Council council, List<String> authorities, ExtractFolder folder) throws IOException {
        this.council = council;
        this.schools = new Schools(council, authorities);
        this.calendar = new SchoolCalendar(council.historyFrom(), council.asAt());
        this.now = council.asAt().plusDays(1);
        this.roll = folder.table(
                "roll", "UPN", "FORENAME", "SURNAME", "DOB", "NCY", "SEN", "SCHOOL_URN", "ROLL_START", "ROLL_END");
        this.schoolTable =
                folder.table("schools", "SCHOOL_URN", "NAME", "PHASE", "OFSTED", "LA_CODE", "INSPECTED_DATE");
        this.peps = folder.table("peps", "UPN", "PEP_TYPE", "DUE_DATE", "MEETING_DATE", "QUALITY", "PUPIL_VIEWS");
        this.attendance = folder.table(
                "attendance",
                "UPN",
                "WEEK_START",
                "SESSIONS_POSSIBLE",
                "SESSIONS_PRESENT",
                "SESSIONS_AUTHORISED",
                "SESSIONS_UNAUTHORISED");
        this.exclusions = folder.table("exclusions", "UPN", "TYPE", "START_DATE", "SESSIONS", "REASON");
        this.attainment = folder.table("attainment", "UPN", "ACADEMIC_YEAR", "STAGE", "MEASURE", "VALUE", "ENTERED");
        this.post16 = folder.table("post16", "UPN", "STATUS_DATE", "STATUS");
    }

    void writeSchools() throws IOException {
        for (Schools.School school : schools.all()) {
            if (school.judgements().isEmpty()) {
                writeSchool(school, "", "");
            }
            for (Schools.Judgement judgement : school.judgements()) {
                writeSchool(school, judgement.grade(), iso(judgement.inspected()));
            }
        }
    }

    private void writeSchool(Schools.School school, String grade, String inspected) throws IOException {
        schoolTable.row(school.urn(), school.name(), school.phase().name(), grade, school.authority(), inspected);
    }

    void write(Child child) throws IOException {
        int number = child.number();
        Schooling schooling = Schooling.of(child, council, schools, council.chance("school", number + 1_000_000));
        KnownAs pupil = KnownAs.atSchool(child, council.chance("pupil", number));
        // Where the roll lacks the number the other registers have it: some of their rows find no pupil.
        String upn = pupil.number().isEmpty() ? child.upn() : pupil.number();
        Chance being = council.chance("attendance", number);
        Chance meeting = council.chance("peps", number);
        Chance behaving = council.chance("exclusions", number);
        Chance learning = council.chance("attainment", number);
        writeRoll(pupil, upn, schooling, council.chance("roll", number));
        double absence = being.percent(72) ? 0.04 : being.percent(65) ? 0.12 : 0.32;
        for (Schooling.Stay stay : schooling.stays()) {
            if (stay.ofSchoolAge()) {
                writeAttendance(upn, stay, absence, being);
                writeExclusions(upn, stay, behaving);
                writeAttainment(upn, stay, learning);
            }
        }
        for (Child.Period period : child.periods()) {
            writePeps(upn, child, period.span(), meeting);
        }
        writePost16(upn, child, council.chance("post16", number));
    }

    /** Pupils of other councils who are still on the roll. */
    void writeStrangers() throws IOException {
        for (int i = 0; i < council.strangers(); i++) {
            Chance chance = council.chance("pupil stranger", i);
            LocalDate born = chance.after(council.asAt(), -15 * 365, -8 * 365);
            String upn = Identities.upn(council.code(), born.getYear() + 5, 900_000 + i);
            KnownAs pupil = KnownAs.stranger(upn, born, chance);
            LocalDate from = Span.later(council.historyFrom(), chance.after(council.asAt(), -300, -30));
            LocalDate september = Schooling.septemberAfter(from).minusYears(1);
            Schools.Phase phase = Schools.Phase.PRIMARY;
            Schooling.Stay stay = new Schooling.Stay(
                    (int) ChronoUnit.YEARS.between(born, september.minusDays(1)),
                    "N",
                    schools.any(phase, chance),
                    new Span(from, null));
            writeStay(pupil.number(), pupil, stay);
            peps.row(upn, "CORE", iso(from.plusDays(30)), iso(from.plusDays(20)), "2", "Y");
        }
    }

    /** Some rolls never learn a pupil's number, some learn it after the first stay. */
    private void writeRoll(KnownAs pupil, String upn, Schooling schooling, Chance chance) throws IOException {
        boolean learns = chance.coin();
        boolean first = true;
        for (Schooling.Stay stay : schooling.stays()) {
            writeStay(learns && !first ? upn : pupil.number(), pupil, stay);
            first = false;
        }
    }

    private void writeStay(String upn, KnownAs pupil, Schooling.Stay stay) throws IOException {
        roll.row(
                upn,
                pupil.forename(),
                pupil.surname(),
                iso(pupil.born()),
                stay.yearGroup(),
                stay.need(),
                stay.school().urn(),
                iso(stay.span().from()),
                iso(stay.span().to()));
    }

    private void writeAttendance(String upn, Schooling.Stay stay, double absence, Chance chance) throws IOException {
        for (LocalDate monday : calendar.between(stay.span().from(), stay.span().endOr(now))) {
            int absent = absent(absence, chance);
            int unauthorised = absent == 0 ? 0 : chance.below(absence > 0.1 ? absent + 1 : (absent + 2) / 2);
            attendance.row(
                    upn,
                    monday.toString(),
                    "10",
                    Integer.toString(ALL_SESSIONS - absent),
                    Integer.toString(absent - unauthorised),
                    Integer.toString(unauthorised));
        }
    }

    /** Most weeks are whole, some have a day or two missing, a few are missed altogether. */
    private static int absent(double absence, Chance chance) {
        int draw = chance.below(1_000);
        if (draw >= absence * 2_500) {
            return 0;
        }
        return draw < absence * 250 ? ALL_SESSIONS : chance.between(1, 6);
    }

    private void writeExclusions(String upn, Schooling.Stay stay, Chance chance) throws IOException {
        boolean secondary = stay.age() >= 11;
        int likely = (secondary ? 9 : 2) + (stay.need().equals("N") ? 0 : 4);
        List<LocalDate> weeks = calendar.between(stay.span().from(), stay.span().endOr(now));
        int at = 0;
        while (chance.percent(likely) && at < weeks.size()) {
            at = chance.between(at, weeks.size());
            LocalDate day = weeks.get(at).plusDays(chance.below(5));
            if (!day.isBefore(stay.span().endOr(now))) {
                return;
            }
            boolean permanent = secondary && chance.percent(3);
            exclusions.row(
                    upn,
                    permanent ? "PERMANENT" : "SUSPENSION",
                    iso(day),
                    permanent ? "" : String.valueOf(chance.between(1, 11)),
                    chance.any(REASONS));
            if (permanent) {
                return;
            }
            at++;
            likely = 45;
        }
    }

    /** Results of those who were at the school on the day of the tests, once the academic year has ended. */
    private void writeAttainment(String upn, Schooling.Stay stay, Chance chance) throws IOException {
        LocalDate ended = Schooling.septemberAfter(stay.span().from()).minusDays(1);
        if (ended.isAfter(council.asAt()) || !stay.span().covers(LocalDate.of(ended.getYear(), 5, 15))) {
            return;
        }
        String year = (ended.getYear() - 1) + "/" + String.format(Locale.ROOT, "%02d", ended.getYear() % 100);
        String entered = chance.percent(93) ? "1" : "0";
        double ability = chance.around(stay.need().equals("E") ? 14 : 27, 11);
        if (stay.yearGroup().equals("6")) {
            attainment.row(upn, year, "KS2", "KS2_RWM_EXP", flag(ability > 26), entered);
        }
        if (stay.yearGroup().equals("11")) {
            String score = String.format(Locale.ROOT, "%.1f", Math.max(0, Math.min(90, ability)));
            attainment.row(upn, year, "KS4", "KS4_ATTAINMENT8", score, entered);
            attainment.row(upn, year, "KS4", "KS4_EM4", flag(ability > 33), entered);
            attainment.row(upn, year, "KS4", "KS4_EM5", flag(ability > 40), entered);
        }
    }

    private static String flag(boolean yes) {
        return yes ? "1" : "0";
    }

    /** A first plan within 10 working days of starting to be looked after, then one every term. */
    private void writePeps(String upn, Child child, Span period, Chance chance) throws IOException {
        LocalDate from = Span.later(Span.later(period.from(), council.historyFrom()), child.birthday(4));
        LocalDate end = Span.earlier(period.endOr(now), child.birthday(18));
        if (from.equals(period.from())) {
            LocalDate due = from.plusDays(14);
            LocalDate meeting = chance.percent(83) ? chance.after(from, 3, 14) : chance.after(from, 15, 50);
            if (from.isBefore(end)) {
                writePep(upn, "INITIAL", due, meeting.isBefore(end) && chance.percent(97) ? meeting : null, chance);
            }
            from = from.plusDays(45);
        }
        for (int year = from.getYear(); year <= end.getYear(); year++) {
            for (LocalDate due :
                    List.of(LocalDate.of(year, 3, 24), LocalDate.of(year, 7, 12), LocalDate.of(year, 12, 12))) {
                if (!due.isBefore(from) && due.isBefore(end)) {
                    LocalDate meeting = chance.after(due, -45, chance.percent(93) ? 0 : 30);
                    boolean held = chance.percent(95) && !meeting.isBefore(from) && meeting.isBefore(end);
                    writePep(upn, "CORE", due, held ? meeting : null, chance);
                }
            }
        }
    }

    private void writePep(String upn, String type, LocalDate due, LocalDate meeting, Chance chance) throws IOException {
        String quality = meeting == null ? "" : chance.pick(QUALITY);
        String views = meeting == null ? "" : chance.percent(85) ? "Y" : "N";
        peps.row(upn, type, iso(due), iso(meeting), quality, views);
    }

    /** What those past year 11 do, asked every quarter until they are 19. */
    private void writePost16(String upn, Child child, Chance chance) throws IOException {
        List<Child.Period> periods = child.periods();
        if (periods.isEmpty()) {
            return;
        }
        Span last = periods.get(periods.size() - 1).span();
        boolean leftAsAdult = !last.endOr(now).isBefore(child.birthday(18));
        LocalDate end = Span.earlier(leftAsAdult ? now : last.endOr(now), child.birthday(19));
        LocalDate sixteen = Schooling.septemberAfter(child.birthday(16));
        LocalDate day = Span.later(Span.later(sixteen, last.from()), council.historyFrom());
        String status = chance.pick(AFTER_SCHOOL);
        while (day.isBefore(end)) {
            post16.row(upn, iso(day), status);
            status = chance.percent(72) ? status : chance.pick(AFTER_SCHOOL);
            day = chance.after(day, 80, 105);
        }
    }
}
