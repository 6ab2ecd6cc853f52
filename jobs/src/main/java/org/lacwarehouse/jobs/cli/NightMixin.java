package org.lacwarehouse.jobs.cli;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.lake.Sessions;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What every night is given: where files arrive, where the warehouse is, and what it is configured with. */
final class NightMixin {
    @Option(names = "--landing", required = true, paramLabel = "DIR", description = "The landing zone.")
    private Path landing;

    @Option(
            names = "--warehouse",
            paramLabel = "DIR",
            defaultValue = "warehouse",
            description = "The warehouse folder; made if there is none. Default: ${DEFAULT-VALUE}.")
    private Path warehouse;

    @Option(
            names = "--months",
            paramLabel = "N",
            defaultValue = "60",
            description = "Month ends for which figures are computed. Default: ${DEFAULT-VALUE}.")
    private int months;

    @CommandLine.Mixin
    private ConfMixin conf;

    /** Says on which Spark cluster the work is done. */
    @Option(
            names = "--master",
            paramLabel = "URL",
            description =
                    "The Spark cluster to work on, such as spark://host:7077. Its workers need the landing zone, the"
                            + " warehouse folder and this program under the same paths. Default: the cores of this machine.")
    void master(String url) {
        System.setProperty(Sessions.MASTER, url);
    }

    @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
    private CommandLine.Model.CommandSpec spec;

    Path landing() {
        return landing;
    }

    Path warehouse() {
        return warehouse;
    }

    /** @throws CommandLine.ParameterException when it is not from 1 to 600 */
    int months() {
        if (months < 1 || months > 600) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--months must be from 1 to 600.");
        }
        return months;
    }

    /** The configuration, as it is whenever a night begins. */
    Supplier<Conf> conf() {
        return conf::read;
    }
}
