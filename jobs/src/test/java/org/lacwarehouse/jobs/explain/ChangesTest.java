package org.lacwarehouse.jobs.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lacwarehouse.jobs.explain.Marts.Part;
import org.lacwarehouse.jobs.explain.Marts.SourceRow;

class ChangesTest {
    private static final Part IN_BOTH = new Part(1, 1, true, true);
    private static final Part BELOW_ONLY = new Part(0, 1, false, true);

    @Test
    void childrenAreToldByWhatBecameOfThem() {
        Changes changes = Changes.between(
                Map.of("a", IN_BOTH, "b", IN_BOTH, "c", BELOW_ONLY, "d", new Part(12, 1, true, true), "e", IN_BOTH),
                Map.of("b", BELOW_ONLY, "c", IN_BOTH, "d", new Part(15, 1, true, true), "e", IN_BOTH, "f", IN_BOTH));

        assertThat(changes.groups())
                .isEqualTo(Map.of(
                        "Came", List.of("f"),
                        "Went", List.of("a"),
                        "Now also in the numerator", List.of("c"),
                        "No longer in the numerator", List.of("b"),
                        "Counts otherwise", List.of("d")));
        assertThat(changes.children()).containsExactly("a", "b", "c", "d", "f");
    }

    @Test
    void anotherFileOrLineIsNoDifference() {
        assertThat(Changes.rows(
                                List.of(row("february.csv", 2, 1, 10, "name"), row("february.csv", 3, 1, 10, "name")),
                                List.of(row("march.csv", 9, 1, 10, "name"), row("march.csv", 8, 1, 10, "name")))
                        .isEmpty())
                .isTrue();
    }

    @Test
    void rowsOfOneDayAreCorrectedOthersComeOrGo() {
        SourceRow wrong = row("february.csv", 2, 1, 10, "");
        SourceRow right = row("march.csv", 5, 1, 11, "");
        SourceRow gone = row("february.csv", 3, 2, 12, "");
        SourceRow come = row("march.csv", 6, 3, 13, "");
        // Of two alike one is left.
        SourceRow twice = row("february.csv", 4, 4, 14, "");

        Changes.Rows changes =
                Changes.rows(List.of(wrong, gone, twice, twice), List.of(row("march.csv", 7, 4, 14, ""), right, come));

        assertThat(changes.corrected()).isEqualTo(Map.of(wrong, right));
        assertThat(changes.gone()).containsExactly(gone, twice);
        assertThat(changes.come()).containsExactly(come);
    }

    @Test
    void aRowThatIsMatchedOtherwiseIsADifference() {
        SourceRow byName = row("february.csv", 2, 1, 10, "name");
        SourceRow byNumber = row("march.csv", 2, 1, 10, "number");

        assertThat(Changes.rows(List.of(byName), List.of(byNumber)).corrected()).isEqualTo(Map.of(byName, byNumber));
    }

    private static SourceRow row(String file, int line, int day, long content, String match) {
        return new SourceRow(
                "health/sdq",
                LocalDate.of(2024, 3, 31),
                file,
                line,
                LocalDate.of(2024, 1, day),
                content,
                "",
                "",
                match);
    }
}
