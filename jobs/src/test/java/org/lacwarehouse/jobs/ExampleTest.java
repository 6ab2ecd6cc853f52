package org.lacwarehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.lacwarehouse.marts.publish.Database;

/** A council whose figures an independent implementation has computed: every cell agrees, to ten digits. */
class ExampleTest {
    @Test
    void everyFigureAgreesWithTheIndependentImplementation() throws Exception {
        Database database = ExampleMart.published();
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
        assertThat(expected).hasSizeGreaterThan(7500);
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

    private static InputStream resource(String name) {
        return ExampleTest.class.getResourceAsStream("/example/" + name);
    }
}
