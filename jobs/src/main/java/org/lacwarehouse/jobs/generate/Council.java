package org.lacwarehouse.jobs.generate;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * A made-up council: children come into care, change placement and legal status, leave, sometimes return. Every choice
 * comes from one seeded source of chance, so the same seed makes the same council.
 */
final class Council {
    private static final LocalDate REGULATION = LocalDate.of(2023, 4, 1);
    private static final Chance.Choices<String> ETHNIC_ORIGINS = Chance.choices(
            Chance.choice("WBRI", 56),
            Chance.choice("WOTH", 7),
            Chance.choice("WIRI", 1),
            Chance.choice("WIRT", 1),
            Chance.choice("WROM", 1),
            Chance.choice("MWBC", 5),
            Chance.choice("MWBA", 2),
            Chance.choice("MWAS", 2),
            Chance.choice("MOTH", 3),
            Chance.choice("AIND", 1),
            Chance.choice("APKN", 2),
            Chance.choice("ABAN", 1),
            Chance.choice("AOTH", 2),
            Chance.choice("CHNE", 1),
            Chance.choice("BCRB", 3),
            Chance.choice("BAFR", 6),
            Chance.choice("BOTH", 2),
            Chance.choice("OOTH", 3),
            Chance.choice("REFU", 1),
            Chance.choice("NOBT", 1));
    private static final Chance.Choices<String> NEEDS = Chance.choices(
            Chance.choice("N1", 62),
            Chance.choice("N2", 4),
            Chance.choice("N3", 4),
            Chance.choice("N4", 8),
            Chance.choice("N5", 14),
            Chance.choice("N6", 2),
            Chance.choice("N7", 1),
            Chance.choice("N8", 5));
    private static final Chance.Choices<String> CHANGE_REASONS = Chance.choices(
            Chance.choice("CARPL", 50),
            Chance.choice("CREQB", 15),
            Chance.choice("CREQO", 10),
            Chance.choice("CHILD", 6),
            Chance.choice("OTHER", 7),
            Chance.choice("LAREQ", 6),
            Chance.choice("CLOSE", 3),
            Chance.choice("STAND", 2),
            Chance.choice("ALLEG", 1));
    private final String code;
    private final LocalDate asAt;
    private final LocalDate historyFrom;
    private final Chance chance;
    private final long seed;
    private final Geography geography;
    private final NhsNumbers nhsNumbers;
    private final List<Child> children = new ArrayList<>();

    /** A placement while a history is being made up. */
    private record Placement(String place, String provider, String postcode, String urn) {
        boolean forAdoption() {
            return place.startsWith("A");
        }
    }

    /**
     * @param place the council's place among all, from 0; it decides which NHS numbers its children have
     * @param size how many children are looked after on the as-at date
     * @param years how many years back the history is complete
     */
    Council(String code, int place, int size, int years, LocalDate asAt, long seed) {
        this.code = code;
        this.asAt = asAt;
        this.historyFrom = asAt.minusYears(years);
        this.seed = seed * 1_000_003 + Integer.parseInt(code);
        this.chance = new Chance(this.seed);
        this.geography = Geography.of(code, chance);
        this.nhsNumbers = new NhsNumbers(place);
        int lookedAfter = 0;
        while (lookedAfter < size) {
            Child child = child(children.size());
            if (child != null) {
                children.add(child);
                Child.Episode last = last(child.episodes());
                lookedAfter +=
                        !last.shortBreaks() && (last.to() == null || last.to().isAfter(asAt)) ? 1 : 0;
            }
        }
    }

    String code() {
        return code;
    }

    LocalDate asAt() {
        return asAt;
    }

    /** From which day on the council's records are complete. */
    LocalDate historyFrom() {
        return historyFrom;
    }

    /**
     * A source of chance of its own for one child in one field, so that what is made up in one field never changes
     * another.
     */
    Chance chance(String field, int number) {
        return new Chance((seed * 31 + field.hashCode()) * 1_000_003 + number);
    }

    /** The NHS number of somebody whom social care does not know. */
    String nextNhsNumber() {
        return nhsNumbers.next();
    }

    /** How many people each other system holds whom social care does not know. */
    int strangers() {
        return 1 + children.size() / 40;
    }

    List<Child> children() {
        return children;
    }

    Geography geography() {
        return geography;
    }

