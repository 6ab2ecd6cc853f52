package org.lacwarehouse.jobs.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which warehouse a command looks into, where the database is not named otherwise. */
final class WarehouseMixin {
    @Option(
            names = "--warehouse",
            paramLabel = "DIR",
            defaultValue = "warehouse",
            description = "The warehouse folder; needed when its embedded database is used. Default: ${DEFAULT-VALUE}.")
    private Path warehouse;

    Path folder() {
        return warehouse;
    }
}
