package org.lacwarehouse.jobs.night;

import java.util.function.BooleanSupplier;
import org.apache.logging.log4j.LogManager;
import org.lacwarehouse.jobs.audit.Audit;
import org.lacwarehouse.pipeline.lake.Lake;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Runs the steps of a night: shows and measures each, and records it in the audit. */
final class StepRunner {
    private final long run;
    private final Audit audit;
    private final Engine engine;
    private final Lake lake;
    private final Progress progress;
    private final BooleanSupplier stopping;

    /** @param stopping whether no further step is to begin */
    StepRunner(long run, Audit audit, Engine engine, Lake lake, Progress progress, BooleanSupplier stopping) {
        this.run = run;
        this.audit = audit;
        this.engine = engine;
        this.lake = lake;
        this.progress = progress;
        this.stopping = stopping;
    }

    void run(NightStep step, int number) throws Exception {
        if (stopping.getAsBoolean()) {
            throw new NightStoppedException(step.words());
        }
        long started = System.currentTimeMillis();
        int jobs = engine.jobs();
        int commits = lake.commits();
        long rows = engine.rows();
        double cpu = Engine.cpuSeconds();
        progress.begin(number, step.words(), () -> engine.rows() - rows);
        NightStep.Result result = null;
        try {
            result = step.work().call();
        } finally {
            Audit.Step done = new Audit.Step(
                    step.name(),
                    started,
                    System.currentTimeMillis(),
                    result == null ? "failed" : "completed",
                    engine.rows() - rows + (result == null ? 0 : result.copied()),
                    engine.jobs() - jobs,
                    lake.commits() - commits,
                    Engine.cpuSeconds() - cpu);
            record(done);
        }
        progress.end(result.words());
    }

    /** Why a step failed is worth more than that this could not be recorded, which may have the same reason. */
    private void record(Audit.Step done) {
        try {
            audit.step(run, done);
        } catch (DataAccessException | TransactionException e) {
            if (done.status().equals("completed")) {
                throw e;
            }
            LogManager.getLogger(StepRunner.class).error("The failed step was not recorded", Trouble.forLog(e));
        }
    }
}
