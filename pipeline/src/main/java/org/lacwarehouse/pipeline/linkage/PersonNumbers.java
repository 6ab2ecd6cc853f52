package org.lacwarehouse.pipeline.linkage;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The two numbers by which systems know a child: the NHS number (NHS Data Dictionary: ten digits, the last a check digit
 * modulo 11) and the unique pupil number (DfE's UPN guide: a check letter modulo 23, then twelve digits, the last of them a
 * letter while the number is temporary).
 */
public final class PersonNumbers {
    /** The letters of a UPN, which stand for 0 to 22: without I, O and S. */
    private static final String UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ";

    private static final Pattern SEPARATORS = Pattern.compile("[\\s\\p{Zs}\\p{Pd}]");
    private static final Pattern NHS_NUMBER = Pattern.compile("[0-9]{10}");
    private static final Pattern UPN = Pattern.compile("[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]");

    private PersonNumbers() {}

    /** A number as numbers are compared: without spaces and hyphens, in upper case. */
    public static String normal(String number) {
        return SEPARATORS.matcher(number).replaceAll("").toUpperCase(Locale.ROOT);
    }

    /** Whether a number in its normal form is an NHS number whose check digit is right. */
    public static boolean isNhsNumber(String number) {
        if (!NHS_NUMBER.matcher(number).matches()) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < 9; i++) {
            sum += (10 - i) * (number.charAt(i) - '0');
        }
        int check = (11 - sum % 11) % 11;
        return check == number.charAt(9) - '0';
    }

    /** Whether a number in its normal form is a UPN whose check letter is right. */
    public static boolean isUpn(String number) {
        if (!UPN.matcher(number).matches()) {
            return false;
        }
        int sum = 0;
        for (int i = 1; i < 13; i++) {
            char c = number.charAt(i);
            sum += (i + 1) * (Character.isDigit(c) ? c - '0' : UPN_LETTERS.indexOf(c));
        }
        return UPN_LETTERS.charAt(sum % 23) == number.charAt(0);
    }
}
