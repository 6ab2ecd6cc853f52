package org.lacwarehouse.jobs.night;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.gold.GoldBuild;
import org.lacwarehouse.marts.gold.GoldState;
import org.lacwarehouse.marts.gold.MartTable;
import org.lacwarehouse.marts.gold.Scope;
import org.lacwarehouse.marts.gold.SourceRows;
import org.lacwarehouse.marts.measure.Measure;
import org.lacwarehouse.marts.measure.MeasureCompiler;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.marts.publish.Publication;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.linkage.Linkage;
import org.lacwarehouse.pipeline.silver.Silver;

/**
 * The part of the marts that explains one measure of one authority, computed anew as at any date from the snapshots that
 * silver keeps, by the rules as they are now. It is published aside; neither the warehouse nor what people read changes.
 */
public final class EarlierMarts implements Closeable {
    private final WarehouseFolder warehouse;
    private final Closeable lock;
    private final Register register;
    private final Conf conf;
    private final Database database;
    private final Publication publication;
    private final Engine engine;
    private final List<String> schemas = new ArrayList<>();

    /**
     * Takes the warehouse, as a night does.
     *
     * @throws IllegalStateException when a night has it
     */
    public EarlierMarts(Path warehouse, Conf conf, Database database) throws IOException {
        if (!Files.isDirectory(warehouse.resolve("register"))) {
            throw new IllegalStateException("The warehouse folder " + warehouse + " is needed to compute figures as at"
                    + " another date, and is not there; name it with --warehouse");
        }
        this.warehouse = new WarehouseFolder(warehouse);
        this.warehouse.log();
        this.lock = this.warehouse.tryLock();
        if (lock == null) {
            throw new IllegalStateException(
                    "A night is using the warehouse " + warehouse + "; wait until it has ended");
        }
        this.register = Register.open(this.warehouse.path());
        this.conf = conf;
        this.database = database;
        this.publication = new Publication(database);
        this.engine = new Engine(this.warehouse.scratch());
        this.warehouse.clearScratch();
    }

    /**
     * Computes what explains a measure as at a date and publishes it aside.
     *
     * @param end the month end that has to be among its figures
     * @return the schema
     * @throws IllegalStateException with a message for the operator when nothing was delivered by that date, or the month
     *     had not ended
     */
    public String publish(String measure, String authority, LocalDate end, LocalDate asAt)
            throws SQLException, IOException {
        check(authority, end, asAt);
        Catalogue catalogue = Catalogue.of(conf, measure);
        Path aside = warehouse.scratch().resolve("as-at-" + asAt);
        Files.createDirectories(aside.resolve("register"));
        Lake lake = new Lake(engine, warehouse.path()).writingTo(aside);
        Silver silver = new Silver(lake, catalogue.contracts(), warehouse.pseudonyms(System.getenv()));
        Linkage linkage = new Linkage(lake, catalogue.contracts(), register, conf, aside);
        Map<String, LocalDate> dates = Map.of(authority, asAt);
        if (linkage.isNeeded(dates)) {
            linkage.link(dates);
        }
        int months = 2 + (int) ChronoUnit.MONTHS.between(YearMonth.from(end), YearMonth.from(asAt));
        Set<String> wanted = new LinkedHashSet<>(List.of(
                "fact_authority_month",
                "dim_authority",
                "dim_measure",
                "dim_source_file",
                "fact_source_row",
                SourceRows.MEASURE_TABLE,
                MeasureCompiler.TABLE));
        catalogue.computed().stream()
                .filter(each -> each.fact() != null)
                .map(Measure::fact)
                .forEach(fact -> wanted.add(fact.sql()));
        try (GoldBuild build = new GoldBuild(
                lake, catalogue, silver, linkage, register, new Scope(dates, months), new GoldState(aside, ""))) {
            build.build(wanted);
            List<MartTable> tables =
                    wanted.stream().map(catalogue.tables()::get).toList();
            String schema = publication.publishAside(
                    build::rows,
                    tables,
                    catalogue.views().stream()
                            .filter(view -> Set.of("v_measure_children", "v_figure_explained")
                                    .contains(view.name()))
                            .toList(),
                    "as_at_" + asAt.toString().replace('-', '_'));
            schemas.add(schema);
            return schema;
        }
    }

    private void check(String authority, LocalDate end, LocalDate asAt) {
        if (!Silver.unchecked(register, new Catalogue(conf).contracts()).isEmpty()) {
            throw new IllegalStateException(
                    "Some files have been read whose rows have not been checked, or were checked by"
                            + " another configuration; run `nightly` first");
        }
        if (end.isAfter(asAt)) {
            throw new IllegalStateException("There is no figure for " + end + " as at " + asAt
                    + ": that month had not ended; name an as-at date on or after the month end");
        }
        if (!register.asAt(asAt).containsKey(authority)) {
            throw new IllegalStateException("Nothing is known of " + authority + " as at " + asAt
                    + ": its oldest social care extract is of "
                    + register.loaded().stream()
                            .filter(delivery -> delivery.authority().equals(authority)
                                    && delivery.source().equals("social_care"))
                            .map(Delivery::extractDate)
                            .min(LocalDate::compareTo)
                            .map(LocalDate::toString)
                            .orElse("no date"));
        }
    }

    /** Removes what was computed, and gives the warehouse back. */
    @Override
    public void close() throws IOException {
        try {
            for (String schema : schemas) {
                publication.dropAside(schema);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "What was computed cannot be removed from " + database + "; the next night does it", e);
        } finally {
            engine.close();
            warehouse.clearScratch();
            lock.close();
        }
    }
}
