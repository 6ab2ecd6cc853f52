package org.lacwarehouse.jobs.night;

import java.util.concurrent.Callable;

/**
 * A step of a night.
 *
 * @param name its name in the audit and in Spring Batch
 * @param words what it does, for the person who watches
 * @param work does it
 */
record NightStep(String name, String words, Callable<NightStep.Result> work) {
    /**
     * What came of a step.
     *
     * @param words in a few words, for the person who watches
     * @param copied the rows it copied to PostgreSQL; what Spark writes is counted by itself
     */
    record Result(String words, long copied) {
        /** A result without rows copied to PostgreSQL. */
        static Result of(String words) {
            return new Result(words, 0);
        }
    }
}
