package org.lacwarehouse.pipeline.silver;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.lacwarehouse.pipeline.benchmark.DataSet;
import org.lacwarehouse.pipeline.bronze.Bronze;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.contract.Contracts;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.Delivery;

/**
 * The values of the published data sets, all in one table whatever file they come from: what a file says of a series, an
 * area, a year and a group, with the count it is a share of, or the symbol that stands in its place.
 */
final class PublishedValues {
    /** All values of all releases. */
    static final String TABLE = "silver/benchmarks";

    static final StructType SCHEMA = PublishedRows.WHAT
            .add("value", DataTypes.DoubleType)
            .add("symbol", DataTypes.StringType)
            .add("numerator", DataTypes.DoubleType)
            .add("denominator", DataTypes.DoubleType)
            .add("is_quotient_wrong", DataTypes.BooleanType)
            .add("line_number", DataTypes.LongType)
            .add(Lake.SLICE, DataTypes.StringType);

    /** The rule that a published percentage breaks which is not that of its published counts. */
    static final String RECOMPUTED = "published_percentage";

    /** The rule that a row breaks of which a needed cell cannot be read. */
    private static final String UNREADABLE = "published_cell";

    /** Counts of regions and of England are rounded to the nearest 10, those of authorities are not. */
    private static final int ROUNDED_TO = 10;

    private final Lake lake;
    private final Bronze bronze;
    private final Contracts contracts;

    PublishedValues(Lake lake, Bronze bronze, Contracts contracts) {
        this.lake = lake;
        this.bronze = bronze;
        this.contracts = contracts;
    }

    /**
     * Reads the values of deliveries and stores them.
     *
     * @return what there is to say of single rows: line_number, rule_id, column_name, reason, is_quarantined, raw,
     *     delivery_id
     */
    List<Row> store(List<Delivery> deliveries) {
        Map<String, PublishedRows.Source> sources = new HashMap<>();
        for (Delivery delivery : deliveries) {
            DataSet dataSet = contracts.dataSet(delivery.dataset());
            sources.put(
                    delivery.deliveryId(),
                    new PublishedRows.Source(
                            dataSet, dataSet.resolve(delivery.layout().columns())));
        }
        List<String> ids = Silver.ids(deliveries);
        Dataset<Row> rows = bronze.read(Contract.BENCHMARKS, ids).select("line_number", "raw", Lake.SLICE);
        Dataset<Row> cells = rows.flatMap(new PublishedRows(sources), Encoders.row(PublishedRows.SCHEMA))
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            lake.replaceSlices(TABLE, values(cells), ids);
            return remarks(rows, cells, lake.read(TABLE, ids));
        } finally {
            cells.unpersist();
        }
    }

    /** What there is to say of single rows, by the cells that they were read as and the values that these made. */
    private static List<Row> remarks(Dataset<Row> rows, Dataset<Row> cells, Dataset<Row> values) {
        Dataset<Row> wrong = values.where("is_quotient_wrong")
                .groupBy("line_number", Lake.SLICE)
                .agg(min("benchmark_id").as("benchmark_id"))
                .select(
                        col("line_number"),
                        lit(RECOMPUTED).as("rule_id"),
                        lit(null).cast("string").as("column_name"),
                        expr("concat('the published ', benchmark_id, ' is not what its counts give, rounded half up')")
                                .as("reason"),
                        lit(false).as("is_quarantined"),
                        lit(null).cast("map<string,string>").as("raw"),
                        col(Lake.SLICE));
        Dataset<Row> faults = cells.where(col("role").equalTo(PublishedRows.FAULT))
                .groupBy("line_number", Lake.SLICE)
                .agg(min("breakdown").as("column_name"), min("cell").as("reason"))
                .join(
                        rows,
                        scala.jdk.javaapi.CollectionConverters.asScala(List.of("line_number", Lake.SLICE))
                                .toSeq())
                .select(
                        col("line_number"),
                        lit(UNREADABLE).as("rule_id"),
                        col("column_name"),
                        col("reason"),
                        lit(true).as("is_quarantined"),
                        col("raw"),
                        col(Lake.SLICE));
        return faults.union(wrong).collectAsList();
    }

    /** The cells of one value put together. */
    private static Dataset<Row> values(Dataset<Row> cells) {
        Column[] value = Stream.concat(
                        Stream.of(PublishedRows.WHAT.fieldNames()),
                        Stream.of(Lake.SLICE, "is_added", "factor", "decimals"))
                .map(name -> col(name))
                .toArray(Column[]::new);
        Dataset<Row> values = cells.where(col("role").notEqual(PublishedRows.FAULT))
                .groupBy(value)
                .agg(
                        coalesce(min(when(PublishedRows.VALUE)), min("line_number"))
                                .as("line_number"),
                        max_by(col("number"), when(PublishedRows.VALUE)).as("published"),
                        max_by(col("symbol"), when(PublishedRows.VALUE)).as("published_symbol"),
                        sum(PublishedRows.NUMERATOR).as("numerator"),
                        sum(PublishedRows.DENOMINATOR).as("denominator"),
                        expr("max(symbol)").as("any_symbol"));
        // Half up at the published decimals; exact, as 10^decimals x factor x numerator is a whole number.
        String rounded = "floor(%s * pow(10, decimals) + 0.5D) / pow(10, decimals)";
        String least = String.format(rounded, "factor * greatest(numerator - margin, 0) / (denominator + margin)");
        String most = String.format(rounded, "factor * (numerator + margin) / greatest(denominator - margin, 1)");
        return values.withColumn("value", expr("if(is_added, try_divide(factor * numerator, denominator), published)"))
                .withColumn("symbol", expr("if(value is null, if(is_added, any_symbol, published_symbol), null)"))
                .withColumn("margin", expr("if(level = 'authority', 0D, " + ROUNDED_TO / 2 + "D)"))
                .withColumn(
                        "is_quotient_wrong",
                        expr("coalesce(not is_added and factor > 0 and denominator > 0 and not (value between " + least
                                + " - 1e-9 and " + most + " + 1e-9), false)"))
                .select(Stream.of(SCHEMA.fieldNames()).map(name -> col(name)).toArray(Column[]::new))
                .coalesce(1);
    }

    /** A cell's line when it has the role, so that of several the last in the file counts. */
    private static Column when(String role) {
        return expr("if(role = '" + role + "', line_number, null)");
    }

    /** Of an added value the sum of all cells of the role, otherwise the one cell; null unless all are numbers. */
    private static Column sum(String role) {
        return expr("if(any_value(is_added), if(count_if(role = '" + role
                + "' and number is null) > 0, null, sum(if(role = '" + role
                + "', number, null))), max_by(number, if(role = '" + role + "', line_number, null)))");
    }

    /** How many rows of each delivery break a rule, by whether they are quarantined. */
    static Map<String, Long> lines(List<Row> findings, boolean quarantined) {
        Map<String, Set<Long>> lines = new HashMap<>();
        findings.stream().filter(row -> row.getBoolean(4) == quarantined).forEach(row -> lines.computeIfAbsent(
                        row.getString(6), id -> new HashSet<>())
                .add(row.getLong(0)));
        return lines.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry ->
                (long) entry.getValue().size()));
    }
}
