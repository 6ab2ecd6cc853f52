package org.lacwarehouse.pipeline.silver;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_compact;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.lacwarehouse.pipeline.contract.Check;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.lake.Lake;
import scala.jdk.javaapi.CollectionConverters;

/** Flags kept rows that contradict others: rows of children whom nobody names, and the checks of the contract. */
final class Contradictions {
    private static final String ORPHAN = "orphan";

    private final Contract contract;

    Contradictions(Contract contract) {
        this.contract = contract;
    }

    /**
     * Adds flags; the rows and their outcomes stay as they are.
     *
     * @param children delivery_id, child_id, born of the children known; null when the rows are not measured against them
     */
    Dataset<Row> flag(Dataset<Row> judged, Dataset<Row> children) {
        List<Column> found = new ArrayList<>();
        if (children != null) {
            found.add(when(
                    col("is_known").isNull(),
                    finding(ORPHAN, "CHILD", "no header row names this child; left out of the marts until one does")));
        }
        for (Check check : contract.checks()) {
            found.add(when(expr(sql(check)), finding(check.rule(), check.column(), check.reason())));
        }
        if (found.isEmpty()) {
            return judged;
        }
        Dataset<Row> measured = children == null
                ? judged.withColumn("born", lit(null).cast("date"))
                : judged.join(
                        children.withColumn("is_known", lit(true)),
                        CollectionConverters.asScala(List.of(Lake.SLICE, "child_id"))
                                .toSeq(),
                        "left");
        return measured.withColumn("extract_date", expr("to_date(split(" + Lake.SLICE + ", '[.]')[3])"))
                .withColumn("in_sequence", expr(inSequence()))
                .withColumn("found", array_compact(array(found.toArray(Column[]::new))))
                .withColumn(
                        "flags",
                        when(kept(), concat(col("flags"), col("found"))).otherwise(col("flags")))
                .select(List.of(judged.columns()).stream()
                        .map(name -> col(name))
                        .toArray(Column[]::new));
    }

    private static Column kept() {
        return col(RowJudge.OUTCOME).equalTo(RowJudge.KEPT);
    }

    private static Column finding(String rule, String column, String reason) {
        return struct(
                lit(rule).as("rule_id"),
                lit(column).as("column_name"),
                lit(reason).as("reason"));
    }

    /** Rejected rows, dropped copies and rows outside the key are not before or after any other. */
    private String inSequence() {
        StringBuilder sql = new StringBuilder(RowJudge.OUTCOME + " = '" + RowJudge.KEPT + "'");
        contract.outsideKey().forEach((column, codes) -> sql.append(" AND coalesce(")
                .append(column.toLowerCase(Locale.ROOT))
                .append(" NOT IN ('")
                .append(String.join("', '", codes))
                .append("'), true)"));
        return sql.toString();
    }

    /** The condition with the window spelt out: a child's rows in the contract's order. */
    private String sql(Check check) {
        List<String> order = new ArrayList<>(
                contract.order().stream().map(c -> c.toLowerCase(Locale.ROOT)).toList());
        order.add("line_number");
        String window = "PARTITION BY " + Lake.SLICE + ", child_id, in_sequence ORDER BY " + String.join(", ", order);
        return check.where()
                .replaceAll("(?i)\\bOVER\\s+child\\b", "OVER (" + window + ")")
                .replaceAll(
                        "(?i)\\bOVER\\s+earlier\\b",
                        "OVER (" + window + " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)");
    }
}
