package org.lacwarehouse.marts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/** Programs of others that tests take from npm's registry. */
public final class Npm {
    private Npm() {}

    /** Installs a package with its version; its programs are then in {@code node_modules/.bin} of the folder. */
    public static void install(Path folder, String packageAndVersion) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("npm", "install", "--silent", "--prefix", folder.toString(), packageAndVersion)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor())
                .as("npm install " + packageAndVersion)
                .isZero();
    }
}
