package org.lacwarehouse.marts.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        mistake(GOOD.replace("fact_looked_after_month", "fact_nothing"), ".yml: there is no mart table fact_nothing");
        mistake(GOOD.replace("sex_name =", "sexname ="), ": `sexname` is not a column of fact_looked_after_month");
        mistake(GOOD + "breakdowns: {sex: gender}\n", ": `gender` is not a column of fact_looked_after_month");
        mistake(GOOD.replace("sex_name = 'Female'", "sex_name = = 1"), ": `sex_name = = 1` is not an SQL expression");
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
