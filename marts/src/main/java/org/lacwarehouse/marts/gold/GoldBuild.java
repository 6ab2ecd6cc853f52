package org.lacwarehouse.marts.gold;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.lacwarehouse.pipeline.lake.Digest;
import org.lacwarehouse.pipeline.lake.InParallel;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.lake.Sessions;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.linkage.Linkage;
import org.lacwarehouse.pipeline.silver.Silver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the gold tables from the snapshots in force. A table whose inputs, SQL and words are those of the version that
 * exists is left as it is, and where the inputs of some authorities only have changed, the rows of the others are; so a
 * build that was interrupted goes on where it stopped.
 */
public final class GoldBuild implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GoldBuild.class);
    private static final String SHUFFLE = "spark.sql.shuffle.partitions";
    /** As many silver rows, of all datasets together, as are one part of every sort and of every table that is written. */
    private static final long ROWS_OF_A_PART = 2_500_000;

    private static final long MOST_PARTS = 1000;
    /** Under which name stands what is the same for all rows: how the marts are made and described, and of whom. */
    private static final String SHAPE = "shape";

    private final Lake lake;
    private final Catalogue catalogue;
    private final Silver silver;
    private final Linkage linkage;
    private final GoldInputs inputs;
    private final GoldState state;
    private final long rowsOfAPart;
    private GoldViews views;
    private Map<String, String> digests;

    /** @param state which version of each table exists */
    public GoldBuild(
            Lake lake,
            Catalogue catalogue,
            Silver silver,
            Linkage linkage,
            Register register,
            Scope scope,
            GoldState state) {
        this(lake, catalogue, silver, linkage, register, scope, state, ROWS_OF_A_PART);
    }

    GoldBuild(
            Lake lake,
            Catalogue catalogue,
            Silver silver,
            Linkage linkage,
            Register register,
            Scope scope,
            GoldState state,
            long rowsOfAPart) {
        this.lake = lake;
        this.catalogue = catalogue;
        this.silver = silver;
        this.linkage = linkage;
        this.inputs = new GoldInputs(catalogue, register, linkage, scope);
        this.state = state;
        this.rowsOfAPart = rowsOfAPart;
    }

    /**
     * Builds what is out of date.
     *
     * @return the names of the tables that were built
     */
    public Set<String> build() {
        Set<String> built = build(catalogue.tables().keySet());
        state.keep(version(), digests());
        return built;
    }

    /**
     * Builds what is out of date of some tables and of what they are made from.
     *
     * @return the names of the tables that were built
     */
    public Set<String> build(Set<String> wanted) {
        Set<String> needed = new TreeSet<>();
        wanted.forEach(table -> addWithSources(table, needed));
        Set<String> whole = new LinkedHashSet<>();
        Set<String> partly = new LinkedHashSet<>();
        Set<String> changed = new TreeSet<>();
        for (MartTable table : catalogue.ordered()) {
            if (needed.contains(table.name())) {
                Set<String> outdated = inputs.authorities().stream()
                        .filter(authority -> !isCurrent(GoldInputs.of(table, authority)))
                        .collect(Collectors.toSet());
                if (!isCurrent(table.name())
                        || !outdated.isEmpty() && table.dependencies().stream().anyMatch(whole::contains)) {
                    whole.add(table.name());
                } else if (!outdated.isEmpty()) {
                    partly.add(table.name());
                    changed.addAll(outdated);
                }
            }
        }
        // What is built in part stands on nothing that is built whole.
        build(partly, inputs.of(changed));
        build(whole, inputs);
        Set<String> built = new LinkedHashSet<>(partly);
        built.addAll(whole);
        return built;
    }

    /**
     * Digests of the tables, of each for all and for every authority, and of what is the same for all rows; none of it
     * changes while they are built and published.
     */
    private Map<String, String> digests() {
        if (digests == null) {
            digests = new TreeMap<>(inputs.digests(state.program()));
            List<String> shape = new ArrayList<>(List.of(
                    state.program(),
                    catalogue.sql().functions(),
                    inputs.authorities().toString()));
            catalogue.tables().values().forEach(table -> shape.add(table.source()));
            catalogue.views().forEach(view -> shape.add(view.toString()));
            catalogue.publicTables().forEach(table -> shape.add(table.toString()));
            digests.put(SHAPE, Digest.of(shape.toArray(String[]::new)));
        }
        return digests;
    }

    private boolean isCurrent(String name) {
        return !digests().containsKey(name) || digests().get(name).equals(state.digest(name));
    }

    private void addWithSources(String table, Set<String> to) {
        if (catalogue.tables().containsKey(table) && to.add(table)) {
            catalogue.tables().get(table).dependencies().forEach(source -> addWithSources(source, to));
        }
    }

    private void build(Set<String> tables, GoldInputs from) {
        if (tables.isEmpty()) {
            return;
        }
        catalogue.bankHolidays().mustCover(from.latest());
        int parts = (int) Math.min(MOST_PARTS, 1 + from.rows() / rowsOfAPart);
        SparkSession spark = lake.spark();
        spark.conf().set(SHUFFLE, Math.max(parts, spark.sparkContext().defaultParallelism()));
        close();
        views = new GoldViews(spark, catalogue, silver, linkage);
        views.define(tables, from);
        tables.stream()
                .flatMap(table -> catalogue.tables().get(table).dependencies().stream())
                .distinct()
                .filter(table -> catalogue.tables().containsKey(table) && !tables.contains(table))
                .forEach(table -> read(table, from).createOrReplaceTempView(table));
        InParallel.inOrder(
                tables,
                table -> catalogue.tables().get(table).dependencies(),
                table -> build(catalogue.tables().get(table), from, parts));
    }

    private void build(MartTable table, GoldInputs from, int parts) {
        long started = System.nanoTime();
        Dataset<Row> rows = table.rows().apply(lake.spark());
        List<String> declared = List.copyOf(table.columns().keySet());
        List<String> found = List.of(rows.columns());
        if (!declared.equals(found)) {
            throw new IllegalStateException(
                    table.name() + ": its SELECT gives the columns " + found + ", its header describes " + declared);
        }
        state.record(Map.of(table.name(), "being written"));
        if (!catalogue.isByAuthority(table)) {
            lake.overwrite(path(table.name()), SettingsOnce.of(rows.coalesce(parts)));
        } else if (from.areOfAll()) {
            lake.overwrite(path(table.name()), together(rows, from, parts), Catalogue.AUTHORITY_KEY);
        } else {
            lake.replace(
                    path(table.name()),
                    together(rows.where(isOf(from)), from, parts),
                    Catalogue.AUTHORITY_KEY,
                    keys(from));
        }
        read(table.name(), from).createOrReplaceTempView(table.name());
        Map<String, String> written = new HashMap<>();
        inputs.authorities().stream()
                .map(authority -> GoldInputs.of(table, authority))
                .filter(digests()::containsKey)
                .forEach(name -> written.put(name, digests().get(name)));
        written.put(table.name(), digests().get(table.name()));
        state.record(written);
        LOG.info("{} built in {} ms", table.name(), (System.nanoTime() - started) / 1_000_000);
    }

    /** The rows of an authority in one part, so that they become one file: else files were parts times authorities. */
    private static Dataset<Row> together(Dataset<Row> rows, GoldInputs from, int parts) {
        return parts == 1
                ? SettingsOnce.of(rows.coalesce(1))
                : SettingsOnce.of(rows)
                        .repartition(parts + Sessions.partsOf(from.authorities().size()), col(Catalogue.AUTHORITY_KEY));
    }

    private static Column isOf(GoldInputs some) {
        return col(Catalogue.AUTHORITY_KEY).isin(keys(some).toArray());
    }

    private static List<Integer> keys(GoldInputs some) {
        return keys(some.authorities());
    }

    private static List<Integer> keys(Set<String> authorities) {
        return authorities.stream().map(Integer::valueOf).toList();
    }

    /** The rows of a gold table. */
    public Dataset<Row> rows(String table) {
        return inOrder(table, lake.read(path(table)));
    }

    /** The rows of a gold table that differ in another version. */
    public Dataset<Row> rows(String table, Changes changes) {
        return changes.whole().contains(table)
                ? rows(table)
                : rows(table, changes.partly().get(table));
    }

    private Dataset<Row> rows(String table, Set<String> authorities) {
        return inOrder(table, lake.read(path(table), Catalogue.AUTHORITY_KEY, keys(authorities)));
    }

    /** The rows of a gold table, of what is of an authority only that of some. */
    private Dataset<Row> read(String table, GoldInputs some) {
        return some.areOfAll() || !catalogue.isByAuthority(catalogue.tables().get(table))
                ? rows(table)
                : rows(table, some.authorities());
    }

    private Dataset<Row> inOrder(String table, Dataset<Row> rows) {
        // Parquet has the column by which a table is partitioned last.
        return rows.select(catalogue.tables().get(table).columns().keySet().stream()
                .map(column -> col(column))
                .toArray(Column[]::new));
    }

    /** Removes the tables that are no longer part of the marts. */
    public void dropOthers() {
        for (String path : lake.tables("gold")) {
            String table = path.substring(path.lastIndexOf('/') + 1);
            if (!catalogue.tables().containsKey(table)) {
                state.record(Map.of(table, "removed"));
                lake.drop(path);
            }
        }
    }

    /** Lets go of what the build keeps in memory. */
    @Override
    public void close() {
        if (views != null) {
            views.close();
        }
    }

    private static String path(String table) {
        return "gold/" + table;
    }

    /** The version of the marts that this build makes: all that decides any of it, as one digest. */
    public String version() {
        return version(digests());
    }

    private static String version(Map<String, String> digests) {
        return Digest.of(digests.toString()).substring(0, 16);
    }

    /**
     * Where the marts that this build makes may differ from a version.
     *
     * @return nothing when that is not known, or in more than half, or in more than rows
     */
    public Optional<Changes> changesSince(String version) {
        Map<String, String> before = state.contents(version);
        Map<String, String> now = digests();
        if (!version.equals(version(before))
                || !before.keySet().equals(now.keySet())
                || !before.get(SHAPE).equals(now.get(SHAPE))) {
            return Optional.empty();
        }
        Set<String> whole = new TreeSet<>();
        Map<String, Set<String>> partly = new TreeMap<>();
        int all = 0;
        int changed = 0;
        for (MartTable table : catalogue.ordered()) {
            int pieces = catalogue.isByAuthority(table) ? inputs.authorities().size() : 1;
            all += pieces;
            if (!before.get(table.name()).equals(now.get(table.name()))) {
                whole.add(table.name());
                changed += pieces;
            } else if (catalogue.isByAuthority(table)) {
                Set<String> authorities = inputs.authorities().stream()
                        .filter(authority -> !before.get(GoldInputs.of(table, authority))
                                .equals(now.get(GoldInputs.of(table, authority))))
                        .collect(Collectors.toCollection(TreeSet::new));
                if (!authorities.isEmpty()) {
                    partly.put(table.name(), authorities);
                    changed += authorities.size();
                }
            }
        }
        return 2 * changed > all ? Optional.empty() : Optional.of(new Changes(whole, partly));
    }
}
