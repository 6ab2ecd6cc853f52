package org.lacwarehouse.pipeline.linkage;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Matches the people of other systems to the children of one authority. In order: a number whose check digit is right with
 * the same date of birth; the same forename, surname and date of birth. A number or a name that fits two children fits
 * none; such a number, one with a wrong check digit, and one that no child of the authority has leave it to the name. A
 * valid number that belongs to a child with another date of birth stops the match. Everything less certain is only
 * proposed.
 */
final class Matcher {
    private final Proposals proposals;
    private final Map<String, Child> byId;
    private final Map<NumberKind, Map<String, List<Child>>> byNumber = new HashMap<>();
    private final Map<String, List<Child>> byName;

    /**
     * @param children the children of the authority
     * @param smallestScore the score from which a match is proposed
     */
    Matcher(Collection<Child> children, double smallestScore) {
        byId = children.stream().collect(Collectors.toMap(Child::childId, Function.identity()));
        for (NumberKind kind : List.of(NumberKind.NHS_NUMBER, NumberKind.UPN)) {
            byNumber.put(
                    kind,
                    children.stream()
                            .filter(child -> kind.isValid(kind.of(child)))
                            .collect(Collectors.groupingBy(kind::of)));
        }
        byNumber.put(NumberKind.NONE, Map.of());
        byName = children.stream()
                .filter(child -> !nameKey(child.forename(), child.surname(), child.born())
                        .isEmpty())
                .collect(Collectors.groupingBy(child -> nameKey(child.forename(), child.surname(), child.born())));
        proposals = new Proposals(children, byNumber, smallestScore);
    }

    /**
     * Matches all people of one authority.
     *
     * @param confirmed the child that somebody has confirmed for a person's pseudonym
     */
    List<Match> match(Collection<Person> people, Map<String, String> confirmed) {
        List<Match> matches = new ArrayList<>();
        Map<String, Set<String>> childrenOfNumber = new HashMap<>();
        people.stream().filter(person -> !person.isNumberOnly()).forEach(person -> {
            Match match = confirmed(match(person), confirmed);
            matches.add(match);
            if (match.childId() != null && person.number() != null) {
                childrenOfNumber
                        .computeIfAbsent(person.source() + person.number(), number -> new TreeSet<>())
                        .add(match.childId());
            }
        });
        people.stream().filter(Person::isNumberOnly).forEach(person -> {
            Set<String> children = childrenOfNumber.getOrDefault(person.source() + person.number(), Set.of());
            Match match = children.size() == 1
                    ? new Match(person, children.iterator().next(), Match.Kind.ROLL, List.of())
                    : unmatched(person, children.isEmpty() ? Match.Kind.UNMATCHED : Match.Kind.AMBIGUOUS);
            matches.add(confirmed(match, confirmed));
        });
        return matches;
    }

    private Match confirmed(Match match, Map<String, String> confirmed) {
        String child = confirmed.get(match.person().personId());
        return match.childId() == null && child != null && byId.containsKey(child)
                ? new Match(match.person(), child, Match.Kind.CONFIRMED, List.of())
                : match;
    }

    private Match match(Person person) {
        boolean numberFitsTwo = false;
        if (person.born() != null && person.kind().isValid(person.number())) {
            List<Child> owners = byNumber.get(person.kind()).getOrDefault(person.number(), List.of());
            List<Child> sameDay = owners.stream()
                    .filter(child -> person.born().equals(child.born()))
                    .toList();
            if (sameDay.size() == 1) {
                return new Match(person, sameDay.get(0).childId(), Match.Kind.NUMBER, List.of());
            }
            if (!owners.isEmpty() && sameDay.isEmpty()) {
                return new Match(person, null, Match.Kind.CONTRADICTED, proposals.of(person));
            }
            numberFitsTwo = sameDay.size() > 1;
        }
        List<Child> named = byName.getOrDefault(nameKey(person.forename(), person.surname(), person.born()), List.of());
        if (named.size() == 1) {
            return new Match(person, named.get(0).childId(), Match.Kind.NAME, List.of());
        }
        return named.size() > 1 || numberFitsTwo
                ? unmatched(person, Match.Kind.AMBIGUOUS)
                : new Match(person, null, Match.Kind.UNMATCHED, proposals.of(person));
    }

    private static Match unmatched(Person person, Match.Kind kind) {
        return new Match(person, null, kind, List.of());
    }

    /** Forename, surname and date of birth as they are compared; empty when one of them is missing. */
    private static String nameKey(String forename, String surname, LocalDate born) {
        String first = forename == null ? "" : Names.normal(forename);
        String last = surname == null ? "" : Names.normal(surname);
        return first.isEmpty() || last.isEmpty() || born == null ? "" : first + "|" + last + "|" + born;
    }

    /** The numbers that differ from one by two neighbouring digits that have changed places. */
    static Set<String> transposed(String number) {
        Set<String> others = new LinkedHashSet<>();
        for (int i = 0; i + 1 < number.length(); i++) {
            if (number.charAt(i) != number.charAt(i + 1)) {
                others.add(number.substring(0, i) + number.charAt(i + 1) + number.charAt(i) + number.substring(i + 2));
            }
        }
        return others;
    }
}
