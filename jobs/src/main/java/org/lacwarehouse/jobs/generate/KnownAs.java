package org.lacwarehouse.jobs.generate;

import java.text.Normalizer;
import java.time.LocalDate;
import java.util.Locale;

/**
 * Who a person is in the eyes of a system that is not social care's. Mostly the same as in social care; some without
 * number, some without names, some spelt in other ways, and a few so that no rule may match them.
 *
 * @param number the NHS number or UPN, blank where the system has none
 * @param forename blank, like the surname, where the system has a number and no names
 */
record KnownAs(String number, String forename, String surname, LocalDate born) {
    private enum Knowledge {
        EXACT,
        NUMBER_ONLY,
        NAMES_ONLY,
        MISTYPED,
        MISSPELT,
        DAY_AND_MONTH_SWAPPED
    }

    private static final Chance.Choices<Knowledge> IN_HEALTH = Chance.choices(
            Chance.choice(Knowledge.EXACT, 81),
            Chance.choice(Knowledge.NUMBER_ONLY, 6),
            Chance.choice(Knowledge.NAMES_ONLY, 8),
            Chance.choice(Knowledge.MISTYPED, 2),
            Chance.choice(Knowledge.MISSPELT, 1),
            Chance.choice(Knowledge.DAY_AND_MONTH_SWAPPED, 2));
    private static final Chance.Choices<Knowledge> AT_SCHOOL = Chance.choices(
            Chance.choice(Knowledge.EXACT, 91),
            Chance.choice(Knowledge.NAMES_ONLY, 6),
            Chance.choice(Knowledge.MISTYPED, 1),
            Chance.choice(Knowledge.MISSPELT, 1),
            Chance.choice(Knowledge.DAY_AND_MONTH_SWAPPED, 1));
    private static final Chance.Choices<Knowledge> IN_HOUSING = Chance.choices(
            Chance.choice(Knowledge.NAMES_ONLY, 94),
            Chance.choice(Knowledge.MISSPELT, 3),
            Chance.choice(Knowledge.DAY_AND_MONTH_SWAPPED, 3));

    static KnownAs inHealth(Child child, Chance chance) {
        return as(chance.pick(IN_HEALTH), child.nhsNumber(), NhsNumbers.mistyped(child.nhsNumber()), child, chance);
    }

    static KnownAs atSchool(Child child, Chance chance) {
        return as(chance.pick(AT_SCHOOL), child.upn(), Identities.mistyped(child.upn()), child, chance);
    }

    static KnownAs inHousing(Child child, Chance chance) {
        return as(chance.pick(IN_HOUSING), "", "", child, chance);
    }

    /** Somebody whom social care does not know. */
    static KnownAs stranger(String number, LocalDate born, Chance chance) {
        return new KnownAs(number, Identities.forename(chance, chance.coin()), Identities.surname(chance), born);
    }

    private static KnownAs as(Knowledge knowledge, String number, String mistyped, Child child, Chance chance) {
        String forename = child.forename();
        String surname = child.surname();
        LocalDate born = child.born();
        return switch (knowledge) {
            case EXACT -> new KnownAs(number, forename, surname, born);
            case NUMBER_ONLY -> new KnownAs(number, "", "", born);
            case NAMES_ONLY -> spelt(forename, surname, born, chance);
            case MISTYPED -> new KnownAs(mistyped, forename, misspelt(surname), born);
            case MISSPELT -> new KnownAs("", forename, misspelt(surname), born);
            case DAY_AND_MONTH_SWAPPED -> new KnownAs(number, forename, surname, swapped(born));
        };
    }

    /** The same name in another way of writing it. */
    private static KnownAs spelt(String forename, String surname, LocalDate born, Chance chance) {
        return switch (chance.below(6)) {
            case 0 -> new KnownAs("", forename.toUpperCase(Locale.ROOT), surname.toUpperCase(Locale.ROOT), born);
            case 1 -> new KnownAs("", forename.toLowerCase(Locale.ROOT), surname.toLowerCase(Locale.ROOT), born);
            case 2 -> new KnownAs("", "  " + forename + " ", "  " + surname + " ", born);
            case 3 -> new KnownAs("", unmarked(forename), unmarked(surname), born);
            default -> new KnownAs("", forename, surname, born);
        };
    }

    private static String unmarked(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFKD)
                .replaceAll("\\p{M}", "")
                .replace('\'', ' ');
    }

    private static String misspelt(String name) {
        return name + name.charAt(name.length() - 1);
    }

    /** Day and month swapped, or a day later where that is no other date. */
    private static LocalDate swapped(LocalDate born) {
        return born.getDayOfMonth() > 12 || born.getDayOfMonth() == born.getMonthValue()
                ? born.plusDays(1)
                : LocalDate.of(born.getYear(), born.getDayOfMonth(), born.getMonthValue());
    }
}
