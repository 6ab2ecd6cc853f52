package org.lacwarehouse.pipeline.contract;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The columns by which a row of another system says whom it is about. In silver a pseudonym, {@code person_id}, stands in
 * their place.
 *
 * @param number the column of the NHS number or UPN; null where the system has none
 * @param forename the column of the forename; null where the dataset carries a number only
 * @param surname the column of the surname; null like the forename
 * @param born the column of the date of birth; null like the forename
 */
public record PersonColumns(String number, String forename, String surname, String born) implements Serializable {
    /** The columns that there are. */
    public List<String> all() {
        List<String> columns = new ArrayList<>(java.util.Arrays.asList(number, forename, surname, born));
        columns.removeIf(Objects::isNull);
        return columns;
    }

    /** The columns that say it without a number; none where the dataset carries a number only. */
    public List<String> names() {
        return forename == null ? List.of() : List.of(forename, surname, born);
    }
}
