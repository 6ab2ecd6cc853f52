package org.lacwarehouse.jobs.night;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.lacwarehouse.pipeline.lake.Sessions;

/** The one Spark session of a night, started in the background when it is certain to be needed, and its counters. */
final class Engine implements Supplier<SparkSession>, AutoCloseable {
    private final SparkMeter meter = new SparkMeter();
    private final Path scratch;
    private CompletableFuture<SparkSession> session;

    /** @param scratch the folder for what Spark spills */
    Engine(Path scratch) {
        this.scratch = scratch;
    }

    /** Begins to start the session without waiting for it. */
    synchronized void start() {
        if (session == null) {
            session = CompletableFuture.supplyAsync(() -> {
                SparkSession spark = Sessions.start(scratch);
                spark.sparkContext().addSparkListener(meter);
                return spark;
            });
        }
    }

    @Override
    public SparkSession get() {
        start();
        return session.join();
    }

    /** Spark jobs started so far; waits until Spark has reported all of them. */
    int jobs() {
        if (session != null && session.isDone()) {
            try {
                get().sparkContext().listenerBus().waitUntilEmpty();
            } catch (java.util.concurrent.TimeoutException e) {
                throw new IllegalStateException(e);
            }
        }
        return meter.jobs();
    }

    /** Rows written by Spark tasks so far. */
    long rows() {
        return meter.rows();
    }

    /** Seconds since the Java virtual machine was started. */
    static double programSeconds() {
        return ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
    }

    /** Processor seconds that this program has used so far. */
    static double cpuSeconds() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuTime() / 1e9
                : 0;
    }

    @Override
    public synchronized void close() {
        if (session != null) {
            Sessions.stop(session.join());
        }
    }
}
