package org.lacwarehouse.jobs.generate;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a young person lives who is leaving or has left care.
 *
 * @param status the legal status on the register at the as-at date
 * @param years how things stood from the day of leaving care and from each later birthday on, oldest first; for one who
 *     is still looked after, how they stand now
 * @param returned whether the yearly return asks about this young person
 */
record LeavingCare(String status, List<Year> years, boolean returned) {
    private static final int DAYS_THAT_COUNT = 91;
    private static final Chance.Choices<String> IN_TOUCH = Chance.choices(
            Chance.choice("YES", 920),
            Chance.choice("NO", 40),
            Chance.choice("REFU", 12),
            Chance.choice("NREQ", 12),
            Chance.choice("RHOM", 14),
            Chance.choice("DIED", 2));
    private static final Chance.Choices<String> ACTIVITIES = Chance.choices(
            Chance.choice("F2", 22),
            Chance.choice("P2", 3),
            Chance.choice("F4", 4),
            Chance.choice("P4", 1),
            Chance.choice("F5", 19),
            Chance.choice("P5", 5),
            Chance.choice("G4", 15),
            Chance.choice("G5", 22),
            Chance.choice("G6", 7),
            Chance.choice("0", 2));
    private static final Chance.Choices<String> HOMES = Chance.choices(
            Chance.choice("U1", 34),
            Chance.choice("D1", 22),
            Chance.choice("B1", 10),
            Chance.choice("K1", 9),
            Chance.choice("C1", 5),
            Chance.choice("E1", 5),
            Chance.choice("T1", 3),
            Chance.choice("Y1", 1),
            Chance.choice("D2", 2),
            Chance.choice("X2", 3),
            Chance.choice("S2", 2),
            Chance.choice("U2", 1),
            Chance.choice("V2", 1),
            Chance.choice("0", 2));

    /** How things stood from a day on. */
    record Year(LocalDate from, String inTouch, String activity, String home) {}

    /** Of a child who was looked after at 16 or later and not adopted; nobody else leaves care in this sense. */
    static Optional<LeavingCare> of(Child child, LocalDate asAt, Chance chance) {
        List<Child.Period> periods = child.periods();
        if (periods.isEmpty()) {
            return Optional.empty();
        }
        Child.Period last = periods.get(periods.size() - 1);
        LocalDate now = asAt.plusDays(1);
        LocalDate end = last.span().endOr(now);
        if (!end.isAfter(child.birthday(16)) || last.adopted()) {
            return Optional.empty();
        }
        long days = 0;
        for (Child.Period period : periods) {
            LocalDate from = Span.later(period.span().from(), child.birthday(14));
            days += Math.max(0, ChronoUnit.DAYS.between(from, period.span().endOr(now)));
        }
        boolean counts = days >= DAYS_THAT_COUNT;
        boolean inCare = last.span().to() == null;
        if (inCare && !counts) {
            return Optional.empty();
        }
        boolean adult = !end.isBefore(child.birthday(18));
        boolean relevant = counts && (adult || last.last().reasonCeased().matches("E4A|E4B|E13|E8") && chance.coin());
        String status = inCare
                ? "ELIGIBLE"
                : !relevant ? "QUALIFYING" : child.ageOn(asAt) >= 18 ? "FORMER_RELEVANT" : "RELEVANT";
        return Optional.of(new LeavingCare(status, years(child, last, asAt, chance), counts && !inCare));
    }

    private static List<Year> years(Child child, Child.Period last, LocalDate asAt, Chance chance) {
        List<Year> years = new ArrayList<>();
        boolean fostered = last.last().place().startsWith("U");
        if (last.span().to() == null) {
            years.add(new Year(
                    asAt,
                    "YES",
                    chance.percent(70) ? "F2" : chance.pick(ACTIVITIES),
                    last.last().place().equals("P1") ? "B1" : fostered ? "E1" : "C1"));
            return years;
        }
        boolean student = chance.percent(8);
        String activity = chance.pick(ACTIVITIES);
        String home = fostered && chance.percent(30) ? "Z1" : chance.pick(HOMES);
        LocalDate day = last.span().to();
        while (!day.isAfter(asAt)) {
            int age = child.ageOn(day);
            String inTouch = chance.pick(IN_TOUCH);
            boolean gone = inTouch.equals("DIED") || inTouch.equals("RHOM");
            boolean unknown = !inTouch.equals("YES") && chance.percent(60);
            String doing = student && age >= 18 && age < 22 ? "F1" : activity;
            years.add(new Year(day, inTouch, gone ? "" : unknown ? "0" : doing, gone ? "" : unknown ? "0" : home));
            if (inTouch.equals("DIED")) {
                return years;
            }
            activity = chance.percent(55) ? activity : chance.pick(ACTIVITIES);
            home = chance.percent(home.equals("Z1") && age > 19 ? 20 : 65) ? home : chance.pick(HOMES);
            day = child.birthday(age + 1);
        }
        return years;
    }

    Year now() {
        return years.get(years.size() - 1);
    }

    /** How things stood on a day, if care had been left by then. */
    Optional<Year> on(LocalDate day) {
        Year found = null;
        for (Year year : years) {
            found = year.from().isAfter(day) ? found : year;
        }
        return Optional.ofNullable(found);
    }
}
