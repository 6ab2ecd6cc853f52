package org.lacwarehouse.pipeline.linkage;

import java.text.Normalizer;
import java.util.Locale;

/** Names as they are compared: Unicode NFKD without marks, in upper case, letters only. */
public final class Names {
    private Names() {}

    /** The form of a name in which it is compared; empty when it has no letters. */
    public static String normal(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFKD)
                .replaceAll("\\p{M}", "")
                .toUpperCase(Locale.ROOT)
                .replaceAll("\\P{L}", "");
    }
}
