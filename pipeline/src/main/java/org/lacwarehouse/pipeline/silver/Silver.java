package org.lacwarehouse.pipeline.silver;

import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.lacwarehouse.pipeline.bronze.Bronze;
import org.lacwarehouse.pipeline.contract.ColumnType;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.contract.Contracts;
import org.lacwarehouse.pipeline.contract.Privacy;
import org.lacwarehouse.pipeline.lake.InParallel;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;

/**
 * The silver layer: typed, checked, repaired and pseudonymised rows, one Delta table a dataset, one slice a delivery.
 * Every snapshot ever delivered stays a slice of its own, so the state at any extract date is read by naming that
 * delivery, and the order in which files arrive cannot change anything. What identifies a child goes to the vault table
 * of the dataset instead; what was rejected or flagged goes to {@link #FINDINGS}.
 */
public final class Silver {
    /** The table of rejected rows, with their values, and of flags; protected like the vault. */
    public static final String FINDINGS = "quarantine/findings";

    private final Lake lake;
    private final Bronze bronze;
    private final Contracts contracts;
    private final Pseudonyms pseudonyms;

    /** @param pseudonyms makes the child ids */
    public Silver(Lake lake, Contracts contracts, Pseudonyms pseudonyms) {
        this.lake = lake;
        this.bronze = new Bronze(lake);
        this.contracts = contracts;
        this.pseudonyms = pseudonyms;
    }

    /** The deliveries whose rows have not been checked by the contract as it is now. */
    public static List<Delivery> unchecked(Register register, Contracts contracts) {
        return register.loaded().stream()
                .filter(register::isNewestOfItsDate)
                .filter(delivery -> contracts
                        .find(delivery.source(), delivery.dataset())
                        .map(Contract::digest)
                        .filter(digest -> register.outcome(delivery.deliveryId())
                                .map(outcome -> !outcome.contractDigest().equals(digest))
                                .orElse(true))
                        .isPresent())
                .toList();
    }

    /**
     * Checks the rows of deliveries and stores them.
     *
     * @return what became of the rows of each delivery
     */
    public List<Register.Outcome> check(List<Delivery> deliveries) {
        Map<Contract, List<String>> byDataset = new LinkedHashMap<>();
        for (Delivery delivery : deliveries) {
            byDataset
                    .computeIfAbsent(contracts.get(delivery.source(), delivery.dataset()), c -> new ArrayList<>())
                    .add(delivery.deliveryId());
        }
        Map<Contract, Dataset<Row>> judged = new LinkedHashMap<>();
        byDataset.forEach((contract, ids) -> judged.put(
                contract,
                new RowJudge(contract, pseudonyms)
                        .judge(bronze.read(contract.source(), ids))
                        .persist(StorageLevel.MEMORY_AND_DISK())));
        try {
            InParallel.each(
                    judged.keySet(), contract -> store(contract, judged.get(contract), byDataset.get(contract)));
            List<Register.Outcome> outcomes = outcomes(judged, deliveries);
            storeFindings(judged, deliveries, outcomes);
            return outcomes;
        } finally {
            judged.values().forEach(Dataset::unpersist);
        }
    }

    private void store(Contract contract, Dataset<Row> judged, List<String> deliveryIds) {
        Dataset<Row> kept = judged.where(col("outcome").equalTo(RowJudge.KEPT))
                .withColumn("flags", expr("transform(flags, flag -> flag.rule_id)"));
        if (contract.hasSilver()) {
            lake.replaceSlices(silverTable(contract), select(kept, silverSchema(contract)), deliveryIds);
        }
        if (contract.hasVault()) {
            lake.replaceSlices(vaultTable(contract), select(kept, vaultSchema(contract)), deliveryIds);
        }
    }

    private static Dataset<Row> select(Dataset<Row> rows, StructType schema) {
        return rows.select(
                List.of(schema.fieldNames()).stream().map(name -> col(name)).toArray(Column[]::new));
    }

    /** One pass over all datasets for the counts of every delivery. */
    private List<Register.Outcome> outcomes(Map<Contract, Dataset<Row>> judged, List<Delivery> deliveries) {
        Map<String, Row> counts = judged.values().stream()
                .map(rows -> rows.select(
                        col(Lake.SLICE), col("outcome"), size(col("flags")).as("flags")))
                .reduce(Dataset::union)
                .orElseThrow()
                .groupBy(Lake.SLICE)
                .agg(
                        count(when(col("outcome").equalTo(RowJudge.KEPT), 1)).as("kept"),
                        count(when(col("outcome").equalTo(RowJudge.DUPLICATE), 1))
                                .as("duplicate"),
                        count(when(col("outcome").equalTo(RowJudge.QUARANTINED), 1))
                                .as("quarantined"),
                        sum(when(
                                                col("outcome")
                                                        .equalTo(RowJudge.KEPT)
                                                        .and(col("flags").gt(0)),
                                                1L)
                                        .otherwise(0L))
                                .as("flagged"))
                .collectAsList()
                .stream()
                .collect(Collectors.toMap(row -> row.getString(0), row -> row));
        return deliveries.stream()
                .map(delivery -> {
                    Row row = counts.get(delivery.deliveryId());
                    String digest =
                            contracts.get(delivery.source(), delivery.dataset()).digest();
                    Register.Outcome outcome = new Register.Outcome(
                            delivery.deliveryId(),
                            digest,
                            row.getLong(1),
                            row.getLong(2),
                            row.getLong(3),
                            row.getLong(4));
                    if (outcome.rowsKept() + outcome.rowsDuplicate() + outcome.rowsQuarantined() != delivery.rowsIn()) {
                        throw new IllegalStateException(delivery.file() + ": " + delivery.rowsIn()
                                + " rows were read, but " + outcome + " accounts for another number");
                    }
                    return outcome;
                })
                .toList();
    }

