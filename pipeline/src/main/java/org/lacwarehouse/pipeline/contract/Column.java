package org.lacwarehouse.pipeline.contract;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A column of a dataset as its contract describes it.
 *
 * @param name the standard name, as in the SSDA903 guide
 * @param type what it holds
 * @param required whether a row without a value is quarantined
 * @param codes the code list of a {@link ColumnType#CODE} column, else null
 * @param validOver when the code was used, for lists whose codes come and go: the columns that hold the first day and the
 *     day after the last; one column for a code used on one day, or in the year to 31 March of a {@code YEAR}; {@link
 *     #EXTRACT_DATE} for a code that holds at the extract date; empty when any time is right
 * @param unknownAllowed whether a code outside the list is read as unknown instead of being quarantined
 * @param defaultsToYear whether a blank means the collection year that the extract belongs to
 * @param maxLength the longest value allowed, 0 for any
 * @param range the smallest and the largest number allowed; empty for any
 * @param privacy how far the column may travel
 * @param aliases other header spellings
 * @param codeAliases other spellings of codes, besides those of the code list
 */
public record Column(
        String name,
        ColumnType type,
        boolean required,
        CodeList codes,
        List<String> validOver,
        boolean unknownAllowed,
        boolean defaultsToYear,
        int maxLength,
        List<Integer> range,
        Privacy privacy,
        List<Alias> aliases,
        List<Alias> codeAliases)
        implements Serializable {
    /** In place of a column's name: the extract date of the file. */
    public static final String EXTRACT_DATE = "extract_date";

    /** Every header that means this column, in the form in which headers are compared. */
    public List<String> spellings() {
        List<String> spellings = new ArrayList<>(List.of(Contract.normal(name)));
        aliases.forEach(alias -> spellings.add(alias.spelling()));
        return spellings;
    }

    /** The code that a spelling means, by the column's own aliases or by its list. */
    public Optional<Code> code(String spelling) {
        String normal = CodeList.normal(spelling);
        return codeAliases.stream()
                .filter(alias -> alias.spelling().equals(normal))
                .findFirst()
                .map(Alias::code)
                .map(codes::find)
                .orElseGet(() -> codes.find(spelling));
    }

    /** This column as extracts of a date spell it, with further aliases that come first. */
    Column on(LocalDate extractDate, List<Alias> headers, List<Alias> spellings) {
        return new Column(
                name,
                type,
                required,
                codes,
                validOver,
                unknownAllowed,
                defaultsToYear,
                maxLength,
                range,
                privacy,
                used(extractDate, headers, aliases),
                used(extractDate, spellings, codeAliases));
    }

    private static List<Alias> used(LocalDate extractDate, List<Alias> first, List<Alias> then) {
        List<Alias> all = new ArrayList<>(first);
        all.addAll(then);
        return all.stream().filter(alias -> alias.isUsedOn(extractDate)).toList();
    }

    /** The column's name in silver: the standard name in lower case; the pseudonym is always {@code child_id}. */
    public String silverName() {
        return type == ColumnType.CHILD ? "child_id" : name.toLowerCase(Locale.ROOT);
    }
}
