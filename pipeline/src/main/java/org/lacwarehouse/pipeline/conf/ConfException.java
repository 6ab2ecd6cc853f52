package org.lacwarehouse.pipeline.conf;

/**
 * A mistake in a configuration file, worded for the person who edits that file: the file, the line, what is wrong and
 * what would be right. It stops the program before anything has been read or written.
 */
public final class ConfException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message the complete sentence to show, file and line first */
    public ConfException(String message) {
        super(message);
    }
}
