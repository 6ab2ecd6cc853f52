package org.lacwarehouse.jobs.night;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Set;
import java.util.function.Supplier;
import org.lacwarehouse.pipeline.conf.Conf;

/**
 * What a night is asked to do.
 *
 * @param landing the landing zone
 * @param warehouse the warehouse folder
 * @param asAt the as-at date for every authority; null for the newest social care extract of each
 * @param months how many month ends back figures are computed for
 * @param conf reads the configuration; asked whenever a night begins
 * @param replay folders whose files are read again, such as {@code 826/social_care/2024-03-31}
 * @param acceptShrinkage datasets of which a file is accepted however few rows it has, such as {@code
 *     826/social_care/episodes}
 */
public record NightOptions(
        Path landing,
        Path warehouse,
        LocalDate asAt,
        int months,
        Supplier<Conf> conf,
        Set<String> replay,
        Set<String> acceptShrinkage) {
    /** A night that takes what has arrived and nothing else. */
    public NightOptions(Path landing, Path warehouse, LocalDate asAt, int months, Supplier<Conf> conf) {
        this(landing, warehouse, asAt, months, conf, Set.of(), Set.of());
    }
}
