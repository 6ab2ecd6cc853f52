package org.lacwarehouse.pipeline.contract;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A column of a dataset as its contract describes it.
 *
 * @param name the standard name, as in the SSDA903 guide
 * @param type what it holds
 * @param required whether a row without a value is quarantined
 * @param codes the code list of a {@link ColumnType#CODE} column, else null
 * @param validOver the columns that hold the first day and the day after the last on which the code was used, for lists
 *     whose codes come and go; one column for a code used on one day; empty when any time is right
 * @param unknownAllowed whether a code outside the list is read as unknown instead of being quarantined
 * @param defaultsToYear whether a blank means the collection year that the extract belongs to
 * @param maxLength the longest value allowed, 0 for any
 * @param privacy how far the column may travel
 * @param aliases other header spellings
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
        Privacy privacy,
        List<String> aliases)
        implements Serializable {

    /** Every header that means this column, in the form in which headers are compared. */
    public List<String> spellings() {
        List<String> spellings = new ArrayList<>(List.of(Contract.normal(name)));
        aliases.forEach(alias -> spellings.add(Contract.normal(alias)));
        return spellings;
    }

    /** The column's name in silver: the standard name in lower case; the pseudonym is always {@code child_id}. */
    public String silverName() {
        return type == ColumnType.CHILD ? "child_id" : name.toLowerCase(Locale.ROOT);
    }
}
