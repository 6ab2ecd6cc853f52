package org.lacwarehouse.jobs.cli;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import org.lacwarehouse.jobs.database.OpenDatabase;
import org.lacwarehouse.jobs.night.Forget;
import org.lacwarehouse.jobs.night.NightOptions;
import org.lacwarehouse.jobs.night.WarehouseFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Erases a person. */
@Command(
        name = "forget",
        mixinStandardHelpOptions = true,
        description =
                "Erases a child from every layer, history and logs included, rebuilds the marts without it, and proves"
                        + " by looking everywhere that nothing is left. An erasure that was interrupted is finished by the same"
                        + " command.")
public final class ForgetCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "AUTHORITY", description = "Three-digit code of the authority.")
    private String authority;

    @Parameters(index = "1", paramLabel = "CHILD", description = "The council's own id of the child.")
    private String child;

    @Option(
            names = "--warehouse",
            paramLabel = "DIR",
            defaultValue = "warehouse",
            description = "The warehouse folder. Default: ${DEFAULT-VALUE}.")
    private Path warehouse;

    @Option(
            names = "--landing",
            paramLabel = "DIR",
            description = "The landing zone: names only those files of the child that still lie there.")
    private Path landing;

    @Option(
            names = "--as-at",
            paramLabel = "DATE",
            description = "As given to nightly, so that the marts are rebuilt for the same date.")
    private LocalDate asAt;

    @Option(
            names = "--months",
            paramLabel = "N",
            defaultValue = "60",
            description = "As given to nightly. Default: ${DEFAULT-VALUE}.")
    private int months;

    @Mixin
    private ConfMixin conf;

    @Mixin
    private DatabaseOptions databaseOptions;

    @Override
    public Integer call() throws Exception {
        try (OpenDatabase database = databaseOptions.openExisting(warehouse)) {
            new WarehouseFolder(warehouse).log();
            return new Forget(
                            new NightOptions(landing, warehouse, asAt, months, conf::read),
                            authority,
                            child,
                            database.database(),
                            System.out)
                    .run();
        }
    }
}
