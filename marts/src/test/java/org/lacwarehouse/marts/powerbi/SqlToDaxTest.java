package org.lacwarehouse.marts.powerbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lacwarehouse.marts.gold.MartTable;

/** SQL of declarations becomes DAX that means the same, brackets and missing values included. */
class SqlToDaxTest {
    private static final MartTable FACT = table(
            "f", Set.of("late", "missing", "maybe"), "a", "b", "c", "day", "late", "missing", "maybe", "is_x", "name");
    private static final MartTable MONTH = table(
            "fact_authority_month",
            Set.of(),
            "period_end",
            "month_start",
            "year_start",
            "is_31_march",
            "academic_year");

    private static MartTable table(String name, Set<String> nullable, String... columns) {
        Map<String, String> words = new LinkedHashMap<>();
        for (String column : columns) {
            words.put(column, "Words");
        }
        return new MartTable(
                name, "mart", "Grain", List.of(columns[0]), Map.of(), nullable, words, Set.of(), "", spark -> null);
    }

    private static SqlToDax translation() {
        return new SqlToDax(FACT, MONTH);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '`',
            value = {
                "a - (b + c)             => f[a] - ( f[b] + f[c] )",
                "a - b - c               => f[a] - f[b] - f[c]",
                "a - (b - c)             => f[a] - ( f[b] - f[c] )",
                "(a + b) * c             => ( f[a] + f[b] ) * f[c]",
                "a + b * c               => f[a] + f[b] * f[c]",
                "a - -1                  => f[a] - ( -1 )",
                "late                    => f[late]",
                "a - missing             => IF ( NOT ( ISBLANK ( f[missing] ) ), f[a] - f[missing] )",
                "coalesce(missing, 0)    => COALESCE ( f[missing], 0 )",
                "CASE WHEN is_x THEN a ELSE 0.5 END => IF ( f[is_x], f[a], 0.5 )",
            })
    void values(String sql, String dax) throws Exception {
        assertThat(translation().value(sql).text()).isEqualTo(dax);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '`',
            value = {
                "is_x AND a > 0                  => f[is_x] && f[a] > 0",
                "is_x AND (a = 1 OR b = 2)       => f[is_x] && ( f[a] = 1 || f[b] = 2 )",
                "NOT (is_x AND a < b)            => NOT ( f[is_x] ) || f[a] >= f[b]",
                "NOT (is_x OR a <> b)            => NOT ( f[is_x] ) && f[a] = f[b]",
                "a - (b + c) > 0                 => f[a] - ( f[b] + f[c] ) > 0",
                "day BETWEEN month_start AND period_end => f[day] >= MonthStart && f[day] <= PeriodEnd",
                "day + 42 > year_start           => f[day] + 42 > YearStart",
                // A blank is a day in 1899: earlier than every month end, and never later than the start of a year.
                "late <= period_end              => NOT ( ISBLANK ( f[late] ) ) && f[late] <= PeriodEnd",
                "late > year_start AND late <= period_end => f[late] > YearStart && f[late] <= PeriodEnd",
                "late > year_start OR late < period_end =>"
                        + " f[late] > YearStart || NOT ( ISBLANK ( f[late] ) ) && f[late] < PeriodEnd",
                "missing = 0                     => NOT ( ISBLANK ( f[missing] ) ) && f[missing] = 0",
                "NOT (missing = 0)               => NOT ( ISBLANK ( f[missing] ) ) && f[missing] <> 0",
                "maybe                           => f[maybe]",
                "NOT maybe                       => NOT ( ISBLANK ( f[maybe] ) ) && NOT ( f[maybe] )",
                "late IS NULL                    => ISBLANK ( f[late] )",
                "late IS NOT NULL AND late < day => NOT ( ISBLANK ( f[late] ) ) && f[late] < f[day]",
                "a IN (1, 2)                     => f[a] IN { 1, 2 }",
                "a NOT IN (1, 2)                 => NOT ( f[a] IN { 1, 2 } )",
                "name = 'say \"no\"'             => f[name] = \"say \"\"no\"\"\"",
            })
    void conditions(String sql, String dax) throws Exception {
        assertThat(translation().condition(sql).text()).isEqualTo(dax);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name LIKE 'A%'",
                "upper(name) = 'A'",
                "day = DATE '2024-03-31'",
                "is_31_march",
                "a <=> missing",
                "coalesce(missing, late) = 1",
                "a = CASE WHEN is_x THEN 1 END"
            })
    void whatHasNoDaxIsSaid(String sql) {
        assertThatThrownBy(() -> translation().condition(sql))
                .isInstanceOf(SqlToDax.UntranslatableException.class)
                .hasMessageEndingWith("is not written in DAX");
    }

    @Test
    void theColumnsOfTheMonthAreKnown() throws Exception {
        SqlToDax translation = translation();
        translation.condition("day > year_start AND day <= period_end");
        assertThat(translation.monthColumns()).containsExactly("year_start", "period_end");
    }
}
