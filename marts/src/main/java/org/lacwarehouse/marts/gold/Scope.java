package org.lacwarehouse.marts.gold;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a build of the marts covers.
 *
 * @param asAt the as-at date of each loaded authority
 * @param months how many month ends back from it figures are computed for
 */
public record Scope(Map<String, LocalDate> asAt, int months) {
    /** The month ends of an authority, oldest first: the last ones on or before its as-at date. */
    public List<LocalDate> monthEnds(String authority) {
        LocalDate last = asAt.get(authority);
        YearMonth month = YearMonth.from(last);
        if (!last.equals(month.atEndOfMonth())) {
            month = month.minusMonths(1);
        }
        List<LocalDate> ends = new ArrayList<>();
        for (int back = months - 1; back >= 0; back--) {
            ends.add(month.minusMonths(back).atEndOfMonth());
        }
        return ends;
    }

    /** The latest as-at date of all authorities: the one that decides which reference data names them. */
    public LocalDate latest() {
        return asAt.values().stream().max(LocalDate::compareTo).orElse(LocalDate.MIN);
    }
}
