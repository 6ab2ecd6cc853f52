package org.lacwarehouse.jobs.night;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Shows how a night gets on: on a terminal one line that is rewritten, elsewhere a plain line when a step ends and every
 * half minute while it lasts.
 */
final class Progress implements AutoCloseable {
    private static final long PLAIN_EVERY_MILLIS = 30_000;

    private final PrintStream out;
    private final boolean terminal;
    private final int steps;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "progress");
        thread.setDaemon(true);
        return thread;
    });
    private int step;
    private String words = "";
    private long startedMillis;
    private long lastShownMillis;
    private LongSupplier rows = () -> 0;

    Progress(PrintStream out, boolean terminal, int steps) {
        this.out = out;
        this.terminal = terminal;
        this.steps = steps;
        clock.scheduleAtFixedRate(this::tick, 500, 500, TimeUnit.MILLISECONDS);
    }

    /** A step begins. */
    synchronized void begin(int number, String what, LongSupplier rowsSoFar) {
        step = number;
        words = what;
        rows = rowsSoFar;
        startedMillis = System.currentTimeMillis();
        lastShownMillis = startedMillis;
        if (terminal) {
            out.print("\r" + line(0));
            out.flush();
        }
    }

    /** The step has ended. */
    synchronized void end(String result) {
        String text = String.format(
                Locale.UK,
                "[%d/%d] %-28s %s, %.1f s",
                step,
                steps,
                words,
                result,
                (System.currentTimeMillis() - startedMillis) / 1000.0);
        out.println(terminal ? "\r" + text + "\u001b[K" : text);
        words = "";
    }

    private synchronized void tick() {
        if (words.isEmpty()) {
            return;
        }
        long now = System.currentTimeMillis();
        if (terminal) {
            out.print("\r" + line(now - startedMillis) + "\u001b[K");
            out.flush();
        } else if (now - lastShownMillis >= PLAIN_EVERY_MILLIS) {
            lastShownMillis = now;
            out.println(line(now - startedMillis));
        }
    }

    private String line(long millis) {
        return String.format(
                Locale.UK, "[%d/%d] %-28s %,d rows, %.0f s ...", step, steps, words, rows.getAsLong(), millis / 1000.0);
    }

    @Override
    public synchronized void close() {
        clock.shutdownNow();
        if (terminal && !words.isEmpty()) {
            out.println();
        }
    }
}
