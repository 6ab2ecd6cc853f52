package org.lacwarehouse.jobs.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.lacwarehouse.jobs.Main;
import org.lacwarehouse.jobs.audit.Audit;
import org.lacwarehouse.jobs.database.OpenDatabase;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists what is wrong with the files of an authority, for the person who sends them. */
@Command(
        name = "rejections",
        mixinStandardHelpOptions = true,
        description =
                "Lists the rejected and flagged rows of an authority's files by line, as they were read last, so that"
                        + " the sender can correct them. No value of any row is shown.")
public final class RejectionsCommand implements Callable<Integer> {
    @Option(
            names = "--authority",
            paramLabel = "CODE",
            required = true,
            description = "Three-digit code of the authority, or national.")
    private String authority;

    @Option(
            names = "--dataset",
            paramLabel = "NAME",
            description = "Only this dataset, such as episodes or social_care/episodes. Default: all.")
    private String dataset;

    @Mixin
    private WarehouseMixin warehouse;

    @Mixin
    private DatabaseOptions databaseOptions;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintStream out = System.out;
        String only = dataset == null ? "" : dataset.substring(dataset.lastIndexOf('/') + 1);
        String source = dataset == null || !dataset.contains("/") ? "" : dataset.substring(0, dataset.lastIndexOf('/'));
        try (OpenDatabase database = databaseOptions.openExisting(warehouse.folder());
                Audit audit = Audit.open(database.database())) {
            List<Audit.FileLine> files = audit.newestFiles(authority, source, only);
            if (files.isEmpty()) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        "No file of " + authority + (dataset == null ? "" : "/" + dataset)
                                + " has been read; `status` lists the files of the last night.");
            }
            for (Audit.FileLine file : files) {
                out.printf(
                        Locale.UK,
                        "%s/%s/%s/%s (%s): %s; %,d rows in = %,d kept + %,d duplicate + %,d rejected; %,d flagged%n",
                        file.authority(),
                        file.source(),
                        file.extractDate(),
                        file.fileName(),
                        file.dataset(),
                        file.status() + (file.reason().isEmpty() ? "" : ", " + file.reason()),
                        file.rowsIn(),
                        file.rowsKept(),
                        file.rowsDuplicate(),
                        file.rowsQuarantined(),
                        file.rowsFlagged());
                audit.eachRejection(
                        file,
                        line -> out.printf(
                                Locale.UK,
                                "  line %-7d %-8s %-20s %-20s %s%n",
                                line.lineNumber(),
                                line.isQuarantined() ? "rejected" : "noted",
                                line.rule(),
                                line.column(),
                                line.reason()));
            }
            return Main.OK;
        }
    }
}
