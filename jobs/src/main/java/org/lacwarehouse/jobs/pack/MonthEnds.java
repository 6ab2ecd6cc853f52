package org.lacwarehouse.jobs.pack;

import java.time.LocalDate;
import java.util.List;
import java.util.TreeSet;

/** The month ends that tables show; each stands once in what it belongs to. */
final class MonthEnds {
    private MonthEnds() {}

    /** The month end so many months before another. */
    static LocalDate before(LocalDate end, int months) {
        return end.plusDays(1).minusMonths(months).minusDays(1);
    }

    /** The same month end a year before. */
    static LocalDate yearBefore(LocalDate end) {
        return before(end, 12);
    }

    /** The month ends of a series, the oldest first. */
    static List<LocalDate> of(LocalDate asAt, Layout.Part part) {
        TreeSet<LocalDate> ends = new TreeSet<>();
        if (part.step().equals("years")) {
            for (int i = 0; i < part.periods(); i++) {
                ends.add(march(asAt).minusYears(i));
            }
            // Where the date is no end of a year, it has a column of its own.
            ends.add(asAt);
            return List.copyOf(ends);
        }
        for (LocalDate end = asAt; ends.size() < part.periods(); end = before(end, 1)) {
            if (part.step().equals("months") || end.getMonthValue() % 3 == 0) {
                ends.add(end);
            }
        }
        return List.copyOf(ends);
    }

    /** The newest 31 March up to a date. */
    static LocalDate march(LocalDate asAt) {
        LocalDate march = LocalDate.of(asAt.getYear(), 3, 31);
        return march.isAfter(asAt) ? march.minusYears(1) : march;
    }
}
