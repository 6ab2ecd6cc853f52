package org.lacwarehouse.jobs.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.jobs.Query;
import org.lacwarehouse.jobs.audit.Audit;
import org.lacwarehouse.jobs.report.RunReport;
import org.lacwarehouse.pipeline.conf.Conf;

/** The panel pack and the run report as Chromium shows them: {@code mvn verify -Pbrowser}. */
@Tag("browser")
class BrowserTest {
    private static final LocalDate MARCH = LocalDate.of(2024, 3, 31);

    /** Canvases without a single painted pixel, or that no chart has been drawn on. */
    private static final String BLANK =
            """
            Array.from(document.querySelectorAll("canvas")).filter(function (canvas) {
              var pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
              return canvas.dataset.drawn !== "yes" || canvas.clientWidth < 300 || !pixels.some(function (p) { return p > 0; });
            }).length
            """;

    /** Headings that skip a level, in the order in which they stand. */
    private static final String SKIPPED =
            """
            Array.from(document.querySelectorAll("h1,h2,h3,h4,h5,h6")).map(function (h) { return +h.tagName[1]; })
              .filter(function (level, i, all) { return i === 0 ? level !== 1 : level > all[i - 1] + 1 || level === 1; }).length
            """;

    /** Tables without a caption or with a heading cell that does not say what it is over. */
    private static final String UNNAMED =
            "document.querySelectorAll('table:not(:has(caption)), th:not([scope]), canvas:not([aria-label])').length";

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path folder;

    @BeforeAll
    static void copyMarts() throws Exception {
        PanelPackTest.copyMarts();
    }

    @Test
    void thePageShowsTheMartsFiguresAndDrawsItsChartsWithoutANetwork() throws Exception {
        try (Browser browser = new Browser(folder.resolve("profile"))) {
            for (boolean isPublic : List.of(false, true)) {
                List<Path> files =
                        new PanelPack(Conf.packaged()).write(PanelPackTest.database(), "826", MARCH, isPublic, folder);
                browser.open(files.get(0));

                assertThat(browser.evaluate("document.querySelectorAll('h1').length"))
                        .isEqualTo("1");
                assertThat(Integer.parseInt(browser.evaluate("document.querySelectorAll('canvas').length")))
                        .isGreaterThan(5);
                assertThat(browser.evaluate(BLANK)).isEqualTo("0");
                assertThat(browser.evaluate(SKIPPED)).isEqualTo("0");
                assertThat(browser.evaluate(UNNAMED)).isEqualTo("0");
                Path shown = folder.resolve("shown.html");
                Files.writeString(shown, browser.evaluate("document.documentElement.outerHTML"));
                assertThat(PanelPackTest.check(List.of(shown, files.get(1)), isPublic ? "mart_public" : "mart", MARCH))
                        .isGreaterThan(700);
                assertThat(browser.complaints()).isEmpty();
                assertThat(browser.requests())
                        .isNotEmpty()
                        .allMatch(address ->
                                address.equals(files.get(0).toUri().toString()) || address.startsWith("data:"));
            }
        }
    }

    @Test
    void theRunReportDrawsItsChartsAndShowsTheMartsFigures() throws Exception {
        Path report;
        try (Audit audit = Audit.open(PanelPackTest.database())) {
            report = RunReport.write(audit, 1, folder);
        }
        try (Browser browser = new Browser(folder.resolve("profile of the report"))) {
            browser.open(report);

            assertThat(browser.evaluate(SKIPPED)).isEqualTo("0");
            assertThat(browser.evaluate(UNNAMED)).isEqualTo("0");
            assertThat(browser.evaluate("document.querySelectorAll('i').length"))
                    .as("escaped")
                    .isEqualTo("0");
            assertThat(Integer.parseInt(browser.evaluate("document.querySelectorAll('svg').length")))
                    .isGreaterThan(100);
            assertThat(browser.evaluate("Array.from(document.querySelectorAll('svg')).filter(function (chart) {"
                            + " return !chart.getAttribute('aria-label') || chart.clientWidth < 100; }).length"))
                    .isEqualTo("0");
            assertThat(browser.evaluate("Array.from(document.querySelectorAll('tr')).filter(function (row) {"
                            + " return row.cells[1] && row.cells[1].textContent === 'Children looked after'"
                            + " && row.cells.length === 8; }).map(function (row) {"
                            + " return row.cells[2].textContent + ' ' + row.cells[3].textContent; }).join()"))
                    .isEqualTo(Query.cell(
                            PanelPackTest.database(),
                            "select period_end || ' ' || value from mart.fact_measure where measure_id = 'cla_count'"
                                    + " and breakdown_type = 'all' order by period_end desc limit 1"));
            assertThat(browser.complaints()).isEmpty();
            assertThat(browser.requests()).containsOnly(report.toUri().toString());
        }
    }
}
