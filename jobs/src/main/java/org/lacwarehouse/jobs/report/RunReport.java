package org.lacwarehouse.jobs.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.lacwarehouse.jobs.audit.Audit;

/**
 * The report of a night as one HTML page that needs nothing else: headline figures and what changed in them, files and
 * their rows, matching, rejections by rule, freshness, steps.
 */
public final class RunReport {
    private static final int MOST_CHANGES = 100;

    private RunReport() {}

    /** Writes the report of a run into a folder; returns its file. */
    public static Path write(Audit audit, long run, Path folder) throws SQLException, IOException {
        Audit.Run night = audit.runs(Integer.MAX_VALUE).stream()
                .filter(r -> r.id() == run)
                .findFirst()
                .orElseThrow();
        List<Audit.FileLine> files = audit.files(run);
        Page page = new Page("Night " + run);
        page.paragraph("Began " + night.startedAt() + " UTC; " + night.status().replace('_', ' ')
                + night.asAt().map(date -> "; figures as at " + date).orElse("")
                + (night.isLive() ? "; its marts are the ones that people read" : "") + ".");
        page.paragraph(rowsInWords(files));
        changes(page, audit, run);
        List<List<?>> figures = new ArrayList<>();
        if (night.isLive()) {
            for (Audit.Headline headline : audit.headlines()) {
                figures.add(List.of(
                        headline.authorityName(),
                        headline.measureName(),
                        headline.periodEnd().toString(),
                        Figures.text(headline.value(), headline.unit()),
                        Figures.text(headline.yearBefore(), headline.unit()),
                        Figures.text(headline.neighbourMean(), headline.unit()),
                        Figures.text(headline.england(), headline.unit()),
                        Chart.line(
                                headline.trend(),
                                "the last " + headline.trend().size() + " periods, "
                                        + headline.trend().stream()
                                                .map(value -> Figures.text(value, headline.unit()))
                                                .collect(Collectors.joining(", ")))));
            }
            page.table(
                    "Headline figures",
                    List.of(
                            "Authority",
                            "Measure",
                            "Month end",
                            "#Figure",
                            "#A year before",
                            "#Neighbours",
                            "#England",
                            "Trend"),
                    figures);
        }
        page.table(
                "Marts that stand on older data, because the newest file was refused",
                List.of("Authority", "Source", "Dataset", "Refused", "Marts", "They stand on", "Why it was refused"),
                audit.olderData().stream()
                        .map(o -> List.of(
                                o.authority(),
                                o.source(),
                                o.dataset(),
                                o.refused().toString(),
                                o.marts(),
                                o.inForce().map(LocalDate::toString).orElse("nothing"),
                                o.reason()))
                        .toList());
        rowsBySource(page, files);
        page.table(
                "Files",
                List.of(
                        "Authority",
                        "Source",
                        "Extract",
                        "File",
                        "Dataset",
                        "Status",
                        "#Rows in",
                        "#Kept",
                        "#Repaired",
                        "#Duplicate",
                        "#Rejected",
                        "#Flagged",
                        "Note"),
                files.stream()
                        .map(f -> List.of(
                                f.authority(),
                                f.source(),
                                f.extractDate().toString(),
                                f.fileName(),
                                f.dataset(),
                                f.status(),
                                number(f.rowsIn()),
                                number(f.rowsKept()),
                                number(f.rowsRepaired()),
                                number(f.rowsDuplicate()),
                                number(f.rowsQuarantined()),
                                number(f.rowsFlagged()),
                                f.reason()))
                        .toList());
        page.table(
                "Matching to children",
                List.of("Authority", "Source", "#People", "#Matched", "#Percent", "How, or why not"),
                audit.matchRates(run).stream()
                        .map(m -> List.of(
                                m.authority(),
                                m.source(),
                                number(m.people()),
                                number(m.matched()),
                                Figures.text(m.percent(), "percent"),
                                m.kinds()))
                        .toList());
        page.table(
                "Rejections and flags by rule",
                List.of("Authority", "Dataset", "Rule", "Column", "What is wrong", "Effect", "#Rows"),
                audit.rules(run).stream()
                        .map(r -> List.of(
                                r.authority(),
                                r.dataset(),
                                r.rule(),
                                r.column(),
                                r.reason(),
                                r.effect(),
                                number(r.rows())))
                        .toList());
        page.table(
                "How fresh the marts are",
                List.of("Mart", "Authority", "Source", "Newest extract", "In the marts since (UTC)"),
                night.isLive()
                        ? audit.freshness().stream()
                                .map(f -> List.of(
                                        f.mart(),
                                        f.authority(),
                                        f.source(),
                                        f.extractDate().toString(),
                                        f.loadedAt()))
                                .toList()
                        : List.of());
        page.table(
                "Rows that the marts could use",
                List.of(
                        "Mart",
                        "Authority",
                        "Source",
                        "Dataset",
                        "Extract",
                        "#Rows kept",
                        "#About nobody known",
                        "#Used"),
                audit.usableRows(run).stream()
                        .map(u -> List.of(
                                u.mart(),
                                u.authority(),
                                u.source(),
                                u.dataset(),
                                u.extractDate().toString(),
                                number(u.kept()),
                                number(u.withoutChild()),
                                number(u.used())))
                        .toList());
        List<Audit.Step> steps = audit.steps(run);
        double longest = steps.stream().mapToDouble(Audit.Step::seconds).max().orElse(0);
        page.table(
                "Steps",
                List.of(
                        "Step",
                        "Status",
                        "#Seconds",
                        "",
                        "#Processor seconds",
                        "#Rows written",
                        "#Spark jobs",
                        "#Delta commits"),
                steps.stream()
                        .map(s -> List.of(
                                s.name(),
                                s.status(),
                                String.format(Locale.UK, "%.1f", s.seconds()),
                                Chart.bar(
                                        s.seconds(),
                                        longest,
                                        String.format(Locale.UK, "%.0f%% of the longest", 100 * s.seconds() / longest)),
                                String.format(Locale.UK, "%.1f", s.cpuSeconds()),
                                number(s.rows()),
                                number(s.sparkJobs()),
                                number(s.deltaCommits())))
                        .toList());
        Path file = folder.resolve("night-" + run + ".html");
        Files.writeString(file, page.html());
        return file;
    }

