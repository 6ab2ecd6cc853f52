package org.lacwarehouse.pipeline.silver;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.contract.KeyPart;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.lake.Sessions;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;

/**
 * Decides what becomes of each row of a dataset: kept, dropped as an exact duplicate, or quarantined. Every row gets
 * exactly one outcome, so rows in = kept + duplicate + quarantined.
 */
final class RowJudge {
    /** The column that holds a row's outcome; no dataset has a column of this name. */
    static final String OUTCOME = "row_outcome";

    static final String KEPT = "kept";
    static final String DUPLICATE = "duplicate";
    static final String QUARANTINED = "quarantined";

    /** What a task can sort without needing much memory; a part more costs a task in every stage. */
    private static final long ROWS_OF_A_PART = 100_000;

    private static final long LEAST_ROWS_OF_A_PART = 10_000;

    private static final long MOST_PARTS = 1000;

    /** As many rows of one delivery as a task sorts together. */
    private static final long ROWS_OF_A_DELIVERY = 500_000;

    private final Contract contract;
    private final Pseudonyms pseudonyms;

    RowJudge(Contract contract, Pseudonyms pseudonyms) {
        this.contract = contract;
        this.pseudonyms = pseudonyms;
    }

    /**
     * Types, checks and repairs the bronze rows of whole deliveries; adds the column {@link #OUTCOME}.
     *
     * @param children the children that are known to the source when each delivery was extracted: delivery_id, child_id,
     *     born; null for a dataset that is not measured against them
     * @param rows how many bronze rows each delivery has
     */
    Dataset<Row> judge(Dataset<Row> bronze, Dataset<Row> children, List<Long> rows) {
        Dataset<Row> typed = TypedRows.of(
                bronze.select("line_number", "raw", Lake.SLICE),
                new RowTyper(contract, pseudonyms),
                RowTyper.schema(contract));
        long all = rows.stream().mapToLong(Long::longValue).sum();
        boolean isWhole = rows.stream().allMatch(each -> each <= ROWS_OF_A_DELIVERY);
        // All windows below, those of the repairs included, find their rows together after this one exchange. A
        // delivery that is not too large stays in one part, and so becomes one file: else files were parts times
        // deliveries. What differs most comes first: a delivery's rows are sorted by it.
        List<String> together = List.of(contract.isAboutChildren() ? "child_id" : "row_key", Lake.SLICE);
        Dataset<Row> judged = settleKeys(
                typed.repartition(
                        parts(all, rows.size()),
                        (isWhole ? List.of(Lake.SLICE) : together)
                                .stream().map(c -> col(c)).toArray(Column[]::new)),
                together);
        if (!contract.repairs().isEmpty()) {
            judged = Repairs.BY_NAME.get(contract.repairs()).repair(judged);
        }
        return new Contradictions(contract).flag(judged, children);
    }

    /** So many that a task rarely writes more deliveries than it may side by side, unless these are small. */
    private static int parts(long rows, int deliveries) {
        long most = Math.min(MOST_PARTS, 1 + rows / LEAST_ROWS_OF_A_PART);
        return (int) Math.min(most, Math.max(1 + rows / ROWS_OF_A_PART, Sessions.partsOf(deliveries)));
    }

    /**
     * Of exact duplicates the last in the file is kept and the others are counted; of what remains with one key the last
     * in the file wins and the others are quarantined.
     */
    private Dataset<Row> settleKeys(Dataset<Row> typed, List<String> together) {
        List<String> key = new ArrayList<>(together);
        key.add("is_sound");
        if (!key.contains("row_key")) {
            key.add("row_key");
        }
        List<String> copies = new ArrayList<>(key);
        copies.add("row_hash");
        WindowSpec lastFirst = Window.partitionBy(
                        copies.stream().map(c -> col(c)).toArray(Column[]::new))
                .orderBy(col("line_number").desc());
        WindowSpec laterOfKey = Window.partitionBy(key.stream().map(c -> col(c)).toArray(Column[]::new))
                .orderBy(col("line_number").desc())
                .rowsBetween(Window.unboundedPreceding(), Window.currentRow());
        Column sameKey = array(struct(
                lit("same_key").as("rule_id"),
                lit(contract.key().stream().map(KeyPart::words).collect(Collectors.joining(", ")))
                        .as("column_name"),
                lit("a later row of the file has the same key").as("reason")));
        return typed.withColumn("is_sound", size(col("faults")).equalTo(0))
                .withColumn("copy", row_number().over(lastFirst))
                .withColumn(
                        "distinct_so_far",
                        sum(when(col("copy").equalTo(1), 1).otherwise(0)).over(laterOfKey))
                .withColumn(
                        OUTCOME,
                        when(col("is_sound").unary_$bang(), lit(QUARANTINED))
                                .when(col("copy").gt(1), lit(DUPLICATE))
                                .when(col("distinct_so_far").gt(1), lit(QUARANTINED))
                                .otherwise(lit(KEPT)))
                .withColumn(
                        "faults",
                        when(col(OUTCOME).equalTo(QUARANTINED).and(col("is_sound")), concat(col("faults"), sameKey))
                                .otherwise(col("faults")))
                .drop("is_sound", "copy", "distinct_so_far");
    }
}
