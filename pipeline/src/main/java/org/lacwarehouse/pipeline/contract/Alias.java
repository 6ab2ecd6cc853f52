package org.lacwarehouse.pipeline.contract;

import java.io.Serializable;
import java.time.LocalDate;

/**
 * Another spelling of a header or of a code, and the extracts in which it is used.
 *
 * @param spelling the spelling, in the form in which headers or codes are compared
 * @param code the standard code that it means; null for a header
 * @param from the first extract date on which it is used, or null
 * @param to the first extract date on which it no longer is, or null
 */
public record Alias(String spelling, String code, LocalDate from, LocalDate to) implements Serializable {
    /** Whether extracts of that date use the spelling. */
    boolean isUsedOn(LocalDate extractDate) {
        return (from == null || !extractDate.isBefore(from)) && (to == null || extractDate.isBefore(to));
    }
}
