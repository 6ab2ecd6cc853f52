package org.lacwarehouse.jobs.generate;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The schools that a council's children go to: most are its own, some lie in other authorities. */
final class Schools {
    private static final Chance.Choices<Phase> PHASES = Chance.choices(
            Chance.choice(Phase.PRIMARY, 17),
            Chance.choice(Phase.SECONDARY, 6),
            Chance.choice(Phase.SPECIAL, 4),
            Chance.choice(Phase.POST16, 3));
    private static final Chance.Choices<String> JUDGEMENTS = Chance.choices(
            Chance.choice("1", 12), Chance.choice("2", 72), Chance.choice("3", 12), Chance.choice("4", 4));
    private static final List<String> PLACES = List.of(
            "Abbey", "Ash", "Castle", "Church", "Hill", "Mill", "Oak", "Park", "River", "St Mary’s", "St Thérèse’s");
    private static final List<String> FEATURES =
            List.of("Bridge", "Cross", "Field", "Green", "Lane", "Road", "View", "Wood");

    private final Map<Phase, List<School>> byPhase = new EnumMap<>(Phase.class);
    private final List<School> all = new ArrayList<>();

    /** A kind of school and how its name ends. */
    enum Phase {
        PRIMARY("Primary School"),
        SECONDARY("Academy"),
        SPECIAL("School"),
        POST16("College");

        private final String ending;

        Phase(String ending) {
            this.ending = ending;
        }
    }

    /** A school with its judgements, oldest first; none where it has never been inspected. */
    record School(String urn, String name, Phase phase, String authority, List<Judgement> judgements) {}

    /** What an inspection found. */
    record Judgement(LocalDate inspected, String grade) {}

    Schools(Council council, List<String> authorities) {
        int size = 30 + council.children().size() / 25;
        for (int i = 0; i < size; i++) {
            Chance chance = council.chance("school", i);
            Phase phase = i < Phase.values().length ? Phase.values()[i] : chance.pick(PHASES);
            String name = chance.any(PLACES) + " " + chance.any(FEATURES) + " " + phase.ending;
            String authority = chance.percent(82) ? council.code() : chance.any(authorities);
            String urn = String.valueOf(100_000 + Integer.parseInt(council.code()) * 40 + i);
            School school = new School(urn, name, phase, authority, judgements(council.asAt(), chance));
            all.add(school);
            byPhase.computeIfAbsent(phase, p -> new ArrayList<>()).add(school);
        }
    }

    private static List<Judgement> judgements(LocalDate asAt, Chance chance) {
        List<Judgement> judgements = new ArrayList<>();
        if (chance.percent(5)) {
            return judgements;
        }
        LocalDate inspected = chance.after(asAt, -4_000, -1_500);
        while (inspected.isBefore(asAt)) {
            judgements.add(new Judgement(inspected, chance.pick(JUDGEMENTS)));
            inspected = chance.after(inspected, 1_000, 2_200);
        }
        return judgements;
    }

    List<School> all() {
        return all;
    }

    School any(Phase phase, Chance chance) {
        return chance.any(byPhase.get(phase));
    }
}