    private void storeFindings(
            Map<Contract, Dataset<Row>> judged, List<Delivery> deliveries, List<Register.Outcome> outcomes) {
        boolean any = outcomes.stream().anyMatch(o -> o.rowsQuarantined() + o.rowsDuplicate() + o.rowsFlagged() > 0);
        if (!any && !lake.exists(FINDINGS)) {
            return;
        }
        Dataset<Row> findings = judged.values().stream()
                .map(Silver::findings)
                .reduce(Dataset::union)
                .orElseThrow();
        lake.replaceSlices(
                FINDINGS,
                findings,
                deliveries.stream().map(Delivery::deliveryId).toList());
    }

    /** One row for each rejected row, dropped duplicate and flag. */
    private static Dataset<Row> findings(Dataset<Row> judged) {
        Column[] columns = {
            col("line_number"),
            col("rule_id"),
            col("column_name"),
            col("reason"),
            col("is_quarantined"),
            col("raw"),
            col(Lake.SLICE)
        };
        Column quarantined = col("outcome").equalTo(RowJudge.QUARANTINED);
        Dataset<Row> rejected = judged.where(quarantined)
                .withColumn("rule_id", expr("faults[0].rule_id"))
                .withColumn("column_name", expr("faults[0].column_name"))
                .withColumn(
                        "reason",
                        array_join(expr("transform(faults, f -> concat_ws(': ', f.column_name, f.reason))"), "; "))
                .withColumn("is_quarantined", lit(true))
                .select(columns);
        Dataset<Row> notes = judged.where(quarantined.unary_$bang())
                .withColumn(
                        "note",
                        explode(when(
                                        col("outcome").equalTo(RowJudge.DUPLICATE),
                                        expr("array(named_struct('rule_id', 'exact_duplicate', 'column_name',"
                                                + " cast(null as string), 'reason',"
                                                + " 'a later row of the file is the same'))"))
                                .otherwise(col("flags"))))
                .withColumn("rule_id", col("note.rule_id"))
                .withColumn("column_name", col("note.column_name"))
                .withColumn("reason", col("note.reason"))
                .withColumn("is_quarantined", lit(false))
                .withColumn("raw", lit(null).cast(DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType)))
                .select(columns);
        return rejected.union(notes);
    }

    /**
     * The rows of deliveries of one dataset.
     *
     * @return the silver rows; none, with the right columns, when there are no deliveries
     */
    public Dataset<Row> read(Contract contract, List<Delivery> deliveries) {
        if (deliveries.isEmpty()) {
            return lake.spark().createDataFrame(List.of(), silverSchema(contract));
        }
        return lake.read(
                silverTable(contract),
                deliveries.stream().map(Delivery::deliveryId).toList());
    }

    /** The findings about some deliveries: line_number, rule_id, column_name, reason, is_quarantined, delivery_id. */
    public Dataset<Row> findings(List<String> deliveryIds) {
        return lake.read(FINDINGS, deliveryIds).drop("raw");
    }

    private static String silverTable(Contract contract) {
        return "silver/" + contract.id();
    }

    private static String vaultTable(Contract contract) {
        return "vault/" + contract.id();
    }

    private static StructType silverSchema(Contract contract) {
        StructType schema = layer(contract, Privacy.OPEN, Privacy.PERSONAL);
        if (!contract.repairs().isEmpty()) {
            for (String added : Repairs.BY_NAME.get(contract.repairs()).addedColumns()) {
                schema = schema.add(added, reportedType(contract, added));
            }
        }
        return schema.add(Lake.SLICE, DataTypes.StringType);
    }

    /** The type of a column as delivered is that of the repaired column of which it keeps the old value. */
    private static DataType reportedType(Contract contract, String added) {
        String repaired = added.substring(0, added.lastIndexOf('_'));
        return contract.columns().stream()
                .filter(column -> column.silverName().equals(repaired))
                .findFirst()
                .orElseThrow()
                .type()
                .silverType();
    }

    private static StructType vaultSchema(Contract contract) {
        return layer(contract, Privacy.VAULT).add(Lake.SLICE, DataTypes.StringType);
    }

    private static StructType layer(Contract contract, Privacy... classes) {
        StructType schema = new StructType()
                .add("authority", DataTypes.StringType)
                .add("line_number", DataTypes.LongType)
                .add("row_hash", DataTypes.StringType)
                .add("flags", DataTypes.createArrayType(DataTypes.StringType));
        for (org.lacwarehouse.pipeline.contract.Column column : contract.columns()) {
            if (column.type() == ColumnType.CHILD || List.of(classes).contains(column.privacy())) {
                schema = schema.add(column.silverName(), column.type().silverType());
            }
        }
        return schema;
    }
}
