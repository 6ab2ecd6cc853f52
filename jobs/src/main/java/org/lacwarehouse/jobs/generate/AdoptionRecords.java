package org.lacwarehouse.jobs.generate;

import static org.lacwarehouse.jobs.generate.ExtractFolder.dayFirst;

import java.io.IOException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Adoption and permanence: ad1, placed_adoption and previous_permanence. */
final class AdoptionRecords {
    private static final Chance.Choices<String> PREVIOUS = Chance.choices(
            Chance.choice("P1", 18), Chance.choice("P2", 45), Chance.choice("P3", 25), Chance.choice("P4", 12));

    /** Adopters: their number, their sex and their legal status, as AD1 codes them. */
    private static final Chance.Choices<String[]> ADOPTERS = Chance.choices(
            Chance.choice(new String[] {"2", "MF", "L11"}, 56),
            Chance.choice(new String[] {"2", "MF", "L3"}, 20),
            Chance.choice(new String[] {"1", "F1", "L0"}, 12),
            Chance.choice(new String[] {"2", "MM", "L2"}, 7),
            Chance.choice(new String[] {"2", "FF", "L12"}, 5));

    private final Council council;
    private final ExtractFolder.Table adoptions;
    private final ExtractFolder.Table decisions;
    private final ExtractFolder.Table previous;

    AdoptionRecords(Council council, ExtractFolder folder) throws IOException {
        this.council = council;
        this.adoptions = folder.table(
                "ad1", "CHILD", "DOB", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR");
        this.decisions = folder.table(
                "placed_adoption", "CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED");
        this.previous = folder.table("previous_permanence", "CHILD", "DOB", "PREV_PERM", "LA_PERM", "DATE_PERM");
    }

    /** The day on which it was decided that a child should be placed for adoption: shortly before the placement order. */
    static Optional<LocalDate> decision(Child.Period period) {
        return order(period).map(order -> {
            LocalDate start = period.span().from();
            long sooner = Math.min(40, ChronoUnit.DAYS.between(start, order) / 2);
            return order.minusDays(sooner);
        });
    }

    private static Optional<LocalDate> order(Child.Period period) {
        return period.episodes().stream()
                .filter(episode -> episode.legalStatus().equals("E1"))
                .map(Child.Episode::from)
                .findFirst();
    }

    void write(Child child) throws IOException {
        Chance chance = council.chance("adoption", child.number());
        for (Child.Period period : child.periods()) {
            LocalDate decided = decision(period).orElse(null);
            if (decided != null) {
                writeDecision(child, period, decided, chance);
                if (period.adopted()) {
                    writeAdoption(child, period, decided, chance);
                }
            }
        }
        writePrevious(child, chance);
    }

    /** The plan changes where a child under a placement order has left care in another way, or is long unplaced. */
    private void writeDecision(Child child, Child.Period period, LocalDate decided, Chance chance) throws IOException {
        LocalDate changed = null;
        boolean placed = period.episodes().stream().anyMatch(Child.Episode::forAdoption);
        if (!period.adopted() && !placed && chance.percent(60)) {
            LocalDate day = chance.after(decided, 200, 600);
            changed = day.isBefore(period.span().endOr(council.asAt()))
                    ? day
                    : period.span().to();
        } else if (!period.adopted() && placed) {
            changed = period.span().to();
        }
        decisions.row(
                child.id(),
                dayFirst(child.born()),
                dayFirst(decided),
                dayFirst(changed),
                changed == null ? "" : chance.percent(60) ? "RD2" : "RD3");
    }

    private void writeAdoption(Child child, Child.Period period, LocalDate decided, Chance chance) throws IOException {
        Child.Episode placed = period.episodes().stream()
                .filter(Child.Episode::forAdoption)
                .findFirst()
                .orElseThrow();
        int most = (int) Math.min(90, ChronoUnit.DAYS.between(decided, placed.from()));
        LocalDate matched = placed.from().minusDays(chance.between(Math.min(5, most), most + 1));
        boolean fosterCarers = placed.place().equals("A3") || placed.place().equals("A5");
        String[] adopters = chance.pick(ADOPTERS);
        adoptions.row(
                child.id(),
                dayFirst(child.born()),
                dayFirst(decided),
                dayFirst(matched),
                fosterCarers ? "1" : "0",
                adopters[0],
                adopters[1],
                adopters[2]);
    }

    /** Every child who has been looked after has a row; one in twelve had a permanent home before. */
    private void writePrevious(Child child, Chance chance) throws IOException {
        if (child.periods().isEmpty()) {
            return;
        }
        LocalDate start = child.periods().get(0).span().from();
        int days = (int) ChronoUnit.DAYS.between(child.born(), start);
        if (days < 400 || !chance.percent(8)) {
            previous.row(child.id(), dayFirst(child.born()), "Z1", "", "");
            return;
        }
        String day = dayFirst(chance.after(child.born(), 200, days - 100));
        String known =
                switch (chance.below(8)) {
                    case 0 -> "zz" + day.substring(2);
                    case 1 -> "zz/zz" + day.substring(5);
                    case 2 -> "zz/zz/zzzz";
                    default -> day;
                };
        previous.row(
                child.id(),
                dayFirst(child.born()),
                chance.pick(PREVIOUS),
                chance.percent(75) ? council.code() : "",
                known);
    }
}