    /** One more child, or null when its history ended before the years that are wanted. */
    private Child child(int number) {
        LocalDate start =
                asAt.minusDays(chance.below((int) ChronoUnit.DAYS.between(historyFrom.minusYears(11), asAt) + 1));
        boolean uasc = chance.percent(9);
        int age = uasc ? chance.between(15, 18) : ageAtStart();
        LocalDate born = start.minusYears(age).minusDays(chance.below(age == 0 ? 200 : 365));
        boolean girl = chance.percent(uasc ? 8 : 46);
        List<Child.Episode> episodes = history(start, born, uasc);
        Child.Episode last = last(episodes);
        if (last.to() != null && last.to().isBefore(historyFrom)) {
            return null;
        }
        return new Child(
                number,
                String.valueOf(100_000 + number * 7 + chance.below(7)),
                girl,
                born,
                uasc ? (chance.coin() ? "AOTH" : "BAFR") : chance.pick(ETHNIC_ORIGINS),
                Identities.forename(chance, girl),
                Identities.surname(chance),
                nhsNumbers.next(),
                Identities.upn(code, born.getYear() + 5, number),
                episodes.get(0).homePostcode(),
                uasc ? born.plusYears(18) : null,
                episodes);
    }

    private int ageAtStart() {
        int hundredth = chance.below(100);
        if (hundredth < 20) {
            return 0;
        }
        if (hundredth < 38) {
            return chance.between(1, 5);
        }
        if (hundredth < 56) {
            return chance.between(5, 10);
        }
        return hundredth < 86 ? chance.between(10, 16) : chance.between(16, 18);
    }

    /** All episodes of a child: one period of care, and sometimes another after some months at home. */
    private List<Child.Episode> history(LocalDate start, LocalDate born, boolean uasc) {
        List<Child.Episode> episodes = new ArrayList<>();
        if (chance.percent(2)) {
            // A series of short breaks, which is not being looked after in any figure.
            LocalDate end = Span.earlier(start.plusDays(chance.between(30, 300)), asAt);
            episodes.add(new Child.Episode(
                    start,
                    "S",
                    "V3",
                    "N2",
                    "R1",
                    "PR1",
                    end.isAfter(start) ? end : null,
                    end.isAfter(start) ? "E8" : "",
                    "",
                    home(),
                    home(),
                    ""));
            return episodes;
        }
        LocalDate from = start;
        while (true) {
            period(from, born, uasc, episodes);
            LocalDate end = last(episodes).to();
            String reason = last(episodes).reasonCeased();
            if (end == null || !reason.startsWith("E4") || !chance.percent(25)) {
                return episodes;
            }
            from = end.plusDays(chance.between(20, 700));
            if (!from.isBefore(Span.earlier(asAt, born.plusYears(17)))) {
                return episodes;
            }
        }
    }

    private LocalDate endOfCare(LocalDate start, LocalDate born, boolean uasc) {
        int hundredth = chance.below(100);
        int days = hundredth < 12
                ? chance.between(3, 60)
                : hundredth < 36
                        ? chance.between(60, 365)
                        : hundredth < 70 ? chance.between(365, 1500) : chance.between(1500, 6500);
        LocalDate adult = born.plusYears(18);
        return uasc ? adult : Span.earlier(start.plusDays(days), adult);
    }

    private void period(LocalDate start, LocalDate born, boolean uasc, List<Child.Episode> into) {
        LocalDate end = endOfCare(start, born, uasc);
        if (!end.isAfter(start)) {
            end = start.plusDays(30);
        }
        String need = uasc ? "N8" : chance.pick(NEEDS);
        String homePostcode = home();
        Step step = new Step(
                "S",
                uasc || chance.percent(55) ? "V2" : chance.percent(40) ? "L2" : "C1",
                placement(start, born),
                null);
        LocalDate from = start;
        while (true) {
            if (step.placement().forAdoption() && chance.percent(90)) {
                // All goes well: the order is made some months after the child has moved in.
                end = from.plusDays(chance.between(120, 480));
            }
            if (step.status().equals("E1") && !step.placement().forAdoption()) {
                // A family is looked for; the child stays in care meanwhile.
                end = Span.later(end, from.plusDays(400));
            }
            LocalDate next = step.placement().forAdoption() ? from.plusDays(500) : from.plusDays(length(step));
            boolean last = !next.isBefore(end);
            LocalDate to = last ? end : next;
            if (to.isAfter(asAt)) {
                into.add(episode(from, step, need, null, "", "", homePostcode));
                return;
            }
            if (last) {
                into.add(episode(from, step, need, to, ceased(to, born, step.placement()), "", homePostcode));
                return;
            }
            Step following = change(step, next, born);
            String why = "PBTU".contains(following.reasonNew()) ? chance.pick(CHANGE_REASONS) : "";
            into.add(episode(from, step, need, to, "X1", why, homePostcode));
            from = next;
            step = following;
        }
    }

    /**
     * What holds during an episode.
     *
     * @param back the placement to go back to from a temporary one, null in any other
     */
    private record Step(String reasonNew, String status, Placement placement, Placement back) {}

    private int length(Step step) {
        if (step.back() != null) {
            return chance.between(3, 22);
        }
        return switch (step.status()) {
            case "L2" -> chance.between(3, 9);
            case "E1" -> chance.between(60, 330);
            default -> chance.between(20, 800) + chance.between(1, 200);
        };
    }

