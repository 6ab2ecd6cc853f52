package org.lacwarehouse.marts.measure;

import java.util.Map;

/**
 * A certified measure: one declaration, {@code conf/measures/<mart>/<measure_id>.yml}, from which the figures, the
 * catalogue {@code dim_measure} and the documentation come.
 *
 * @param id its identifier
 * @param mart the mart it belongs to
 * @param name what people call it
 * @param definition what it means, in full sentences
 * @param unit {@code count}, {@code percent}, {@code rate_per_10000}, {@code mean} or {@code days}
 * @param polarity {@code higher}, {@code lower} or {@code neutral}: what is better
 * @param period what the figure covers, such as {@code at D} or {@code year}
 * @param fact the fact it counts; empty for a difference
 * @param rows which rows of the fact it looks at, as SQL over the fact's columns and {@code period_end}, {@code
 *     month_start}, {@code year_start}; {@code true} for all
 * @param once how a child that has several such rows is counted once: which row counts; null when every row counts
 * @param numeratorWords the numerator in words
 * @param numerator what each row adds to the numerator, as SQL
 * @param denominatorWords the denominator in words; empty for a count
 * @param denominator what each row adds to the denominator, as SQL; null when there is none or it is {@code
 *     denominatorOfMonth}
 * @param denominatorOfMonth a column of fact_authority_month that is the denominator, or null
 * @param difference the measure whose numerator is taken and the one that is subtracted, or null
 * @param breakdowns the value of each breakdown type, as SQL over the fact's columns
 * @param reportReference which published council report prints it
 * @param benchmarkId the published series it is compared with, or empty
 */
public record Measure(
        String id,
        String mart,
        String name,
        String definition,
        String unit,
        String polarity,
        String period,
        String fact,
        String rows,
        Once once,
        String numeratorWords,
        String numerator,
        String denominatorWords,
        String denominator,
        String denominatorOfMonth,
        Difference difference,
        Map<String, String> breakdowns,
        String reportReference,
        String benchmarkId) {

    /**
     * Which of a child's rows counts.
     *
     * @param column the date by which they are ordered
     * @param last whether the last counts instead of the first
     */
    public record Once(String column, boolean last) {}

    /**
     * The numerator of one measure less that of another.
     *
     * @param of the measure that is taken
     * @param less the measure that is subtracted
     */
    public record Difference(String of, String less) {}

    /** Whether the figure is a quotient. */
    public boolean hasDenominator() {
        return denominator != null || denominatorOfMonth != null;
    }

    /** The factor of the unit: value = factor x numerator / denominator. */
    public int factor() {
        return switch (unit) {
            case "percent" -> 100;
            case "rate_per_10000" -> 10_000;
            default -> 1;
        };
    }
}
