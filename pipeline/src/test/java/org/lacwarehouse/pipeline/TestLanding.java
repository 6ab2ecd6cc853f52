package org.lacwarehouse.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Puts files into a landing zone, each folder complete. */
public final class TestLanding {
    private TestLanding() {}

    /** Writes a file by its path below the landing zone; returns its folder. */
    public static Path put(Path landing, String path, String text) throws IOException {
        Path file = landing.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.write(file.getParent().resolve("_READY"), new byte[0]);
        return file.getParent();
    }
}
