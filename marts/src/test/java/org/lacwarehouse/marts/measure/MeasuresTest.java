package org.lacwarehouse.marts.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfException;

class MeasuresTest {
    private static final String GOOD =
            """
            name: Girls
            definition: Girls looked after
            unit: count
            polarity: neutral
            period: at D
            fact: fact_looked_after_month
            rows: sex_name = 'Female'
            numerator: {words: girls looked after at D}
            """;

    @TempDir
    Path conf;

    @Test
    void aNewMeasureIsOneNewFile() throws IOException {
        write(GOOD);

        assertThat(new Catalogue(Conf.withOverrides(conf)).measures())
                .filteredOn(measure -> measure.id().equals("girls"))
                .singleElement()
                .returns("population", Measure::mart)
                .returns("1", measure -> measure.numerator().adds());
    }

    @Test
    void mistakesAreSaidWithFileAndLine() throws IOException {
        mistake(GOOD.replace("unit: count", "unit: number"), ":3: `number` is not one of count, days, mean,");
        mistake(GOOD.replace("unit: count", "unit: percent"), ":3: a percent needs a denominator");
        mistake(GOOD + "denominator: {words: all}\n", ":3: a count has no denominator");
        mistake(GOOD.replace("words: girls looked after at D", "where: true"), ":8: `words` is missing");
        mistake(GOOD + "difference: {of: a, less: b}\n", ":1: a measure either names the `fact` it counts or is");
        mistake(
                GOOD.replace("fact: fact_looked_after_month\n", "difference: {of: cla_count, less: started_year}\n"),
                ":6: a difference takes two measures that count the same fact");
        mistake(GOOD + "once_per_child: newest\n", ":9: expected `first by <date column>`");
        mistake(GOOD.replace("fact_looked_after_month", "fact_nothing"), ":6: there is no mart table fact_nothing");
        mistake(GOOD.replace("fact_looked_after_month", "dim_date"), ":6: dim_date cannot be counted");
        mistake(GOOD.replace("sex_name =", "sexname ="), ":7: `sexname` is not a column of fact_looked_after_month");
        mistake(GOOD + "breakdowns: {sex: gender}\n", ":9: `gender` is not a column of fact_looked_after_month");
        mistake(GOOD.replace("sex_name = 'Female'", "sex_name = = 1"), ":7: `sex_name = = 1` is not an SQL expression");
        mistake(GOOD.replace("at D\nfact", "now and then\nfact"), ":5: `now and then` is not one of ");
        mistake(GOOD + "months: is_full_moon\n", ": `months: is_full_moon` is not a column of fact_authority_month");
    }

    @Test
    void whatIsDividedTheWrongWayRoundIsSaid() throws IOException {
        String percent = GOOD.replace("unit: count", "unit: percent").replace("rows: sex_name = 'Female'\n", "");
        mistake(
                percent + "denominator: {words: girls, where: sex_name = 'Female'}\n",
                ":8: this divides the wrong way round: the denominator is all `rows` of the measure");
        mistake(
                percent + "denominator: {words: all children}\n",
                ":7: this divides the wrong way round: a percent counts in its numerator, with `where`");
        mistake(
                GOOD.replace("unit: count", "unit: mean") + "denominator: {words: ages, sum: age}\n",
                ":8: this divides the wrong way round: the numerator of mean is a `sum`");
        mistake(
                percent.replace("at D}", "at D, where: is_uasc}")
                        + "denominator: {words: all, of_month: population_0_17}\n",
                ":8: a rate_per_10000, and nothing else, is divided by a figure `of_month`");
        mistake(
                GOOD.replace("unit: count", "unit: rate_per_10000") + "denominator: {words: all, of_month: people}\n",
                ":9: `people` is not a column of fact_looked_after_month");
    }

