package org.lacwarehouse.jobs.pack;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** How figures and dates are written in the pack: as DfE does, whole percentages and rates, rounded half up. */
final class Wording {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.UK);
    private static final DateTimeFormatter SHORT = DateTimeFormatter.ofPattern("MMM yyyy", Locale.UK);

    private Wording() {}

    static String date(LocalDate date) {
        return DATE.format(date);
    }

    /** Month and year, for the axis of a chart. */
    static String month(LocalDate date) {
        return SHORT.format(date);
    }

    /** How many decimals a unit is shown with. */
    static int decimals(String unit) {
        return unit.equals("mean") ? 1 : 0;
    }

    /** The figure as it is shown, rounded half up (away from nought). */
    static BigDecimal rounded(double value, String unit) {
        return BigDecimal.valueOf(value).setScale(decimals(unit), RoundingMode.HALF_UP);
    }

    /** A figure as text, with a minus sign where it is below nought. */
    static String text(double value, String unit) {
        BigDecimal rounded = rounded(value, unit);
        return (rounded.signum() < 0 ? "−" : "")
                + String.format(Locale.UK, "%,." + rounded.scale() + "f", rounded.abs())
                + (unit.equals("percent") ? "%" : unit.equals("points") ? " points" : "");
    }

    /** What a unit is called on an axis. */
    static String unit(String unit) {
        return switch (unit) {
            case "count" -> "Number";
            case "percent" -> "Percent";
            case "rate_per_10000" -> "Rate per 10,000 children";
            case "mean" -> "Mean";
            default -> "Days";
        };
    }

    /** What the figures of a measure cover, as the end of a sentence about the date over a column. */
    static String period(String period) {
        return switch (period) {
            case "at D" -> "at the date";
            case "month" -> "in the month that ends on the date";
            case "year" -> "in the 12 months to the date";
            case "3 years" -> "in the 3 years to the date";
            case "31 March only" -> "in the year to 31 March, of the yearly return";
            case "academic year" -> "in the newest school year that has ended by the date";
            case "academic year to D" -> "from 1 September to the date";
            default -> period;
        };
    }

    /** Some names; of many the first ones and how many more. */
    static String some(List<String> names) {
        return names.size() <= 6
                ? String.join("; ", names)
                : String.join("; ", names.subList(0, 5)) + "; and " + (names.size() - 5) + " more";
    }
}
