package org.lacwarehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
    private static final String QUICK = "-XX:TieredStopAtLevel=1";

    @TempDir
    Path folder;

    @Test
    void manyCouncilsAreCompiledWellAndAllElseQuickly() throws IOException {
        Path few = landing("few", Launcher.MANY_BYTES - 10_000_000);
        Path many = landing("many", Launcher.MANY_BYTES);
        assertThat(Launcher.command("nightly", "--landing", few.toString())).contains(QUICK, "-Xmn1200m");
        assertThat(Launcher.command("nightly", "--landing", many.toString())).doesNotContain(QUICK, "-Xmn1200m");
        assertThat(Launcher.command("nightly", "--landing=" + many, "--months", "12"))
                .doesNotContain(QUICK);

        assertThat(Launcher.command(
                        "nightly", "--landing", folder.resolve("nowhere").toString()))
                .contains(QUICK);
        assertThat(Launcher.command("nightly", "--landing", "\u0000")).contains(QUICK);
        assertThat(Launcher.command("nightly", "--landing")).contains(QUICK);
        assertThat(Launcher.command("demo")).contains(QUICK);
    }

    private Path landing(String name, long bytes) throws IOException {
        Path file = folder.resolve(name).resolve("826/social_care/2024-03-31/episodes.csv");
        Files.createDirectories(file.getParent());
        try (RandomAccessFile extract = new RandomAccessFile(file.toFile(), "rw")) {
            extract.setLength(bytes);
        }
        return folder.resolve(name);
    }
}
