package org.lacwarehouse.jobs.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Optional;

/** How figures are written for people: counts whole, everything else rounded half-up to one decimal. */
public final class Figures {
    private Figures() {}

    /** A figure of a unit as text; a hyphen when there is none. */
    public static String text(Optional<Double> value, String unit) {
        return value.map(number -> text(number, unit)).orElse("-");
    }

    /** A figure of a unit as text. */
    public static String text(double value, String unit) {
        BigDecimal rounded = BigDecimal.valueOf(value).setScale(unit.equals("count") ? 0 : 1, RoundingMode.HALF_UP);
        return String.format(Locale.UK, "%,." + rounded.scale() + "f", rounded) + (unit.equals("percent") ? "%" : "");
    }
}
