package org.lacwarehouse.jobs.cli;

import java.io.PrintStream;
import java.nio.file.Files;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.lacwarehouse.jobs.database.OpenDatabase;
import org.lacwarehouse.jobs.night.Night;
import org.lacwarehouse.jobs.night.NightOptions;
import org.lacwarehouse.jobs.night.WarehouseFolder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a night. */
@Command(
        name = "nightly",
        mixinStandardHelpOptions = true,
        description = "Reads what has arrived in the landing zone, builds the marts and publishes them to PostgreSQL. A"
                + " night that was interrupted is resumed by the same command.")
public final class NightlyCommand implements Callable<Integer> {
    @Mixin
    private NightMixin night;

    @Option(
            names = "--as-at",
            paramLabel = "DATE",
            description = "Figures as at this date, from the snapshots then in force, such as 2024-03-31. Default: the"
                    + " newest social care extract of each authority.")
    private LocalDate asAt;

    @Option(
            names = "--replay",
            arity = "3",
            paramLabel = "AUTHORITY SOURCE DATE",
            description = "Reads the files of a folder again although they are known, such as --replay 826 social_care"
                    + " 2024-03-31: after a council's spelling was added, or when a layer has been damaged. May be given"
                    + " several times.")
    private List<String> replay = List.of();

    @Option(
            names = "--accept-shrinkage",
            paramLabel = "AUTHORITY/SOURCE/DATASET",
            description =
                    "Accepts a file of this dataset although it has no rows or fewer than half of those before, such"
                            + " as 826/social_care/episodes. May be given several times.")
    private List<String> acceptShrinkage = List.of();

    @Mixin
    private DatabaseOptions databaseOptions;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        int months = night.months();
        for (String slice : acceptShrinkage) {
            if (!slice.matches("[^/]+/[^/]+/[^/]+")) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        "--accept-shrinkage: `" + slice + "` is not written like 826/social_care/episodes.");
            }
        }
        PrintStream out = System.out;
        new WarehouseFolder(night.warehouse()).log();
        try (OpenDatabase database = databaseOptions.open(night.warehouse())) {
            NightOptions options = new NightOptions(
                    night.landing(),
                    night.warehouse(),
                    asAt,
                    months,
                    night.conf(),
                    folders(),
                    Set.copyOf(acceptShrinkage));
            Night.Result result = new Night(options, database.database(), out).run();
            out.println("Marts:      " + database.database().shownUrl() + ", schema mart"
                    + (database.hint().isEmpty() ? "" : " (" + database.hint() + ")"));
            out.println("Run report: " + result.report());
            return result.exitCode();
        }
    }

    /** The folders to read again: of every three words authority, source and extract date one path. */
    private Set<String> folders() {
        Set<String> folders = new TreeSet<>();
        for (int i = 0; i + 2 < replay.size(); i += 3) {
            String folder = String.join("/", replay.subList(i, i + 3));
            if (!Files.isDirectory(night.landing().resolve(folder))) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "--replay: the landing zone has no folder " + folder + ".");
            }
            folders.add(folder);
        }
        return folders;
    }
}
