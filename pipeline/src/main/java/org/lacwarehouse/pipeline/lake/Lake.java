package org.lacwarehouse.pipeline.lake;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The Delta tables of a warehouse folder, each named by its path below it, such as {@code silver/social_care/episodes}.
 * The one place that writes Delta, so that commits can be counted.
 */
public final class Lake {
    /** The column by which the layers up to silver are cut into slices. */
    public static final String SLICE = "delivery_id";

    private final Supplier<SparkSession> spark;
    private final Path warehouse;
    private final AtomicInteger commits = new AtomicInteger();

    /**
     * @param spark gives the session; it is asked only when a table is read or written, so that what needs no Spark
     *     starts none
     * @param warehouse the folder of the warehouse
     */
    public Lake(Supplier<SparkSession> spark, Path warehouse) {
        this.spark = spark;
        this.warehouse = warehouse;
    }

    /** The session. */
    public SparkSession spark() {
        SparkSession session = spark.get();
        // Encoders take their settings from the session of the thread, and work is spread over several threads.
        SparkSession.setActiveSession(session);
        return session;
    }

    /** How many Delta commits have been made since the start. */
    public int commits() {
        return commits.get();
    }

    /** Whether the table exists. */
    public boolean exists(String table) {
        return Files.isDirectory(warehouse.resolve(table).resolve("_delta_log"));
    }

    /** Reads a table. */
    public Dataset<Row> read(String table) {
        return spark().read().format("delta").load(path(table));
    }

    /** Reads the slices of some deliveries. */
    public Dataset<Row> read(String table, Collection<String> deliveryIds) {
        return read(table).where(slices(deliveryIds));
    }

    /** Replaces the slices of some deliveries in one commit; rows of other deliveries stay as they are. */
    public void replaceSlices(String table, Dataset<Row> rows, Collection<String> deliveryIds) {
        DataFrameWriter<Row> writer = writer(rows).partitionBy(SLICE);
        if (exists(table)) {
            writer = writer.option("replaceWhere", slices(deliveryIds)).option("mergeSchema", "true");
        }
        writer.save(path(table));
        commits.incrementAndGet();
    }

    /** Replaces a whole table in one commit. */
    public void overwrite(String table, Dataset<Row> rows) {
        writer(rows).option("overwriteSchema", "true").save(path(table));
        commits.incrementAndGet();
    }

    private DataFrameWriter<Row> writer(Dataset<Row> rows) {
        // Statistics hold real minimum and maximum values and count as data: none are taken of any column.
        return rows.write()
                .format("delta")
                .mode("overwrite")
                .option("delta.dataSkippingNumIndexedCols", "0")
                .option("delta.checkpointInterval", "50");
    }

    private String path(String table) {
        return warehouse.resolve(table).toUri().toString();
    }

    private static String slices(Collection<String> deliveryIds) {
        return SLICE
                + deliveryIds.stream()
                        .map(id -> "'" + id.replace("'", "") + "'")
                        .collect(Collectors.joining(", ", " in (", ")"));
    }
}
