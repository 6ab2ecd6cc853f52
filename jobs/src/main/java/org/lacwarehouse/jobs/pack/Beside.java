package org.lacwarehouse.jobs.pack;

import java.time.LocalDate;
import org.lacwarehouse.jobs.pack.Pack.Cell;
import org.lacwarehouse.jobs.pack.Source.Comparison;
import org.lacwarehouse.jobs.report.Words;

/** What stands beside the figures: region, neighbours, England and target, or why there is none. */
final class Beside {
    /** The end of a sentence about what a public copy leaves out. */
    static final String NOT_PUBLISHED = "not published in the copy that may be shared";

    private static final String NO_SERIES = "DfE publishes no figure of this measure that the marts hold";
    private static final String NOT_HELD =
            "the files that the marts were made from hold no published figure of this measure";
    private static final String NO_GROUPS = "the marts hold no published figure by these groups";
    private static final String NO_TARGET = "the authority has published no target for it that is in force at the date";

    private final Source source;

    Beside(Source source) {
        this.source = source;
    }

    /** What stands over the figures of a comparator. */
    String name(String comparator) {
        return switch (comparator) {
            case "region" -> regionName();
            case "neighbours" -> "Neighbours";
            case "england" -> "England";
            default -> "Target";
        };
    }

    /** What the region is called. */
    String regionName() {
        return source.region().isEmpty() ? "Region" : source.region();
    }

    /**
     * A published figure beside an own one.
     *
     * @param sameDay whether it must be of the same day as the own one, because its column says so
     */
    Cell beside(Drawn row, String comparator, LocalDate end, boolean sameDay) {
        if (row.measure() == null || row.type().equals("window")) {
            return Cell.none("nothing is published that could stand beside this count");
        }
        Words words = source.measures().get(row.measure());
        if (words.benchmark() == null) {
            return Cell.none(NO_SERIES);
        }
        if (comparator.equals("neighbours") && source.isPublic()) {
            return Cell.none("statistical neighbours are " + NOT_PUBLISHED);
        }
        boolean isWhole = row.type().equals("all");
        if (!isWhole && (row.isShare() || row.values().size() != 1 || comparator.equals("neighbours"))) {
            return Cell.none(NO_GROUPS);
        }
        Comparison comparison = source.comparison(
                row.measure(), end, row.type(), isWhole ? "all" : row.values().get(0));
        if (sameDay
                && !end.equals(comparison.publishedEnd())
                && (comparison.publishedEnd() != null || source.isPublished(words.benchmark()))) {
            return Cell.none("the marts hold no published figure of this date");
        }
        if (comparison.publishedEnd() == null) {
            return Cell.none(NOT_HELD);
        }
        Double value =
                switch (comparator) {
                    case "region" -> comparison.region();
                    case "neighbours" -> comparison.neighbours();
                    default -> comparison.england();
                };
        return value == null
                ? Cell.none(isWhole ? "not published for " + Wording.date(comparison.publishedEnd()) : NO_GROUPS)
                : Cell.of(value, row.unit());
    }

    /** The date or year that the published figures beside a row are of. */
    Cell publishedFor(Drawn row, LocalDate end) {
        if (row.measure() == null || row.type().equals("window") || row.isShare()) {
            return Cell.none(NO_GROUPS);
        }
        Words words = source.measures().get(row.measure());
        LocalDate published =
                source.comparison(row.measure(), end, "all", "all").publishedEnd();
        if (words.benchmark() == null) {
            return Cell.none(NO_SERIES);
        }
        if (published == null) {
            return Cell.none(NOT_HELD);
        }
        boolean isYear = words.period().equals("year") || published.getMonthValue() == 8;
        return Cell.words((isYear ? "year to " : "") + Wording.date(published));
    }

    /** The target in force, and whether it is met. */
    Cell target(Drawn row, LocalDate end) {
        if (source.isPublic()) {
            return Cell.none("targets are " + NOT_PUBLISHED);
        }
        if (row.measure() == null || !row.type().equals("all")) {
            return Cell.none(NO_TARGET);
        }
        Comparison comparison = source.comparison(row.measure(), end, "all", "all");
        if (comparison.target() == null) {
            return Cell.none(NO_TARGET);
        }
        Cell cell = targetCell(comparison.targetComparison(), comparison.target(), row.unit());
        return comparison.isTargetMet() == null ? cell : toned(cell, comparison.isTargetMet());
    }

    /** A target in words. */
    static Cell targetCell(String how, double target, String unit) {
        String words =
                switch (how) {
                    case ">=" -> "at least ";
                    case ">" -> "above ";
                    case "<=" -> "at most ";
                    case "<" -> "below ";
                    default -> "";
                };
        return new Cell(target, unit, words + Wording.text(target, unit), "", "");
    }

    private static Cell toned(Cell cell, boolean isMet) {
        return new Cell(
                cell.value(), cell.unit(), cell.text() + (isMet ? ", met" : ", not met"), isMet ? "good" : "bad", "");
    }

    /** Whether the target in force is met. */
    Cell met(Comparison comparison) {
        if (source.isPublic()) {
            return Cell.none("targets are " + NOT_PUBLISHED);
        }
        return comparison.isTargetMet() == null
                ? Cell.none(NO_TARGET)
                : Cell.words(comparison.isTargetMet() ? "Met" : "Not met")
                        .toned(comparison.isTargetMet() ? "good" : "bad");
    }

    /** Why a measure has no rank. */
    String noRank(Words words) {
        if (source.isPublic()) {
            return "ranks and quartiles are " + NOT_PUBLISHED;
        }
        return words.polarity().equals("neutral")
                ? "there is no rank or quartile where neither high nor low is better"
                : "there is no rank or quartile without a published value of the authority";
    }
}
