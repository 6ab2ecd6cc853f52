package org.lacwarehouse.jobs.night;

/** A night was asked to stop, and has after the step that was under way; the same request goes on there. */
public final class NightStoppedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    NightStoppedException(String next) {
        super("The night has stopped before " + next + ", as it was asked to; the next one goes on there");
    }
}
