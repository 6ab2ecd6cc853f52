package org.lacwarehouse.jobs.pack;

import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lacwarehouse.jobs.pack.Layout.Line;
import org.lacwarehouse.jobs.pack.Pack.Cell;
import org.lacwarehouse.jobs.pack.Source.Comparison;
import org.lacwarehouse.jobs.pack.Source.Figure;
import org.lacwarehouse.jobs.report.Words;
import org.lacwarehouse.pipeline.contract.Code;
import org.lacwarehouse.pipeline.contract.CodeList;

/** Fills the declared tables with the figures of an authority at a month end. */
final class Builder {
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private final Source source;
    private final Map<String, CodeList> codes;
    private final LocalDate asAt;
    private final Beside beside;
    private final Set<String> used = new LinkedHashSet<>();

    /**
     * @param source the figures
     * @param codes the code lists, which name groups that are codes
     * @param asAt a month end at which there are figures
     */
    Builder(Source source, Map<String, CodeList> codes, LocalDate asAt) {
        this.source = source;
        this.codes = codes;
        this.asAt = asAt;
        this.beside = new Beside(source);
    }

    /** The pack. */
    Pack build(List<Layout.Section> layout, String laCode) throws SQLException {
        List<Pack.Section> sections = new ArrayList<>();
        List<Pack.Gap> gaps = new ArrayList<>();
        for (Layout.Section section : layout) {
            List<Pack.Table> tables = new ArrayList<>();
            for (Layout.Table table : section.tables()) {
                List<Pack.Part> parts = new ArrayList<>();
                for (Layout.Part part : table.parts()) {
                    Pack.Part built = part(part);
                    parts.add(built);
                    if (built.rows().isEmpty()) {
                        gaps.add(new Pack.Gap(table.id(), built.caption(), String.join(" ", built.notes())));
                    }
                }
                tables.add(new Pack.Table(table.id(), table.title(), parts));
            }
            sections.add(new Pack.Section(section.letter(), section.title(), section.about(), tables));
        }
        return new Pack(
                source.authority(),
                laCode,
                asAt,
                source.isPublic(),
                headlines(layout),
                sections,
                gaps,
                definitions(),
                sources(),
                source.version());
    }

    private List<Pack.Headline> headlines(List<Layout.Section> layout) {
        List<Pack.Headline> found = new ArrayList<>();
        for (String id :
                layout.stream().flatMap(section -> section.headlines().stream()).toList()) {
            Words words = source.measures().get(id);
            if (words != null) {
                Cell now = figure(words, asAt, "all", List.of("all"), false);
                if (now.value() != null) {
                    found.add(new Pack.Headline(
                            words.mart().equals("care_leavers") ? "Care leavers: " + lower(name(words)) : name(words),
                            now,
                            figure(words, MonthEnds.yearBefore(asAt), "all", List.of("all"), false),
                            MonthEnds.yearBefore(asAt)));
                }
            }
        }
        return found;
    }

    private List<Pack.Definition> definitions() {
        return source.measures().values().stream()
                .filter(words -> used.contains(words.id()))
                .sorted(Comparator.comparing(Builder::name))
                .map(words -> new Pack.Definition(
                        name(words),
                        words.id(),
                        words.definition(),
                        words.numerator(),
                        words.denominator() == null ? "" : words.denominator(),
                        Wording.period(words.period())))
                .toList();
    }

    private List<String> sources() throws SQLException {
        List<String> lines = new ArrayList<>();
        lines.add(
                source.isPublic()
                        ? "Figures of the authority: schema mart_public of LAC Warehouse, the certified figures made safe to"
                                + " share. Counts of 1 to 5, and whatever would let them be worked out, are suppressed."
                        : "Figures of the authority: schema mart of LAC Warehouse, certified figures from the authority's own"
                                + " records as they stood when the marts were made.");
        lines.add(
                "Region and England: the Department for Education's published statistics on children looked after, care"
                        + " leavers and pupils, under the Open Government Licence v3.0.");
        if (!source.isPublic()) {
            lines.add(
                    "Statistical neighbours: the unweighted mean of the published values of the ten authorities that are"
                            + " most alike, as far as they have a value. Rank 1 and quartile A are best.");
            lines.add("Targets: those that the authority has published.");
        }
        lines.addAll(source.freshness());
        return lines;
    }

