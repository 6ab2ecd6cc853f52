package org.lacwarehouse.pipeline.linkage;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/**
 * Proposes children for a person whom no rule matches. A child is proposed when its number is the person's or differs from
 * it by two neighbouring digits, or when the date of birth is the same or has day and month swapped and both names are
 * alike by Jaro-Winkler; and when the score is high enough. The score is the mean of number (weight 4), date of birth (3),
 * forename and surname (1.5 each), over what both sides have.
 */
final class Proposals {
    private static final int MOST = 3;
    private static final double ALIKE = 0.85;
    private static final double NEARLY = 0.9;

    private final Map<NumberKind, Map<String, List<Child>>> byNumber;
    private final Map<LocalDate, List<Child>> byBorn;
    private final double smallestScore;

    Proposals(Collection<Child> children, Map<NumberKind, Map<String, List<Child>>> byNumber, double smallestScore) {
        this.byNumber = byNumber;
        this.smallestScore = smallestScore;
        byBorn = children.stream().filter(child -> child.born() != null).collect(Collectors.groupingBy(Child::born));
    }

    /** The children that a person may be, best first. */
    List<Match.Proposal> of(Person person) {
        Set<Child> candidates = new LinkedHashSet<>();
        if (person.number() != null) {
            Map<String, List<Child>> owners = byNumber.get(person.kind());
            candidates.addAll(owners.getOrDefault(person.number(), List.of()));
            Matcher.transposed(person.number())
                    .forEach(number -> candidates.addAll(owners.getOrDefault(number, List.of())));
        }
        if (person.born() != null) {
            candidates.addAll(byBorn.getOrDefault(person.born(), List.of()));
            swapped(person.born()).ifPresent(born -> candidates.addAll(byBorn.getOrDefault(born, List.of())));
        }
        return candidates.stream()
                .flatMap(child -> proposal(person, child).stream())
                .sorted(Comparator.comparingDouble(Match.Proposal::score)
                        .reversed()
                        .thenComparing(Match.Proposal::childId))
                .limit(MOST)
                .toList();
    }

    private Optional<Match.Proposal> proposal(Person person, Child child) {
        double number = number(person, child);
        double born = born(person.born(), child.born());
        double forename = name(person.forename(), child.forename());
        double surname = name(person.surname(), child.surname());
        boolean sameNumber = number >= NEARLY;
        boolean sameName = born >= NEARLY && forename >= ALIKE && surname >= ALIKE;
        double score = mean(new double[] {number, born, forename, surname}, new double[] {4, 3, 1.5, 1.5});
        if (!sameNumber && !sameName || score < smallestScore) {
            return Optional.empty();
        }
        List<String> parts = new ArrayList<>();
        part(parts, "number", number);
        part(parts, "born", born);
        part(parts, "forename", forename);
        part(parts, "surname", surname);
        return Optional.of(
                new Match.Proposal(child.childId(), Math.round(score * 1000) / 1000.0, String.join(", ", parts)));
    }

    private static void part(List<String> parts, String name, double score) {
        if (!Double.isNaN(score)) {
            parts.add(String.format(Locale.ROOT, "%s %.2f", name, score));
        }
    }

    /** The weighted mean of the parts that there are. */
    private static double mean(double[] parts, double[] weights) {
        double sum = 0;
        double all = 0;
        for (int i = 0; i < parts.length; i++) {
            if (!Double.isNaN(parts[i])) {
                sum += parts[i] * weights[i];
                all += weights[i];
            }
        }
        return all == 0 ? 0 : sum / all;
    }

    private static double number(Person person, Child child) {
        String own = person.kind().of(child);
        if (person.number() == null || own == null) {
            return Double.NaN;
        }
        return own.equals(person.number())
                ? 1
                : Matcher.transposed(person.number()).contains(own) ? NEARLY : 0;
    }

    private static double born(LocalDate one, LocalDate other) {
        if (one == null || other == null) {
            return Double.NaN;
        }
        return one.equals(other)
                ? 1
                : swapped(one).filter(other::equals).isPresent()
                                || Matcher.transposed(one.toString()).contains(other.toString())
                        ? NEARLY
                        : 0;
    }

    private static double name(String one, String other) {
        String first = one == null ? "" : Names.normal(one);
        String second = other == null ? "" : Names.normal(other);
        return first.isEmpty() || second.isEmpty() ? Double.NaN : new JaroWinklerSimilarity().apply(first, second);
    }

    /** The date with day and month swapped, if that is another date. */
    private static Optional<LocalDate> swapped(LocalDate date) {
        try {
            return Optional.of(LocalDate.of(date.getYear(), date.getDayOfMonth(), date.getMonthValue()))
                    .filter(other -> !other.equals(date));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
