package org.lacwarehouse.jobs.report;

import java.util.List;
import java.util.Locale;

/** An HTML page that is built up from text and tables; whatever is put into it is data and is escaped. */
final class Page {
    private static final String STYLE =
            """
            body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1b1b1b }
            table { border-collapse: collapse; margin: 0 0 2rem; width: 100% }
            caption { text-align: left; font-weight: 600; font-size: 1.2rem; padding: .5rem 0 }
            th, td { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #ccc; text-align: left; vertical-align: top }
            .n { text-align: right; font-variant-numeric: tabular-nums }
            svg { display: block }
            @media print { body { margin: 0; max-width: none; font-size: 11px } tr { break-inside: avoid } }
            """;

    private final StringBuilder html = new StringBuilder();

    /** Begins a page with its title. */
    Page(String title) {
        html.append("<!doctype html>\n<html lang=\"en-GB\">\n<meta charset=\"utf-8\">\n<title>")
                .append(escaped(title))
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n<h1>LAC Warehouse, ")
                .append(escaped(title.substring(0, 1).toLowerCase(Locale.ROOT) + title.substring(1)))
                .append("</h1>\n");
    }

    /** Adds a paragraph. */
    void paragraph(String text) {
        html.append("<p>").append(escaped(text)).append("</p>\n");
    }

    /**
     * Adds a table; nothing when it has no rows.
     *
     * @param headings one that begins with # is over numbers
     * @param rows text, which is escaped, or a {@link Chart}
     */
    void table(String caption, List<String> headings, List<? extends List<?>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        html.append("<table>\n<caption>").append(escaped(caption)).append("</caption>\n<tr>");
        for (String heading : headings) {
            html.append(heading.startsWith("#") ? "<th class=\"n\" scope=\"col\">" : "<th scope=\"col\">")
                    .append(escaped(heading.replace("#", "")))
                    .append("</th>");
        }
        html.append("</tr>\n");
        for (List<?> row : rows) {
            html.append("<tr>");
            for (int i = 0; i < row.size(); i++) {
                html.append(headings.get(i).startsWith("#") ? "<td class=\"n\">" : "<td>")
                        .append(row.get(i) instanceof Chart chart ? chart.svg() : escaped((String) row.get(i)))
                        .append("</td>");
            }
            html.append("</tr>\n");
        }
        html.append("</table>\n");
    }

    /** The whole page. */
    String html() {
        return html + "</html>\n";
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
