package org.lacwarehouse.marts.measure;

import java.util.Map;
import org.lacwarehouse.pipeline.conf.ConfException;
import org.lacwarehouse.pipeline.conf.ConfFile;

/**
 * A certified measure: one declaration, {@code conf/measures/<mart>/<measure_id>.yml}, from which the figures, the
 * catalogue {@code dim_measure}, the view of the children behind a figure and the documentation come. Its SQL is in words
 * that Spark and PostgreSQL share, over the columns of the fact and of fact_authority_month.
 *
 * @param file the declaration
 * @param name what people call it
 * @param definition what it means, in full sentences
 * @param unit {@code count}, {@code percent}, {@code rate_per_10000}, {@code mean} or {@code days}
 * @param polarity {@code higher}, {@code lower} or {@code neutral}: what is better
 * @param period what the figure covers, such as {@code at D} or {@code year}
 * @param months a yes/no column of fact_authority_month that says for which month ends there is a figure; null for all
 * @param fact the fact it counts; null for a difference
 * @param rows which rows of the fact it looks at; null for all
 * @param once how a child that has several such rows is counted once: which row counts; null when every row counts
 * @param numerator what is counted or added up
 * @param denominator what the numerator is divided by; null for a count
 * @param difference the measure whose numerator is taken and the one that is subtracted, or null
 * @param breakdowns the value of each breakdown type
 * @param reportReference which published council report prints it
 * @param benchmarkId the published series it is compared with, or empty
 */
public record Measure(
        ConfFile file,
        String name,
        String definition,
        String unit,
        String polarity,
        String period,
        String months,
        Expression fact,
        Expression rows,
        Once once,
        Part numerator,
        Part denominator,
        Difference difference,
        Map<String, Expression> breakdowns,
        String reportReference,
        String benchmarkId) {

    /**
     * A piece of a declaration and where it stands.
     *
     * @param sql an SQL expression or a name
     * @param line the line of the declaration
     */
    public record Expression(String sql, int line) {}

    /**
     * What is counted.
     *
     * @param words in words
     * @param where which of the rows are counted; null for all of them
     * @param sum what is added up over the rows, instead of counting them; null when they are counted
     * @param ofMonth a column of fact_authority_month that is taken instead; null when rows are counted
     */
    public record Part(String words, Expression where, Expression sum, Expression ofMonth) {
        /** What a row adds, as SQL. */
        public String adds() {
            if (sum != null) {
                return sum.sql();
            }
            return where == null ? "1" : "CASE WHEN " + where.sql() + " THEN 1 ELSE 0 END";
        }

        /** Whether a row takes part, as SQL that is never null. */
        public String takesPart() {
            if (sum != null) {
                return "(" + sum.sql() + ") IS NOT NULL";
            }
            return where == null ? "true" : "coalesce(" + where.sql() + ", false)";
        }
    }

    /**
     * Which of a child's rows counts.
     *
     * @param column the date by which they are ordered
     * @param last whether the last counts instead of the first
     */
    public record Once(Expression column, boolean last) {}

    /**
     * The numerator of one measure less that of another.
     *
     * @param of the measure that is taken
     * @param less the measure that is subtracted
     */
    public record Difference(String of, String less) {}

    /** Its identifier, which is the name of its file. */
    public String id() {
        return file.baseName();
    }

    /** The mart it belongs to, which is the folder of its file. */
    public String mart() {
        return file.folderName();
    }

    /** Whether the denominator is counted over the rows of the fact, too. */
    public boolean dividesByRows() {
        return denominator != null && denominator.ofMonth() == null;
    }

    /** Which rows of the fact it looks at, as SQL. */
    public String condition() {
        return rows == null ? "true" : rows.sql();
    }

    /** What it means, what it counts, its unit, period and polarity, and what it is broken down by, for people. */
    public String words() {
        StringBuilder words = new StringBuilder(definition);
        words.append("\nCounted: ").append(numerator.words());
        if (denominator != null) {
            words.append("\nOf: ").append(denominator.words());
        }
        words.append("\nUnit: ").append(unit.replace("rate_per_10000", "rate per 10,000"));
        words.append("; period: ").append(period).append("; ");
        words.append(
                switch (polarity) {
                    case "higher" -> "higher is better";
                    case "lower" -> "lower is better";
                    default -> "neither higher nor lower is better";
                });
        words.append("; measure_id ").append(id());
        if (!breakdowns.isEmpty()) {
            words.append("\nBroken down by: ").append(String.join(", ", breakdowns.keySet()));
        }
        return words.toString();
    }

    /** The factor of the unit: value = factor x numerator / denominator. */
    public int factor() {
        return switch (unit) {
            case "percent" -> 100;
            case "rate_per_10000" -> 10_000;
            default -> 1;
        };
    }

    /** A mistake in the declaration. */
    ConfException error(int line, String words) {
        return file.error(line, words);
    }
}
