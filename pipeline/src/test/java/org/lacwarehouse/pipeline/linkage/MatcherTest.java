package org.lacwarehouse.pipeline.linkage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatcherTest {
    private static final LocalDate BORN = LocalDate.of(2010, 2, 1);
    private static final String NHS = "9990000018";
    private static final String OTHER_NHS = "9990000026";
    private static final String UPN = "Q826200006001";
    private static final String OTHER_UPN = "U826200006003";

    private static final Child ANA = new Child("ana", NHS, UPN, "Anaïs", "O'Hara-Smith", BORN);
    private static final Child BEN = new Child("ben", OTHER_NHS, OTHER_UPN, "Ben", "Cole", LocalDate.of(2009, 5, 6));

    @Test
    void theTestsOwnNumbersAreRightOnes() {
        assertThat(List.of(NHS, OTHER_NHS)).allMatch(PersonNumbers::isNhsNumber);
        assertThat(List.of(UPN, OTHER_UPN)).allMatch(PersonNumbers::isUpn);
    }

    @ParameterizedTest
    @CsvSource({
        "9434765919, true", // the example of the NHS Data Dictionary
        "9434765918, false",
        "943476591, false",
        "94347659191, false",
        "943476591A, false",
        "0000000000, true",
        "1000000001, true", // 10 * 1 = 10, and 11 - 10 = 1
        "1000000010, false", // 10 * 1 + 2 * 1 = 12 would need a check digit of 10: there is no such number
        "9990000018, true",
    })
    void anNhsNumberHasACheckDigit(String number, boolean valid) {
        assertThat(PersonNumbers.isNhsNumber(number)).isEqualTo(valid);
    }

    @ParameterizedTest
    @CsvSource({
        "Q826200006001, true",
        "R826200006001, false",
        "q826200006001, false", // normal() makes it upper case first
        "Q82620000600, false",
        "I826200006001, false",
    })
    void aUpnHasACheckLetter(String number, boolean valid) {
        assertThat(PersonNumbers.isUpn(number)).isEqualTo(valid);
    }

    @Test
    void aTemporaryUpnCountsItsLastLetterWithWeight13() {
        // 8*2 + 2*3 + 6*4 + 2*5 + 6*10 = 116, and A is 0: 116 mod 23 = 1 -> B; with C, which is 2: 142 mod 23 = 4 -> E.
        assertThat(PersonNumbers.isUpn("B82620000600A")).isTrue();
        assertThat(PersonNumbers.isUpn("E82620000600C")).isTrue();
        assertThat(PersonNumbers.isUpn("B82620000600C")).isFalse();
        // I, O and S are left out, so T is 16: 116 + 16 * 13 = 324, 324 mod 23 = 2 -> C.
        assertThat(PersonNumbers.isUpn("C82620000600T")).isTrue();
        assertThat(PersonNumbers.isUpn("C82620000600S")).isFalse();
    }

    @Test
    void numbersAreReadWithoutSpacesAndHyphensInUpperCase() {
        assertThat(PersonNumbers.normal(" 999 000-0018 ")).isEqualTo(NHS);
        assertThat(PersonNumbers.normal("q826\u00a0200 006‑001")).isEqualTo(UPN);
    }

    @Test
    void namesAreComparedWithoutMarksCapitalsAndAnythingButLetters() {
        assertThat(Names.normal(" O’Hara–Smith "))
                .isEqualTo(Names.normal("o'hara smith"))
                .isEqualTo("OHARASMITH");
        assertThat(Names.normal("Anaïs")).isEqualTo("ANAIS");
        assertThat(Names.normal("Ｌｉ 2")).isEqualTo("LI");
        assertThat(Names.normal("--")).isEmpty();
    }

    @Test
    void aNumberWithTheSameDateOfBirthDecides() {
        assertThat(match(health(NHS, null, null, BORN))).isEqualTo("ana number");
        assertThat(match(health(NHS, "Somebody", "Else", BORN))).isEqualTo("ana number");
        assertThat(match(roll(UPN, null, null, BORN))).isEqualTo("ana number");
    }

    @Test
    void aNumberOfAChildWithAnotherDateOfBirthStopsTheMatchAndIsProposed() {
        Match match = one(health(OTHER_NHS, "Anais", "O'Hara Smith", BORN), ANA, BEN);

        assertThat(match.childId()).isNull();
        assertThat(match.kind()).isEqualTo(Match.Kind.CONTRADICTED);
        Match swapped = one(health(NHS, "Anaïs", "O'Hara Smith", LocalDate.of(2010, 1, 2)), ANA, BEN);
        assertThat(swapped.kind()).isEqualTo(Match.Kind.CONTRADICTED);
        assertThat(swapped.proposals()).extracting(Match.Proposal::childId).containsExactly("ana");
        assertThat(swapped.proposals().get(0).parts()).isEqualTo("number 1.00, born 0.90, forename 1.00, surname 1.00");
        assertThat(swapped.proposals().get(0).score()).isEqualTo(0.97);
    }

    @Test
    void withoutANumberThatCountsTheNameDecides() {
        assertThat(match(health(null, "ANAIS", "Ohara Smith", BORN))).isEqualTo("ana name");
        // a wrong check digit; a number that no child of the authority has
        assertThat(match(health("9990000019", "Anaïs", "O'Hara-Smith", BORN))).isEqualTo("ana name");
        assertThat(match(health("9434765919", "Anaïs", "O'Hara-Smith", BORN))).isEqualTo("ana name");
        assertThat(match(health(null, "Anaïs", "O'Hara-Smith", BORN.plusDays(1))))
                .isEqualTo("null unmatched");
        assertThat(match(health(null, "Anaïs", "O'Hara-Smith", null))).isEqualTo("null unmatched");
        assertThat(match(health(null, "", "O'Hara-Smith", BORN))).isEqualTo("null unmatched");
    }

    @Test
    void twinsNicknamesAndSwappedDaysAreNotMatched() {
        Child twin = new Child("twin", null, null, "Aimée", "O'Hara-Smith", BORN);
        Person other = health(null, "Amy", "O'Hara-Smith", BORN);
        assertThat(one(other, ANA, twin).childId()).isNull();
        assertThat(one(health(null, "Benny", "Cole", BEN.born()), ANA, BEN).childId())
                .isNull();
        Match swapped = one(health(null, "Ben", "Cole", LocalDate.of(2009, 6, 5)), ANA, BEN);
        assertThat(swapped.childId()).isNull();
        assertThat(swapped.proposals()).extracting(Match.Proposal::childId).containsExactly("ben");
        assertThat(one(health(null, "Robert", "Cole", BEN.born()), ANA, BEN).proposals())
                .isEmpty();
    }

    @Test
    void whatFitsTwoChildrenFitsNone() {
        Child same = new Child("same", null, null, "Anais", "Ohara Smith", BORN);
        assertThat(text(one(health(null, "Anaïs", "O'Hara-Smith", BORN), ANA, same)))
                .isEqualTo("null ambiguous");
        // Two children share a number and a date of birth: the number lets the name decide.
        Child sharer = new Child("sharer", NHS, null, "Ada", "Cole", BORN);
        assertThat(text(one(health(NHS, "Ada", "Cole", BORN), ANA, sharer))).isEqualTo("sharer name");
        assertThat(text(one(health(NHS, "Eve", "Cole", BORN), ANA, sharer))).isEqualTo("null ambiguous");
        // They share the number only: with the date of birth it fits one.
        Child elder = new Child("elder", NHS, null, "Ada", "Cole", BORN.minusYears(1));
        assertThat(text(one(health(NHS, null, null, BORN), ANA, elder))).isEqualTo("ana number");
    }

    @Test
    void transposedDigitsAreProposedAndNeverMatched() {
        Match match = one(health("9990000081", null, null, BORN), ANA, BEN);

        assertThat(match.childId()).isNull();
        assertThat(match.proposals()).extracting(Match.Proposal::childId).containsExactly("ana");
        assertThat(match.proposals().get(0).parts()).isEqualTo("number 0.90, born 1.00");
    }

    @Test
    void aConfirmedProposalCountsAndAnUnknownChildDoesNot() {
        Person person = health("9990000081", null, null, BORN);
        Matcher matcher = new Matcher(List.of(ANA, BEN), 0.85);

        assertThat(matcher.match(List.of(person), Map.of(person.personId(), "ana")))
                .extracting(MatcherTest::text)
                .containsExactly("ana confirmed");
        assertThat(matcher.match(List.of(person), Map.of(person.personId(), "nobody")))
                .extracting(MatcherTest::text)
                .containsExactly("null unmatched");
    }

    @Test
    void aNumberAloneGoesToTheChildWhomTheRollRowsOfItName() {
        Person byName = roll("A999999999999", "Ben", "Cole", BEN.born());
        Person numbered = roll(UPN, null, null, BORN);
        Person noneOfOurs = roll(OTHER_UPN, "Eve", "Cole", BORN);

        assertThat(numberOnly("A999999999999", byName, numbered)).isEqualTo("ben roll");
        assertThat(numberOnly(UPN, byName, numbered)).isEqualTo("ana roll");
        // The number of a child of ours that no matched roll row carries, and one that two children's rows carry.
        assertThat(numberOnly(OTHER_UPN, byName, numbered, noneOfOurs)).isEqualTo("null unmatched");
        Person twice = roll("A999999999999", "Anaïs", "O'Hara-Smith", BORN);
        assertThat(numberOnly("A999999999999", byName, twice)).isEqualTo("null ambiguous");
    }

    private static String numberOnly(String upn, Person... roll) {
        List<Person> people = new java.util.ArrayList<>(List.of(roll));
        people.add(new Person("upn", "virtual_school", NumberKind.UPN, upn, null, null, null, true));
        return new Matcher(List.of(ANA, BEN), 0.85)
                .match(people, Map.of()).stream()
                        .filter(match -> match.person().isNumberOnly())
                        .map(MatcherTest::text)
                        .collect(Collectors.joining());
    }

    private static String match(Person person) {
        return text(one(person, ANA, BEN));
    }

    private static Match one(Person person, Child... children) {
        return new Matcher(List.of(children), 0.85)
                .match(List.of(person), Map.of())
                .get(0);
    }

    private static String text(Match match) {
        return match.childId() + " " + match.kind().word();
    }

    private static Person health(String number, String forename, String surname, LocalDate born) {
        return new Person(
                "p" + number + forename, "health", NumberKind.NHS_NUMBER, number, forename, surname, born, false);
    }

    private static Person roll(String number, String forename, String surname, LocalDate born) {
        return new Person(
                "p" + number + forename, "virtual_school", NumberKind.UPN, number, forename, surname, born, false);
    }
}
