package org.lacwarehouse.jobs.generate;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * A made-up child and its care history.
 *
 * @param number the child's place among its council's children, from 0
 * @param uasc the day the status of unaccompanied asylum seeker ceases, null for other children
 */
record Child(
        int number,
        String id,
        boolean girl,
        LocalDate born,
        String ethnicity,
        String forename,
        String surname,
        String nhsNumber,
        String upn,
        String postcode,
        LocalDate uasc,
        List<Episode> episodes) {

    /** An episode of care; the end is null while it is open. */
    record Episode(
            LocalDate from,
            String reasonNew,
            String legalStatus,
            String need,
            String place,
            String provider,
            LocalDate to,
            String reasonCeased,
            String reasonChange,
            String homePostcode,
            String placementPostcode,
            String urn) {
        boolean shortBreaks() {
            return legalStatus.equals("V3");
        }

        boolean forAdoption() {
            return place.startsWith("A");
        }
    }

    /** A time of being looked after, from start to cease, with its episodes in order. */
    record Period(List<Episode> episodes) {
        Span span() {
            return new Span(episodes.get(0).from(), last().to());
        }

        Episode last() {
            return episodes.get(episodes.size() - 1);
        }

        boolean adopted() {
            return last().reasonCeased().equals("E11") || last().reasonCeased().equals("E12");
        }

        /** The episode that covers a day of the period. */
        Episode on(LocalDate day) {
            for (Episode episode : episodes) {
                if (new Span(episode.from(), episode.to()).covers(day)) {
                    return episode;
                }
            }
            throw new IllegalArgumentException();
        }
    }

    /** The times of being looked after; short breaks are not. */
    List<Period> periods() {
        List<Period> periods = new ArrayList<>();
        List<Episode> chain = new ArrayList<>();
        for (Episode episode : episodes) {
            if (episode.shortBreaks()) {
                continue;
            }
            chain.add(episode);
            if (!episode.reasonCeased().equals("X1")) {
                periods.add(new Period(List.copyOf(chain)));
                chain.clear();
            }
        }
        return periods;
    }

    /** Age on a day in completed years. */
    int ageOn(LocalDate day) {
        return (int) ChronoUnit.YEARS.between(born, day);
    }

    LocalDate birthday(int age) {
        return born.plusYears(age);
    }

    boolean isAdopted() {
        return periods().stream().anyMatch(Period::adopted);
    }
}
