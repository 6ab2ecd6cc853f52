package org.lacwarehouse.jobs.pack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Collectors;

/** The panel pack as one HTML page that needs nothing else: style, figures and the chart library are in it. */
final class HtmlPack {
    private static final String STYLE =
            """
            :root { --ink: #1b1b1b; --muted: #505a5f; --line: #b1b4b6; --head: #12436d; --tint: #f3f6f9 }
            * { box-sizing: border-box }
            html { font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; color: var(--ink) }
            body { margin: 0 auto; max-width: 64rem; padding: 0 1.25rem 3rem; background: #fff }
            a { color: #1d5a8f }
            a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid #12436d; outline-offset: 2px }
            .skip { position: absolute; left: -999rem } .skip:focus { left: 1rem; top: 1rem; background: #fff; padding: .5rem }
            header { border-top: .5rem solid var(--head); padding-top: 1.5rem }
            h1 { font-size: 2.1rem; line-height: 1.15; margin: 0 0 .5rem; color: var(--head) }
            .lead { font-size: 1.15rem; margin: 0 0 .75rem }
            .badge { display: inline-block; background: var(--head); color: #fff; padding: .1rem .7rem; font-weight: 600 }
            .muted { color: var(--muted) }
            h2 { font-size: 1.6rem; line-height: 1.2; color: var(--head); border-bottom: 3px solid var(--head); padding-bottom: .25rem; margin: 3rem 0 .75rem }
            h3 { font-size: 1.2rem; line-height: 1.25; margin: 2.25rem 0 .25rem }
            h3 .id { color: var(--head); margin-right: .35rem }
            .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(13.5rem, 1fr)); gap: .75rem; list-style: none; margin: 1rem 0; padding: 0 }
            .cards li { border: 1px solid var(--line); border-left: .35rem solid var(--head); padding: .6rem .8rem; background: var(--tint) }
            .cards b { display: block; font-size: 1.9rem; line-height: 1.2; color: var(--head); font-variant-numeric: tabular-nums }
            .cards span { display: block } .cards small { color: var(--muted) }
            nav ul { columns: 2; padding-left: 1.2rem; margin: .25rem 0 0 }
            .scroll { overflow-x: auto; margin: .5rem 0 .25rem }
            table { border-collapse: collapse; width: 100%; font-size: .95rem }
            caption { text-align: left; font-weight: 600; padding: .25rem 0 .4rem }
            caption small { display: block; font-weight: 400; color: var(--muted) }
            th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
            thead th { background: var(--tint); border-bottom: 2px solid var(--head); vertical-align: bottom }
            tbody th { font-weight: 400; min-width: 11rem }
            thead th.n, td.n { text-align: right; font-variant-numeric: tabular-nums }
            td.n, td.short { white-space: nowrap } th.w, td.w { padding-left: 1.2rem }
            table.narrow { width: auto; min-width: 26rem } table.narrow thead th { max-width: 18rem }
            tr.beside th, tr.beside td { color: var(--muted); font-size: .9rem; padding-top: .1rem } tr.beside th { padding-left: 1.6rem }
            tr.total th, tr.total td { font-weight: 600; border-top: 2px solid var(--head) }
            tr.now > * { font-weight: 600 }
            .good { background: #d9ede4; color: #00402c } .bad { background: #fbe3d3; color: #6b2600 }
            .notes { color: var(--muted); font-size: .875rem; margin: .25rem 0 0; padding: 0; list-style: none }
            figure { margin: .75rem 0 1rem; break-inside: avoid }
            figure .title { font-weight: 600; margin: 0 0 .25rem }
            canvas { display: block; width: 100% !important; height: auto !important }
            figcaption { font-size: .875rem; color: var(--muted); margin-top: .25rem }
            .empty { border-left: .35rem solid var(--line); padding: .4rem .8rem; background: var(--tint); margin: .5rem 0 }
            dt { font-weight: 600; margin-top: .6rem } dd { margin: 0 0 0 1.2rem }
            @media (max-width: 40rem) { nav ul { columns: 1 } h1 { font-size: 1.6rem } }
            @page { size: A4; margin: 15mm 14mm 16mm }
            @media print {
              html { font-size: 9.5pt } body { max-width: none; padding: 0 } .skip { display: none }
              * { -webkit-print-color-adjust: exact; print-color-adjust: exact }
              h1 { font-size: 22pt } h2 { font-size: 16pt; break-before: page; margin-top: 0 } h2.flow { break-before: auto; margin-top: 1.5rem }
              h3 { font-size: 12pt } h2, h3, caption, figure .title { break-after: avoid }
              .cards { grid-template-columns: repeat(4, 1fr) } .cards b { font-size: 17pt }
              .scroll { overflow: visible } thead { display: table-header-group } tr, .cards li, .part { break-inside: avoid }
              .part.long { break-inside: auto } table { font-size: 8.5pt } th, td { padding: .2rem .4rem } tbody th { min-width: 0 }
              a { color: inherit; text-decoration: none }
            }
            """;

