package org.lacwarehouse.pipeline.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.mapreduce.util.ConfigUtil;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;

/** Starts the one Spark session of a night, with the settings that make many small Delta tables quick. */
public final class Sessions {
    private static final Set<String> NEEDED_DEFAULTS =
            Set.of("fs.AbstractFileSystem.", "fs.defaultFS", "hadoop.tmp.dir");

    private Sessions() {}

    /** How many slices a task writes side by side; of more it has to sort the rows first. */
    public static final int OPEN_FILES = 8;

    /**
     * Into how many parts the rows of slices are put, each slice into one, so that a task rarely has more of them than it
     * writes side by side.
     */
    public static int partsOf(int slices) {
        return 1 + 2 * slices / OPEN_FILES;
    }

    /** The system property that names the cluster to work on; {@code spark-submit} sets it, too. */
    public static final String MASTER = "spark.master";

    /**
     * A session on the cluster that {@link #MASTER} names, otherwise on the cores of this machine. On a cluster the landing
     * zone, the warehouse folder and the program must be found under the same paths by every worker; what Spark needs to
     * know of it besides (memory, the driver's address, Kubernetes) are system properties.
     *
     * @param scratch the folder for what Spark spills, which may be personal data
     */
    public static SparkSession start(Path scratch) {
        String master = System.getProperty(MASTER, "local");
        return master.startsWith("local")
                ? local(scratch)
                : settings(SparkSession.builder(), scratch)
                        .master(master)
                        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                        .config("spark.executor.extraJavaOptions", "-Duser.timezone=UTC -Dfile.encoding=UTF-8")
                        .getOrCreate();
    }

    /**
     * A session on the cores of this machine.
     *
     * @param scratch the folder for what Spark spills, which may be personal data
     */
    public static SparkSession local(Path scratch) {
        AbsentClasses.remember();
        SparkSession session = LocalFiles.use(settings(SparkSession.builder(), scratch))
                .master("local[" + Runtime.getRuntime().availableProcessors() + "]")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .getOrCreate();
        leaveOutDefaults(session.sparkContext().hadoopConfiguration());
        return session;
    }

    /**
     * Every read and every write of a table sends Hadoop's configuration along, each property compressed by itself. Of its
     * eleven hundred, all but a few are what Hadoop's programs assume anyway, or are about YARN and MapReduce.
     */
    private static void leaveOutDefaults(Configuration hadoop) {
        // A file of defaults that is first read later brings all of them back.
        ConfigUtil.loadResources();
        try {
            FileSystem.get(hadoop);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> defaults = new ArrayList<>();
        for (Map.Entry<String, String> property : hadoop) {
            String name = property.getKey();
            String[] sources = hadoop.getPropertySources(name);
            if (sources != null
                    && Stream.of(sources).allMatch(source -> source.endsWith("-default.xml"))
                    && NEEDED_DEFAULTS.stream().noneMatch(name::startsWith)) {
                defaults.add(name);
            }
        }
        defaults.forEach(hadoop::unset);
    }

    /** Dates and times are UTC everywhere. */
    private static SparkSession.Builder settings(SparkSession.Builder session, Path scratch) {
        int cores = Runtime.getRuntime().availableProcessors();
        return session.appName("lac-warehouse")
                .config("spark.ui.enabled", "false")
                .config("spark.local.dir", scratch.toString())
                .config(
                        "spark.sql.warehouse.dir",
                        scratch.resolve("tables").toUri().toString())
                .config("spark.plugins", AbsentClasses.InTasks.class.getName())
                .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
                .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
                // In any other zone Delta rebuilds a table's state at each commit: 13 s where this takes 8.
                .config("spark.sql.session.timeZone", "UTC")
                // A table's state in one partition: a cycle over small tables falls from 57 s to 8.5 s.
                .config("spark.databricks.delta.snapshotPartitions", "1")
                // The list of all files in each checksum costs a Spark job a commit, and the tables are small.
                .config("spark.databricks.delta.allFilesInCrc.enabled", "false")
                .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", String.valueOf(cores))
                // A table of many parts is listed here: a Spark job costs more.
                .config("spark.sql.sources.parallelPartitionDiscovery.threshold", "100000")
                .config("spark.sql.shuffle.partitions", String.valueOf(cores))
                .config("spark.default.parallelism", String.valueOf(cores))
                .config("spark.sql.maxConcurrentOutputFileWriters", String.valueOf(OPEN_FILES))
                // ICU's lower case takes many times as long as Java's; no language's own rules are wanted of either.
                .config("spark.sql.icu.caseMappings.enabled", "false")
                // What it is anyway; unset, Spark looks at the environment for each element of an array it filters.
                .config("spark.sql.types.framework.enabled", "false")
                // Else every class that generated code mentions is first asked for over the network, and a night takes
                // half as long again. Nobody adds classes to a session here.
                .config("spark.sql.artifact.isolation.enabled", "false")
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
                .config("spark.sql.ui.explainMode", "simple")
                .config("spark.sql.maxPlanStringLength", "1000")
                // What has been compiled is kept for the next night of the same program.
                .config("spark.sql.codegen.cache.maxEntries", "2000")
                .config("spark.sql.catalogImplementation", "in-memory")
                .config("spark.sql.ansi.enabled", "true")
                .config("spark.sql.datetime.java8API.enabled", "true")
                .config("spark.cleaner.referenceTracking.cleanCheckpoints", "true")
                .config("spark.log.structuredLogging.enabled", "false");
    }

    /** Ends a session, and lets go of what Delta and Spark keep of it, so that a program can have one after the other. */
    public static void stop(SparkSession session) {
        session.stop();
        SparkSession.clearActiveSession();
        SparkSession.clearDefaultSession();
        DeltaLog.clearCache();
    }
}