    // --- one printed table ---

    private Pack.Part part(Layout.Part part) throws SQLException {
        return switch (part.kind()) {
            case SERIES -> series(part);
            case NOW -> now(part);
            case MATRIX -> matrix(part);
            case GLANCE -> glance(part);
            case TARGETS -> targets(part);
        };
    }

    private Pack.Part series(Layout.Part part) throws SQLException {
        List<LocalDate> ends = MonthEnds.of(asAt, part);
        List<Drawn> rows = draw(part, ends);
        boolean down = part.step().equals("months");
        List<Pack.Row> own = new ArrayList<>();
        List<Pack.Row> all = new ArrayList<>();
        for (Drawn row : rows) {
            Pack.Row figures =
                    new Pack.Row(row.name(), ends.stream().map(row.cell()).toList(), Pack.Row.Kind.OWN);
            own.add(figures);
            all.add(figures);
            for (String comparator : part.against()) {
                all.add(new Pack.Row(
                        row.name() + ": " + beside.name(comparator),
                        ends.stream()
                                .map(end -> beside.beside(row, comparator, end, true))
                                .toList(),
                        Pack.Row.Kind.BESIDE));
            }
        }
        List<String> dates = ends.stream().map(Wording::date).toList();
        List<String> notes = new ArrayList<>();
        boolean isEmpty = own.stream().flatMap(row -> row.cells().stream()).allMatch(Cell::isMissing);
        List<String> reasons = reasons(isEmpty ? own : all);
        if (isEmpty) {
            return withoutRows(part, reasons);
        }
        notes.addAll(covers(part, rows));
        if (!part.note().isEmpty()) {
            notes.add(part.note());
        }
        notes.addAll(reasons);
        if (!down) {
            return new Pack.Part(part.caption(), "", dates, all, Charts.of(part, rows, own, ends), notes);
        }
        List<Pack.Row> turned = new ArrayList<>();
        for (int i = 0; i < ends.size(); i++) {
            int at = i;
            turned.add(new Pack.Row(
                    dates.get(i), all.stream().map(row -> row.cells().get(at)).toList(), Pack.Row.Kind.OWN));
        }
        return new Pack.Part(
                part.caption(),
                "Month end",
                all.stream().map(Pack.Row::name).toList(),
                turned,
                Charts.of(part, rows, own, ends),
                notes);
    }

    private Pack.Part now(Layout.Part part) throws SQLException {
        LocalDate at = newest(part);
        List<LocalDate> ends = List.of(at, MonthEnds.yearBefore(at));
        List<Drawn> rows = draw(part, ends);
        List<String> columns = new ArrayList<>(ends.stream().map(Wording::date).toList());
        boolean hasPublished = part.against().stream().anyMatch(comparator -> !comparator.equals("target"));
        for (String comparator : part.against()) {
            if (comparator.equals("target")) {
                continue;
            }
            columns.add(beside.name(comparator));
        }
        if (hasPublished) {
            columns.add("Published for");
        }
        boolean hasTarget = part.against().contains("target");
        if (hasTarget) {
            columns.add("Target");
        }
        List<Pack.Row> printed = new ArrayList<>();
        List<Pack.Row> own = new ArrayList<>();
        for (Drawn row : rows) {
            List<Cell> cells = new ArrayList<>(ends.stream().map(row.cell()).toList());
            own.add(new Pack.Row(row.name(), List.copyOf(cells), Pack.Row.Kind.OWN));
            for (String comparator : part.against()) {
                if (!comparator.equals("target")) {
                    cells.add(beside.beside(row, comparator, at, false));
                }
            }
            if (hasPublished) {
                cells.add(beside.publishedFor(row, at));
            }
            if (hasTarget) {
                cells.add(beside.target(row, at));
            }
            printed.add(new Pack.Row(row.name(), cells, Pack.Row.Kind.OWN));
        }
        if (own.stream().flatMap(row -> row.cells().stream()).allMatch(Cell::isMissing)) {
            return withoutRows(part, reasons(own));
        }
        List<String> notes = new ArrayList<>(covers(part, rows));
        if (!at.equals(asAt)) {
            notes.add("There are no such figures at " + Wording.date(asAt) + "; the newest before that are shown.");
        }
        if (!part.note().isEmpty()) {
            notes.add(part.note());
        }
        notes.addAll(reasons(printed));
        return new Pack.Part(part.caption(), "", columns, printed, Charts.of(part, rows, own, ends), notes);
    }

