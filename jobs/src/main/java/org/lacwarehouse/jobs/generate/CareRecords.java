package org.lacwarehouse.jobs.generate;

import static org.lacwarehouse.jobs.generate.ExtractFolder.dayFirst;

import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;

/** What is recorded of children while they are looked after: reviews, missing, sw_episodes, plans and oc2. */
final class CareRecords {
    private static final Chance.Choices<String> TAKING_PART = Chance.choices(
            Chance.choice("PN1", 45),
            Chance.choice("PN2", 4),
            Chance.choice("PN3", 4),
            Chance.choice("PN4", 4),
            Chance.choice("PN5", 8),
            Chance.choice("PN6", 29),
            Chance.choice("PN7", 6));
    private static final Chance.Choices<String> NEW_WORKER = Chance.choices(
            Chance.choice("CHCHAN", 1),
            Chance.choice("PCCHAN", 1),
            Chance.choice("ABSENC", 1),
            Chance.choice("LEFTRL", 1),
            Chance.choice("OTHERS", 1),
            Chance.choice("MANAGE", 1),
            Chance.choice("TSPROC", 1),
            Chance.choice("ORGRST", 1));
    private static final Chance.Choices<String> NO_SCORE = Chance.choices(
            Chance.choice("SDQ2", 28), Chance.choice("SDQ3", 28), Chance.choice("SDQ4", 18), Chance.choice("SDQ5", 26));

    private final Council council;
    private final List<String> workers;
    private final ExtractFolder.Table reviews;
    private final ExtractFolder.Table missing;
    private final ExtractFolder.Table socialWorkers;
    private final ExtractFolder.Table plans;
    private final ExtractFolder.Table outcomes;

    CareRecords(Council council, ExtractFolder folder) throws IOException {
        this.council = council;
        this.workers = IntStream.range(0, 8 + council.children().size() / 12)
                .mapToObj(i -> "SW" + (1_000_000 + i * 7_919))
                .toList();
        this.reviews = folder.table("reviews", "CHILD", "DOB", "REVIEW", "REVIEW_CODE");
        this.missing = folder.table("missing", "CHILD", "DOB", "MISSING", "MIS_START", "MIS_END");
        this.socialWorkers = folder.table("sw_episodes", "CHILD", "DOB", "SW_ID", "SW_DECOM", "SW_DEC", "SW_REASON");
        this.plans = folder.table("plans", "CHILD", "PLAN", "PLAN_START", "PLAN_END", "LONG_TERM_MATCHED");
        this.outcomes = folder.table(
                "oc2",
                "CHILD",
                "DOB",
                "SDQ_SCORE",
                "SDQ_REASON",
                "CONVICTED",
                "HEALTH_CHECK",
                "IMMUNISATIONS",
                "TEETH_CHECK",
                "HEALTH_ASSESSMENT",
                "SUBSTANCE_MISUSE",
                "INTERVENTION_RECEIVED",
                "INTERVENTION_OFFERED",
                "YEAR");
    }

    void write(Child child, HealthHistory health) throws IOException {
        Chance reviewing = council.chance("reviews", child.number());
        Chance going = council.chance("missing", child.number());
        Chance working = council.chance("social workers", child.number());
        Chance planning = council.chance("plans", child.number());
        boolean goesMissing = going.percent(20);
        for (Child.Period period : child.periods()) {
            writeReviews(child, period.span(), reviewing);
            if (goesMissing) {
                writeMissing(child, period.span(), going);
            }
            writeSocialWorkers(child, period.span(), working);
            writePlans(child, period, planning);
        }
        writeOutcomes(child, health, council.chance("oc2", child.number()));
    }

    /** The first within 20 working days, the second within 3 months of it, later ones within 6; a few are late. */
    private void writeReviews(Child child, Span period, Chance chance) throws IOException {
        LocalDate end = period.endOr(council.asAt().plusDays(1));
        boolean wellRun = chance.percent(85);
        LocalDate review = chance.after(period.from(), 12, late(wellRun, chance) ? 45 : 27);
        for (int held = 0; review.isBefore(end); held++) {
            String part = child.ageOn(review) < 4 ? "PN0" : chance.pick(TAKING_PART);
            reviews.row(child.id(), dayFirst(child.born()), dayFirst(review), part);
            int days = held == 0 ? 89 : 181;
            review = late(wellRun, chance)
                    ? chance.after(review, days + 4, days + 35)
                    : chance.after(review, days - 35, days);
        }
    }

    private static boolean late(boolean wellRun, Chance chance) {
        return chance.percent(wellRun ? 1 : 12);
    }

    private void writeMissing(Child child, Span period, Chance chance) throws IOException {
        LocalDate end = period.endOr(council.asAt().plusDays(1));
        LocalDate day = chance.after(Span.later(period.from(), child.birthday(10)), 10, 600);
        while (day.isBefore(end)) {
            LocalDate back = chance.after(day, 0, chance.percent(80) ? 3 : 12);
            missing.row(
                    child.id(),
                    dayFirst(child.born()),
                    chance.percent(78) ? "M" : "A",
                    dayFirst(day),
                    dayFirst(back.isAfter(council.asAt()) ? null : back));
            day = chance.after(back, 2, chance.percent(75) ? 50 : 400);
        }
    }

