package org.lacwarehouse.jobs.cli;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import org.lacwarehouse.jobs.Main;
import org.lacwarehouse.jobs.database.OpenDatabase;
import org.lacwarehouse.jobs.pack.PanelPack;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the pack for a panel of councillors. */
@Command(
        name = "pack",
        mixinStandardHelpOptions = true,
        description =
                "Writes the panel pack of an authority at a month end: all tables and charts as one HTML page that"
                        + " opens and prints without a network, and as a workbook.")
public final class PackCommand implements Callable<Integer> {
    @Option(
            names = "--authority",
            paramLabel = "CODE",
            required = true,
            description = "Three-digit code of the authority.")
    private String authority;

    @Option(
            names = "--as-at",
            paramLabel = "DATE",
            required = true,
            description = "A month end at which the published marts have figures, such as 2024-03-31.")
    private LocalDate asAt;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Folder for the files panel-pack-CODE-DATE.html and .xlsx; made if there is none.")
    private Path out;

    @Option(
            names = "--public",
            description = "Write the copy that may be shared: from schema mart_public alone, with counts of 1 to 5"
                    + " suppressed. An account with the role mart_public_reader is enough for it.")
    private boolean isPublic;

    @Mixin
    private ConfMixin conf;

    @Mixin
    private WarehouseMixin warehouse;

    @Mixin
    private DatabaseOptions databaseOptions;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PanelPack pack = new PanelPack(conf.read());
        try (OpenDatabase database = databaseOptions.openExisting(warehouse.folder())) {
            for (Path file : pack.write(database.database(), authority, asAt, isPublic, out)) {
                System.out.println(file);
            }
            return Main.OK;
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}
