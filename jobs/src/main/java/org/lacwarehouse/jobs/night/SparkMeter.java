package org.lacwarehouse.jobs.night;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Counts the Spark jobs of a session and the rows that its tasks wrote. */
final class SparkMeter extends SparkListener {
    private final AtomicInteger jobs = new AtomicInteger();
    private final AtomicLong rows = new AtomicLong();

    @Override
    public void onJobStart(SparkListenerJobStart start) {
        jobs.incrementAndGet();
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        if (end.taskMetrics() != null) {
            rows.addAndGet(end.taskMetrics().outputMetrics().recordsWritten());
        }
    }

    int jobs() {
        return jobs.get();
    }

    long rows() {
        return rows.get();
    }
}
