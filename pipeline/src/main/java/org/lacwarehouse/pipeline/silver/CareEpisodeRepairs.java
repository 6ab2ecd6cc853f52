package org.lacwarehouse.pipeline.silver;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.lacwarehouse.pipeline.lake.Lake;

/**
 * The repairs of episodes of care, per child in order of DECOM. Exact duplicates (R1) and the same CHILD and DECOM twice
 * (R2) are settled before, by the contract's key, and only flagged here on the row that stayed; so no two episodes of a
 * child start on one day here, and short breaks (LS V3, V4) take no part.
 *
 * <ul>
 *   <li>An episode whose DEC is on or before its DECOM is quarantined (DfE's rules 355 and 356), and its neighbours see each other.
 *   <li>R3: DEC blank or later than the next DECOM becomes the next DECOM; a blank REC of a blank DEC becomes X1, a REC
 *       that was there stays.
 *   <li>R4: REC is X1 and DEC earlier than the next DECOM: DEC becomes the next DECOM, however long the gap.
 * </ul>
 *
 * The values as delivered stay readable in {@code dec_reported} and {@code rec_reported}.
 */
final class CareEpisodeRepairs implements Repairs {
    @Override
    public Dataset<Row> repair(Dataset<Row> judged) {
        Column inCare = col(RowJudge.OUTCOME)
                .equalTo(RowJudge.KEPT)
                .and(col("ls").isNull().or(col("ls").isin("V3", "V4").unary_$bang()));
        Column endsTooEarly = coalesce(inCare.and(col("dec").leq(col("decom"))), lit(false));
        WindowSpec perChild =
                Window.partitionBy("child_id", Lake.SLICE, "chained").orderBy("decom");
        Column next = col("next_decom");
        WindowSpec sameRow = Window.partitionBy("child_id", Lake.SLICE, "row_hash");
        WindowSpec sameKey = Window.partitionBy("child_id", Lake.SLICE, "row_key");
        Column copies = count(when(col(RowJudge.OUTCOME).equalTo(RowJudge.DUPLICATE), 1))
                .over(sameRow);
        Column displaced = count(when(expr("exists(faults, fault -> fault.rule_id = 'same_key')"), 1))
                .over(sameKey);
        return judged.withColumn("r1", inCare.and(copies.gt(0)))
                .withColumn("r2", inCare.and(displaced.gt(0)))
                .withColumn("ends_too_early", endsTooEarly)
                .withColumn("chained", inCare.and(col("ends_too_early").unary_$bang()))
                .withColumn("next_decom", when(col("chained"), lead("decom", 1).over(perChild)))
                .withColumn(
                        "r3",
                        coalesce(
                                next.isNotNull()
                                        .and(col("dec").isNull().or(col("dec").gt(next))),
                                lit(false)))
                .withColumn(
                        "r4", coalesce(col("rec").equalTo("X1").and(col("dec").lt(next)), lit(false)))
                .withColumn("dec_reported", col("dec"))
                .withColumn("rec_reported", col("rec"))
                .withColumn(
                        "rec",
                        when(col("r3").and(col("dec").isNull()).and(col("rec").isNull()), lit("X1"))
                                .otherwise(col("rec")))
                .withColumn("dec", when(col("r3").or(col("r4")), next).otherwise(col("dec")))
                .withColumn(
                        RowJudge.OUTCOME,
                        when(col("ends_too_early"), lit(RowJudge.QUARANTINED)).otherwise(col(RowJudge.OUTCOME)))
                .withColumn(
                        "same_day",
                        col("ends_too_early").and(col("dec_reported").equalTo(col("decom"))))
                .withColumn(
                        "day_before",
                        col("ends_too_early").and(col("dec_reported").lt(col("decom"))))
                .withColumn("faults", append("faults", "same_day", "355", "DEC is the day of DECOM"))
                .withColumn("faults", append("faults", "day_before", "356", "DEC is before DECOM"))
                .withColumn("flags", append("flags", "r1", "R1", "the file has the row more than once; one is kept"))
                .withColumn(
                        "flags",
                        append(
                                "flags",
                                "r2",
                                "R2",
                                "the file has other rows of this CHILD and DECOM; the last is kept"))
                .withColumn(
                        "flags",
                        append("flags", "r3", "R3", "DEC was blank or later than the next DECOM, and became that"))
                .withColumn(
                        "flags",
                        append("flags", "r4", "R4", "REC is X1 and DEC was before the next DECOM, and became that"))
                .drop("ends_too_early", "chained", "same_day", "day_before", "next_decom", "r1", "r2", "r3", "r4");
    }

    private static Column append(String findings, String where, String rule, String reason) {
        Column finding = array(struct(
                lit(rule).as("rule_id"),
                lit("DEC").as("column_name"),
                lit(reason).as("reason")));
        return when(col(where), concat(col(findings), finding)).otherwise(col(findings));
    }

    @Override
    public List<String> addedColumns() {
        return List.of("dec_reported", "rec_reported");
    }
}
