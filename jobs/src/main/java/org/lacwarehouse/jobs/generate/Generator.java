package org.lacwarehouse.jobs.generate;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.lacwarehouse.pipeline.lake.InParallel;

/**
 * Writes a landing zone of made-up councils: for each its social care, health, virtual school and housing extracts,
 * and the national reference data that goes with them. The same arguments always write the same bytes, and a council's files do not depend on which others are
 * written with it.
 */
public final class Generator {
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
        List<String> england = authorities();
        Map<String, Geography> places = new ConcurrentHashMap<>();
        try {
            InParallel.each(authorities, authority -> {
                Council council = new Council(authority, england.indexOf(authority), children, years, asAt, seed);
                try {
                    write(council, england);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                places.put(authority, council.geography());
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        try (ExtractFolder folder = new ExtractFolder(out, "national", "reference", asAt)) {
            ReferenceExtract reference = new ReferenceExtract(folder);
            for (String authority : authorities) {
                reference.writePostcodes(places.get(authority));
                reference.writePopulation(authority, children, years, asAt);
            }
            reference.writePublished();
            folder.ready();
        }
    }

    private void write(Council council, List<String> england) throws IOException {
        try (ExtractFolder care = new ExtractFolder(out, council.code(), "social_care", asAt);
                ExtractFolder health = new ExtractFolder(out, council.code(), "health", asAt);
                ExtractFolder school = new ExtractFolder(out, council.code(), "virtual_school", asAt);
                ExtractFolder housing = new ExtractFolder(out, council.code(), "housing", asAt)) {
            SocialCareExtract socialCare = new SocialCareExtract(council, care);
            CareRecords records = new CareRecords(council, care);
            AdoptionRecords adoptions = new AdoptionRecords(council, care);
            LeavingCareRecords leavers = new LeavingCareRecords(council, care);
            HealthExtract nurses = new HealthExtract(council, health);
            VirtualSchoolExtract virtualSchool = new VirtualSchoolExtract(council, england, school);
            HousingExtract homes = new HousingExtract(council, housing);
            virtualSchool.writeSchools();
            for (Child child : council.children()) {
                HealthHistory history = HealthHistory.of(child, asAt, council.chance("health history", child.number()));
                socialCare.write(child);
                records.write(child, history);
                adoptions.write(child);
                nurses.write(child, history);
                virtualSchool.write(child);
                LeavingCare leaving = LeavingCare.of(child, asAt, council.chance("leaving care", child.number()))
                        .orElse(null);
                if (leaving != null) {
                    leavers.write(child, leaving);
                    homes.write(child, leaving);
                }
            }
            nurses.writeStrangers();
            virtualSchool.writeStrangers();
            homes.writeStrangers();
            for (ExtractFolder folder : List.of(care, health, school, housing)) {
                folder.ready();
            }
        }
    }
}