    private static String rowsInWords(List<Audit.FileLine> files) {
        if (files.isEmpty()) {
            return "No file had arrived.";
        }
        Map<String, Long> byStatus = files.stream()
                .collect(Collectors.groupingBy(Audit.FileLine::status, TreeMap::new, Collectors.counting()));
        List<Audit.FileLine> loaded =
                files.stream().filter(file -> file.status().equals("loaded")).toList();
        return "Files: "
                + byStatus.entrySet().stream()
                        .map(status -> number(status.getValue()) + " " + status.getKey())
                        .collect(Collectors.joining(", "))
                + ". Rows of those loaded: "
                + number(loaded.stream().mapToLong(Audit.FileLine::rowsIn).sum()) + " in, "
                + number(loaded.stream().mapToLong(Audit.FileLine::rowsKept).sum()) + " kept ("
                + number(loaded.stream().mapToLong(Audit.FileLine::rowsRepaired).sum()) + " of them repaired), "
                + number(
                        loaded.stream().mapToLong(Audit.FileLine::rowsDuplicate).sum())
                + " duplicate, "
                + number(loaded.stream()
                        .mapToLong(Audit.FileLine::rowsQuarantined)
                        .sum())
                + " rejected.";
    }

    private static void changes(Page page, Audit audit, long run) throws SQLException {
        Audit.ChangeCounts counts = audit.changeCounts(run);
        if (counts.changed() + counts.gone() + counts.added() == 0) {
            page.paragraph("No figure changed.");
            return;
        }
        page.paragraph("Since the night before, breakdowns included: " + number(counts.changed()) + " figures changed, "
                + number(counts.added()) + " are new, " + number(counts.gone()) + " are gone.");
        List<Audit.Change> changes = audit.changes(run, MOST_CHANGES);
        page.table(
                "Whole figures that changed since the night before, newest month ends first"
                        + (changes.size() == MOST_CHANGES
                                ? " (the first " + MOST_CHANGES + "; audit.figure has all)"
                                : ""),
                List.of("Authority", "Measure", "Month end", "#The night before", "#Now", "#Difference"),
                changes.stream()
                        .map(c -> List.of(
                                c.authorityName(),
                                c.measureName(),
                                c.periodEnd().toString(),
                                Figures.text(c.before(), c.unit()),
                                Figures.text(c.after(), c.unit()),
                                c.before()
                                        .flatMap(before -> c.after().map(after -> after - before))
                                        .map(difference -> (difference > 0 ? "+" : "")
                                                + Figures.text(
                                                        Optional.of(difference),
                                                        c.unit().equals("percent") ? "points" : c.unit()))
                                        .orElse("-")))
                        .toList());
    }

    private static void rowsBySource(Page page, List<Audit.FileLine> files) {
        Map<String, List<Audit.FileLine>> bySource = files.stream()
                .filter(file -> file.status().equals("loaded"))
                .collect(Collectors.groupingBy(
                        file -> file.authority() + " " + file.source(), TreeMap::new, Collectors.toList()));
        page.table(
                "Rows by source: kept (blue), duplicate (grey), rejected (orange)",
                List.of("Authority and source", "#Kept", "#Duplicate", "#Rejected", "#Percent rejected", "Rows"),
                bySource.entrySet().stream()
                        .map(source -> {
                            long kept = source.getValue().stream()
                                    .mapToLong(Audit.FileLine::rowsKept)
                                    .sum();
                            long duplicate = source.getValue().stream()
                                    .mapToLong(Audit.FileLine::rowsDuplicate)
                                    .sum();
                            long rejected = source.getValue().stream()
                                    .mapToLong(Audit.FileLine::rowsQuarantined)
                                    .sum();
                            String share = Figures.text(
                                    100.0 * rejected / Math.max(1, kept + duplicate + rejected), "percent");
                            return List.of(
                                    source.getKey(),
                                    number(kept),
                                    number(duplicate),
                                    number(rejected),
                                    share,
                                    Chart.rows(kept, duplicate, rejected, share + " rejected"));
                        })
                        .toList());
    }

    private static String number(long number) {
        return String.format(Locale.UK, "%,d", number);
    }
}
