package org.lacwarehouse.jobs.database;

import java.io.Closeable;
import org.lacwarehouse.marts.publish.Database;

/**
 * A database that is ready to be used, and what is to be done when it no longer is.
 *
 * @param database the database
 * @param hint what a person needs besides the URL to connect a BI tool; empty when nothing
 * @param onClose stops what was started for it
 */
public record OpenDatabase(Database database, String hint, Runnable onClose) implements Closeable {
    /** A database that somebody else runs. */
    public static OpenDatabase of(Database database) {
        return new OpenDatabase(database, "", () -> {});
    }

    @Override
    public void close() {
        onClose.run();
    }
}
