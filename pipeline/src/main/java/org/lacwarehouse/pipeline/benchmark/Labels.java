package org.lacwarehouse.pipeline.benchmark;

import java.util.Locale;

/** Labels of published files in the form in which they are compared. */
public final class Labels {
    private Labels() {}

    /** Capitals, spaces and apostrophes come and go from release to release: they do not matter. */
    public static String normal(String label) {
        return label == null
                ? ""
                : label.replaceAll("['’‘`´]", "")
                        .replace('\u00a0', ' ')
                        .replaceAll("\\s+", " ")
                        .strip()
                        .toLowerCase(Locale.ROOT);
    }
}