    /** Draws the charts from the figures beside them; nothing is animated, so that the page prints as it is. */
    private static final String SCRIPT =
            """
            (function () {
              var colours = ["#12436D", "#D55E00", "#00805E", "#A0398A", "#56B4E9", "#6B4F00"];
              var dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 4], [1, 2]];
              var points = ["circle", "rect", "triangle", "rectRot", "crossRot", "star"];
              Chart.defaults.font.family = "system-ui, 'Segoe UI', Roboto, Arial, sans-serif";
              Chart.defaults.font.size = 14;
              Chart.defaults.color = "#1b1b1b";
              document.querySelectorAll("canvas[data-chart]").forEach(function (canvas) {
                var data = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
                var percent = data.unit === "percent";
                new Chart(canvas, {
                  type: data.kind,
                  data: {
                    labels: data.labels.map(function (label) { return label.split(" "); }),
                    datasets: data.series.map(function (series, i) {
                      return {
                        label: series.name, data: series.values, borderColor: colours[i % 6],
                        backgroundColor: data.kind === "bar" ? colours[i % 6] : "#fff",
                        borderDash: data.kind === "bar" ? [] : dashes[i % 6], borderWidth: data.kind === "bar" ? 0 : 2.5,
                        pointStyle: points[i % 6], pointRadius: 4, pointBorderWidth: 2, tension: 0, spanGaps: false
                      };
                    })
                  },
                  options: {
                    responsive: false, animation: false, devicePixelRatio: 2,
                    interaction: { mode: "index", intersect: false },
                    plugins: { legend: { display: data.series.length > 1, position: "bottom", align: "start", labels: { usePointStyle: data.kind === "line", boxWidth: 14 } } },
                    scales: {
                      x: { grid: { display: false }, ticks: { maxRotation: 0, autoSkip: false } },
                      y: { beginAtZero: true, grace: "8%", title: { display: true, text: data.axis }, grid: { color: "#e3e6e8" },
                        ticks: { precision: data.unit === "mean" ? 1 : 0, maxTicksLimit: 7, callback: function (v) { return v.toLocaleString("en-GB") + (percent ? "%" : ""); } } }
                    }
                  }
                });
                canvas.dataset.drawn = "yes";
              });
            })();
            """;

    private final StringBuilder page = new StringBuilder();
    private final Pack pack;
    private int charts;

    private HtmlPack(Pack pack) {
        this.pack = pack;
    }

    /** The page. */
    static String write(Pack pack) {
        return new HtmlPack(pack).page();
    }

