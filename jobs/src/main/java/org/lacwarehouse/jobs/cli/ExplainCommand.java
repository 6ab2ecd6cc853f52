package org.lacwarehouse.jobs.cli;

import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.lacwarehouse.jobs.Main;
import org.lacwarehouse.jobs.database.OpenDatabase;
import org.lacwarehouse.jobs.explain.Changes;
import org.lacwarehouse.jobs.explain.Marts;
import org.lacwarehouse.jobs.explain.Marts.Figure;
import org.lacwarehouse.jobs.explain.Marts.Part;
import org.lacwarehouse.jobs.explain.Marts.SourceRow;
import org.lacwarehouse.jobs.night.EarlierMarts;
import org.lacwarehouse.jobs.report.Words;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.measure.MeasureViews;
import org.lacwarehouse.marts.publish.Publication;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says why a figure is what it is, down to the delivered rows, and what changed it since the version before. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "Says why a figure is what it is: its definition, the children behind numerator and denominator, and for each"
                    + " child file, line and extract date of the rows that decided it. Children are"
                    + " pseudonyms."
        })
public final class ExplainCommand implements Callable<Integer> {
    private static final String ALL = "all";
    private static final int NEAREST = 5;

    @Parameters(paramLabel = "MEASURE", description = "Identifier of the measure, such as placements_3plus.")
    private String measure;

    @Option(
            names = "--authority",
            paramLabel = "CODE",
            required = true,
            description = "Three-digit code of the authority.")
    private String authority;

    @Option(
            names = "--period-end",
            paramLabel = "DATE",
            description = "The month end of the figure. Default: the newest.")
    private LocalDate periodEnd;

    @Option(
            names = "--breakdown",
            paramLabel = "TYPE=GROUP",
            description = "A group of the figure, such as sex=Female. Default: the whole figure.")
    private String breakdown;

    @Option(
            names = "--as-at",
            paramLabel = "DATE",
            description =
                    "The figure as it was with what had been extracted by this date, computed anew by the rules of"
                            + " today; this takes about as long as a night. Default: as published.")
    private LocalDate asAt;

    @Option(
            names = "--compare-as-at",
            paramLabel = "DATE",
            description = "What has changed since that date: which children came, went or count otherwise, and by which"
                    + " rows. Computed like --as-at.")
    private LocalDate compareAsAt;

    @Option(
            names = "--compare-last-version",
            description = "What has changed since the version of the marts that people read before this one; at once.")
    private boolean compareLastVersion;

    @Mixin
    private ConfMixin conf;

    @Mixin
    private WarehouseMixin warehouse;

    @Mixin
    private DatabaseOptions databaseOptions;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private final PrintStream out = System.out;

    /** A figure in one version of the marts. */
    private record State(Marts marts, Optional<Figure> figure, Map<String, Part> children, String from) {}

    @Override
    public Integer call() throws Exception {
        if (compareLastVersion && (compareAsAt != null || asAt != null)) {
            throw wrong(
                    "--compare-last-version compares what is published; --as-at and --compare-as-at compare dates.");
        }
        try (OpenDatabase database = databaseOptions.openExisting(warehouse.folder());
                Marts published = new Marts(database.database(), Publication.MART)) {
            Words words = words(published);
            LocalDate end = end(published, words);
            if (asAt == null && compareAsAt == null) {
                State now = state(published, end, "published by " + published.night());
                if (compareLastVersion) {
                    try (Marts last = new Marts(database.database(), Publication.PREVIOUS)) {
                        say(words, end, now, state(last, end, "published by " + last.night()));
                    }
                } else {
                    say(words, end, now, null);
                }
                return Main.OK;
            }
            try (EarlierMarts earlier = new EarlierMarts(warehouse.folder(), conf.read(), database.database());
                    Marts then = asAt == null ? null : as(earlier, database, end, asAt);
                    Marts other = compareAsAt == null ? null : as(earlier, database, end, compareAsAt)) {
                say(
                        words,
                        end,
                        then == null
                                ? state(published, end, "published by " + published.night())
                                : state(then, end, "computed as at " + asAt),
                        other == null ? null : state(other, end, "computed as at " + compareAsAt));
            }
        }
        return Main.OK;
    }

    private Marts as(EarlierMarts earlier, OpenDatabase database, LocalDate end, LocalDate date) throws Exception {
        return new Marts(database.database(), earlier.publish(measure, authority, end, date));
    }

