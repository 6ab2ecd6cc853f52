package org.lacwarehouse.jobs.night;

import java.util.function.BooleanSupplier;
import org.lacwarehouse.jobs.audit.Audit;
import org.lacwarehouse.pipeline.lake.Lake;

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
        String status = "failed";
        long copied = 0;
        try {
            NightStep.Result result = step.work().call();
            status = "completed";
            copied = result.copied();
            progress.end(result.words());
        } finally {
            audit.step(
                    run,
                    new Audit.Step(
                            step.name(),
                            started,
                            System.currentTimeMillis(),
                            status,
                            engine.rows() - rows + copied,
                            engine.jobs() - jobs,
                            lake.commits() - commits,
                            Engine.cpuSeconds() - cpu));
        }
    }
}
