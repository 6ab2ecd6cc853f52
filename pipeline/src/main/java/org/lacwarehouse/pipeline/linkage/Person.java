package org.lacwarehouse.pipeline.linkage;

import java.time.LocalDate;

/**
 * Whom rows of another system are about.
 *
 * @param personId the pseudonym under which silver keeps the rows
 * @param source the system
 * @param kind what the number is
 * @param number the number, or null
 * @param forename the forename, or null
 * @param surname the surname, or null
 * @param born the date of birth, or null
 * @param isNumberOnly whether the dataset carries a number and nothing else, so that the person is found through others
 *     of the same source
 */
record Person(
        String personId,
        String source,
        NumberKind kind,
        String number,
        String forename,
        String surname,
        LocalDate born,
        boolean isNumberOnly) {}
