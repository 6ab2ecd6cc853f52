package org.lacwarehouse.jobs.night;

import java.util.List;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.builder.SimpleJobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.batch.infrastructure.support.transaction.ResourcelessTransactionManager;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The night as a Spring Batch job: one tasklet a step; Spark reads and writes, Batch remembers where to resume. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class NightConfiguration {
    static final String JOB = "nightly";

    /** The steps of a night in order. */
    static List<NightStep> steps(NightWork work) {
        return List.of(
                new NightStep("bronze", "reading files", work::readFiles),
                new NightStep("silver", "checking rows", work::checkRows),
                new NightStep("match", "matching people", work::matchPeople),
                new NightStep("gold", "building marts", work::buildMarts),
                new NightStep("publish", "publishing", work::publish),
                new NightStep("report", "writing the report", work::report));
    }

    @Bean
    Job nightly(JobRepository repository, NightWork work, StepRunner runner) {
        SimpleJobBuilder job = null;
        int number = 0;
        for (NightStep step : steps(work)) {
            Step built = step(repository, step, ++number, runner);
            job = job == null ? new JobBuilder(JOB, repository).start(built) : job.next(built);
        }
        return job.build();
    }

    private static Step step(JobRepository repository, NightStep step, int number, StepRunner runner) {
        // The work of a step is not a database transaction: it may take minutes, and is safe to do twice.
        return new StepBuilder(step.name(), repository)
                .tasklet(
                        (contribution, context) -> {
                            runner.run(step, number);
                            return RepeatStatus.FINISHED;
                        },
                        new ResourcelessTransactionManager())
                .build();
    }
}
