package org.lacwarehouse.jobs.generate;

import java.io.IOException;
import java.time.LocalDate;

/** The national reference data that goes with the councils: postcodes, population, authorities, neighbours. */
final class ReferenceExtract {
    private final ExtractFolder folder;
    private final ExtractFolder.Table postcodes;
    private final ExtractFolder.Table population;

    ReferenceExtract(ExtractFolder folder) throws IOException {
        this.folder = folder;
        this.postcodes = folder.table("postcodes", "POSTCODE", "EASTING", "NORTHING", "LA_CODE");
        this.population = folder.table(
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
                "population_estimate");
    }

    void writePostcodes(Geography geography) throws IOException {
        for (Geography.Place place : geography.home()) {
            write(place);
        }
        for (Geography.Place place : geography.away()) {
            write(place);
        }
    }

    private void write(Geography.Place place) throws IOException {
        postcodes.row(
                place.postcode(), String.valueOf(place.easting()), String.valueOf(place.northing()), place.authority());
    }

    /**
     * About 68 in 10,000 children are looked after; the child population grows a little every year.
     *
     * @param children how many children the authority looks after
     */
    void writePopulation(String authority, int children, int years, LocalDate asAt) throws IOException {
        int newest = asAt.minusMonths(3).getYear();
        for (int year = newest - years - 2; year <= newest; year++) {
            long estimate = Math.round(children / 0.0068 * (1 - 0.006 * (newest - year)));
            population.row(
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

    /** What is published of all authorities is written as it is, whichever councils are made up. */
    void writePublished() throws IOException {
        for (String dataset : new String[] {"authorities", "statistical_neighbours"}) {
            try (var in = ReferenceExtract.class.getResourceAsStream("/generator/" + dataset + ".csv")) {
                folder.file(dataset, in.readAllBytes());
            }
        }
    }
}
