package org.lacwarehouse.jobs.night;

import java.nio.file.Path;
import java.time.LocalDate;

/**
 * What a night is asked to do.
 *
 * @param landing the landing zone
 * @param warehouse the warehouse folder
 * @param asAt the as-at date for every authority; null for the newest social care extract of each
 * @param months how many month ends back figures are computed for
 * @param conf a folder that lies over the packaged configuration, or null
 */
public record NightOptions(Path landing, Path warehouse, LocalDate asAt, int months, Path conf) {}
