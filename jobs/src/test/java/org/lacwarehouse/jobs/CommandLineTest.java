package org.lacwarehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "generate",
                "nightly",
                "status",
                "database",
                "benchmark",
                "forget",
                "explain",
                "powerbi",
                "metabase",
                "provision",
                "pack",
                "serve",
                "rollback",
                "rejections"
            })
    void everyCommandExplainsItself(String command) {
        assertThat(Main.execute(command, "--help")).isEqualTo(Main.OK);
    }

    @Test
    void wrongUsageIsToldFromFailure() {
        assertThat(Main.execute()).isEqualTo(Main.USAGE);
        assertThat(Main.execute("nightly")).isEqualTo(Main.USAGE);
        assertThat(Main.execute("nightly", "--landing", "x", "--as-at", "31/03/2024"))
                .isEqualTo(Main.USAGE);
        assertThat(Main.execute("nightly", "--landing", "x", "--months", "0")).isEqualTo(Main.USAGE);
        assertThat(Main.execute("generate", "--out", folder.toString(), "--authorities", "Medway"))
                .isEqualTo(Main.USAGE);
        assertThat(Main.execute("nightly", "--landing", "x", "--jdbc-url", "jdbc:mysql://x", "--warehouse", "x"))
                .isEqualTo(Main.USAGE);
        assertThat(Main.execute(
                        "nightly",
                        "--landing",
                        folder.toString(),
                        "--warehouse",
                        folder.resolve("w").toString(),
                        "--jdbc-url",
                        "jdbc:postgresql://127.0.0.1:1/none"))
                .isEqualTo(Main.FAILED);
    }

    @Test
    void theSameOptionsWriteTheSameBytesWhicheverCouncilsAreWrittenWithThem() throws IOException {
        generate("one", "826", "5");
        generate("two", "887,826", "5");
        generate("other", "826", "6");

        String council = "826/social_care/2024-03-31/episodes.csv";
        assertThat(folder.resolve("two").resolve(council))
                .hasSameBinaryContentAs(folder.resolve("one").resolve(council));
        assertThat(Files.mismatch(
                        folder.resolve("other").resolve(council),
                        folder.resolve("one").resolve(council)))
                .isNotNegative();
        try (Stream<Path> paths = Files.walk(folder.resolve("two"))) {
            assertThat(paths.filter(path -> path.endsWith("_READY"))).hasSize(9);
        }
    }

    private void generate(String out, String authorities, String seed) {
        assertThat(Main.execute(
                        "generate",
                        "--out",
                        folder.resolve(out).toString(),
                        "--authorities",
                        authorities,
                        "--children",
                        "10",
                        "--years",
                        "2",
                        "--as-at",
                        "2024-03-31",
                        "--seed",
                        seed))
                .isEqualTo(Main.OK);
    }
}
