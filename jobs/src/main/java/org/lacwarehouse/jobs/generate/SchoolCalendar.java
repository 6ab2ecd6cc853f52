package org.lacwarehouse.jobs.generate;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The weeks in which schools are open, by their Mondays. */
final class SchoolCalendar {
    private final List<LocalDate> mondays = new ArrayList<>();

    SchoolCalendar(LocalDate from, LocalDate to) {
        for (int year = from.getYear() - 1; year <= to.getYear(); year++) {
            term(LocalDate.of(year, 9, 2), LocalDate.of(year, 12, 15), LocalDate.of(year, 10, 24));
            term(LocalDate.of(year + 1, 1, 3), LocalDate.of(year + 1, 3, 26), LocalDate.of(year + 1, 2, 13));
            term(LocalDate.of(year + 1, 4, 13), LocalDate.of(year + 1, 7, 16), LocalDate.of(year + 1, 5, 26));
        }
    }

    /** A term's weeks from the first Monday on, without the one of half term. */
    private void term(LocalDate first, LocalDate last, LocalDate halfTerm) {
        LocalDate free = halfTerm.with(TemporalAdjusters.nextOrSame(DayOfWeek.MONDAY));
        for (LocalDate monday = first.with(TemporalAdjusters.nextOrSame(DayOfWeek.MONDAY));
                !monday.isAfter(last);
                monday = monday.plusWeeks(1)) {
            if (!monday.equals(free)) {
                mondays.add(monday);
            }
        }
    }

    /** The Mondays of school weeks from a day up to but not including another. */
    List<LocalDate> between(LocalDate from, LocalDate to) {
        int first = place(from);
        return mondays.subList(first, Math.max(first, place(to)));
    }

    private int place(LocalDate day) {
        int found = Collections.binarySearch(mondays, day);
        return found >= 0 ? found : -found - 1;
    }
}