    /** A part that says why it has no rows. */
    private static Pack.Part withoutRows(Layout.Part part, List<String> reasons) {
        return new Pack.Part(part.caption(), "", List.of(), List.of(), List.of(), reasons);
    }

    /** The date of a part: the newest at which its measures have figures, where that is one date; else that of the pack. */
    private LocalDate newest(Layout.Part part) {
        Set<LocalDate> newest = new LinkedHashSet<>();
        for (Line line : part.rows()) {
            newest.add(
                    line.measure().isEmpty()
                            ? asAt
                            : source.monthEnds(line.measure()).floor(asAt));
        }
        LocalDate only = newest.iterator().next();
        return newest.size() == 1 && only != null ? only : asAt;
    }

    private Pack.Part matrix(Layout.Part part) throws SQLException {
        Layout.Matrix matrix = part.matrix();
        if (source.isPublic()) {
            return withoutRows(part, List.of("Counts of children by two groupings are " + Beside.NOT_PUBLISHED + "."));
        }
        LocalDate march = MonthEnds.march(asAt);
        Map<String, Map<String, Double>> counts = source.matrix(
                part.place(),
                matrix,
                Map.of(
                        "la", source.laCode(),
                        "end", asAt,
                        "month_before", MonthEnds.before(asAt, 1),
                        "year_before", MonthEnds.yearBefore(asAt),
                        "march", march));
        for (Map<String, Double> row : counts.values()) {
            for (String column : row.keySet()) {
                if (!matrix.columns().contains(column)) {
                    throw part.place().error("the query returns a column `" + column + "`, which `columns` lacks");
                }
            }
        }
        if (counts.isEmpty()) {
            return withoutRows(part, List.of("The facts hold nobody to count here at this date."));
        }
        List<String> names = new ArrayList<>(counts.keySet());
        names.sort(order(matrix.rowCodes()));
        List<Pack.Row> rows = new ArrayList<>();
        double[] sums = new double[matrix.columns().size()];
        for (String name : names) {
            List<Cell> cells = new ArrayList<>();
            double sum = 0;
            for (int i = 0; i < sums.length; i++) {
                double count = counts.get(name).getOrDefault(matrix.columns().get(i), 0.0);
                sums[i] += count;
                sum += count;
                cells.add(Cell.of(count, "count"));
            }
            if (matrix.hasTotals() && sums.length > 1) {
                cells.add(Cell.of(sum, "count"));
            }
            rows.add(new Pack.Row(codeName(matrix.rowCodes(), name), cells, Pack.Row.Kind.OWN));
        }
        List<Cell> total = new ArrayList<>();
        double all = 0;
        for (double sum : sums) {
            total.add(Cell.of(sum, "count"));
            all += sum;
        }
        List<String> columns = new ArrayList<>(matrix.columns());
        if (matrix.hasTotals() && sums.length > 1) {
            total.add(Cell.of(all, "count"));
            columns.add("All");
        }
        rows.add(new Pack.Row("All", total, Pack.Row.Kind.TOTAL));
        List<String> notes = new ArrayList<>();
        notes.add("Counts of children at " + Wording.date(matrix.query().contains(":march") ? march : asAt) + ".");
        if (!part.note().isEmpty()) {
            notes.add(part.note());
        }
        return new Pack.Part(part.caption(), matrix.rows(), columns, rows, List.of(), notes);
    }

