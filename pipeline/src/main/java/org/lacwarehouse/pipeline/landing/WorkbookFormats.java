package org.lacwarehouse.pipeline.landing;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.apache.poi.ss.usermodel.DateUtil;

/** Turns a workbook's numbers into the text that stands for them: dates are numbers that are shown as dates. */
final class WorkbookFormats {
    /** What a number format shows. */
    enum Shown {
        NUMBER,
        DATE,
        DATE_AND_TIME,
        TIME
    }

    /** Numbers in a workbook are exact to 15 digits; what follows is the residue of binary fractions. */
    private static final MathContext DIGITS = new MathContext(15);

    /** Longer than any number that a spreadsheet program writes. */
    private static final int LONGEST_NUMBER = 100;

    private static final int SECONDS_OF_DAY = 86_400;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
    /** The first day after year 9999, where the calendar of spreadsheets ends. */
    private static final double LAST_DAY = 2_958_466;

    private final List<Shown> styles;
    private final boolean from1904;

    WorkbookFormats(List<Shown> styles, boolean from1904) {
        this.styles = styles;
        this.from1904 = from1904;
    }

    /** What a number format shows, by its number and code; the code may be null. */
    static Shown shown(int id, String code) {
        if (code == null || code.length() > 255 || !DateUtil.isADateFormat(id, code)) {
            return Shown.NUMBER;
        }
        String bare =
                code.replaceAll("\"[^\"]*\"|\\\\.|_.|\\*.|\\[[^\\]]*\\]", "").toLowerCase(Locale.ROOT);
        boolean isTime = bare.contains("h") || bare.contains("s");
        boolean isDate = bare.contains("y") || bare.contains("d") || bare.contains("m") && !isTime;
        if (isDate) {
            return isTime ? Shown.DATE_AND_TIME : Shown.DATE;
        }
        // Hours beyond a day, [h]:mm, are a length of time, not a time of day.
        return isTime && !code.contains("[") ? Shown.TIME : Shown.NUMBER;
    }

    /** The text of a number in a cell of some style. */
    String text(String value, int style) {
        double number;
        try {
            number = value.length() > LONGEST_NUMBER ? Double.NaN : Double.parseDouble(value);
        } catch (NumberFormatException e) {
            return value;
        }
        if (!Double.isFinite(number)) {
            return value;
        }
        Shown shown = style < styles.size() ? styles.get(style) : Shown.NUMBER;
        if (shown == Shown.NUMBER || number < 0 || number >= LAST_DAY || shown == Shown.TIME && number >= 1) {
            return plain(value, number);
        }
        if (shown == Shown.DATE) {
            // A time that the cell does not show is not part of what people see in it.
            return date((int) number);
        }
        long seconds = Math.round(number * SECONDS_OF_DAY);
        LocalTime time = LocalTime.ofSecondOfDay(seconds % SECONDS_OF_DAY);
        if (shown == Shown.TIME) {
            return TIME.format(time);
        }
        String date = date((int) (seconds / SECONDS_OF_DAY));
        return time.equals(LocalTime.MIDNIGHT) ? date : date + " " + TIME.format(time);
    }

    /** Two days of the 1900 calendar exist in spreadsheets only; they are shown as they are there, and no date. */
    private String date(int day) {
        if (!from1904 && (day == 0 || day == 60)) {
            return day == 0 ? "1900-01-00" : "1900-02-29";
        }
        LocalDateTime date = DateUtil.getLocalDateTime(day, from1904);
        return date.toLocalDate().toString();
    }

    private static String plain(String value, double number) {
        if (number == 0) {
            return "0";
        }
        try {
            return new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString();
        } catch (NumberFormatException e) {
            return value;
        }
    }
}