    private String page() {
        String title = "Children in care and care leavers: panel pack";
        page.append("<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src"
                        + " 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n")
                .append("<link rel=\"icon\" href=\"data:,\">\n<title>")
                .append(escaped(title + ", " + pack.authority() + ", " + Wording.date(pack.asAt())))
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append(
                        "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">To the figures</a>\n<header>\n<h1>")
                .append(escaped(pack.authority() + ": children in care and care leavers"))
                .append("</h1>\n<p class=\"lead\">Panel pack as at ")
                .append(Wording.date(pack.asAt()))
                .append(pack.isPublic() ? " <span class=\"badge\">Public copy</span>" : "")
                .append("</p>\n");
        if (pack.isPublic()) {
            page.append(
                    "<p>This copy may be shared. Counts of 1 to 5 are suppressed and shown as c, and so are figures from"
                            + " which they could be worked out. What is not published is said where it would stand.</p>\n");
        } else {
            page.append(
                    "<p>For the council's own use: small numbers are shown. The copy that may be shared is the public"
                            + " one.</p>\n");
        }
        page.append("</header>\n");
        headlines();
        contents();
        page.append("<main id=\"main\">\n");
        for (Pack.Section section : pack.sections()) {
            section(section);
        }
        end();
        page.append("</main>\n<script>\n")
                .append(library())
                .append("\n</script>\n<script>\n")
                .append(SCRIPT)
                .append("</script>\n</body>\n</html>\n");
        return page.toString();
    }

    private void headlines() {
        if (pack.headlines().isEmpty()) {
            return;
        }
        page.append(
                "<section aria-labelledby=\"headlines\">\n<h2 class=\"flow\" id=\"headlines\">Headline figures</h2>\n<ul"
                        + " class=\"cards\">\n");
        for (Pack.Headline headline : pack.headlines()) {
            page.append("<li><span>")
                    .append(escaped(headline.name()))
                    .append("</span> <b>")
                    .append(escaped(headline.now().text()))
                    .append("</b> <small>")
                    .append(escaped(
                            headline.before().value() == null
                                    ? "no figure of " + Wording.date(headline.beforeDate())
                                    : headline.before().text() + " at " + Wording.date(headline.beforeDate())))
                    .append("</small></li>\n");
        }
        page.append("</ul>\n</section>\n");
    }

    private void contents() {
        page.append("<nav aria-labelledby=\"contents\">\n<h2 class=\"flow\" id=\"contents\">Contents</h2>\n<ul>\n");
        for (Pack.Section section : pack.sections()) {
            page.append("<li><a href=\"#")
                    .append(escaped(section.letter()))
                    .append("\">")
                    .append(escaped(section.letter() + ". " + section.title()))
                    .append("</a></li>\n");
        }
        page.append("<li><a href=\"#gaps\">What this pack does not show</a></li>\n<li><a href=\"#definitions\">What the"
                + " figures mean</a></li>\n<li><a href=\"#sources\">Sources and dates</a></li>\n</ul>\n"
                + "<p class=\"muted\">In the tables: – no figure, the reason is below the table; z nobody to whom it applies"
                + (pack.isPublic() ? "; c suppressed" : "")
                + ". Percentages and rates are whole, means have one decimal, rounded half up.</p>\n</nav>\n");
    }

    private void section(Pack.Section section) {
        page.append("<section aria-labelledby=\"")
                .append(escaped(section.letter()))
                .append("\">\n<h2 id=\"")
                .append(escaped(section.letter()))
                .append("\">")
                .append(escaped(section.letter() + ". " + section.title()))
                .append("</h2>\n<p>")
                .append(escaped(section.about()))
                .append("</p>\n");
        for (Pack.Table table : section.tables()) {
            page.append("<h3 id=\"")
                    .append(escaped(table.id()))
                    .append("\"><span class=\"id\">")
                    .append(escaped(table.id()))
                    .append("</span>")
                    .append(escaped(table.title()))
                    .append("</h3>\n");
            for (Pack.Part part : table.parts()) {
                part(table, part);
            }
        }
        page.append("</section>\n");
    }

    private void part(Pack.Table table, Pack.Part part) {
        page.append("<div class=\"part")
                .append(part.rows().size() > 16 ? " long" : "")
                .append("\">\n");
        for (Pack.Chart chart : part.charts()) {
            chart(table, chart);
        }
        if (part.rows().isEmpty()) {
            page.append("<p class=\"empty\">")
                    .append(escaped(table.id() + " " + part.caption() + ". Not shown: "
                            + String.join(" ", part.notes()).replace("– ", "")))
                    .append("</p>\n</div>\n");
            return;
        }
        page.append("<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"")
                .append(escaped(table.id() + " " + part.caption()))
                .append("\"><table")
                .append(part.columns().size() < 4 ? " class=\"narrow\"" : "")
                .append(">\n<caption>")
                .append(escaped(table.id() + " " + part.caption()))
                .append("<small>")
                .append(escaped(part.notes().isEmpty() ? "" : part.notes().get(0)))
                .append(pack.isPublic() ? " c: counts of 1 to 5 are suppressed." : "")
                .append("</small></caption>\n<thead><tr>");
        page.append(part.corner().isEmpty() ? "<td></td>" : "<th scope=\"col\">" + escaped(part.corner()) + "</th>");
        for (int i = 0; i < part.columns().size(); i++) {
            page.append(isNumeric(part, i) ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\" class=\"w\">")
                    .append(escaped(part.columns().get(i)))
                    .append("</th>");
        }
        page.append("</tr></thead>\n<tbody>\n");
        for (Pack.Row row : part.rows()) {
            page.append("<tr class=\"")
                    .append(row.kind().name().toLowerCase(Locale.ROOT))
                    .append("\"><th scope=\"row\">")
                    .append(escaped(row.name()))
                    .append("</th>");
            for (int i = 0; i < row.cells().size(); i++) {
                Pack.Cell cell = row.cells().get(i);
                String classes =
                        (isNumeric(part, i) ? "n " : cell.text().length() < 14 ? "w short " : "w ") + cell.tone();
                page.append("<td class=\"" + classes.strip() + "\">")
                        .append(escaped(cell.text()))
                        .append("</td>");
            }
            page.append("</tr>\n");
        }
        page.append("</tbody>\n</table></div>\n");
        if (part.notes().size() > 1) {
            page.append("<ul class=\"notes\">\n");
            part.notes().stream()
                    .skip(1)
                    .forEach(note -> page.append("<li>").append(escaped(note)).append("</li>\n"));
            page.append("</ul>\n");
        }
        page.append("</div>\n");
    }

    private static boolean isNumeric(Pack.Part part, int column) {
        return part.rows().stream().map(row -> row.cells().get(column)).noneMatch(cell -> cell.unit()
                .equals("text"));
    }

    private void chart(Pack.Table table, Pack.Chart chart) {
        String id = "chart-" + ++charts;
        page.append("<figure>\n");
        if (!chart.title().equals(table.title())) {
            page.append("<p class=\"title\">").append(escaped(chart.title())).append("</p>\n");
        }
        page.append("<canvas width=\"900\" height=\"300\" role=\"img\" data-chart=\"")
                .append(id)
                .append("\" aria-label=\"")
                .append(escaped(chart.title() + ". " + chart.words()))
                .append("\"></canvas>\n<script type=\"application/json\" id=\"")
                .append(id)
                .append("\">{\"kind\":")
                .append(json(chart.kind()))
                .append(",\"unit\":")
                .append(json(chart.unit()))
                .append(",\"axis\":")
                .append(json(Wording.unit(chart.unit())))
                .append(",\"labels\":")
                .append(chart.labels().stream().map(HtmlPack::json).collect(Collectors.joining(",", "[", "]")))
                .append(",\"series\":")
                .append(chart.series().stream()
                        .map(series -> "{\"name\":" + json(series.name()) + ",\"values\":" + series.values() + "}")
                        .collect(Collectors.joining(",", "[", "]")))
                .append("}</script>\n<figcaption>")
                .append(escaped(chart.words()))
                .append("</figcaption>\n</figure>\n");
    }

    private void end() {
        page.append(
                "<section aria-labelledby=\"gaps\">\n<h2 class=\"flow\" id=\"gaps\">What this pack does not show</h2>\n");
        if (pack.gaps().isEmpty()) {
            page.append("<p>Every table of the pack is filled.</p>\n");
        } else {
            page.append("<p>These tables cannot be filled at this date.</p>\n<ul>\n");
            for (Pack.Gap gap : pack.gaps()) {
                page.append("<li>")
                        .append(escaped(gap.id() + " " + gap.title() + ": "
                                + gap.reason().replace("– ", "")))
                        .append("</li>\n");
            }
            page.append("</ul>\n");
        }
        page.append("</section>\n<section aria-labelledby=\"definitions\">\n<h2 id=\"definitions\">What the figures"
                + " mean</h2>\n<p>D is the date at the head of a column.</p>\n<dl>\n");
        for (Pack.Definition definition : pack.definitions()) {
            page.append("<dt>")
                    .append(escaped(definition.name()))
                    .append("</dt>\n<dd>")
                    .append(escaped(definition.words()))
                    .append(" <span class=\"muted\">Figures ")
                    .append(escaped(definition.period()))
                    .append(". Counted: ")
                    .append(escaped(definition.numerator()))
                    .append(definition.denominator().isEmpty() ? "" : "; out of: " + escaped(definition.denominator()))
                    .append(". Measure ")
                    .append(escaped(definition.id()))
                    .append(".</span></dd>\n");
        }
        page.append(
                "</dl>\n</section>\n<section aria-labelledby=\"sources\">\n<h2 class=\"flow\" id=\"sources\">Sources and"
                        + " dates</h2>\n<ul>\n");
        for (String line : pack.sources()) {
            page.append("<li>").append(escaped(line)).append("</li>\n");
        }
        page.append("<li>Version of the marts: ")
                .append(escaped(pack.version()))
                .append(".</li>\n<li>Charts: Chart.js, MIT licence.</li>\n</ul>\n</section>\n");
    }

    /** The chart library as one script, from the jar of its webjar. */
    private static String library() {
        String artifact = "org.webjars.npm/chart.js";
        try {
            Properties properties = new Properties();
            try (InputStream in = resource("META-INF/maven/" + artifact + "/pom.properties")) {
                properties.load(in);
            }
            try (InputStream in = resource("META-INF/resources/webjars/chart.js/" + properties.getProperty("version")
                    + "/dist/chart.umd.min.js")) {
                // The comment at its end would make a browser look for a file that is not there.
                return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .replaceAll("(?m)^//# sourceMappingURL=.*$", "")
                        .replace("</script", "<\\/script");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The chart library of the program cannot be read", e);
        }
    }

    private static InputStream resource(String path) throws IOException {
        InputStream in = HtmlPack.class.getClassLoader().getResourceAsStream(path);
        if (in == null) {
            throw new IOException(path + " is missing from the program's libraries");
        }
        return in;
    }

    private static String json(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || "\"\\<>&'\u2028\u2029".indexOf(c) >= 0) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
