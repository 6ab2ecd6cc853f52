package org.lacwarehouse.jobs.night;

import java.nio.file.FileSystemException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.spark.SparkThrowable;

/**
 * What went wrong, for people and for the log. Spark puts the values into its messages that it could not work with, which
 * may be a child's: of its failures only the kind is told.
 */
final class Trouble {
    private static final List<String> FULL =
            List.of("No space left on device", "Disk quota exceeded", "Not enough space");
    private static final String DISK_FULL_IN_POSTGRES = "53100";

    private Trouble() {}

    /**
     * Whether a failure comes from the machine and not from what it worked on, so that nothing else could have been done
     * either: a full disk, too little memory, a database that is gone, a session that was ended.
     */
    static boolean isOfTheMachine(Throwable failure) {
        return isDiskFull(failure)
                || causes(failure).stream()
                        .anyMatch(cause -> cause instanceof VirtualMachineError
                                || cause instanceof InterruptedException
                                || cause instanceof SQLException
                                || message(cause).contains("OutOfMemoryError")
                                || message(cause).contains("SparkContext was shut down")
                                || message(cause).contains("stopped SparkContext"));
    }

    /** What went wrong, in one line: what this program says of it, and what first went wrong. */
    static String words(Throwable failure) {
        String said = "";
        List<Throwable> causes = causes(failure);
        Throwable first = causes.get(causes.size() - 1);
        for (Throwable cause : causes) {
            if (cause != first && isOurs(cause)) {
                said = cause.getMessage() + ": ";
                break;
            }
        }
        for (Throwable cause : causes) {
            if (cause instanceof SQLException sql) {
                String state = Objects.toString(sql.getSQLState(), "");
                if (state.equals(DISK_FULL_IN_POSTGRES)) {
                    return said + "the disk of PostgreSQL is full; free some space there";
                }
                if (state.startsWith("08") || state.startsWith("57P")) {
                    return said + "the connection to PostgreSQL was lost (" + line(cause) + "); see that it runs";
                }
            }
        }
        if (isDiskFull(failure)) {
            return said + "the disk is full; free some space";
        }
        return said + (isOurs(first) ? line(first) : kind(first) + (isSafe(first) ? ": " + line(first) : ""));
    }

    /** A failure as the log may hold it: where it happened, and of its messages those that hold no value of a row. */
    static Throwable forLog(Throwable failure) {
        List<Throwable> causes = causes(failure);
        Throwable written = null;
        for (int i = causes.size() - 1; i >= 0; i--) {
            Throwable cause = causes.get(i);
            written = new Throwable(kind(cause) + (isSafe(cause) ? ": " + message(cause) : ""), written);
            written.setStackTrace(cause.getStackTrace());
        }
        return written;
    }

    private static boolean isDiskFull(Throwable failure) {
        return causes(failure).stream().anyMatch(cause -> FULL.stream()
                .anyMatch(words -> message(cause).contains(words)));
    }

    /** A failure and its causes, the first of all last. */
    private static List<Throwable> causes(Throwable failure) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
            causes.add(cause);
        }
        return causes;
    }

    private static String kind(Throwable failure) {
        String name = failure.getClass().getSimpleName();
        return failure instanceof SparkThrowable spark && spark.getCondition() != null
                ? name + " " + spark.getCondition()
                : name;
    }

    private static boolean isSafe(Throwable failure) {
        return isOurs(failure) || failure instanceof SQLException || failure instanceof FileSystemException;
    }

    /** Whether this program has put a failure into words. */
    private static boolean isOurs(Throwable failure) {
        return failure instanceof IllegalStateException
                && failure.getMessage() != null
                && failure.getStackTrace().length > 0
                && failure.getStackTrace()[0].getClassName().startsWith("org.lacwarehouse.");
    }

    private static String message(Throwable failure) {
        return Objects.toString(failure.getMessage(), "");
    }

    private static String line(Throwable failure) {
        return message(failure).lines().findFirst().orElse("");
    }
}