    private Pack.Part glance(Layout.Part part) {
        LocalDate before = MonthEnds.yearBefore(asAt);
        List<Pack.Row> rows = new ArrayList<>();
        List<Pack.Row> own = new ArrayList<>();
        for (Words words : source.measures().values()) {
            if (!words.mart().equals(part.mart())) {
                continue;
            }
            used.add(words.id());
            Cell now = figure(words, asAt, "all", List.of("all"), false);
            Cell then = figure(words, before, "all", List.of("all"), false);
            own.add(new Pack.Row(name(words), List.of(now, then), Pack.Row.Kind.OWN));
            Drawn row = new Drawn(name(words), words.id(), "all", List.of("all"), false, words.unit(), end -> now);
            Comparison comparison = source.comparison(words.id(), asAt, "all", "all");
            rows.add(new Pack.Row(
                    name(words),
                    List.of(
                            now,
                            then,
                            direction(words, now, then),
                            beside.beside(row, "region", asAt, false),
                            beside.beside(row, "neighbours", asAt, false),
                            beside.beside(row, "england", asAt, false),
                            beside.publishedFor(row, asAt),
                            comparison.rank() == null
                                    ? Cell.none(beside.noRank(words))
                                    : Cell.words(comparison.rank() + " of " + comparison.rankOf()),
                            comparison.quartile() == null
                                    ? Cell.none(beside.noRank(words))
                                    : Cell.words(comparison.quartile()),
                            beside.met(comparison)),
                    Pack.Row.Kind.OWN));
        }
        if (rows.isEmpty() || own.stream().flatMap(row -> row.cells().stream()).allMatch(Cell::isMissing)) {
            return withoutRows(part, reasons(own));
        }
        List<String> notes = new ArrayList<>();
        notes.add("Rank and quartile are those of the authority's published value, not of its own figure.");
        notes.addAll(reasons(own));
        notes.add(
                source.isPublic()
                        ? "– Neighbours, ranks, quartiles and targets are " + Beside.NOT_PUBLISHED
                                + "; of the region and England, the marts hold no published figure of the measure."
                        : "– Region, neighbours and England: the marts hold no published figure of the measure. Rank and"
                                + " quartile: the authority has no published value, or neither high nor low is better. Target:"
                                + " none is in force at the date.");
        return new Pack.Part(
                part.caption(),
                "Measure",
                List.of(
                        Wording.date(asAt),
                        Wording.date(before),
                        "Direction",
                        beside.regionName(),
                        "Neighbours",
                        "England",
                        "Published for",
                        "Rank",
                        "Quartile",
                        "Target"),
                rows,
                List.of(),
                notes);
    }

