package org.lacwarehouse.jobs.serve;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.lacwarehouse.jobs.Main;
import org.lacwarehouse.jobs.night.NightStoppedException;
import org.springframework.scheduling.support.CronExpression;

/** Runs one night after the other at the times of a cron expression, until it is asked to stop. */
public final class Schedule {
    /** A night. */
    public interface Nightly {
        /**
         * Runs the night.
         *
         * @return its exit code
         */
        int run() throws Exception;

        /** Asks the night to end after the step that is under way. */
        void stop();
    }

    private final CronExpression cron;
    private final Nightly nightly;
    private final Watch watch;
    private final PrintStream out;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * @param cron when nights begin, in UTC
     * @param watch is told how they go
     */
    public Schedule(CronExpression cron, Nightly nightly, Watch watch, PrintStream out) {
        this.cron = cron;
        this.nightly = nightly;
        this.watch = watch;
        this.out = out;
    }

    /** Ends the schedule: no further night begins, and one that runs ends after the step that is under way. */
    public void stop() {
        stopped.countDown();
        nightly.stop();
    }

    /**
     * Runs nights until it is stopped.
     *
     * @return the exit code of the last night that ran to its end
     */
    public int run() throws InterruptedException {
        int code = Main.OK;
        while (stopped.getCount() > 0) {
            ZonedDateTime next = cron.next(ZonedDateTime.now(ZoneOffset.UTC));
            if (next == null) {
                out.println("The schedule has no further time; nothing more will run.");
                return code;
            }
            watch.scheduled(next.toInstant());
            out.println("Next night: " + next.truncatedTo(ChronoUnit.SECONDS).toLocalDateTime() + " UTC");
            Duration wait = Duration.between(Instant.now(), next.toInstant());
            if (stopped.await(Math.max(0, wait.toMillis()), TimeUnit.MILLISECONDS)) {
                return code;
            }
            code = night(code);
        }
        return code;
    }

    private int night(int before) {
        Instant began = Instant.now();
        watch.began();
        String outcome = "failed";
        String trouble = "";
        int code = Main.FAILED;
        try {
            code = nightly.run();
            outcome = code == Main.OK ? "completed" : "refusals";
            trouble = code == Main.OK
                    ? ""
                    : "The last night refused files; `status` and its run report say which and why";
        } catch (NightStoppedException e) {
            outcome = "stopped";
            code = before;
            out.println(e.getMessage());
        } catch (Exception e) {
            trouble = Objects.toString(e.getMessage(), e.getClass().getSimpleName());
        }
        if (!trouble.isEmpty()) {
            out.println("A person is needed: " + trouble);
        }
        Instant end = Instant.now();
        watch.ended(outcome, Duration.between(began, end), end, trouble);
        return code;
    }
}
