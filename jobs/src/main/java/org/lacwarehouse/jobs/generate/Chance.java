package org.lacwarehouse.jobs.generate;

import java.time.LocalDate;
import java.util.List;
import java.util.SplittableRandom;

/** A seeded source of chance: the same seed always makes the same choices. */
final class Chance {
    private final SplittableRandom random;

    Chance(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** A choice and how often it is made. */
    record Choice<T>(T value, int weight) {}

    /** Choices of a fixed total, made once and picked from often. */
    static final class Choices<T> {
        private final List<Choice<T>> choices;
        private final int total;

        private Choices(List<Choice<T>> choices) {
            this.choices = choices;
            this.total = choices.stream().mapToInt(Choice::weight).sum();
        }
    }

    static <T> Choice<T> choice(T value, int weight) {
        return new Choice<>(value, weight);
    }

    @SafeVarargs
    static <T> Choices<T> choices(Choice<T>... choices) {
        return new Choices<>(List.of(choices));
    }

    <T> T pick(Choices<T> of) {
        int chance = random.nextInt(of.total);
        for (Choice<T> choice : of.choices) {
            chance -= choice.weight();
            if (chance < 0) {
                return choice.value();
            }
        }
        throw new IllegalStateException();
    }

    <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** Whether something happens that happens so many times in a hundred. */
    boolean percent(int probability) {
        return random.nextInt(100) < probability;
    }

    boolean coin() {
        return random.nextBoolean();
    }

    /** A number from 0 up to but not including the bound. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    /** A number from the first up to but not including the last. */
    int between(int first, int last) {
        return random.nextInt(first, last);
    }

    /** A day so many days after another, from the fewest up to but not including the most. */
    LocalDate after(LocalDate day, int fewest, int most) {
        return day.plusDays(random.nextInt(fewest, most));
    }

    /** A number around a middle, in the shape of a bell. */
    double around(double middle, double deviation) {
        return middle + deviation * random.nextGaussian();
    }
}
