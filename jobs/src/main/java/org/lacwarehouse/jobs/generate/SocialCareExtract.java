package org.lacwarehouse.jobs.generate;

import static org.lacwarehouse.jobs.generate.ExtractFolder.dayFirst;

import java.io.IOException;
import java.time.LocalDate;

/** Who the children are and where they live in care: header, identity, episodes, disability and uasc. */
final class SocialCareExtract {
    private static final Chance.Choices<String> DISABILITIES = Chance.choices(
            Chance.choice("LD", 30),
            Chance.choice("AUT", 25),
            Chance.choice("BEH", 18),
            Chance.choice("COMM", 8),
            Chance.choice("MOB", 4),
            Chance.choice("HAND", 2),
            Chance.choice("PC", 3),
            Chance.choice("INC", 1),
            Chance.choice("HEAR", 3),
            Chance.choice("VIS", 3),
            Chance.choice("CON", 1),
            Chance.choice("DDA", 2));

    private final Council council;
    private final ExtractFolder.Table header;
    private final ExtractFolder.Table identity;
    private final ExtractFolder.Table episodes;
    private final ExtractFolder.Table disability;
    private final ExtractFolder.Table uasc;

    SocialCareExtract(Council council, ExtractFolder folder) throws IOException {
        this.council = council;
        this.header = folder.table("header", "CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB");
        this.identity =
                folder.table("identity", "CHILD", "FORENAME", "SURNAME", "DOB", "NHS_NUMBER", "UPN", "POSTCODE");
        this.episodes = folder.table(
                "episodes",
                "CHILD",
                "DECOM",
                "RNE",
                "LS",
                "CIN",
                "PLACE",
                "PLACE_PROVIDER",
                "DEC",
                "REC",
                "REASON_PLACE_CHANGE",
                "HOME_POST",
                "PL_POST",
                "URN");
        this.disability = folder.table("disability", "CHILD", "DISABILITY", "RECORDED");
        this.uasc = folder.table("uasc", "CHILD", "SEX", "DOB", "DUC");
    }

    void write(Child child) throws IOException {
        Chance chance = council.chance("social care", child.number());
        String sex = child.girl() ? "2" : "1";
        writeHeader(child, sex, chance);
        identity.row(
                child.id(),
                child.forename(),
                child.surname(),
                dayFirst(child.born()),
                child.nhsNumber(),
                child.upn(),
                child.postcode());
        for (Child.Episode episode : child.episodes()) {
            episodes.row(
                    child.id(),
                    dayFirst(episode.from()),
                    episode.reasonNew(),
                    episode.legalStatus(),
                    episode.need(),
                    episode.place(),
                    episode.provider(),
                    dayFirst(episode.to()),
                    episode.reasonCeased(),
                    episode.reasonChange(),
                    episode.homePostcode(),
                    episode.placementPostcode(),
                    episode.urn());
        }
        writeDisabilities(child, chance);
        if (child.uasc() != null) {
            LocalDate ceased = child.uasc().isAfter(council.asAt()) ? null : child.uasc();
            uasc.row(child.id(), sex, dayFirst(child.born()), dayFirst(ceased));
        }
    }

    /** One girl in fifty of 15 and over is a mother. */
    private void writeHeader(Child child, String sex, Chance chance) throws IOException {
        LocalDate birth = chance.after(child.birthday(15), 0, 900);
        boolean mother = child.girl() && child.uasc() == null && chance.percent(2) && !birth.isAfter(council.asAt());
        header.row(
                child.id(),
                sex,
                dayFirst(child.born()),
                child.ethnicity(),
                child.upn(),
                mother ? "1" : "",
                mother ? dayFirst(birth) : "");
    }

    private void writeDisabilities(Child child, Chance chance) throws IOException {
        LocalDate recorded = chance.after(child.episodes().get(0).from(), 14, 120);
        if (recorded.isAfter(council.asAt())) {
            return;
        }
        if (!chance.percent(16)) {
            disability.row(child.id(), "NONE", dayFirst(recorded));
            return;
        }
        String first = chance.pick(DISABILITIES);
        disability.row(child.id(), first, dayFirst(recorded));
        String second = chance.pick(DISABILITIES);
        LocalDate later = chance.after(recorded, 0, 400);
        if (chance.percent(20) && !second.equals(first) && !later.isAfter(council.asAt())) {
            disability.row(child.id(), second, dayFirst(later));
        }
    }
}
