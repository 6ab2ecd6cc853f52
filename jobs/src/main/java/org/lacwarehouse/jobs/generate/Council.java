package org.lacwarehouse.jobs.generate;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A made-up council: children come into care, change placement and legal status, leave, sometimes return. Every choice
 * comes from one seeded source of chance, so the same seed makes the same council.
 */
final class Council {
    private static final LocalDate REGULATION = LocalDate.of(2023, 4, 1);
    private static final List<Weighted<String>> ETHNIC_ORIGINS = List.of(
            new Weighted<>("WBRI", 56),
            new Weighted<>("WOTH", 7),
            new Weighted<>("WIRI", 1),
            new Weighted<>("WIRT", 1),
            new Weighted<>("WROM", 1),
            new Weighted<>("MWBC", 5),
            new Weighted<>("MWBA", 2),
            new Weighted<>("MWAS", 2),
            new Weighted<>("MOTH", 3),
            new Weighted<>("AIND", 1),
            new Weighted<>("APKN", 2),
            new Weighted<>("ABAN", 1),
            new Weighted<>("AOTH", 2),
            new Weighted<>("CHNE", 1),
            new Weighted<>("BCRB", 3),
            new Weighted<>("BAFR", 6),
            new Weighted<>("BOTH", 2),
            new Weighted<>("OOTH", 3),
            new Weighted<>("REFU", 1),
            new Weighted<>("NOBT", 1));
    private static final List<Weighted<String>> NEEDS = List.of(
            new Weighted<>("N1", 62),
            new Weighted<>("N2", 4),
            new Weighted<>("N3", 4),
            new Weighted<>("N4", 8),
            new Weighted<>("N5", 14),
            new Weighted<>("N6", 2),
            new Weighted<>("N7", 1),
            new Weighted<>("N8", 5));
    private static final List<Weighted<String>> CHANGE_REASONS = List.of(
            new Weighted<>("CARPL", 50),
            new Weighted<>("CREQB", 15),
            new Weighted<>("CREQO", 10),
            new Weighted<>("CHILD", 6),
            new Weighted<>("OTHER", 7),
            new Weighted<>("LAREQ", 6),
            new Weighted<>("CLOSE", 3),
            new Weighted<>("STAND", 2),
            new Weighted<>("ALLEG", 1));
    private static final List<Weighted<String>> DISABILITIES = List.of(
            new Weighted<>("LD", 30),
            new Weighted<>("AUT", 25),
            new Weighted<>("BEH", 20),
            new Weighted<>("COMM", 8),
            new Weighted<>("MOB", 6),
            new Weighted<>("HEAR", 4),
            new Weighted<>("VIS", 4),
            new Weighted<>("DDA", 3));

    private final String code;
    private final LocalDate asAt;
    private final LocalDate historyFrom;
    private final SplittableRandom random;
    private final Geography geography;
    private final List<Child> children = new ArrayList<>();

    /** A choice and how often it is made. */
    private record Weighted<T>(T value, int weight) {}

    /** A child with everything that the extracts say of it. */
    record Child(
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
            List<Disability> disabilities,
            List<Episode> episodes) {}