    /** The catalogue of the specification, copied: what is declared says the same, and lacks nothing of these marts. */
    @Test
    void theDeclarationsAreThoseOfTheCatalogue() throws IOException {
        Map<String, String> types = Map.ofEntries(
                Map.entry("s", "sex"),
                Map.entry("a", "age_band"),
                Map.entry("e", "ethnic_group"),
                Map.entry("n", "category_of_need"),
                Map.entry("l", "legal_status"),
                Map.entry("t", "placement_group"),
                Map.entry("c", "placement_type"),
                Map.entry("p", "placement_provider"),
                Map.entry("u", "uasc"),
                Map.entry("d", "disabled"),
                Map.entry("r", "reason_ceased"),
                Map.entry("b", "distance_band"),
                Map.entry("k", "placements_in_year"),
                Map.entry("w", "placement_duration"));
        List<String> expected = new ArrayList<>();
        try (CsvReader<NamedCsvRecord> lines = CsvReader.builder()
                .ofNamedCsvRecord(new InputStreamReader(
                        MeasuresTest.class.getResourceAsStream("/measures.csv"), StandardCharsets.UTF_8))) {
            for (NamedCsvRecord line : lines) {
                // Letters, and words about some of them: `t; c = PLACE code; ap`.
                TreeSet<String> breakdowns = new TreeSet<>();
                for (String part : line.getField("breakdowns").split(";")) {
                    part.replaceFirst("=.*", "")
                            .strip()
                            .chars()
                            .forEach(letter -> breakdowns.add(types.get(String.valueOf((char) letter))));
                }
                expected.add(String.join(
                        "|",
                        line.getField("mart"),
                        line.getField("measure_id"),
                        line.getField("name"),
                        line.getField("unit"),
                        line.getField("polarity"),
                        line.getField("period"),
                        line.getField("report_reference"),
                        line.getField("benchmark_id"),
                        breakdowns.toString()));
            }
        }
        assertThat(expected).hasSize(50);
        assertThat(new Catalogue(Conf.packaged())
                        .measures().stream()
                                .filter(m -> List.of("population", "placements").contains(m.mart()))
                                .map(m -> String.join(
                                        "|",
                                        m.mart(),
                                        m.id(),
                                        m.name(),
                                        m.unit(),
                                        m.polarity(),
                                        m.period(),
                                        m.reportReference(),
                                        m.benchmarkId(),
                                        new TreeSet<>(m.breakdowns().keySet()).toString())))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void mistakesInTargetsAndBankHolidaysAreSaidWithFileAndLine() throws IOException {
        String head = "la_code,measure_id,comparison,target_value,valid_from,valid_to,words\n";
        wrong("targets/1.csv", head + "826,cla_count,about,5,2024-04-01,,\n", "targets/1.csv:2: comparison must be");
        wrong(
                "targets/1.csv",
                head + "826,cla_cuont,<,5,2024-04-01,,\n",
                "targets/1.csv:2: there is no measure `cla_cuont`");
        wrong("targets/1.csv", head + "826,cla_count,<,many,2024-04-01,,\n", "targets/1.csv:2: target_value must be");
        wrong(
                "targets/1.csv",
                head + "826,cla_count,<,5,01/04/2024,,\n",
                "targets/1.csv:2: valid_from and valid_to are");
        wrong(
                "targets/1.csv",
                head + "826,cla_count,<,5,2024-04-01,2025-03-31,\n826,cla_count,<,4,2025-03-31,,\n",
                "targets/1.csv:3: the authority has another target");
        Files.delete(conf.resolve("targets/1.csv"));
        wrong(
                "calendar/bank_holidays.csv",
                "date,name\n2024-12-25,Christmas\n2026-12-25,Christmas\n",
                "calendar/bank_holidays.csv:1: the bank holidays of 2025 are missing");
        wrong("calendar/bank_holidays.csv", "date,name\n25 December,Christmas\n", "bank_holidays.csv:2: date must be");
    }

    private void wrong(String path, String text, String message) throws IOException {
        Path file = conf.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThatThrownBy(() -> new Catalogue(Conf.withOverrides(conf)))
                .isInstanceOf(ConfException.class)
                .hasMessageContaining(message);
    }

    private void mistake(String text, String message) throws IOException {
        write(text);
        assertThatThrownBy(() -> new Catalogue(Conf.withOverrides(conf)))
                .isInstanceOf(ConfException.class)
                .hasMessageContaining("measures/population/girls")
                .hasMessageContaining(message);
    }

    private void write(String text) throws IOException {
        Path file = conf.resolve("measures/population/girls.yml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
