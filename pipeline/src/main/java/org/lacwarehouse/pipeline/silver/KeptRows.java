package org.lacwarehouse.pipeline.silver;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Rows that several tables are made from, kept as they are, on disk where they do not fit into memory. Spark's own cache
 * turns them into compressed columns and back, which takes longer than to write and read them.
 */
final class KeptRows implements AutoCloseable {
    private final Queue<JavaRDD<InternalRow>> kept = new ConcurrentLinkedQueue<>();

    /** The same rows; they are made when they are first asked for, and then once. */
    Dataset<Row> keep(Dataset<Row> rows) {
        JavaRDD<InternalRow> made = ((org.apache.spark.sql.classic.Dataset<Row>) rows)
                .queryExecution()
                .toRdd()
                .toJavaRDD()
                .map(InternalRow::copy)
                .persist(StorageLevel.MEMORY_AND_DISK_SER());
        kept.add(made);
        return ((SparkSession) rows.sparkSession()).internalCreateDataFrame(made.rdd(), rows.schema(), false);
    }

    @Override
    public void close() {
        kept.forEach(rows -> rows.unpersist(false));
    }
}
