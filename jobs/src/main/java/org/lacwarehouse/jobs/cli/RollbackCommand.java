package org.lacwarehouse.jobs.cli;

import java.util.concurrent.Callable;
import org.lacwarehouse.jobs.Main;
import org.lacwarehouse.jobs.audit.Audit;
import org.lacwarehouse.jobs.database.OpenDatabase;
import org.lacwarehouse.marts.publish.Publication;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Brings the version of the marts back that people read before. */
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        description =
                "Brings the version of the marts back that people read before the last night, in one moment and without"
                        + " building anything. Doing it again undoes it. The next night publishes anew.")
public final class RollbackCommand implements Callable<Integer> {
    @Mixin
    private WarehouseMixin warehouse;

    @Mixin
    private DatabaseOptions databaseOptions;

    @Override
    public Integer call() throws Exception {
        try (OpenDatabase database = databaseOptions.openExisting(warehouse.folder());
                Audit audit = Audit.open(database.database())) {
            if (!audit.lock()) {
                throw new IllegalStateException(
                        "A night is loading " + database.database() + "; wait until it has ended, then run this again");
            }
            String version = new Publication(database.database()).rollBack();
            audit.rolledBack(version);
            System.out.println("People now read version " + version + " of the marts"
                    + audit.publishedBy(version)
                            .map(run -> ", which night " + run + " published")
                            .orElse("")
                    + ". The next night publishes anew.");
            return Main.OK;
        }
    }
}
