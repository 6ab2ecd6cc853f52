package org.lacwarehouse.marts.gold;

import static org.apache.spark.sql.functions.col;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.lacwarehouse.marts.care.CareHistory;
import org.lacwarehouse.pipeline.contract.CodeList;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.lake.Digest;
import org.lacwarehouse.pipeline.lake.InParallel;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.linkage.Linkage;
import org.lacwarehouse.pipeline.silver.Silver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the gold tables from the snapshots in force. A table whose inputs, SQL and words are those of the version that
 * exists is left as it is; so a build that was interrupted goes on where it stopped.
 */
public final class GoldBuild implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GoldBuild.class);
    private static final String SHUFFLE = "spark.sql.shuffle.partitions";
    /** As many silver rows, of all datasets together, as are one part of every sort and of every table that is written. */
    private static final long ROWS_OF_A_PART = 2_500_000;

    private static final long MOST_PARTS = 1000;
    static final List<String> CARE_SOURCES =
            List.of("social_care_episodes", "social_care_header", "reference_postcodes");

    private final Lake lake;
    private final Catalogue catalogue;
    private final Silver silver;
    private final Linkage linkage;
    private final Register register;
    private final Scope scope;
    private final GoldState state;
    private final Map<String, String> digests = new ConcurrentHashMap<>();
    private int parts = 1;
    private final List<Dataset<Row>> cached = Collections.synchronizedList(new ArrayList<>());

    /** @param state which version of each table exists */
    public GoldBuild(
            Lake lake,
            Catalogue catalogue,
            Silver silver,
            Linkage linkage,
            Register register,
            Scope scope,
            GoldState state) {
        this.lake = lake;
        this.catalogue = catalogue;
        this.silver = silver;
        this.linkage = linkage;
        this.register = register;
        this.scope = scope;
        this.state = state;
    }

    /**
     * Builds what is out of date.
     *
     * @return the names of the tables that were built
     */
    public Set<String> build() {
        return build(catalogue.tables().keySet());
    }

    /**
     * Builds what is out of date of some tables and of what they are made from.
     *
     * @return the names of the tables that were built
     */
    public Set<String> build(Set<String> wanted) {
        computeDigests();
        Set<String> outdated = new LinkedHashSet<>();
        Set<String> needed = new TreeSet<>();
        wanted.forEach(table -> addWithSources(table, needed));
        catalogue.ordered().stream()
                .map(MartTable::name)
                .filter(needed::contains)
                .filter(table -> !digests.get(table).equals(state.digest(table)))
                .forEach(outdated::add);
        if (outdated.isEmpty()) {
            return outdated;
        }
        catalogue.bankHolidays().mustCover(scope.latest());
        parts = (int) Math.min(MOST_PARTS, 1 + rowsInForce() / ROWS_OF_A_PART);
        SparkSession spark = lake.spark();
        spark.conf().set(SHUFFLE, Math.max(parts, spark.sparkContext().defaultParallelism()));
        defineViews(outdated);
        InParallel.inOrder(
                outdated,
                table -> catalogue.tables().get(table).dependencies(),
                table -> build(catalogue.tables().get(table)));
        return outdated;
    }

    private void addWithSources(String table, Set<String> to) {
        if (catalogue.tables().containsKey(table) && to.add(table)) {
            catalogue.tables().get(table).dependencies().forEach(source -> addWithSources(source, to));
        }
    }

    /** How many silver rows the build reads. */
    private long rowsInForce() {
        return catalogue.contracts().all().stream()
                .flatMap(contract -> inForce(contract).stream())
                .flatMap(delivery -> register.outcome(delivery.deliveryId()).stream())
                .mapToLong(Register.Outcome::rowsKept)
                .sum();
    }

    /** The rows of a gold table. */
    public Dataset<Row> rows(String table) {
        return lake.read(path(table));
    }

    /** Removes the tables that are no longer part of the marts. */
    public void dropOthers() {
        for (String path : lake.tables("gold")) {
            String table = path.substring(path.lastIndexOf('/') + 1);
            if (!catalogue.tables().containsKey(table)) {
                state.record(table, "removed");
                lake.drop(path);
            }
        }
    }

    /** Lets go of what the build keeps in memory. */
    @Override
    public void close() {
        cached.forEach(Dataset::unpersist);
        cached.clear();
    }

    private static String path(String table) {
        return "gold/" + table;
    }

    private void build(MartTable table) {
        long started = System.nanoTime();
        Dataset<Row> rows = table.rows().apply(lake.spark());
        List<String> declared = List.copyOf(table.columns().keySet());
        List<String> found = List.of(rows.columns());
        if (!declared.equals(found)) {
            throw new IllegalStateException(
                    table.name() + ": its SELECT gives the columns " + found + ", its header describes " + declared);
        }
        state.record(table.name(), "being written");
        lake.overwrite(path(table.name()), SettingsOnce.of(rows.coalesce(parts)));
        rows(table.name()).createOrReplaceTempView(table.name());
        state.record(table.name(), digests.get(table.name()));
        LOG.info("{} built in {} ms", table.name(), (System.nanoTime() - started) / 1_000_000);
    }

    /** A digest of everything that each view and table is made from, in order of dependency. */
    private void computeDigests() {
        String links = linkage.digest(scope.asAt());
        for (Contract contract : catalogue.contracts().all()) {
            digests.put(
                    Catalogue.view(contract),
                    Digest.of(
                            contract.digest(),
                            checked(inForce(contract)).toString(),
                            contract.person() == null ? "" : links));
        }
        catalogue
                .contracts()
                .codeLists()
                .values()
                .forEach(list -> digests.put(
                        "code_" + list.name(), Digest.of(list.codes().toString())));
        Catalogue.PARAMETER_VIEWS.forEach(view ->
                digests.put(view, Digest.of(new TreeMap<>(scope.asAt()).toString(), String.valueOf(scope.months()))));
        digests.put(
                Catalogue.REGISTER_VIEW,
                Digest.of(
                        digests.get("month_end"),
                        registers()
                                .flatMap(contract -> inForce(contract).stream())
                                .map(Delivery::deliveryId)
                                .sorted()
                                .toList()
                                .toString()));
        String care = Digest.of(CARE_SOURCES.stream().map(digests::get).toArray(String[]::new));
        Catalogue.CARE_VIEWS.forEach(view -> digests.put(view, care));
        digests.put(
                SourceRows.VIEW,
                Digest.of(SourceRows.aboutChildren(catalogue.contracts()).stream()
                        .map(contract -> digests.get(Catalogue.view(contract)))
                        .toArray(String[]::new)));
        digests.put(
                SourceRows.DELIVERY_VIEW,
                Digest.of(
                        deliveriesInForce().stream().map(Row::toString).toList().toString()));
        digests.put(BankHolidays.VIEW, Digest.of(catalogue.bankHolidays().toString()));
        digests.put(SchoolTerms.VIEW, Digest.of(catalogue.schoolTerms().toString()));
        digests.put(Predecessors.VIEW, Digest.of(catalogue.predecessors().toString()));
        digests.put(Catalogue.BENCHMARK_VIEW, Digest.of(checked(releases()).toString()));
        catalogue.settings().values().forEach((setting, value) -> digests.put(setting, String.valueOf(value)));
        for (MartTable table : catalogue.ordered()) {
            List<String> inputs = new ArrayList<>();
            inputs.add(state.program());
            inputs.add(catalogue.sql().functions());
            inputs.add(table.source());
            new TreeSet<>(table.dependencies()).forEach(dependency -> inputs.add(digests.get(dependency)));
            digests.put(table.name(), Digest.of(inputs.toArray(String[]::new)));
        }
    }

    /**
     * The snapshots of a dataset that the build reads: those in force; for national data those of every as-at date, of a
     * register all up to the as-at date.
     */
    private List<Delivery> inForce(Contract contract) {
        if (contract.isRegister()) {
            List<Delivery> all = new ArrayList<>();
            scope.asAt()
                    .forEach((authority, date) ->
                            all.addAll(register.upTo(authority, contract.source(), contract.dataset(), date)));
            return all;
        }
        if (!contract.isNational()) {
            return register.inForce(contract.source(), contract.dataset(), scope.asAt());
        }
        Map<String, Delivery> found = new TreeMap<>();
        scope.asAt().values().forEach(date -> register.inForce("national", contract.source(), contract.dataset(), date)
                .ifPresent(delivery -> found.put(delivery.deliveryId(), delivery)));
        return List.copyOf(found.values());
    }

    /** Every published file that counts, of all releases: what was published does not depend on the as-at date. */
    private List<Delivery> releases() {
        return register.loaded().stream()
                .filter(delivery ->
                        delivery.source().equals(Contract.BENCHMARKS) && register.isNewestOfItsDate(delivery))
                .toList();
    }

    private Dataset<Row> published(SparkSession spark) {
        List<Delivery> releases = releases();
        List<Row> dates = releases.stream()
                .map(delivery -> RowFactory.create(delivery.deliveryId(), delivery.extractDate()))
                .toList();
        StructType schema =
                new StructType().add(Lake.SLICE, DataTypes.StringType, false).add("release", DataTypes.DateType, false);
        return silver.published(releases).join(spark.createDataFrame(dates, schema), Lake.SLICE);
    }

    /** The deliveries, and by what their rows have been checked. */
    private List<String> checked(List<Delivery> deliveries) {
        return deliveries.stream()
                .map(delivery -> register.contents(delivery)
                        + register.outcome(delivery.deliveryId())
                                .map(Register.Outcome::contractDigest)
                                .orElse(""))
                .sorted()
                .toList();
    }

    private void defineViews(Set<String> outdated) {
        SparkSession spark = lake.spark();
        catalogue.sql().defineFunctions(spark);
        catalogue.settings().defineFunctions(spark);
        Set<String> needed = new TreeSet<>();
        outdated.forEach(table -> needed.addAll(catalogue.tables().get(table).dependencies()));
        boolean careNeeded = !Collections.disjoint(needed, Catalogue.CARE_VIEWS);
        if (careNeeded) {
            needed.addAll(CARE_SOURCES);
        }
        List<Row> inForce = new ArrayList<>();
        // Kept, so that it is read once and not once a dataset.
        Dataset<Row> links =
                keep(linkage.read().select("source", "authority", Silver.PERSON, "child_id", "match_kind"));
        for (Contract contract : catalogue.contracts().all()) {
            if (contract.hasSilver() && needed.contains(Catalogue.view(contract))) {
                Dataset<Row> rows = silver.read(contract, inForce(contract));
                if (contract.isNational()) {
                    rows = rows.withColumn("is_newest", col(Lake.SLICE).equalTo(newest(contract, inForce)));
                }
                if (contract.person() != null) {
                    rows = withChild(rows, links, contract.source());
                }
                rows.drop("row_hash", "row_key", "codes_reported", "flags")
                        .createOrReplaceTempView(Catalogue.view(contract));
            }
        }
        if (needed.contains(SourceRows.VIEW)) {
            Map<Contract, Dataset<Row>> rows = new LinkedHashMap<>();
            SourceRows.aboutChildren(catalogue.contracts())
                    .forEach(contract -> rows.put(contract, silver.read(contract, inForce(contract))));
            SourceRows.rows(rows, links).createOrReplaceTempView(SourceRows.VIEW);
        }
        for (CodeList list : catalogue.contracts().codeLists().values()) {
            if (needed.contains("code_" + list.name())) {
                CodeDimensions.view(spark, list).createOrReplaceTempView("code_" + list.name());
            }
        }
        defineParameters(spark, inForce);
        catalogue.bankHolidays().view(spark).createOrReplaceTempView(BankHolidays.VIEW);
        catalogue.schoolTerms().view(spark).createOrReplaceTempView(SchoolTerms.VIEW);
        catalogue.predecessors().view(spark).createOrReplaceTempView(Predecessors.VIEW);
        if (needed.contains(Catalogue.BENCHMARK_VIEW)) {
            published(spark).createOrReplaceTempView(Catalogue.BENCHMARK_VIEW);
        }
        if (careNeeded) {
            CareHistory.Sources sources = new CareHistory.Sources(
                    "social_care_episodes", "social_care_header", "reference_postcodes", "in_force");
            keep(CareHistory.episodes(spark, sources)).createOrReplaceTempView(CareHistory.EPISODE_VIEW);
            keep(CareHistory.periods(spark, CareHistory.EPISODE_VIEW)).createOrReplaceTempView(CareHistory.PERIOD_VIEW);
            keep(CareHistory.placements(spark, CareHistory.EPISODE_VIEW))
                    .createOrReplaceTempView(CareHistory.PLACEMENT_VIEW);
        }
        needed.stream()
                .filter(table -> catalogue.tables().containsKey(table) && !outdated.contains(table))
                .forEach(table -> rows(table).createOrReplaceTempView(table));
    }

    /** Rows of another system with the child they are about; {@code child_id} is null where nobody was matched. */
    private static Dataset<Row> withChild(Dataset<Row> rows, Dataset<Row> links, String source) {
        return rows.join(
                links.where(col("source").equalTo(source)).drop("source", "match_kind"),
                scala.jdk.javaapi.CollectionConverters.asScala(List.of("authority", Silver.PERSON))
                        .toSeq(),
                "left");
    }

    /** Notes which snapshot of a national dataset each authority uses; returns the one of the latest as-at date. */
    private String newest(Contract contract, List<Row> inForce) {
        scope.asAt()
                .forEach((authority, date) -> register.inForce("national", contract.source(), contract.dataset(), date)
                        .ifPresent(d -> inForce.add(RowFactory.create(authority, d.deliveryId()))));
        return register.inForce("national", contract.source(), contract.dataset(), scope.latest())
                .map(Delivery::deliveryId)
                .orElse("");
    }

    /**
     * Keeps rows in memory. What is returned knows nothing of how they were made: else each later table would be planned
     * together with all that came before it, which took longer than anything else.
     */
    private Dataset<Row> keep(Dataset<Row> rows) {
        Dataset<Row> kept = rows.persist(StorageLevel.MEMORY_AND_DISK());
        cached.add(kept);
        return org.apache.spark.sql.classic.Dataset.ofRows(
                (org.apache.spark.sql.classic.SparkSession) kept.sparkSession(),
                ((org.apache.spark.sql.classic.Dataset<Row>) kept)
                        .queryExecution()
                        .withCachedData());
    }

    private void defineParameters(SparkSession spark, List<Row> inForce) {
        StructType authority =
                new StructType().add("la_code", DataTypes.StringType, false).add("as_at", DataTypes.DateType, false);
        List<Row> authorities = new ArrayList<>();
        List<Row> months = new ArrayList<>();
        new TreeMap<>(scope.asAt()).forEach((code, asAt) -> {
            authorities.add(RowFactory.create(code, asAt));
            for (LocalDate end : scope.monthEnds(code)) {
                months.add(RowFactory.create(code, end, end.withDayOfMonth(1), end.minusMonths(12)));
            }
        });
        spark.createDataFrame(authorities, authority).createOrReplaceTempView("loaded_authority");
        spark.createDataFrame(
                        months,
                        new StructType()
                                .add("la_code", DataTypes.StringType, false)
                                .add("period_end", DataTypes.DateType, false)
                                .add("month_start", DataTypes.DateType, false)
                                .add("year_start", DataTypes.DateType, false))
                .createOrReplaceTempView("month_end");
        spark.createDataFrame(
                        registersAtMonthEnds(),
                        new StructType()
                                .add("la_code", DataTypes.StringType, false)
                                .add("period_end", DataTypes.DateType, false)
                                .add("register", DataTypes.StringType, false)
                                .add(Lake.SLICE, DataTypes.StringType, false))
                .createOrReplaceTempView(Catalogue.REGISTER_VIEW);
        spark.createDataFrame(deliveriesInForce(), SourceRows.DELIVERY)
                .createOrReplaceTempView(SourceRows.DELIVERY_VIEW);
        spark.createDataFrame(
                        inForce,
                        new StructType()
                                .add("la_code", DataTypes.StringType, false)
                                .add(Lake.SLICE, DataTypes.StringType, false))
                .createOrReplaceTempView("in_force");
    }

    /**
     * Every delivery about children that the build reads, with the month ends for which it holds: a register from its
     * extract date to that of the next, any other for all of them.
     */
    private List<Row> deliveriesInForce() {
        List<Row> rows = new ArrayList<>();
        for (Contract contract : SourceRows.aboutChildren(catalogue.contracts())) {
            for (Delivery delivery : inForce(contract)) {
                LocalDate next =
                        register
                                .upTo(delivery.authority(), contract.source(), contract.dataset(), scope.latest())
                                .stream()
                                .map(Delivery::extractDate)
                                .filter(date -> contract.isRegister() && date.isAfter(delivery.extractDate()))
                                .findFirst()
                                .orElse(SourceRows.FOR_EVER);
                rows.add(RowFactory.create(
                        delivery.authority(),
                        delivery.deliveryId(),
                        delivery.source(),
                        delivery.dataset(),
                        delivery.extractDate(),
                        delivery.file(),
                        contract.isRegister() ? delivery.extractDate() : SourceRows.FROM_THE_BEGINNING,
                        next));
            }
        }
        return rows;
    }

    private Stream<Contract> registers() {
        return catalogue.contracts().all().stream().filter(Contract::isRegister);
    }

    /** Which snapshot of each register is the newest at each month end; none before the first. */
    private List<Row> registersAtMonthEnds() {
        List<Row> rows = new ArrayList<>();
        registers().forEach(contract -> new TreeMap<>(scope.asAt()).keySet().forEach(authority -> {
            for (LocalDate end : scope.monthEnds(authority)) {
                register.inForce(authority, contract.source(), contract.dataset(), end)
                        .ifPresent(delivery -> rows.add(
                                RowFactory.create(authority, end, Catalogue.view(contract), delivery.deliveryId())));
            }
        }));
        return rows;
    }

    /** The digests of all tables together: the version of the marts that this build makes. */
    public String version() {
        computeDigests();
        Map<String, String> all = new HashMap<>();
        catalogue.tables().keySet().forEach(table -> all.put(table, digests.get(table)));
        catalogue.views().forEach(view -> all.put(view.name(), Digest.of(view.toString())));
        catalogue.publicTables().forEach(table -> all.put("public " + table.name(), Digest.of(table.toString())));
        return Digest.of(new TreeMap<>(all).toString()).substring(0, 16);
    }
}
