package org.lacwarehouse.pipeline.landing;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;

/**
 * A file that lies in a complete folder of the landing zone and has not been read before.
 *
 * @param path where it lies
 * @param file its path below the landing zone, the name under which it is reported
 * @param authority DfE's three-digit code, or {@code national}
 * @param source the system it comes from
 * @param extractDate the date on which the source system was extracted: the name of its folder
 * @param bytes its size
 * @param modified when it was last changed, in milliseconds since 1970
 * @param sha256 the hash of its bytes, 64 hexadecimal digits
 */
public record Arrival(
        Path path,
        String file,
        String authority,
        String source,
        LocalDate extractDate,
        long bytes,
        long modified,
        String sha256) {

    /** Where it lies, after another look that no symbolic link has come between. */
    Path stillInside() throws IOException {
        Path landing = path;
        for (int i = 0; i < Path.of(file).getNameCount(); i++) {
            landing = landing.getParent() == null ? Path.of("") : landing.getParent();
        }
        return LandingZone.inside(landing, file);
    }
}