    private Step change(Step now, LocalDate on, LocalDate born) {
        if (now.back() != null) {
            Placement next = chance.percent(85) ? now.back() : placement(on, born);
            return new Step("P", now.status(), next, null);
        }
        String status =
                switch (now.status()) {
                    case "L2" -> "C1";
                    case "C1" -> "C2";
                    case "V2" -> chance.percent(30) ? "C1" : "V2";
                    case "C2" -> ageAt(born, on) < 5 && chance.percent(50) ? "E1" : "C2";
                    default -> now.status();
                };
        boolean legal = !status.equals(now.status());
        Placement placement = now.placement();
        if (status.equals("E1") && !placement.forAdoption() && chance.percent(legal ? 25 : 75)) {
            if (placement.place().startsWith("U") && chance.percent(15)) {
                // Their foster carers adopt them.
                Placement same = new Placement("A5", placement.provider(), placement.postcode(), placement.urn());
                return new Step(legal ? "U" : "T", status, same, null);
            }
            Placement family = new Placement("A6", "PR1", chance.coin() ? home() : away(), "");
            return new Step(legal ? "B" : "P", status, family, null);
        }
        if (!legal && chance.percent(5)) {
            Placement temporary = new Placement("T3", placement.provider(), away(), placement.urn());
            return new Step("P", status, temporary, placement);
        }
        boolean moves = !legal || chance.percent(40);
        return new Step(legal ? (moves ? "B" : "L") : "P", status, moves ? placement(on, born) : placement, null);
    }

    private Placement placement(LocalDate on, LocalDate born) {
        int age = ageAt(born, on);
        String supported = on.isBefore(REGULATION) ? "H5" : "K3";
        String place = age >= 16
                ? chance.pick(Chance.choices(
                        Chance.choice(supported, 35),
                        Chance.choice("U6", 25),
                        Chance.choice("U4", 15),
                        Chance.choice("K2", 20),
                        Chance.choice("U3", 5)))
                : age >= 10
                        ? chance.pick(Chance.choices(
                                Chance.choice("U6", 40),
                                Chance.choice("U4", 20),
                                Chance.choice("K2", 22),
                                Chance.choice("U3", 10),
                                Chance.choice("P1", 5),
                                Chance.choice("S1", 2),
                                Chance.choice("K1", 1)))
                        : chance.pick(Chance.choices(
                                Chance.choice("U6", 60),
                                Chance.choice("U4", 12),
                                Chance.choice("U3", 15),
                                Chance.choice("U1", 4),
                                Chance.choice("P1", 7),
                                Chance.choice("R3", 2)));
        String provider =
                switch (place) {
                    case "P1" -> "PR0";
                    case "U3", "U1" -> "PR1";
                    case "H5", "K3", "K2", "K1", "S1", "R3" -> chance.percent(80) ? "PR4" : "PR5";
                    default -> chance.percent(60) ? "PR1" : "PR4";
                };
        String urn = place.startsWith("U") || place.startsWith("K") ? "SC" + chance.between(400_000, 499_999) : "";
        return new Placement(place, provider, chance.percent(60) ? home() : away(), urn);
    }

    private String ceased(LocalDate on, LocalDate born, Placement placement) {
        if (placement.forAdoption()) {
            return chance.coin() ? "E11" : "E12";
        }
        int age = ageAt(born, on);
        if (age >= 18) {
            return chance.pick(Chance.choices(
                    Chance.choice("E17", 35),
                    Chance.choice("E5", 40),
                    Chance.choice("E6", 15),
                    Chance.choice("E7", 10)));
        }
        return chance.pick(Chance.choices(
                Chance.choice("E4A", 40),
                Chance.choice("E4B", 10),
                Chance.choice("E13", 12),
                Chance.choice("E45", 14),
                Chance.choice("E47", 10),
                Chance.choice("E41", 6),
                Chance.choice("E8", 5),
                Chance.choice("E3", 3)));
    }

    private static Child.Episode episode(
            LocalDate from, Step step, String need, LocalDate to, String ceased, String change, String homePostcode) {
        return new Child.Episode(
                from,
                step.reasonNew(),
                step.status(),
                need,
                step.placement().place(),
                step.placement().provider(),
                to,
                ceased,
                change,
                homePostcode,
                step.placement().postcode(),
                step.placement().urn());
    }

    private static Child.Episode last(List<Child.Episode> episodes) {
        return episodes.get(episodes.size() - 1);
    }

    private String home() {
        return geography.anyHome(chance);
    }

    private String away() {
        return geography.anyAway(chance);
    }

    private static int ageAt(LocalDate born, LocalDate on) {
        return (int) ChronoUnit.YEARS.between(born, on);
    }
}