    private Pack.Part targets(Layout.Part part) throws SQLException {
        if (source.isPublic()) {
            return withoutRows(part, List.of("Targets are " + Beside.NOT_PUBLISHED + "."));
        }
        List<Pack.Row> rows = new ArrayList<>();
        int over = 0;
        for (Source.Target target : source.targets()) {
            Words words = source.measures().get(target.measure());
            boolean isOver = target.until() != null && target.until().isBefore(asAt);
            over += isOver ? 1 : 0;
            if (target.from().isAfter(asAt) || isOver) {
                continue;
            }
            used.add(words.id());
            Cell now = figure(words, asAt, "all", List.of("all"), false);
            Comparison comparison = source.comparison(words.id(), asAt, "all", "all");
            String without = now.isMissing() ? now.reason() : "nobody to whom it applies";
            boolean isKnown = now.value() != null && comparison.target() != null;
            rows.add(new Pack.Row(
                    name(words),
                    List.of(
                            now,
                            comparison.target() == null
                                    ? Cell.none(without)
                                    : Beside.targetCell(
                                            comparison.targetComparison(), comparison.target(), words.unit()),
                            isKnown
                                    ? Cell.of(
                                            now.value() - comparison.target(),
                                            words.unit().equals("percent") ? "points" : words.unit())
                                    : Cell.none(without),
                            isKnown ? beside.met(comparison) : Cell.none(without),
                            Cell.words(target.words() == null ? "" : target.words())),
                    Pack.Row.Kind.OWN));
        }
        List<String> notes = new ArrayList<>();
        if (rows.isEmpty()) {
            notes.add("The authority has no target in force at " + Wording.date(asAt) + "."
                    + (over == 0 ? "" : " " + over + " targets ended before that."));
            return withoutRows(part, notes);
        }
        notes.add("Targets in force at " + Wording.date(asAt) + "; the distance is the figure less the target, from the"
                + " figure before rounding." + (over == 0 ? "" : " " + over + " targets ended before that."));
        notes.addAll(reasons(rows));
        return new Pack.Part(
                part.caption(),
                "Measure",
                List.of(Wording.date(asAt), "Target", "Distance", "Met", "In the authority's words"),
                rows,
                List.of(),
                notes);
    }

    // --- rows ---

    private List<Drawn> draw(Layout.Part part, List<LocalDate> ends) throws SQLException {
        List<Drawn> rows = new ArrayList<>();
        for (Line line : part.rows()) {
            if (!line.fact().isEmpty()) {
                Map<LocalDate, Double> counts = source.isPublic() ? Map.of() : source.counts(line, ends);
                rows.add(new Drawn(
                        line.name(),
                        null,
                        "",
                        List.of(),
                        false,
                        "count",
                        end -> counts.containsKey(end)
                                ? Cell.of(counts.get(end), "count")
                                : Cell.none(
                                        source.isPublic()
                                                ? "counted from the records of children, which are "
                                                        + Beside.NOT_PUBLISHED
                                                : "the marts do not go back to " + Wording.date(end))));
                continue;
            }
            Words words = source.measures().get(line.measure());
            if (words == null) {
                throw line.place().error("there is no measure `" + line.measure() + "` in the marts");
            }
            used.add(words.id());
            String name = line.name().isEmpty() ? name(words) : line.name();
            if (!part.window().isEmpty()) {
                Map<LocalDate, Figure> figures = source.isPublic()
                        ? Map.of()
                        : source.window(line, part.window().equals("quarter") ? 3 : 12, ends);
                rows.add(new Drawn(
                        name.replaceFirst(" in the year$", ""),
                        words.id(),
                        "window",
                        List.of(),
                        false,
                        words.unit(),
                        end -> {
                            Figure found = figures.get(end);
                            return source.isPublic()
                                    ? Cell.none((part.window().equals("quarter")
                                                    ? "figures of a quarter are "
                                                    : "figures of these 12 months alone are ")
                                            + Beside.NOT_PUBLISHED)
                                    : found == null ? Cell.none(missing(words, end)) : cell(found, words.unit());
                        }));
            } else if (line.by().isEmpty()) {
                rows.add(drawn(name, words, "all", List.of("all"), false));
            } else if (line.groups().isEmpty()
                    && source.groups(words.id(), line.by(), ends).isEmpty()) {
                // There is nobody in any group, or no figure at all: the whole says which.
                rows.add(drawn(name, words, "all", List.of("all"), false));
            } else {
                groups(line, words, ends)
                        .forEach((group, values) -> rows.add(drawn(
                                line.name().isEmpty() || line.groups().size() == 1 ? group : line.name() + ", " + group,
                                words,
                                line.by(),
                                values,
                                line.isShare())));
            }
        }
        return rows;
    }

