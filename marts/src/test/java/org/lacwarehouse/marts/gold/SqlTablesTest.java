package org.lacwarehouse.marts.gold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfException;
import org.lacwarehouse.pipeline.conf.ConfFile;
import org.lacwarehouse.pipeline.lake.Sessions;

class SqlTablesTest {
    private static final String HEADER = "/*\ngrain: A thing\nprimary_key: [a]\ncolumns:\n  a: The a\n*/\n";

    @Test
    void whatATableReadsIsFoundByParsing() {
        MartTable table = table(HEADER
                + "WITH local AS (SELECT a FROM source_one)\n"
                + "SELECT a FROM local JOIN Source_Two USING (a) WHERE a IN (SELECT a FROM source_three)");

        assertThat(table.dependencies()).containsExactly("source_one", "source_three", "source_two");
    }

    @Test
    void mistakesAreSaidWithFileAndLine() {
        mistake("SELECT 1 AS a", "sql/x/t.sql:1: the file must begin with a comment");
        mistake(HEADER + "SELECT a FROM (", "sql/x/t.sql:7: the SQL cannot be parsed");
        mistake(HEADER + "SELECT current_date() AS a", "sql/x/t.sql:7: current_date must not be used");
        mistake(HEADER + "SELECT rand() AS a", "sql/x/t.sql:7: rand must not be used");
        mistake(HEADER + "SELECT * FROM b", "sql/x/t.sql:7: SELECT * hides which columns");
        mistake(
                HEADER.replace("[a]", "[b]") + "SELECT 1 AS a",
                "sql/x/t.sql:2: these columns are named in the header and not described under columns: [b]");
        mistake(HEADER.replace("grain", "grian") + "SELECT 1 AS a", "sql/x/t.sql:2: `grian` is not known here");
    }

    @Test
    void everyTableOfThisProgramCanBeBuiltInSomeOrder() {
        Catalogue catalogue = new Catalogue(Conf.packaged());

        assertThat(catalogue.ordered().stream().map(MartTable::name))
                .containsExactlyInAnyOrderElementsOf(catalogue.tables().keySet());
        assertThat(catalogue.tables().get("fact_measure").dependencies()).contains("fact_care_period");
        List<String> order = catalogue.ordered().stream().map(MartTable::name).toList();
        for (MartTable table : catalogue.ordered()) {
            assertThat(order.subList(0, order.indexOf(table.name())))
                    .as(table.name())
                    .containsAll(table.dependencies().stream()
                            .filter(catalogue.tables()::containsKey)
                            .toList());
        }
    }

    @Test
    void monthEndsAreTheLastOnesUpToTheAsAtDate() {
        Scope scope = new Scope(
                Map.of("1", LocalDate.of(2024, 3, 31), "2", LocalDate.of(2024, 3, 30), "3", LocalDate.of(2024, 2, 29)),
                2);

        assertThat(scope.monthEnds("1")).containsExactly(LocalDate.of(2024, 2, 29), LocalDate.of(2024, 3, 31));
        assertThat(scope.monthEnds("2")).containsExactly(LocalDate.of(2024, 1, 31), LocalDate.of(2024, 2, 29));
        assertThat(scope.monthEnds("3")).containsExactly(LocalDate.of(2024, 1, 31), LocalDate.of(2024, 2, 29));
    }

    @ParameterizedTest
    @CsvSource({
        "2008-03-31, 2024-03-31, 16",
        "2008-04-01, 2024-03-31, 15",
        "2008-02-29, 2024-02-28, 15",
        "2008-02-29, 2024-02-29, 16",
        "2008-02-29, 2023-02-28, 14",
        "2008-02-29, 2023-03-01, 15",
        "2024-03-31, 2024-03-31, 0",
        "2024-04-30, 2024-03-31, -1",
    })
    void ageIsInCompletedYears(String born, String day, int age) {
        assertThat(evaluate("completed_years(DATE'" + born + "', DATE'" + day + "')"))
                .isEqualTo(age);
    }

    @ParameterizedTest
    @CsvSource({
        "2024-01-31, 2024-02-29, 0",
        "2024-01-29, 2024-02-29, 1",
        "2023-02-28, 2024-02-29, 12",
        "2023-03-01, 2024-02-29, 11",
        "2022-03-30, 2024-09-30, 30",
        "2022-03-31, 2024-09-30, 29",
        "2024-02-28, 2025-02-28, 12",
        "2024-02-29, 2025-02-28, 11",
    })
    void monthsAreCountedByAnniversary(String start, String day, int months) {
        assertThat(evaluate("anniversary_months(DATE'" + start + "', DATE'" + day + "')"))
                .isEqualTo(months);
    }

    private static Object evaluate(String expression) {
        var spark = Sessions.local(Path.of("target/spark"));
        SqlTables.read().defineFunctions(spark);
        return spark.sql("SELECT " + expression).collectAsList().get(0).get(0);
    }

    private static MartTable table(String text) {
        return SqlTables.table(new ConfFile("sql/x/t.sql", text));
    }

    private static void mistake(String text, String message) {
        assertThatThrownBy(() -> table(text)).isInstanceOf(ConfException.class).hasMessageStartingWith(message);
    }
}
