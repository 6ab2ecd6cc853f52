package org.lacwarehouse.pipeline.silver;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
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
 * The repairs R3 and R4 of episodes of care, per child in order of DECOM. Exact duplicates (R1) and the same CHILD and
 * DECOM twice (R2) are settled before, by the contract's key; so no two episodes of a child start on one day here, and
 * short breaks (LS V3, V4) take no part.
 *
 * <ul>
 *   <li>An episode whose DEC is on or before its DECOM is quarantined, and its neighbours see each other.
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
        Column inCare = col("outcome")
                .equalTo(RowJudge.KEPT)
                .and(col("ls").isNull().or(col("ls").isin("V3", "V4").unary_$bang()));
        Column endsTooEarly = coalesce(inCare.and(col("dec").leq(col("decom"))), lit(false));
        WindowSpec perChild =
                Window.partitionBy(Lake.SLICE, "child_id", "chained").orderBy("decom");
        Column next = col("next_decom");
        return judged.withColumn("ends_too_early", endsTooEarly)
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
                        "outcome",
                        when(col("ends_too_early"), lit(RowJudge.QUARANTINED)).otherwise(col("outcome")))
                .withColumn(
                        "faults",
                        append("faults", "ends_too_early", "dec_not_after_decom", "DEC is on or before DECOM"))
                .withColumn(
                        "flags",
                        append("flags", "r3", "R3", "DEC was blank or later than the next DECOM, and became that"))
                .withColumn(
                        "flags",
                        append("flags", "r4", "R4", "REC is X1 and DEC was before the next DECOM, and became that"))
                .drop("ends_too_early", "chained", "next_decom", "r3", "r4");
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
