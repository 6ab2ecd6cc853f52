package org.lacwarehouse.pipeline.benchmark;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * One published series of a data set: which rows hold it and in which columns. Columns are named as the data set's
 * description names them, labels are in the form of {@link Labels#normal}.
 *
 * @param benchmarkId the series, as the measures that are compared with it name it
 * @param unit count, percent, rate_per_10000 or mean
 * @param decimals how many decimals the value is published with
 * @param where the labels, of which a row has one, by column
 * @param value the column of the value; null when the value is computed from {@code numerator} and {@code denominator},
 *     added up over the rows
 * @param numerator the column of the count or sum that the value is a share of; null when none is published
 * @param denominator the column of what it is divided by; null when none is published
 * @param denominatorWhere the labels of the rows that hold the denominator, where they are other rows; else empty
 * @param breakdownType what the series is broken down by; {@code all} for the whole
 * @param breakdownColumn the column that tells the group; null for the whole
 * @param breakdowns the group by label; empty for the whole
 */
public record Series(
        String benchmarkId,
        String unit,
        int decimals,
        Map<String, List<String>> where,
        String value,
        String numerator,
        String denominator,
        Map<String, List<String>> denominatorWhere,
        String breakdownType,
        String breakdownColumn,
        Map<String, String> breakdowns)
        implements Serializable {
    /** The breakdown of the whole. */
    public static final String WHOLE = "all";

    /** Whether the value is computed from counts that are added up over several rows. */
    public boolean isAdded() {
        return value == null;
    }

    /** Value = factor x numerator / denominator; 0 when it is no quotient that could be checked. */
    public int factor() {
        if (numerator == null || denominator == null) {
            return 0;
        }
        return switch (unit) {
            case "percent" -> 100;
            case "rate_per_10000" -> 10_000;
            case "mean" -> 1;
            default -> 0;
        };
    }
}
