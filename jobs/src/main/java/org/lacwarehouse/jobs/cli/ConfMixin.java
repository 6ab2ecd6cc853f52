package org.lacwarehouse.jobs.cli;

import java.nio.file.Path;
import org.lacwarehouse.pipeline.conf.Conf;
import picocli.CommandLine.Option;

/** What the marts are configured with. */
final class ConfMixin {
    @Option(
            names = "--conf",
            paramLabel = "DIR",
            description = "Folder of configuration files that replace or add to the packaged ones, such as"
                    + " reports/a_children_in_care.yml. Give every command on a warehouse the same one.")
    private Path folder;

    /**
     * The configuration as it is now.
     *
     * @throws org.lacwarehouse.pipeline.conf.ConfException when the folder cannot be read
     */
    Conf read() {
        return folder == null ? Conf.packaged() : Conf.withOverrides(folder);
    }
}