    private void writeSocialWorkers(Child child, Span period, Chance chance) throws IOException {
        LocalDate end = period.endOr(council.asAt().plusDays(1));
        LocalDate from = chance.after(period.from(), -15, 1);
        String worker = chance.any(workers);
        String reason = "FCONTA";
        while (true) {
            LocalDate to = chance.after(from, 40, chance.percent(35) ? 250 : 1100);
            boolean last = !to.isBefore(end);
            socialWorkers.row(
                    child.id(),
                    dayFirst(child.born()),
                    worker,
                    dayFirst(from),
                    dayFirst(last ? period.to() : to),
                    reason);
            if (last) {
                return;
            }
            from = to;
            worker = another(worker, chance);
            reason = chance.pick(NEW_WORKER);
        }
    }

    private String another(String worker, Chance chance) {
        String next = chance.any(workers);
        return next.equals(worker) ? workers.get((workers.indexOf(worker) + 1) % workers.size()) : next;
    }

    /** First to return home; then what becomes of the child, for long-term fostering first without and then with a match. */
    private void writePlans(Child child, Child.Period period, Chance chance) throws IOException {
        LocalDate asAt = council.asAt();
        LocalDate start = chance.after(period.span().from(), 3, 12);
        LocalDate end = period.span().endOr(asAt.plusDays(1));
        LocalDate next = AdoptionRecords.decision(period).orElse(chance.after(start, 60, 320));
        if (child.ageOn(start) >= 16) {
            writePlan(child, "INDEPENDENCE", start, end, false);
            return;
        }
        if (!next.isAfter(start)) {
            next = start.plusDays(1);
        }
        writePlan(child, "RETURN", start, Span.earlier(next, end), false);
        if (!next.isBefore(end)) {
            return;
        }
        String ceased = period.last().reasonCeased();
        if (AdoptionRecords.decision(period).isPresent()) {
            writePlan(child, "ADOPTION", next, end, false);
        } else if (ceased.equals("E45") || ceased.equals("E47")) {
            writePlan(child, chance.percent(70) ? "SGO" : "KINSHIP", next, end, false);
        } else if (child.ageOn(next) >= 16) {
            writePlan(child, "INDEPENDENCE", next, end, false);
        } else if (period.on(next).place().equals("K2")) {
            writePlan(child, "LTR", next, end, false);
        } else {
            LocalDate matched = chance.after(next, 60, 500);
            boolean match = chance.percent(65) && matched.isBefore(end);
            writePlan(child, "LTF", next, match ? matched : end, false);
            if (match) {
                writePlan(child, "LTF", matched, end, true);
            }
        }
    }

    private void writePlan(Child child, String plan, LocalDate from, LocalDate to, boolean matched) throws IOException {
        if (from.isBefore(to)) {
            LocalDate ended = to.isAfter(council.asAt()) ? null : to;
            plans.row(child.id(), plan, dayFirst(from), dayFirst(ended), matched ? "1" : "0");
        }
    }

    /** A return for each 31 March by which the child has been looked after for 12 months. */
    private void writeOutcomes(Child child, HealthHistory health, Chance chance) throws IOException {
        for (LocalDate march = LocalDate.of(council.historyFrom().getYear(), 3, 31);
                !march.isAfter(council.asAt());
                march = march.plusYears(1)) {
            if (march.isAfter(council.historyFrom()) && lookedAfterAYear(child, march)) {
                writeOutcome(child, health, march, chance);
            }
        }
    }

    private static boolean lookedAfterAYear(Child child, LocalDate march) {
        return child.periods().stream()
                .map(Child.Period::span)
                .anyMatch(span -> span.covers(march) && !span.from().isAfter(march.minusYears(1)));
    }

    private void writeOutcome(Child child, HealthHistory health, LocalDate march, Chance chance) throws IOException {
        int age = child.ageOn(march);
        // Some scores that the nurses hold never reach social care.
        Integer score = age >= 4 && age <= 16 && chance.percent(88) ? health.score(march) : null;
        boolean misuse = age >= 10 && chance.percent(7);
        boolean helped = chance.percent(45);
        outcomes.row(
                child.id(),
                dayFirst(child.born()),
                score == null ? "" : score.toString(),
                score != null || age < 4 || age > 16 ? "" : chance.pick(NO_SCORE),
                age < 10 ? "" : flag(chance.percent(4)),
                age >= 5 ? "" : flag(chance.percent(90)),
                flag(health.immunised(march)),
                flag(health.teethChecked(march)),
                flag(health.assessed(march, age < 5 ? 6 : 12)),
                flag(misuse),
                misuse ? flag(helped) : "",
                misuse && !helped ? flag(chance.percent(90)) : "",
                String.valueOf(march.getYear()));
    }

    private static String flag(boolean yes) {
        return yes ? "1" : "0";
    }
}
