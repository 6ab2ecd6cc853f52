package org.lacwarehouse.jobs.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A small chart in a cell of a table, drawn as SVG, so that the page needs nothing else.
 *
 * @param svg the element
 */
record Chart(String svg) {
    private static final int WIDTH = 120;
    private static final int HEIGHT = 24;
    private static final String BLUE = "#1d70b8";
    /** Far from the blue for those who see red and green alike. */
    private static final String ORANGE = "#d4751e";

    private static final String GREY = "#b1b4b6";

    /**
     * A line through values at equal distances, with a gap where there is none and a dot on the last.
     *
     * @param words what a reader who does not see it is told
     */
    static Chart line(List<Optional<Double>> values, String words) {
        double least = values.stream()
                .flatMap(Optional::stream)
                .mapToDouble(v -> v)
                .min()
                .orElse(0);
        double most = values.stream()
                .flatMap(Optional::stream)
                .mapToDouble(v -> v)
                .max()
                .orElse(0);
        StringBuilder path = new StringBuilder();
        String dot = "";
        boolean isDrawing = false;
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i).isPresent()) {
                double x = values.size() == 1 ? WIDTH / 2.0 : 3 + (WIDTH - 6.0) * i / (values.size() - 1);
                double share = most == least ? 0.5 : (values.get(i).get() - least) / (most - least);
                double y = HEIGHT - 3 - share * (HEIGHT - 6);
                path.append(String.format(Locale.ROOT, "%s%.1f %.1f", isDrawing ? "L" : "M", x, y));
                dot = String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\"/>", x, y, BLUE);
            }
            isDrawing = values.get(i).isPresent();
        }
        return chart(
                words, "<path d=\"" + path + "\" fill=\"none\" stroke=\"" + BLUE + "\" stroke-width=\"1.5\"/>" + dot);
    }

    /**
     * A bar whose length is a share of the longest one's.
     *
     * @param words what a reader who does not see it is told
     */
    static Chart bar(double value, double longest, String words) {
        return chart(words, part(0, longest == 0 ? 0 : value / longest, BLUE));
    }

    /**
     * A full bar in three parts: kept blue, dropped duplicates grey, rejected orange.
     *
     * @param words what a reader who does not see it is told
     */
    static Chart rows(long kept, long duplicate, long rejected, String words) {
        double all = Math.max(1, kept + duplicate + rejected);
        return chart(
                words,
                part(0, kept / all, BLUE)
                        + part(kept / all, duplicate / all, GREY)
                        + part((kept + duplicate) / all, rejected / all, ORANGE));
    }

    private static String part(double from, double share, String colour) {
        return share == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "<rect x=\"%.1f\" y=\"5\" width=\"%.1f\" height=\"14\" fill=\"%s\"/>",
                        from * WIDTH,
                        // What is there at all can be seen.
                        Math.max(1, share * WIDTH),
                        colour);
    }

    private static Chart chart(String words, String shapes) {
        return new Chart(String.format(
                Locale.ROOT,
                "<svg role=\"img\" aria-label=\"%s\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %2$d %3$d\"><title>%1$s</title>%s</svg>",
                Page.escaped(words),
                WIDTH,
                HEIGHT,
                shapes));
    }
}