    private Drawn drawn(String name, Words words, String type, List<String> values, boolean isShare) {
        return new Drawn(
                name,
                words.id(),
                type,
                values,
                isShare,
                isShare ? "percent" : words.unit(),
                end -> figure(words, end, type, values, isShare));
    }

    /** The rows of a breakdown: their names, and the values each consists of. */
    private Map<String, List<String>> groups(Line line, Words words, List<LocalDate> ends) {
        NavigableSet<String> found = source.groups(words.id(), line.by(), ends);
        Map<String, List<String>> groups = new LinkedHashMap<>();
        if (line.groups().isEmpty()) {
            List<String> values = new ArrayList<>(found);
            values.sort(order(line.by()));
            values.forEach(value -> groups.put(codeName(line.by(), value), List.of(value)));
            return groups;
        }
        line.groups().forEach((name, values) -> {
            if (values.contains("*")) {
                List<String> others = new ArrayList<>(found);
                line.groups().values().forEach(others::removeAll);
                groups.put(name, others);
            } else {
                groups.put(name, values);
            }
        });
        return groups;
    }

    /** A figure of a measure, or of groups of it together, at a month end. */
    private Cell figure(Words words, LocalDate end, String type, List<String> values, boolean isShare) {
        Figure whole = source.figure(words.id(), end, "all", "all");
        if (whole == null) {
            return Cell.none(missing(words, end));
        }
        if (type.equals("all")) {
            return cell(whole, words.unit());
        }
        boolean isCount = words.unit().equals("count");
        if (!isCount) {
            Figure group = source.figure(words.id(), end, type, values.get(0));
            return group == null ? Cell.symbol("z") : cell(group, words.unit());
        }
        double sum = 0;
        for (String value : values) {
            Figure group = source.figure(words.id(), end, type, value);
            if (group != null && group.value() == null) {
                return Cell.symbol(group.symbol());
            }
            sum += group == null ? 0 : group.value();
        }
        if ("c".equals(whole.symbol())) {
            return Cell.symbol("c");
        }
        if (!isShare) {
            return Cell.of(sum, "count");
        }
        return whole.value() == 0 ? Cell.symbol("z") : Cell.of(100 * sum / whole.value(), "percent");
    }

    private static Cell cell(Figure figure, String unit) {
        return figure.value() == null ? Cell.symbol(figure.symbol()) : Cell.of(figure.value(), unit);
    }

    /** Why there is no figure of a measure at a month end. */
    private String missing(Words words, LocalDate end) {
        NavigableSet<LocalDate> dates = source.monthEnds(words.id());
        if (dates.isEmpty()) {
            return "the marts hold no figure of this measure for the authority";
        }
        if (end.isBefore(dates.first())) {
            return "there is no figure before " + Wording.date(dates.first());
        }
        boolean isYearly = words.period().equals("31 March only")
                || (source.isPublic() && Set.of("year", "3 years").contains(words.period()));
        boolean isSchoolYear = source.isPublic() && words.period().startsWith("academic year");
        if (isYearly && end.getMonthValue() != 3) {
            return source.isPublic() ? "published at 31 March only" : "there are figures at 31 March only";
        }
        return isSchoolYear ? "published at 31 August only" : "there is no figure at this date";
    }

    /** The way a figure went since last year, by the figures as they are printed. */
    private static Cell direction(Words words, Cell now, Cell then) {
        if (now.value() == null || then.value() == null) {
            return Cell.none(
                    now.isMissing()
                            ? now.reason()
                            : then.isMissing() ? then.reason() : "there is no direction from or to a symbol");
        }
        int way = Wording.rounded(now.value(), words.unit()).compareTo(Wording.rounded(then.value(), words.unit()));
        if (way == 0) {
            return Cell.words("= Same");
        }
        String arrow = way > 0 ? "▲ " : "▼ ";
        if (words.polarity().equals("neutral")) {
            return Cell.words(arrow + (way > 0 ? "Up" : "Down"));
        }
        boolean isBetter = way > 0 == words.polarity().equals("higher");
        return Cell.words(arrow + (isBetter ? "Better" : "Worse")).toned(isBetter ? "good" : "bad");
    }