    private State state(Marts marts, LocalDate end, String from) {
        String type = breakdown == null ? ALL : breakdown.substring(0, Math.max(0, breakdown.indexOf('=')));
        String group = breakdown == null ? ALL : breakdown.substring(breakdown.indexOf('=') + 1);
        Optional<Figure> figure = marts.figure(measure, authority, end, type, group);
        Map<String, Part> children = figure.isEmpty()
                ? Map.of()
                : marts.children(measure, authority, end, breakdown == null ? null : grouped(type), group);
        if (figure.isEmpty() && breakdown != null) {
            checkGroup(marts.groups(measure, authority, end), type, group);
        }
        return new State(marts, figure, children, from);
    }

    private void say(Words words, LocalDate end, State now, State before) {
        out.println(words.name() + (breakdown == null ? "" : ", " + breakdown) + ", "
                + now.marts().authorities().get(authority) + " (" + authority + "), " + end + ": "
                + now.figure().map(figure -> shown(words, figure)).orElse("no figure"));
        out.println();
        out.println("Definition   " + words.definition());
        out.println("Period       " + words.period());
        now.figure().ifPresent(figure -> {
            out.println("Numerator    " + number(figure.numerator()) + "  " + words.numerator());
            if (figure.denominator() != null) {
                out.println("Denominator  " + number(figure.denominator()) + "  " + words.denominator());
            }
        });
        out.println("Made from    " + String.join(", ", now.marts().datasets(measure)));
        out.println("Figure       " + now.from());
        if (before == null) {
            explain(words, end, now);
        } else {
            out.println("Before       "
                    + before.figure().map(figure -> shown(words, figure)).orElse("no figure") + ", " + before.from());
            compare(end, before, now);
        }
    }

    private Words words(Marts marts) {
        Map<String, Words> measures = marts.measures();
        if (!measures.containsKey(measure)) {
            throw wrong("There is no measure `" + measure + "`; the nearest names are "
                    + String.join(", ", nearest(measures.keySet())) + ". mart.dim_measure lists all "
                    + measures.size() + ".");
        }
        return measures.get(measure);
    }

