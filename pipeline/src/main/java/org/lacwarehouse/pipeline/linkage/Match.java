package org.lacwarehouse.pipeline.linkage;

import java.util.List;

/**
 * What the matching found for a person.
 *
 * @param person the person
 * @param childId the child's pseudonym; null when the person is matched to none
 * @param kind how it was matched, or why not
 * @param proposals the children it may be, best first; none when it is matched
 */
record Match(Person person, String childId, Kind kind, List<Proposal> proposals) {
    /** How a person was matched, or why not. */
    enum Kind {
        /** A valid number and the same date of birth. */
        NUMBER,
        /** The same forename, surname and date of birth. */
        NAME,
        /** Other rows of the source with that number are matched to one child. */
        ROLL,
        /** A person confirmed the proposal in {@code conf/links.csv}. */
        CONFIRMED,
        /** The number belongs to a child with another date of birth. */
        CONTRADICTED,
        /** More than one child fits. */
        AMBIGUOUS,
        /** No child fits. */
        UNMATCHED;

        /** The word used in the audit tables. */
        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * A child that a person may be; it counts only when somebody confirms it.
     *
     * @param childId the child's pseudonym
     * @param score from 0 to 1
     * @param parts what the score is made of, such as {@code number 0.90, born 1.00}; never a value
     */
    record Proposal(String childId, double score, String parts) {}
}
