package org.lacwarehouse.jobs.generate;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** When a child was at which school while looked after: a stay begins with each academic year and each new school. */
record Schooling(List<Stay> stays) {
    private static final int NURSERY = 2;
    private static final int RECEPTION = 4;
    private static final int YEAR_11 = 15;

    /**
     * A stay at one school within one academic year.
     *
     * @param age the child's age on 31 August before that academic year, which decides the year group
     */
    record Stay(int age, String need, Schools.School school, Span span) {
        String yearGroup() {
            if (age < RECEPTION) {
                return "N" + (age - NURSERY + 1);
            }
            return age == RECEPTION ? "R" : String.valueOf(age - RECEPTION);
        }

        boolean ofSchoolAge() {
            return age > RECEPTION && age <= YEAR_11;
        }

        boolean sixthForm() {
            return age > YEAR_11;
        }
    }

    static Schooling of(Child child, Council council, Schools schools, Chance chance) {
        List<Stay> stays = new ArrayList<>();
        LocalDate now = council.asAt().plusDays(1);
        String need = chance.percent(28) ? "E" : chance.percent(34) ? "K" : "N";
        boolean special = need.equals("E") && chance.percent(30);
        boolean toNursery = chance.coin();
        boolean toCollege = chance.percent(75);
        Schools.School school = null;
        for (Child.Period period : child.periods()) {
            LocalDate end = Span.earlier(period.span().endOr(now), child.birthday(18));
            LocalDate day = Span.later(period.span().from(), council.historyFrom());
            while (day.isBefore(end)) {
                LocalDate september = septemberAfter(day);
                LocalDate to = Span.earlier(september, end);
                int age = child.ageOn(september.minusYears(1).minusDays(1));
                if (age >= RECEPTION && age <= YEAR_11
                        || age >= NURSERY && age < RECEPTION && toNursery
                        || age > YEAR_11 && toCollege) {
                    Schools.Phase phase = phase(age, special);
                    for (LocalDate from : cuts(period, day, to, chance)) {
                        boolean moves = school == null || school.phase() != phase || !from.equals(day);
                        school = moves ? schools.any(phase, chance) : school;
                        stays.add(new Stay(age, need, school, new Span(from, null)));
                    }
                    endEach(stays, day, to, now);
                }
                day = to;
            }
        }
        return new Schooling(stays);
    }

    /** The days within a year on which a child begins at a school: the first, and some on which it has moved home. */
    private static List<LocalDate> cuts(Child.Period period, LocalDate day, LocalDate to, Chance chance) {
        List<LocalDate> cuts = new ArrayList<>(List.of(day));
        for (Child.Episode episode : period.episodes()) {
            boolean moved =
                    episode.reasonNew().equals("P") || episode.reasonNew().equals("B");
            if (moved && episode.from().isAfter(day) && episode.from().isBefore(to) && chance.percent(25)) {
                cuts.add(episode.from());
            }
        }
        return cuts;
    }

    /** Ends the stays from a day on with the next stay, the last one with the end, or never where that is to come. */
    private static void endEach(List<Stay> stays, LocalDate day, LocalDate end, LocalDate now) {
        LocalDate next = end.isBefore(now) ? end : null;
        for (int i = stays.size() - 1; i >= 0 && !stays.get(i).span().from().isBefore(day); i--) {
            Stay stay = stays.get(i);
            stays.set(
                    i,
                    new Stay(
                            stay.age(),
                            stay.need(),
                            stay.school(),
                            new Span(stay.span().from(), next)));
            next = stay.span().from();
        }
    }

    private static Schools.Phase phase(int age, boolean special) {
        if (age > YEAR_11) {
            return Schools.Phase.POST16;
        }
        if (special && age >= RECEPTION) {
            return Schools.Phase.SPECIAL;
        }
        return age < RECEPTION + 7 ? Schools.Phase.PRIMARY : Schools.Phase.SECONDARY;
    }

    /** The first 1 September after a day. */
    static LocalDate septemberAfter(LocalDate day) {
        LocalDate september = LocalDate.of(day.getYear(), 9, 1);
        return day.isBefore(september) ? september : september.plusYears(1);
    }
}
