package org.lacwarehouse.jobs.generate;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes a landing zone of made-up councils: for each its social care extract, and the national reference data that goes
 * with them. The same arguments always write the same bytes, and a council's files do not depend on which others are
 * written with it.
 */
public final class Generator {
    private static final DateTimeFormatter DAY_FIRST = DateTimeFormatter.ofPattern("dd/MM/yyyy");

    private final Path out;
    private final int children;
    private final int years;
    private final LocalDate asAt;
    private final long seed;

    /**
     * @param out the landing zone
     * @param children how many children each council looks after on the as-at date
     * @param years for how many years back every child who was ever looked after is known
     * @param asAt the extract date
     * @param seed another seed makes other councils
     */
    public Generator(Path out, int children, int years, LocalDate asAt, long seed) {
        this.out = out;
        this.children = children;
        this.years = years;
        this.asAt = asAt;
        this.seed = seed;
    }

    /** The three-digit codes of England's authorities of today, in order. */
    public static List<String> authorities() throws IOException {
        try (InputStream in = Generator.class.getResourceAsStream("/generator/authorities.csv");
                CsvReader<NamedCsvRecord> lines =
                        CsvReader.builder().ofNamedCsvRecord(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines.stream()
                    .filter(line -> line.getField("status").equals("live")
                            && line.getField("old_la_code").matches("\\d{3}"))
                    .map(line -> line.getField("old_la_code"))
                    .distinct()
                    .sorted()
                    .toList();
        }
    }

    /** Writes everything; the folders are complete, with their {@code _READY}. */
    public void write(List<String> authorities) throws IOException {
        Path reference = folder("national", "reference");
        try (CsvWriter postcodes = csv(reference, "postcodes", "POSTCODE", "EASTING", "NORTHING", "LA_CODE");
                CsvWriter population = csv(
                        reference,
                        "population",
                        "time_period",
                        "time_identifier",
                        "geographic_level",
                        "country_code",
                        "country_name",
                        "region_code",
                        "region_name",
                        "old_la_code",
                        "new_la_code",
                        "la_name",
                        "age_group",
                        "population_estimate")) {
            for (String authority : authorities) {
                Council council = new Council(authority, children, years, asAt, seed);
                write(authority, council);
                Geography places = council.geography();
                Stream.concat(places.home().stream(), places.away().stream())
                        .forEach(place -> postcodes.writeRecord(
                                place.postcode(),
                                String.valueOf(place.easting()),
                                String.valueOf(place.northing()),
                                place.authority()));
                writePopulation(population, authority);
            }
        }
        try (InputStream in = Generator.class.getResourceAsStream("/generator/authorities.csv")) {
            Files.write(reference.resolve("authorities.csv"), in.readAllBytes());
        }
        ready(reference);
    }

    /** About 68 in 10,000 children are looked after; the child population grows a little every year. */
    private void writePopulation(CsvWriter population, String authority) {
        int newest = asAt.minusMonths(3).getYear();
        for (int year = newest - years - 2; year <= newest; year++) {
            long estimate = Math.round(children / 0.0068 * (1 - 0.006 * (newest - year)));
            population.writeRecord(
                    String.valueOf(year),
                    "Reporting year",
                    "Local authority",
                    "E92000001",
                    "England",
                    "",
                    "",
                    authority,
                    "",
                    "",
                    "Children aged 0 to 17 years",
                    String.valueOf(estimate));
        }
    }

    private void write(String authority, Council council) throws IOException {
        Path folder = folder(authority, "social_care");
        try (CsvWriter header = csv(folder, "header", "CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB");
                CsvWriter identity = csv(
                        folder, "identity", "CHILD", "FORENAME", "SURNAME", "DOB", "NHS_NUMBER", "UPN", "POSTCODE");
                CsvWriter disability = csv(folder, "disability", "CHILD", "DISABILITY", "RECORDED");
                CsvWriter episodes = csv(
                        folder,
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
                        "URN")) {
            for (Council.Child child : council.children()) {
                String sex = child.girl() ? "2" : "1";
                header.writeRecord(child.id(), sex, day(child.born()), child.ethnicity(), child.upn(), "", "");
                identity.writeRecord(
                        child.id(),
                        child.forename(),
                        child.surname(),
                        day(child.born()),
                        child.nhsNumber(),
                        child.upn(),
                        child.postcode());
                child.disabilities().forEach(d -> disability.writeRecord(child.id(), d.code(), day(d.recorded())));
                child.episodes()
                        .forEach(e -> episodes.writeRecord(
                                child.id(),
                                day(e.from()),
                                e.reasonNew(),
                                e.legalStatus(),
                                e.need(),
                                e.place(),
                                e.provider(),
                                day(e.to()),
                                e.reasonCeased(),
                                e.reasonChange(),
                                e.homePostcode(),
                                e.placementPostcode(),
                                e.urn()));
            }
        }
        List<Council.Child> uascs = council.children().stream()
                .filter(child -> child.uasc() != null)
                .toList();
        if (!uascs.isEmpty()) {
            try (CsvWriter uasc = csv(folder, "uasc", "CHILD", "SEX", "DOB", "DUC")) {
                uascs.forEach(child -> uasc.writeRecord(
                        child.id(),
                        child.girl() ? "2" : "1",
                        day(child.born()),
                        child.uasc().isAfter(asAt) ? "" : day(child.uasc())));
            }
        }
        ready(folder);
    }

    private Path folder(String authority, String source) throws IOException {
        Path folder = out.resolve(authority).resolve(source).resolve(asAt.toString());
        Files.deleteIfExists(folder.resolve("_READY"));
        return Files.createDirectories(folder);
    }

    private static void ready(Path folder) throws IOException {
        Files.write(folder.resolve("_READY"), new byte[0]);
    }

    private static CsvWriter csv(Path folder, String dataset, String... header) throws IOException {
        CsvWriter writer = CsvWriter.builder().build(folder.resolve(dataset + ".csv"), StandardCharsets.UTF_8);
        writer.writeRecord(header);
        return writer;
    }

    private static String day(LocalDate date) {
        return date == null ? "" : date.format(DAY_FIRST);
    }
}