    /** A disability and the day it was recorded. */
    record Disability(String code, LocalDate recorded) {}

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
            String urn) {}

    /** A placement while a history is being made up. */
    private record Placement(String place, String provider, String postcode, String urn) {}

    /**
     * @param size how many children are looked after on the as-at date
     * @param years how many years back the history is complete
     */
    Council(String code, int size, int years, LocalDate asAt, long seed) {
        this.code = code;
        this.asAt = asAt;
        this.historyFrom = asAt.minusYears(years);
        this.random = new SplittableRandom(seed * 1_000_003 + Integer.parseInt(code));
        this.geography = Geography.of(code, random);
        int lookedAfter = 0;
        while (lookedAfter < size) {
            Child child = child(children.size());
            if (child != null) {
                children.add(child);
                Episode last = child.episodes().get(child.episodes().size() - 1);
                boolean shortBreaks = last.legalStatus().equals("V3");
                lookedAfter += !shortBreaks && (last.to() == null || last.to().isAfter(asAt)) ? 1 : 0;
            }
        }
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
                asAt.minusDays(random.nextInt((int) ChronoUnit.DAYS.between(historyFrom.minusYears(11), asAt) + 1));
        boolean uasc = random.nextInt(100) < 9;
        int age = uasc ? random.nextInt(15, 18) : ageAtStart();
        LocalDate born = start.minusYears(age).minusDays(random.nextInt(age == 0 ? 200 : 365));
        boolean girl = random.nextInt(100) < (uasc ? 8 : 46);
        List<Episode> episodes = history(start, born, uasc);
        Episode last = episodes.get(episodes.size() - 1);
        if (last.to() != null && last.to().isBefore(historyFrom)) {
            return null;
        }
        LocalDate firstStart = episodes.get(0).from();
        List<Disability> disabilities = new ArrayList<>();
        LocalDate recorded = firstStart.plusDays(random.nextInt(14, 120));
        if (!recorded.isAfter(asAt)) {
            disabilities.add(new Disability("NONE", recorded));
            if (random.nextInt(100) < 14) {
                LocalDate later = recorded.plusDays(random.nextInt(0, 400));
                if (!later.isAfter(asAt)) {
                    disabilities.add(new Disability(pick(DISABILITIES), later));
                }
            }
        }
        return new Child(
                String.valueOf(100_000 + number * 7 + random.nextInt(7)),
                girl,
                born,
                uasc ? (random.nextBoolean() ? "AOTH" : "BAFR") : pick(ETHNIC_ORIGINS),
                Identities.forename(random, girl),
                Identities.surname(random),
                Identities.nhsNumber(Integer.parseInt(code) * 499 % 1000 * 500 + number % 500),
                Identities.upn(code, born.getYear() + 5, number),
                episodes.get(0).homePostcode(),
                uasc ? born.plusYears(18) : null,
                disabilities,
                episodes);
    }

    private int ageAtStart() {
        int chance = random.nextInt(100);
        if (chance < 20) {
            return 0;
        }
        if (chance < 38) {
            return random.nextInt(1, 5);
        }
        if (chance < 56) {
            return random.nextInt(5, 10);
        }
        return chance < 86 ? random.nextInt(10, 16) : random.nextInt(16, 18);
    }

    private <T> T pick(List<Weighted<T>> choices) {
        int total = choices.stream().mapToInt(Weighted::weight).sum();
        int chance = random.nextInt(total);
        for (Weighted<T> choice : choices) {
            chance -= choice.weight();
            if (chance < 0) {
                return choice.value();
            }
        }
        throw new IllegalStateException();
    }

    /** All episodes of a child: one period of care, and sometimes another after some months at home. */
    private List<Episode> history(LocalDate start, LocalDate born, boolean uasc) {
        List<Episode> episodes = new ArrayList<>();
        if (random.nextInt(100) < 2) {
            // A series of short breaks, which is not being looked after in any figure.
            LocalDate end = min(start.plusDays(random.nextInt(30, 300)), asAt);
            episodes.add(new Episode(
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
            LocalDate end = episodes.get(episodes.size() - 1).to();
            String reason = episodes.get(episodes.size() - 1).reasonCeased();
            if (end == null || !reason.startsWith("E4") || random.nextInt(100) >= 25) {
                return episodes;
            }
            from = end.plusDays(random.nextInt(20, 700));
            if (!from.isBefore(min(asAt, born.plusYears(17)))) {
                return episodes;
            }
        }
    }

    private LocalDate endOfCare(LocalDate start, LocalDate born, boolean uasc) {
        int chance = random.nextInt(100);
        int days = chance < 12
                ? random.nextInt(3, 60)
                : chance < 36
                        ? random.nextInt(60, 365)
                        : chance < 70 ? random.nextInt(365, 1500) : random.nextInt(1500, 6500);
        LocalDate adult = born.plusYears(18);
        return uasc ? adult : min(start.plusDays(days), adult);
    }

    private void period(LocalDate start, LocalDate born, boolean uasc, List<Episode> into) {
        LocalDate end = endOfCare(start, born, uasc);
        if (!end.isAfter(start)) {
            end = start.plusDays(30);
        }
        String need = uasc ? "N8" : pick(NEEDS);
        String homePostcode = home();
        String status = uasc || random.nextInt(100) < 55 ? "V2" : random.nextInt(100) < 40 ? "L2" : "C1";
        Placement placement = placement(start, born);
        LocalDate from = start;
        String reasonNew = "S";
        while (true) {
            LocalDate next = from.plusDays(
                    status.equals("L2") ? random.nextInt(3, 9) : random.nextInt(20, 800) + random.nextInt(1, 200));
            boolean last = !next.isBefore(end);
            LocalDate to = last ? end : next;
            if (to.isAfter(asAt)) {
                into.add(episode(from, reasonNew, status, need, placement, null, "", "", homePostcode));
                return;
            }
            if (last) {
                into.add(episode(
                        from, reasonNew, status, need, placement, to, ceased(to, born, placement), "", homePostcode));
                return;
            }
            Step step = change(status, placement, next, born);
            into.add(episode(
                    from,
                    reasonNew,
                    status,
                    need,
                    placement,
                    to,
                    "X1",
                    "PBTU".contains(step.reasonNew()) ? pick(CHANGE_REASONS) : "",
                    homePostcode));
            from = next;
            reasonNew = step.reasonNew();
            status = step.status();
            placement = step.placement();
        }
    }

    /** What begins a next episode. */
    private record Step(String reasonNew, String status, Placement placement) {}

    private Step change(String status, Placement placement, LocalDate on, LocalDate born) {
        String nextStatus =
                switch (status) {
                    case "L2" -> "C1";
                    case "C1" -> "C2";
                    case "V2" -> random.nextInt(100) < 30 ? "C1" : "V2";
                    case "C2" -> ageAt(born, on) < 5 && random.nextInt(100) < 50 ? "E1" : "C2";
                    default -> status;
                };
        boolean legal = !nextStatus.equals(status);
        boolean forAdoption = nextStatus.equals("E1") && random.nextInt(100) < 70;
        boolean temporary =
                !legal && random.nextInt(100) < 5 && !placement.place().startsWith("T");
        if (temporary) {
            return new Step("P", status, new Placement("T3", placement.provider(), away(), placement.urn()));
        }
        boolean moves = forAdoption || !legal || random.nextInt(100) < 40;
        Placement next = forAdoption
                ? new Placement("A6", "PR1", random.nextBoolean() ? home() : away(), "")
                : moves ? placement(on, born) : placement;
        String reasonNew = legal ? (moves ? "B" : "L") : "P";
        return new Step(reasonNew, nextStatus, next);
    }

    private Placement placement(LocalDate on, LocalDate born) {
        int age = ageAt(born, on);
        String supported = on.isBefore(REGULATION) ? "H5" : "K3";
        String place = age >= 16
                ? pick(List.of(
                        new Weighted<>(supported, 35),
                        new Weighted<>("U6", 25),
                        new Weighted<>("U4", 15),
                        new Weighted<>("K2", 20),
                        new Weighted<>("U3", 5)))
                : age >= 10
                        ? pick(List.of(
                                new Weighted<>("U6", 40),
                                new Weighted<>("U4", 20),
                                new Weighted<>("K2", 22),
                                new Weighted<>("U3", 10),
                                new Weighted<>("P1", 5),
                                new Weighted<>("S1", 2),
                                new Weighted<>("K1", 1)))
                        : pick(List.of(
                                new Weighted<>("U6", 60),
                                new Weighted<>("U4", 12),
                                new Weighted<>("U3", 15),
                                new Weighted<>("U1", 4),
                                new Weighted<>("P1", 7),
                                new Weighted<>("R3", 2)));
        String provider =
                switch (place) {
                    case "P1" -> "PR0";
                    case "U3", "U1" -> "PR1";
                    case "H5", "K3", "K2", "K1", "S1", "R3" -> random.nextInt(100) < 80 ? "PR4" : "PR5";
                    default -> random.nextInt(100) < 60 ? "PR1" : "PR4";
                };
        String urn = place.startsWith("U") || place.startsWith("K") ? "SC" + random.nextInt(400_000, 499_999) : "";
        return new Placement(place, provider, random.nextInt(100) < 60 ? home() : away(), urn);
    }

    private String ceased(LocalDate on, LocalDate born, Placement placement) {
        if (placement.place().startsWith("A")) {
            return random.nextBoolean() ? "E11" : "E12";
        }
        int age = ageAt(born, on);
        if (age >= 18) {
            return pick(List.of(
                    new Weighted<>("E17", 35),
                    new Weighted<>("E5", 40),
                    new Weighted<>("E6", 15),
                    new Weighted<>("E7", 10)));
        }
        return pick(List.of(
                new Weighted<>("E4A", 40),
                new Weighted<>("E4B", 10),
                new Weighted<>("E13", 12),
                new Weighted<>("E45", 14),
                new Weighted<>("E47", 10),
                new Weighted<>("E41", 6),
                new Weighted<>("E8", 5),
                new Weighted<>("E3", 3)));
    }

    private static Episode episode(
            LocalDate from,
            String reasonNew,
            String status,
            String need,
            Placement placement,
            LocalDate to,
            String ceased,
            String change,
            String homePostcode) {
        return new Episode(
                from,
                reasonNew,
                status,
                need,
                placement.place(),
                placement.provider(),
                to,
                ceased,
                change,
                homePostcode,
                placement.postcode(),
                placement.urn());
    }

    private String home() {
        return geography.home().get(random.nextInt(geography.home().size())).postcode();
    }

    private String away() {
        return geography.away().get(random.nextInt(geography.away().size())).postcode();
    }

    private static int ageAt(LocalDate born, LocalDate on) {
        return (int) ChronoUnit.YEARS.between(born, on);
    }

    private static LocalDate min(LocalDate a, LocalDate b) {
        return a.isBefore(b) ? a : b;
    }
}