    private List<String> nearest(Collection<String> names) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        // A name that holds what was typed is nearer than any misspelling.
        return names.stream()
                .sorted(Comparator.comparing((String name) -> !name.contains(measure))
                        .thenComparing(name -> distance.apply(name, measure))
                        .thenComparing(name -> name))
                .limit(NEAREST)
                .toList();
    }

    private LocalDate end(Marts marts, Words words) {
        Map<String, String> authorities = marts.authorities();
        if (!authorities.containsKey(authority)) {
            throw wrong("The marts hold no records of authority " + authority + "; they hold those of "
                    + String.join(", ", authorities.keySet()) + ".");
        }
        List<LocalDate> ends = marts.monthEnds(measure, authority);
        if (ends.isEmpty()) {
            throw wrong("There is no figure of " + words.id() + " for authority " + authority + " at any month end.");
        }
        LocalDate newest = ends.get(ends.size() - 1);
        if (periodEnd == null) {
            return newest;
        }
        if (!ends.contains(periodEnd)) {
            boolean marches = ends.stream().allMatch(day -> day.getMonthValue() == 3);
            throw wrong("There is no figure of " + words.id() + " at " + periodEnd + "; there are figures "
                    + (ends.size() == 1
                            ? "at " + newest
                            : ends.size() <= 12
                                    ? "at "
                                            + ends.stream()
                                                    .map(LocalDate::toString)
                                                    .collect(Collectors.joining(", "))
                                    : "at every " + (marches ? "31 March" : "month end") + " from " + ends.get(0)
                                            + " to " + newest)
                    + ".");
        }
        return periodEnd;
    }

    private void checkGroup(Map<String, List<String>> groups, String type, String group) {
        groups.remove(ALL);
        if (groups.containsKey(type)) {
            throw wrong("Nobody is in the group `" + group + "` of " + type + "; the groups are "
                    + String.join(", ", groups.get(type)) + ".");
        }
        throw wrong(
                groups.isEmpty()
                        ? "The measure " + measure + " has no breakdowns."
                        : "The measure " + measure + " is not broken down by `" + type + "`; --breakdown takes "
                                + groups.entrySet().stream()
                                        .map(each -> each.getKey() + "="
                                                + each.getValue().get(0))
                                        .collect(Collectors.joining(", "))
                                + " and the like.");
    }

    private String grouped(String type) {
        Catalogue catalogue = new Catalogue(conf.read());
        return catalogue.measures().stream()
                .filter(each -> each.id().equals(measure) && each.breakdowns().containsKey(type))
                .findFirst()
                .map(each -> new MeasureViews(catalogue.tables()).grouped(catalogue.measures(), each, type))
                .orElseThrow(() -> wrong("The configuration does not break " + measure + " down by " + type
                        + ", the marts do; name the one they were built with by --conf."));
    }

    private CommandLine.ParameterException wrong(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    private void explain(Words words, LocalDate end, State state) {
        Map<String, Part> children = state.children();
        Map<String, List<SourceRow>> rows = state.marts().rows(measure, authority, end, children.keySet());
        Map<String, String> rules = state.marts().rules(authority);
        if (children.values().stream().anyMatch(Part::inDenominator)) {
            list("In the numerator", children, Part::inNumerator, rows, rules);
            list("In the denominator only", children, part -> part.inDenominator() && !part.inNumerator(), rows, rules);
        } else {
            list("Counted", children, Part::inNumerator, rows, rules);
            if (words.denominator() != null) {
                out.println();
                out.println("The denominator is a number of the authority, which no row about a child decides.");
            }
        }
    }

    private void list(
            String title,
            Map<String, Part> children,
            Predicate<Part> which,
            Map<String, List<SourceRow>> rows,
            Map<String, String> rules) {
        Map<String, Part> listed = new LinkedHashMap<>();
        children.forEach((child, part) -> {
            if (which.test(part)) {
                listed.put(child, part);
            }
        });
        out.println();
        out.println(title + ": " + count(listed.size(), "child", "children"));
        listed.forEach((child, part) -> {
            out.println("  " + child + adds(part));
            files(rows.getOrDefault(child, List.of()), rules, "    ", "");
        });
    }

    private static String count(int number, String one, String several) {
        return String.format(Locale.UK, "%,d %s", number, number == 1 ? one : several);
    }

    /** What a child adds, where that is more than being counted once. */
    private static String adds(Part part) {
        boolean once = List.of(0.0, 1.0).contains(part.toNumerator())
                && List.of(0.0, 1.0).contains(part.toDenominator());
        return once
                ? ""
                : "  adds " + number(part.toNumerator()) + " to the numerator"
                        + (part.inDenominator() ? ", " + number(part.toDenominator()) + " to the denominator" : "");
    }

    /** Rows by file, as ranges of lines, and what is to be said of single ones. */
    private void files(List<SourceRow> rows, Map<String, String> rules, String indent, String mark) {
        Map<String, List<SourceRow>> byFile = new TreeMap<>();
        rows.forEach(row ->
                byFile.computeIfAbsent(file(row), name -> new ArrayList<>()).add(row));
        byFile.forEach((file, own) -> {
            List<Integer> lines =
                    own.stream().map(SourceRow::line).sorted().distinct().toList();
            String matches = own.stream()
                    .map(SourceRow::match)
                    .filter(match -> !match.isEmpty())
                    .distinct()
                    .sorted()
                    .collect(Collectors.joining(", "));
            out.println(indent + mark + file + " " + (lines.size() == 1 ? "line " : "lines ") + ranges(lines)
                    + (lines.size() == 1 ? "" : newest(own))
                    + (matches.isEmpty() ? "" : "; matched by " + matches));
            own.stream().sorted(Comparator.comparing(SourceRow::line)).forEach(row -> remarks(row, rules)
                    .forEach(remark -> out.println(indent + "  line " + row.line() + " " + remark)));
        });
    }

    /** Most figures look at the newest row up to the month end. */
    private static String newest(List<SourceRow> rows) {
        return rows.stream()
                .filter(row -> row.day() != null)
                .max(Comparator.comparing(SourceRow::day).thenComparing(SourceRow::line))
                .map(row -> ", the newest line " + row.line() + " of " + row.day())
                .orElse("");
    }

    private static String file(SourceRow row) {
        String name = row.file().substring(row.file().lastIndexOf('/') + 1);
        String dataset = row.dataset().substring(row.dataset().lastIndexOf('/') + 1);
        return row.file() + (name.startsWith(dataset + ".") ? "" : " (" + dataset + ")");
    }

    private static List<String> remarks(SourceRow row, Map<String, String> rules) {
        Function<String, String> words = rule -> rule + (rules.containsKey(rule) ? ": " + rules.get(rule) : "");
        return Stream.concat(
                        Stream.of(row.repairs().split(" "))
                                .filter(rule -> !rule.isEmpty())
                                .map(rule -> "repaired by " + words.apply(rule)),
                        Stream.of(row.flags().split(" "))
                                .filter(rule -> !rule.isEmpty())
                                .map(rule -> "flagged " + words.apply(rule)))
                .toList();
    }

    /** {@code 3, 7-9} for 3, 7, 8, 9. */
    static String ranges(List<Integer> lines) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            int first = lines.get(i);
            while (i + 1 < lines.size() && lines.get(i + 1) == lines.get(i) + 1) {
                i++;
            }
            text.append(text.isEmpty() ? "" : ", ").append(first);
            if (lines.get(i) > first) {
                text.append('-').append(lines.get(i));
            }
        }
        return text.toString();
    }

    private void compare(LocalDate end, State before, State now) {
        Changes changes = Changes.between(before.children(), now.children());
        Set<String> changed = changes.children();
        Map<String, List<SourceRow>> rows = now.marts().rows(measure, authority, end, changed);
        Map<String, List<SourceRow>> earlierRows = before.marts().rows(measure, authority, end, changed);
        Map<String, String> rules = now.marts().rules(authority);
        if (changed.isEmpty()) {
            out.println();
            out.println(
                    before.figure().equals(now.figure())
                            ? "Nothing has changed: the same children count in the same way."
                            : "The same children count in the same way; what they are divided by has changed.");
        }
        changes.groups().forEach((title, children) -> {
            out.println();
            out.println(title + ": " + count(children.size(), "child", "children"));
            children.forEach(child -> {
                out.println("  " + child);
                difference(earlierRows.getOrDefault(child, List.of()), rows.getOrDefault(child, List.of()), rules);
            });
        });
    }

    private void difference(List<SourceRow> before, List<SourceRow> now, Map<String, String> rules) {
        Changes.Rows changed = Changes.rows(before, now);
        Predicate<SourceRow> isMatched = row -> !row.match().isEmpty();
        files(only(changed.gone(), isMatched.negate()), rules, "    ", "no longer: ");
        files(only(changed.gone(), isMatched), rules, "    ", "no longer, or no longer matched to the child: ");
        files(only(changed.come(), isMatched.negate()), rules, "    ", "new: ");
        files(only(changed.come(), isMatched), rules, "    ", "new, or newly matched to the child: ");
        changed.corrected().forEach((from, to) -> {
            String what = from.content() != to.content()
                    ? "corrected: "
                    : "matched by " + to.match() + " instead of " + from.match() + ": ";
            out.println(
                    "    " + what + file(to) + " line " + to.line() + ", was " + file(from) + " line " + from.line());
            remarks(to, rules).forEach(remark -> out.println("      line " + to.line() + " " + remark));
        });
        if (changed.isEmpty()) {
            out.println(
                    "    its rows say the same but for values that are not shown here, such as a date of birth; or what"
                            + " changed is reference data or the program");
        }
    }

    private static List<SourceRow> only(List<SourceRow> rows, Predicate<SourceRow> which) {
        return rows.stream().filter(which).toList();
    }

    private static String shown(Words words, Figure figure) {
        if (figure.value() == null) {
            return "no value, nobody is in the denominator";
        }
        String value = BigDecimal.valueOf(figure.value())
                .setScale(words.unit().equals("count") ? 0 : 1, RoundingMode.HALF_UP)
                .toPlainString();
        String d = figure.denominator() == null ? "" : number(figure.denominator());
        String n = number(figure.numerator());
        return switch (words.unit()) {
            case "percent" -> value + "% = 100 x " + n + " / " + d;
            case "rate_per_10000" -> value + " per 10,000 = 10,000 x " + n + " / " + d;
            case "mean", "days" -> value + (words.unit().equals("days") ? " days" : "") + " = " + n + " / " + d;
            default -> value;
        };
    }

    private static String number(double value) {
        return new BigDecimal(String.valueOf(value))
                .setScale(2, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }
}
