package org.lacwarehouse.jobs.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.lacwarehouse.jobs.Main;
import org.lacwarehouse.jobs.database.EmbeddedDatabase;
import org.lacwarehouse.jobs.database.OpenDatabase;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Keeps the embedded database running for BI tools. */
@Command(
        name = "database",
        mixinStandardHelpOptions = true,
        description =
                "Keeps the embedded PostgreSQL of a warehouse running until Ctrl+C, so that a BI tool can read the"
                        + " marts. Nights may run meanwhile.")
public final class DatabaseCommand implements Callable<Integer> {
    @Option(
            names = "--warehouse",
            paramLabel = "DIR",
            defaultValue = "warehouse",
            description = "The warehouse folder. Default: ${DEFAULT-VALUE}.")
    private Path warehouse;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (!Files.isDirectory(warehouse.resolve("postgres"))) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "The warehouse " + warehouse + " has no embedded database; run a night without --jdbc-url first.");
        }
        OpenDatabase database = EmbeddedDatabase.openAndOwn(warehouse);
        System.out.println("JDBC URL: " + database.database().shownUrl() + ", schema mart");
        System.out.println("          user postgres, password in " + warehouse.resolve("postgres/password"));
        System.out.println("Ctrl+C stops the server.");
        new CountDownLatch(1).await();
        return Main.OK;
    }
}