    // --- words ---

    private static String lower(String name) {
        return name.substring(0, 1).toLowerCase(Locale.UK) + name.substring(1);
    }

    /** What people call a measure; the date that its definition calls D stands over the column. */
    private static String name(Words words) {
        return words.name().replace(" at D", "");
    }

    /** What the figures of a part cover, in one sentence. */
    private List<String> covers(Layout.Part part, List<Drawn> rows) {
        if (!part.window().isEmpty()) {
            return List.of(
                    part.window().equals("quarter")
                            ? "Figures of the 3 months to the date; no day counts in two quarters."
                            : "Figures of the 12 months to the date.");
        }
        Map<String, Set<String>> byPeriod = new LinkedHashMap<>();
        for (Drawn row : rows) {
            String period = row.measure() == null
                    ? "at the date"
                    : Wording.period(source.measures().get(row.measure()).period());
            byPeriod.computeIfAbsent(period, p -> new LinkedHashSet<>())
                    .add(
                            row.measure() == null
                                    ? row.name()
                                    : name(source.measures().get(row.measure())));
        }
        if (byPeriod.size() == 1) {
            return List.of("Figures " + byPeriod.keySet().iterator().next() + ".");
        }
        List<String> parts = new ArrayList<>();
        byPeriod.forEach((period, names) -> parts.add(period + ": " + Wording.some(List.copyOf(names))));
        return List.of("Figures " + String.join(". Figures ", parts) + ".");
    }

    /** A sentence for each reason why there is no figure somewhere. */
    private static List<String> reasons(List<Pack.Row> rows) {
        Map<String, Set<String>> names = new LinkedHashMap<>();
        for (Pack.Row row : rows) {
            for (Cell cell : row.cells()) {
                if (cell.isMissing()) {
                    names.computeIfAbsent(cell.reason(), reason -> new LinkedHashSet<>())
                            .add(row.name());
                }
            }
        }
        long own =
                rows.stream().filter(row -> row.kind() != Pack.Row.Kind.BESIDE).count();
        List<String> sentences = new ArrayList<>();
        names.forEach((reason, of) -> {
            long ownOf = rows.stream()
                    .filter(row -> row.kind() != Pack.Row.Kind.BESIDE && of.contains(row.name()))
                    .count();
            String who = of.size() == rows.size()
                    ? ""
                    : ownOf == 0 && of.size() == rows.size() - own
                            ? "Published figures: "
                            : ownOf == own && of.size() == own
                                    ? "The authority's figures: "
                                    : Wording.some(List.copyOf(of)) + ": ";
            sentences.add("– " + who + reason + ".");
        });
        return sentences;
    }

    // --- groups and dates ---

    private String codeName(String list, String value) {
        CodeList codeList = codes.get(list);
        if (codeList == null) {
            return value;
        }
        return codeList.codes().stream()
                .filter(code -> code.code().equals(value))
                .map(Code::name)
                .findFirst()
                .orElse(value);
    }

    /** Groups in the order of their code list, else by the first number in them; what is not known comes last. */
    private Comparator<String> order(String list) {
        Map<String, Integer> places = new HashMap<>();
        if (codes.containsKey(list)) {
            codes.get(list).codes().forEach(code -> places.put(code.code(), places.size()));
        }
        return Comparator.comparing((String value) -> value.equals("Not known") ? 2 : value.equals("Other") ? 1 : 0)
                .thenComparing(value -> places.getOrDefault(value, Integer.MAX_VALUE))
                .thenComparing(value -> {
                    Matcher number = NUMBER.matcher(value);
                    return value.startsWith("Under ") || !number.find() ? -1 : Integer.parseInt(number.group());
                })
                .thenComparing(value -> value);
    }
}
