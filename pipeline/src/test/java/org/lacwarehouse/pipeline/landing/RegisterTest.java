package org.lacwarehouse.pipeline.landing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegisterTest {
    private static final LocalDate MARCH = LocalDate.of(2024, 3, 31);

    @TempDir
    Path warehouse;

    /** Two files of one dataset and date, the second in the place of the first: the second counts, also after an erasure. */
    @Test
    void rowsErasedFromADeliveryChangeItsRowsAndNothingElse() {
        Delivery first = delivery("a", 10);
        Delivery second = delivery("b", 11);
        Register register = Register.open(warehouse);
        register.addDeliveries(List.of(first));
        register.addDeliveries(List.of(second));
        register.addOutcomes(List.of(
                new Register.Outcome(first.deliveryId(), "contract", 10, 0, 0, 0),
                new Register.Outcome(second.deliveryId(), "contract", 9, 1, 1, 0)));
        assertThat(register.contents(second)).isEqualTo(second.deliveryId());

        register.addRemainders(
                List.of(new Register.Remainder(first.deliveryId(), 8), new Register.Remainder(second.deliveryId(), 9)));

        for (Register read : List.of(register, Register.open(warehouse))) {
            assertThat(read.loaded()).extracting(Delivery::rowsIn).containsExactly(8L, 9L);
            assertThat(read.inForce("826", "social_care", "episodes", MARCH)).contains(second.withRows(9));
            assertThat(read.byFile(second.file())).containsExactly(second.withRows(9));
            assertThat(read.outcome(second.deliveryId()))
                    .contains(new Register.Outcome(second.deliveryId(), "", 9, 1, 1, 0));
            // The file sent again is not what bronze holds of it; and it is told from an erasure of as many other rows.
            assertThat(read.isLoaded(second)).isFalse();
            assertThat(read.isLoaded(second.withRows(9))).isTrue();
            assertThat(read.contents(second.withRows(9)))
                    .isNotEqualTo(second.deliveryId())
                    .isNotEqualTo(read.contents(second));
        }
        String once = register.contents(second.withRows(9));
        register.addRemainders(List.of(new Register.Remainder(second.deliveryId(), 9)));
        assertThat(register.contents(second.withRows(9))).isNotEqualTo(once);
    }

    @Test
    void whatIsSetAsideIsRefusedAndWhatWasInForceBeforeIsSoAgain() {
        Delivery first = delivery("a", 10);
        Delivery second = delivery("b", 11);
        Register register = Register.open(warehouse);
        register.addDeliveries(List.of(first));
        register.addDeliveries(List.of(second));

        register.addSetAside(second.as(DeliveryStatus.REFUSED, "damaged"));
        for (Register read : List.of(register, Register.open(warehouse))) {
            assertThat(read.loaded()).containsExactly(first);
            assertThat(read.inForce("826", "social_care", "episodes", MARCH)).contains(first);
            assertThat(read.byFile(second.file())).extracting(Delivery::reason).containsExactly("damaged");
            assertThat(read.isLoaded(second)).isFalse();
        }

        register.addDeliveries(List.of(second));
        for (Register read : List.of(register, Register.open(warehouse))) {
            assertThat(read.inForce("826", "social_care", "episodes", MARCH)).contains(second);
        }
    }

    private static Delivery delivery(String letter, long rows) {
        String sha256 = letter.repeat(64);
        return new Delivery(
                Delivery.id("826", "social_care", "episodes", MARCH, sha256),
                "826",
                "social_care",
                "episodes",
                MARCH,
                "826/social_care/2024-03-31/episodes.csv",
                100,
                0,
                sha256,
                DeliveryStatus.LOADED,
                "",
                rows,
                FileLayout.of(new FileLayout.Text("UTF-8", ',', true)));
    }
}
