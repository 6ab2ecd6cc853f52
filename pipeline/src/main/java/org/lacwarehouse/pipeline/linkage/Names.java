package org.lacwarehouse.pipeline.linkage;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** Names as they are compared: Unicode NFKD without marks, in upper case, letters only. */
public final class Names {
    private static final Pattern MARKS = Pattern.compile("\\p{M}");
    private static final Pattern OTHER_THAN_LETTERS = Pattern.compile("\\P{L}");

    private Names() {}

    /** The form of a name in which it is compared; empty when it has no letters. */
    public static String normal(String name) {
        String bare =
                MARKS.matcher(Normalizer.normalize(name, Normalizer.Form.NFKD)).replaceAll("");
        return OTHER_THAN_LETTERS.matcher(bare.toUpperCase(Locale.ROOT)).replaceAll("");
    }
}
