package org.lacwarehouse.jobs.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lacwarehouse.jobs.audit.Audit;

/** The report of a night as one HTML page that needs nothing else: files, rejections by rule, steps. */
public final class RunReport {
    private static final String STYLE =
            """
            body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1b1b1b }
            table { border-collapse: collapse; margin: 0 0 2rem; width: 100% }
            caption { text-align: left; font-weight: 600; font-size: 1.2rem; padding: .5rem 0 }
            th, td { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #ccc; text-align: left; vertical-align: top }
            .n { text-align: right; font-variant-numeric: tabular-nums }
            """;

    private RunReport() {}

    /** Writes the report of a run into a folder; returns its file. */
    public static Path write(Audit audit, long run, Path folder) throws SQLException, IOException {
        Audit.Run night = audit.runs(Integer.MAX_VALUE).stream()
                .filter(r -> r.id() == run)
                .findFirst()
                .orElseThrow();
        List<Audit.FileLine> files = audit.files(run);
        StringBuilder page = new StringBuilder();
        page.append("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Night ")
                .append(run)
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n<h1>LAC Warehouse, night ")
                .append(run)
                .append("</h1>\n<p>Began ")
                .append(night.startedAt())
                .append(" UTC; ")
                .append(night.status().replace('_', ' '))
                .append(night.asAt().map(date -> "; figures as at " + date).orElse(""))
                .append(night.isLive() ? "; its marts are the ones that people read" : "")
                .append(".</p>\n");
        List<List<String>> figures = new ArrayList<>();
        if (night.isLive()) {
            for (Audit.Headline headline : audit.headlines()) {
                figures.add(List.of(
                        headline.authorityName(),
                        headline.measureName(),
                        headline.periodEnd().toString(),
                        Figures.text(headline.value(), headline.unit()),
                        Figures.text(headline.yearBefore(), headline.unit()),
                        Figures.text(headline.neighbourMean(), headline.unit()),
                        Figures.text(headline.england(), headline.unit())));
            }
            table(
                    page,
                    "Headline figures",
                    List.of(
                            "Authority",
                            "Measure",
                            "Month end",
                            "#Figure",
                            "#A year before",
                            "#Neighbours",
                            "#England"),
                    figures);
        }
        table(
                page,
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
        table(
                page,
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
                                number(f.rowsDuplicate()),
                                number(f.rowsQuarantined()),
                                number(f.rowsFlagged()),
                                f.reason()))
                        .toList());
        table(
                page,
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
        table(
                page,
                "Rejections and flags by rule",
                List.of("Authority", "Dataset", "Rule", "Column", "What is wrong", "Effect", "#Rows"),
                audit.rules(run).stream()
                        .map(r -> List.of(
                                r.authority(),
                                r.dataset(),
                                r.rule(),
                                r.column(),
                                r.reason(),
                                r.isQuarantined() ? "rejected" : "noted",
                                number(r.rows())))
                        .toList());
        table(
                page,
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
        table(
                page,
                "Steps",
                List.of(
                        "Step",
                        "Status",
                        "#Seconds",
                        "#Processor seconds",
                        "#Rows written",
                        "#Spark jobs",
                        "#Delta commits"),
                audit.steps(run).stream()
                        .map(s -> List.of(
                                s.name(),
                                s.status(),
                                String.format(Locale.UK, "%.1f", s.seconds()),
                                String.format(Locale.UK, "%.1f", s.cpuSeconds()),
                                number(s.rows()),
                                number(s.sparkJobs()),
                                number(s.deltaCommits())))
                        .toList());
        page.append("</html>\n");
        Path file = folder.resolve("night-" + run + ".html");
        Files.writeString(file, page);
        return file;
    }

    private static String number(long number) {
        return String.format(Locale.UK, "%,d", number);
    }

    /** A table; a heading that begins with # is over numbers. */
    private static void table(StringBuilder page, String caption, List<String> headings, List<List<String>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        page.append("<table>\n<caption>").append(escaped(caption)).append("</caption>\n<tr>");
        for (String heading : headings) {
            page.append(heading.startsWith("#") ? "<th class=\"n\" scope=\"col\">" : "<th scope=\"col\">")
                    .append(escaped(heading.replace("#", "")))
                    .append("</th>");
        }
        page.append("</tr>\n");
        for (List<String> row : rows) {
            page.append("<tr>");
            for (int i = 0; i < row.size(); i++) {
                page.append(headings.get(i).startsWith("#") ? "<td class=\"n\">" : "<td>")
                        .append(escaped(row.get(i)))
                        .append("</td>");
            }
            page.append("</tr>\n");
        }
        page.append("</table>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
