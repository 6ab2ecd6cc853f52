package org.lacwarehouse.pipeline.lake;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;

/** Starts the one Spark session of a night, with the settings that make many small Delta tables quick. */
public final class Sessions {
    private Sessions() {}

    /**
     * A local session on the cores of this machine. Dates and times are UTC everywhere.
     *
     * @param scratch the folder for what Spark spills, which may be personal data
     */
    public static SparkSession local(Path scratch) {
        int cores = Runtime.getRuntime().availableProcessors();
        return SparkSession.builder()
                .appName("lac-warehouse")
                .master("local[" + cores + "]")
                .config("spark.ui.enabled", "false")
                .config("spark.local.dir", scratch.toString())
                .config(
                        "spark.sql.warehouse.dir",
                        scratch.resolve("tables").toUri().toString())
                .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
                .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                // In any other zone Delta rebuilds a table's state at each commit: 13 s where this takes 8.
                .config("spark.sql.session.timeZone", "UTC")
                // A table's state in one partition: a cycle over small tables falls from 57 s to 8.5 s.
                .config("spark.databricks.delta.snapshotPartitions", "1")
                // The list of all files in each checksum costs a Spark job a commit, and the tables are small.
                .config("spark.databricks.delta.allFilesInCrc.enabled", "false")
                .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", String.valueOf(cores))
                .config("spark.sql.shuffle.partitions", String.valueOf(cores))
                .config("spark.default.parallelism", String.valueOf(cores))
                // Re-planning each stage costs more than it saves on plans of this size, and a Spark job for each
                // stage.
                .config("spark.sql.adaptive.enabled", "false")
                // Every sort, aggregate and broadcast takes at least a page, by default of 64 MB: 2 GB for a small
                // council.
                .config("spark.buffer.pageSize", "1m")
                // What the pages of Spark's user interface would show, which is off.
                .config("spark.ui.retainedJobs", "1")
                .config("spark.ui.retainedStages", "1")
                .config("spark.ui.retainedTasks", "1")
                .config("spark.sql.ui.retainedExecutions", "1")
                .config("spark.sql.maxPlanStringLength", "1000")
                .config("spark.sql.catalogImplementation", "in-memory")
                .config("spark.sql.ansi.enabled", "true")
                .config("spark.sql.datetime.java8API.enabled", "true")
                .config("spark.cleaner.referenceTracking.cleanCheckpoints", "true")
                .config("spark.log.structuredLogging.enabled", "false")
                .getOrCreate();
    }

    /** Ends a session, and lets go of what Delta and Spark keep of it, so that a program can have one after the other. */
    public static void stop(SparkSession session) {
        session.stop();
        SparkSession.clearActiveSession();
        SparkSession.clearDefaultSession();
        DeltaLog.clearCache();
    }
}
