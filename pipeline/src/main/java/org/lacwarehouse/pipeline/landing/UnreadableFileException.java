package org.lacwarehouse.pipeline.landing;

import java.io.IOException;

/**
 * A file that cannot be read as what its name says. The message is for the person who sent it: what is wrong, where, and
 * what to do; it never holds anything of the file's content.
 */
class UnreadableFileException extends IOException {
    private static final long serialVersionUID = 1;

    UnreadableFileException(String message) {
        super(message);
    }

    UnreadableFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
