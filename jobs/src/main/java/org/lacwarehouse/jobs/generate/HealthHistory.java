package org.lacwarehouse.jobs.generate;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * What the nursing team knows of a child's health while it is looked after. Social care's yearly return is filled in
 * from the same history.
 */
record HealthHistory(
        List<Assessment> assessments,
        List<Visit> dentists,
        List<Visit> immunisations,
        List<Questionnaire> questionnaires,
        List<Referral> referrals) {
    private static final Chance.Choices<String> NOT_ASSESSED =
            Chance.choices(Chance.choice("DNA", 30), Chance.choice("DECLINED", 35), Chance.choice("CANCELLED", 35));
    private static final Chance.Choices<String> AT_THE_DENTIST =
            Chance.choices(Chance.choice("CHECKED", 91), Chance.choice("DECLINED", 5), Chance.choice("DNA", 4));
    private static final Chance.Choices<String> IMMUNISED =
            Chance.choices(Chance.choice("Y", 89), Chance.choice("N", 8), Chance.choice("DECLINED", 3));
    private static final Chance.Choices<String> REFERRED = Chance.choices(
            Chance.choice("ACCEPTED", 74), Chance.choice("SIGNPOSTED", 17), Chance.choice("DECLINED", 9));

    /** A health assessment; the day it was offered or completed is null where it was not. */
    record Assessment(String type, LocalDate due, LocalDate offered, LocalDate completed, String outcome) {}

    /** A check on a day and what came of it. */
    record Visit(LocalDate day, String outcome) {}

    /** A strengths and difficulties questionnaire. */
    record Questionnaire(LocalDate day, String respondent, int score) {}

    /** A referral to the child and adolescent mental health service; what has not happened is null. */
    record Referral(LocalDate referred, LocalDate assessed, LocalDate treated, String outcome) {}

    static HealthHistory of(Child child, LocalDate asAt, Chance chance) {
        HealthHistory history = new HealthHistory(
                new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        double difficulty = chance.around(13, 6);
        for (Child.Period period : child.periods()) {
            LocalDate end = period.span().endOr(asAt.plusDays(1));
            history.assess(child, period.span().from(), end, asAt, chance);
            history.seeDentist(child, period.span().from(), end, chance);
            history.ask(child, period.span().from(), end, difficulty, chance);
            history.refer(child, period.span().from(), end, asAt, chance);
        }
        return history;
    }

    /** An initial assessment within 20 working days, then one every 6 months under 5 and every 12 from then on. */
    private void assess(Child child, LocalDate start, LocalDate end, LocalDate asAt, Chance chance) {
        LocalDate due = start.plusDays(28);
        String type = "IHA";
        while (due.isBefore(end) || type.equals("IHA")) {
            boolean late = chance.percent(type.equals("IHA") ? 20 : 10);
            LocalDate offered = type.equals("IHA") ? chance.after(start, 5, 22) : chance.after(due, -28, -2);
            LocalDate completed = Span.later(
                    offered, late ? chance.after(due, 3, 40) : chance.after(due, type.equals("IHA") ? -12 : -20, 1));
            boolean held = chance.percent(91);
            if (!offered.isBefore(end) || held && !completed.isBefore(end)) {
                if (end.isAfter(asAt)) {
                    assessments.add(new Assessment(type, due, offered.isAfter(asAt) ? null : offered, null, "PENDING"));
                }
                return;
            }
            assessments.add(
                    held
                            ? new Assessment(type, due, offered, completed, "COMPLETED")
                            : new Assessment(type, due, offered, null, chance.pick(NOT_ASSESSED)));
            if (held) {
                immunisations.add(new Visit(completed, chance.pick(IMMUNISED)));
            }
            LocalDate from = held ? completed : due;
            due = from.plusMonths(child.ageOn(from) < 5 ? 6 : 12);
            type = "RHA";
        }
        if (end.isAfter(asAt) && due.isBefore(asAt.plusDays(60))) {
            assessments.add(new Assessment(type, due, null, null, "PENDING"));
        }
    }

    private void seeDentist(Child child, LocalDate start, LocalDate end, Chance chance) {
        LocalDate day = Span.later(chance.after(start, 10, 120), chance.after(child.born(), 300, 500));
        while (day.isBefore(end)) {
            dentists.add(new Visit(day, chance.pick(AT_THE_DENTIST)));
            day = chance.after(day, 170, chance.percent(85) ? 330 : 520);
        }
    }

    /** Carers answer once a year between 4 and 16; some teachers and older children do as well. */
    private void ask(Child child, LocalDate start, LocalDate end, double difficulty, Chance chance) {
        LocalDate day = Span.later(chance.after(start, 60, 300), chance.after(child.birthday(4), 10, 200));
        LocalDate last = Span.earlier(end, child.birthday(17));
        while (day.isBefore(last)) {
            if (chance.percent(88)) {
                questionnaires.add(new Questionnaire(day, "CARER", score(difficulty, chance)));
                LocalDate other = chance.after(day, 1, 40);
                if (chance.percent(35) && other.isBefore(last)) {
                    String respondent = child.ageOn(other) >= 11 && chance.percent(55) ? "SELF" : "TEACHER";
                    questionnaires.add(new Questionnaire(other, respondent, score(difficulty, chance)));
                }
            }
            day = chance.after(day, 320, 410);
        }
    }

    private static int score(double difficulty, Chance chance) {
        return (int) Math.round(Math.max(0, Math.min(40, chance.around(difficulty, 3))));
    }

    private void refer(Child child, LocalDate start, LocalDate end, LocalDate asAt, Chance chance) {
        LocalDate day = Span.later(chance.after(start, 30, 400), child.birthday(5));
        while (chance.percent(35) && day.isBefore(end)) {
            LocalDate assessed = chance.after(day, 7, chance.percent(75) ? 42 : 110);
            LocalDate treated = chance.after(assessed, 14, 140);
            if (assessed.isAfter(asAt)) {
                referrals.add(new Referral(day, null, null, "PENDING"));
            } else {
                String outcome = chance.pick(REFERRED);
                boolean treats = outcome.equals("ACCEPTED") && !treated.isAfter(asAt) && chance.percent(90);
                referrals.add(new Referral(
                        day, outcome.equals("DECLINED") ? null : assessed, treats ? treated : null, outcome));
            }
            day = chance.after(day, 300, 1500);
        }
    }

    /** Whether an assessment was completed in the months up to a day, its own included. */
    boolean assessed(LocalDate day, int months) {
        return assessments.stream().anyMatch(a -> a.completed() != null && within(a.completed(), day, months));
    }

    /** Whether teeth were checked in the 12 months to a day. */
    boolean teethChecked(LocalDate day) {
        return dentists.stream().anyMatch(d -> d.outcome().equals("CHECKED") && within(d.day(), day, 12));
    }

    /** Whether the newest review of immunisations by a day found them up to date. */
    boolean immunised(LocalDate day) {
        String newest = "N";
        for (Visit review : immunisations) {
            newest = review.day().isAfter(day) ? newest : review.outcome();
        }
        return newest.equals("Y");
    }

    /** The carer's newest score in the 12 months to a day, or null. */
    Integer score(LocalDate day) {
        Integer newest = null;
        for (Questionnaire form : questionnaires) {
            newest = form.respondent().equals("CARER") && within(form.day(), day, 12) ? (Integer) form.score() : newest;
        }
        return newest;
    }

    private static boolean within(LocalDate when, LocalDate day, int months) {
        return when.isAfter(day.minusMonths(months)) && !when.isAfter(day);
    }
}
