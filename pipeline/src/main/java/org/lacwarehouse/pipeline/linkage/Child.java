package org.lacwarehouse.pipeline.linkage;

import java.time.LocalDate;

/**
 * A child as the council's own system names it, to whom people of other systems are matched.
 *
 * @param childId the pseudonym
 * @param nhsNumber the NHS number, or null
 * @param upn the unique pupil number, or null
 * @param forename the forename, or null
 * @param surname the surname, or null
 * @param born the date of birth, or null
 */
record Child(String childId, String nhsNumber, String upn, String forename, String surname, LocalDate born) {}
