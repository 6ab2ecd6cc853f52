package org.lacwarehouse.jobs.pack;

import java.time.LocalDate;
import java.util.List;

/**
 * The panel pack of an authority, ready to be written in some form.
 *
 * @param authority the authority's name
 * @param laCode its three-digit code
 * @param asAt the month end that it is of
 * @param isPublic whether it is the copy that may be shared
 * @param headlines the figures to begin with
 * @param sections the sections
 * @param gaps what it cannot show, and why
 * @param definitions what the measures mean
 * @param sources where the data come from, and of which date
 * @param version the version of the marts
 */
record Pack(
        String authority,
        String laCode,
        LocalDate asAt,
        boolean isPublic,
        List<Headline> headlines,
        List<Section> sections,
        List<Gap> gaps,
        List<Definition> definitions,
        List<String> sources,
        String version) {

    /** A headline figure: its name, itself, a year before. */
    record Headline(String name, Cell now, Cell before, LocalDate beforeDate) {}

    /** A section. */
    record Section(String letter, String title, String about, List<Table> tables) {}

    /** A table by its id; its parts are printed one after the other. */
    record Table(String id, String title, List<Part> parts) {}

    /**
     * One printed table.
     *
     * @param caption what it shows
     * @param corner the heading over the row headings
     * @param columns the column headings
     * @param rows the rows; none where no figure can be shown
     * @param charts the charts of its figures
     * @param notes sentences for the reader
     */
    record Part(
            String caption,
            String corner,
            List<String> columns,
            List<Row> rows,
            List<Chart> charts,
            List<String> notes) {}

    /** A row; a heading row stands over a group of others. */
    record Row(String name, List<Cell> cells, Kind kind) {
        /** What a row is. */
        enum Kind {
            /** Figures of the authority. */
            OWN,
            /** Published figures beside them. */
            BESIDE,
            /** A total. */
            TOTAL
        }
    }

    /**
     * A cell: a figure, a symbol in place of one, or words.
     *
     * @param value the figure exactly as the mart holds it; null when there is none
     * @param unit its unit; {@code text} for words
     * @param text what is printed
     * @param tone {@code good} or {@code bad} by what is better, or empty
     * @param reason why there is no figure; empty when there is one
     */
    record Cell(Double value, String unit, String text, String tone, String reason) {
        /** A figure. */
        static Cell of(double value, String unit) {
            return new Cell(value, unit, Wording.text(value, unit), "", "");
        }

        /** Words. */
        static Cell words(String text) {
            return new Cell(null, "text", text, "", "");
        }

        /** No figure, and why. */
        static Cell none(String reason) {
            return new Cell(null, "none", "–", "", reason);
        }

        /** A symbol in place of a figure. */
        static Cell symbol(String symbol) {
            return new Cell(null, "symbol", symbol, "", "");
        }

        /** The same in the colour of good or bad. */
        Cell toned(String otherTone) {
            return new Cell(value, unit, text, otherTone, reason);
        }

        boolean isMissing() {
            return unit.equals("none");
        }

        boolean isSuppressed() {
            return unit.equals("symbol") && text.equals("c");
        }
    }

    /**
     * A chart of some rows that have one unit.
     *
     * @param title what it shows
     * @param kind {@code line} or {@code bar}
     * @param unit the unit of its figures
     * @param labels the periods
     * @param series the rows
     * @param words the same in words
     */
    record Chart(String title, String kind, String unit, List<String> labels, List<Series> series, String words) {}

    /** A row of a chart; a figure that is not shown is null. */
    record Series(String name, List<Double> values) {}

    /** What the pack cannot show. */
    record Gap(String id, String title, String reason) {}

    /** What a measure means. */
    record Definition(String name, String id, String words, String numerator, String denominator, String period) {}
}
