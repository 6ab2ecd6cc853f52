package org.lacwarehouse.marts.gold;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.linkage.Linkage;
import org.lacwarehouse.pipeline.silver.Silver;

/** Defines in Spark the views that the SQL of the mart tables reads. What it keeps in memory is let go of by closing. */
final class GoldViews implements AutoCloseable {
    static final List<String> CARE_SOURCES =
            List.of("social_care_episodes", "social_care_header", "reference_postcodes");

    private static final StructType CODE = new StructType().add("la_code", DataTypes.StringType, false);

    private final SparkSession spark;
    private final Catalogue catalogue;
    private final Silver silver;
    private final Linkage linkage;
    private final List<Dataset<Row>> cached = new ArrayList<>();

    GoldViews(SparkSession spark, Catalogue catalogue, Silver silver, Linkage linkage) {
        this.spark = spark;
        this.catalogue = catalogue;
        this.silver = silver;
        this.linkage = linkage;
    }

    /** Defines what tables read, but for other tables. */
    void define(Collection<String> tables, GoldInputs inputs) {
        catalogue.sql().defineFunctions(spark);
        catalogue.settings().defineFunctions(spark);
        Set<String> needed = new TreeSet<>();
        tables.forEach(table -> needed.addAll(catalogue.tables().get(table).dependencies()));
        boolean careNeeded = !Collections.disjoint(needed, Catalogue.CARE_VIEWS);
        if (careNeeded) {
            needed.addAll(CARE_SOURCES);
        }
        // Kept, so that it is read once and not once a dataset.
        Dataset<Row> links = keep(linkage.read()
                .where(col("authority").isin(inputs.authorities().toArray()))
                .select("source", "authority", Silver.PERSON, "child_id", "match_kind"));
        List<Row> inForce = new ArrayList<>();
        for (Contract contract : catalogue.contracts().all()) {
            if (contract.hasSilver() && needed.contains(Catalogue.view(contract))) {
                Dataset<Row> rows = silver.read(contract, inputs.inForce(contract));
                if (contract.isNational()) {
                    rows = rows.withColumn("is_newest", col(Lake.SLICE).equalTo(inputs.newest(contract)));
                    inForce.addAll(inputs.used(contract));
                }
                if (contract.person() != null) {
                    rows = withChild(rows, links, contract.source());
                }
                rows.drop("row_hash", "row_key", "codes_reported", "flags")
                        .createOrReplaceTempView(Catalogue.view(contract));
            }
        }
        view(Catalogue.IN_FORCE_VIEW, inForce, CODE.add(Lake.SLICE, DataTypes.StringType, false));
        if (needed.contains(SourceRows.VIEW)) {
            Map<Contract, Dataset<Row>> rows = new LinkedHashMap<>();
            SourceRows.aboutChildren(catalogue.contracts())
                    .forEach(contract -> rows.put(contract, silver.read(contract, inputs.inForce(contract))));
            SourceRows.rows(rows, links).createOrReplaceTempView(SourceRows.VIEW);
        }
        for (CodeList list : catalogue.contracts().codeLists().values()) {
            if (needed.contains("code_" + list.name())) {
                CodeDimensions.view(spark, list).createOrReplaceTempView("code_" + list.name());
            }
        }
        defineParameters(inputs);
        catalogue.bankHolidays().view(spark).createOrReplaceTempView(BankHolidays.VIEW);
        catalogue.schoolTerms().view(spark).createOrReplaceTempView(SchoolTerms.VIEW);
        catalogue.predecessors().view(spark).createOrReplaceTempView(Predecessors.VIEW);
        if (needed.contains(Catalogue.BENCHMARK_VIEW)) {
            published(inputs.releases()).createOrReplaceTempView(Catalogue.BENCHMARK_VIEW);
        }
        if (careNeeded) {
            CareHistory.Sources sources = new CareHistory.Sources(
                    "social_care_episodes", "social_care_header", "reference_postcodes", Catalogue.IN_FORCE_VIEW);
            keep(CareHistory.episodes(spark, sources)).createOrReplaceTempView(CareHistory.EPISODE_VIEW);
            keep(CareHistory.periods(spark, CareHistory.EPISODE_VIEW)).createOrReplaceTempView(CareHistory.PERIOD_VIEW);
            keep(CareHistory.placements(spark, CareHistory.EPISODE_VIEW))
                    .createOrReplaceTempView(CareHistory.PLACEMENT_VIEW);
        }
    }

    private void defineParameters(GoldInputs inputs) {
        view(Catalogue.LOADED_VIEW, inputs.loaded(), CODE);
        view(Catalogue.AS_AT_VIEW, inputs.asAt(), CODE.add("as_at", DataTypes.DateType, false));
        view(
                Catalogue.MONTHS_VIEW,
                inputs.monthEnds(),
                CODE.add("period_end", DataTypes.DateType, false)
                        .add("month_start", DataTypes.DateType, false)
                        .add("year_start", DataTypes.DateType, false));
        view(
                Catalogue.REGISTER_VIEW,
                inputs.registersAtMonthEnds(),
                CODE.add("period_end", DataTypes.DateType, false)
                        .add("register", DataTypes.StringType, false)
                        .add(Lake.SLICE, DataTypes.StringType, false));
        view(SourceRows.DELIVERY_VIEW, inputs.deliveriesInForce(), SourceRows.DELIVERY);
    }

    private void view(String name, List<Row> rows, StructType schema) {
        spark.createDataFrame(rows, schema).createOrReplaceTempView(name);
    }

    private Dataset<Row> published(List<Delivery> releases) {
        List<Row> dates = releases.stream()
                .map(delivery -> RowFactory.create(delivery.deliveryId(), delivery.extractDate()))
                .toList();
        StructType schema =
                new StructType().add(Lake.SLICE, DataTypes.StringType, false).add("release", DataTypes.DateType, false);
        return silver.published(releases).join(spark.createDataFrame(dates, schema), Lake.SLICE);
    }

    /** Rows of another system with the child they are about; {@code child_id} is null where nobody was matched. */
    private static Dataset<Row> withChild(Dataset<Row> rows, Dataset<Row> links, String source) {
        return rows.join(
                links.where(col("source").equalTo(source)).drop("source", "match_kind"),
                scala.jdk.javaapi.CollectionConverters.asScala(List.of("authority", Silver.PERSON))
                        .toSeq(),
                "left");
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

    @Override
    public void close() {
        cached.forEach(Dataset::unpersist);
        cached.clear();
    }
}
