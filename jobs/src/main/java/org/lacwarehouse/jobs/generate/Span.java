package org.lacwarehouse.jobs.generate;

import java.time.LocalDate;

/** Days from a first one up to but not including the end; the end is null while it is open. */
record Span(LocalDate from, LocalDate to) {
    boolean covers(LocalDate day) {
        return !from.isAfter(day) && isOpenOn(day);
    }

    boolean isOpenOn(LocalDate day) {
        return to == null || to.isAfter(day);
    }

    /** The end, or another day while it is open. */
    LocalDate endOr(LocalDate day) {
        return to == null ? day : to;
    }

    static LocalDate earlier(LocalDate a, LocalDate b) {
        return a.isBefore(b) ? a : b;
    }

    static LocalDate later(LocalDate a, LocalDate b) {
        return a.isAfter(b) ? a : b;
    }
}
