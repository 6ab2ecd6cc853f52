package org.lacwarehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.jobs.night.Night;
import org.lacwarehouse.jobs.night.NightOptions;
import org.lacwarehouse.marts.publish.Database;

/** A council whose figures an independent implementation has computed: every cell agrees, to ten digits. */
@ExtendWith(PostgresKit.class)
class ExampleTest {
    @TempDir
    Path folder;

    @Test
    void everyFigureAgreesWithTheIndependentImplementation(Database database) throws Exception {
        Path landing = folder.resolve("landing");
        put(
                landing.resolve("826/social_care/2024-03-31"),
                "header",
                "episodes",
                "uasc",
                "disability",
                "reviews",
                "missing",
                "sw_episodes",
                "ad1",
                "placed_adoption",
                "plans");
        put(landing.resolve("national/reference/2024-03-31"), "population", "postcodes");
        NightOptions options = new NightOptions(landing, folder.resolve("warehouse"), null, 24, null);
        new Night(options, database, new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8)).run();

        Map<String, String> expected = new TreeMap<>();
        try (CsvReader<NamedCsvRecord> lines = CsvReader.builder()
                .ofNamedCsvRecord(new InputStreamReader(
                        new GZIPInputStream(resource("expected.csv.gz")), StandardCharsets.UTF_8))) {
            for (NamedCsvRecord line : lines) {
                expected.put(
                        key(line.getFields().subList(0, 5).toArray(String[]::new)),
                        cells(line.getField("numerator"), line.getField("denominator"), line.getField("value")));
            }
        }
        Map<String, String> found = Query.rows(
                        database,
                        "select la_code, measure_id, period_end, breakdown_type, breakdown, coalesce(numerator::text, ''),"
                                + " coalesce(denominator::text, ''), coalesce(value::text, '') from mart.fact_measure",
                        "|")
                .stream()
                .map(line -> line.split("\\|", -1))
                .collect(Collectors.toMap(
                        cells -> key(cells[0], cells[1], cells[2], cells[3], cells[4]),
                        cells -> cells(cells[5], cells[6], cells[7]),
                        (a, b) -> a + " and " + b,
                        TreeMap::new));
        assertThat(expected).hasSizeGreaterThan(5500);
        assertThat(found).isEqualTo(expected);
    }

    private static String key(String... parts) {
        return String.join(" / ", parts);
    }

    private static String cells(String... numbers) {
        StringBuilder text = new StringBuilder();
        for (String number : numbers) {
            text.append(
                            number.isEmpty()
                                    ? "-"
                                    : new BigDecimal(number)
                                            .round(new MathContext(10))
                                            .stripTrailingZeros()
                                            .toPlainString())
                    .append(' ');
        }
        return text.toString();
    }

    private static void put(Path extract, String... datasets) throws IOException {
        Files.createDirectories(extract);
        for (String dataset : datasets) {
            try (InputStream in = resource(dataset + ".csv.gz")) {
                Files.copy(in, extract.resolve(dataset + ".csv.gz"));
            }
        }
        Files.write(extract.resolve("_READY"), new byte[0]);
    }

    private static InputStream resource(String name) {
        return ExampleTest.class.getResourceAsStream("/example/" + name);
    }
}
