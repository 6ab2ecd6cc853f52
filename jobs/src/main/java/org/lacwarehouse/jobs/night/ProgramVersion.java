package org.lacwarehouse.jobs.night;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.lacwarehouse.marts.gold.GoldBuild;
import org.lacwarehouse.pipeline.lake.Digest;
import org.lacwarehouse.pipeline.lake.Lake;

/** Tells one build of the program from another: what was computed by another build is computed again. */
final class ProgramVersion {
    private ProgramVersion() {}

    /** A digest of the jars that compute figures; when run from class folders, a constant. */
    static String digest() {
        StringBuilder parts = new StringBuilder();
        for (Class<?> part : List.of(Lake.class, GoldBuild.class)) {
            try {
                Path code = Path.of(
                        part.getProtectionDomain().getCodeSource().getLocation().toURI());
                parts.append(
                        Files.isRegularFile(code)
                                ? HexFormat.of().formatHex(Digest.sha256().digest(Files.readAllBytes(code)))
                                : "classes");
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return Digest.of(parts.toString());
    }
}
