package org.lacwarehouse.jobs.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.lacwarehouse.jobs.Main;
import org.lacwarehouse.jobs.audit.Audit;
import org.lacwarehouse.jobs.database.OpenDatabase;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what the last nights did. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Says what the last nights did: steps, files, rows in, kept and rejected.")
public final class StatusCommand implements Callable<Integer> {
    @Mixin
    private WarehouseMixin warehouse;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "5",
            description = "How many nights to list. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Mixin
    private DatabaseOptions databaseOptions;

    @Override
    public Integer call() throws Exception {
        PrintStream out = System.out;
        try (OpenDatabase database = databaseOptions.openExisting(warehouse.folder());
                Audit audit = Audit.open(database.database())) {
            List<Audit.Run> nights = audit.runs(runs);
            if (nights.isEmpty()) {
                out.println("No night has run yet.");
                return Main.OK;
            }
            out.printf("%-6s %-17s %-12s %9s  %s%n", "Night", "Began (UTC)", "As at", "Seconds", "Status");
            for (Audit.Run night : nights) {
                out.printf(
                        Locale.UK,
                        "%-6d %-17s %-12s %9.1f  %s%n",
                        night.id(),
                        night.startedAt(),
                        night.asAt().map(Object::toString).orElse("-"),
                        night.seconds(),
                        night.status().replace('_', ' ') + (night.isLive() ? ", its marts are live" : ""));
            }
            Audit.Run newest = nights.stream()
                    .filter(night -> !night.status().equals("unchanged"))
                    .findFirst()
                    .orElse(nights.get(0));
            show(out, audit, newest.id());
            List<Audit.OlderData> older = audit.olderData();
            if (!older.isEmpty()) {
                out.printf("%nMarts that stand on older data, because the newest file was refused%n");
            }
            for (Audit.OlderData data : older) {
                out.printf(
                        "%s %s/%s of %s: %s %s%n    %s%n",
                        data.authority(),
                        data.source(),
                        data.dataset(),
                        data.refused(),
                        data.marts().isEmpty() ? "the marts" : data.marts(),
                        data.instead(),
                        data.reason());
            }
            return Main.OK;
        }
    }

    private static void show(PrintStream out, Audit audit, long run) throws Exception {
        List<Audit.Step> steps = audit.steps(run);
        if (!steps.isEmpty()) {
            out.printf("%nSteps of night %d%n", run);
            out.printf(
                    "%-10s %-10s %9s %9s %12s %11s %14s%n",
                    "Step", "Status", "Seconds", "CPU s", "Rows", "Spark jobs", "Delta commits");
            for (Audit.Step step : steps) {
                out.printf(
                        Locale.UK,
                        "%-10s %-10s %9.1f %9.1f %,12d %11d %14d%n",
                        step.name(),
                        step.status(),
                        step.seconds(),
                        step.cpuSeconds(),
                        step.rows(),
                        step.sparkJobs(),
                        step.deltaCommits());
            }
        }
        List<Audit.FileLine> files = audit.files(run);
        if (!files.isEmpty()) {
            out.printf("%nFiles of night %d%n", run);
            String line = "%-50s %-9s %10s %10s %10s %10s %10s%n";
            out.printf(line, "File", "Status", "Rows in", "Kept", "Duplicate", "Rejected", "Flagged");
            for (Audit.FileLine file : files) {
                out.printf(
                        Locale.UK,
                        line.replace("10s", ",10d"),
                        file.authority() + "/" + file.source() + "/" + file.extractDate() + "/" + file.fileName()
                                + (file.fileName().startsWith(file.dataset() + ".") ? "" : ": " + file.dataset()),
                        file.status(),
                        file.rowsIn(),
                        file.rowsKept(),
                        file.rowsDuplicate(),
                        file.rowsQuarantined(),
                        file.rowsFlagged());
                if (!file.reason().isEmpty()) {
                    out.println("    " + file.reason());
                }
            }
            out.printf(
                    Locale.UK,
                    line.replace("10s", ",10d"),
                    "All files",
                    "",
                    files.stream().mapToLong(Audit.FileLine::rowsIn).sum(),
                    files.stream().mapToLong(Audit.FileLine::rowsKept).sum(),
                    files.stream().mapToLong(Audit.FileLine::rowsDuplicate).sum(),
                    files.stream().mapToLong(Audit.FileLine::rowsQuarantined).sum(),
                    files.stream().mapToLong(Audit.FileLine::rowsFlagged).sum());
        }
        List<Audit.MatchRate> rates = audit.matchRates(run);
        if (!rates.isEmpty()) {
            out.printf("%nPeople matched to children in night %d%n", run);
            for (Audit.MatchRate rate : rates) {
                out.printf(
                        Locale.UK,
                        "%,10d of %,d  %5.1f%%  %s %s (%s)%n",
                        rate.matched(),
                        rate.people(),
                        rate.percent(),
                        rate.authority(),
                        rate.source(),
                        rate.kinds());
            }
        }
        List<Audit.RuleCount> rules = audit.rules(run);
        if (!rules.isEmpty()) {
            out.printf("%nRejections and flags of night %d by rule%n", run);
            for (Audit.RuleCount rule : rules) {
                out.printf(
                        Locale.UK,
                        "%,10d  %-8s %s %s %s %s%n",
                        rule.rows(),
                        rule.effect(),
                        rule.authority(),
                        rule.dataset(),
                        rule.rule(),
                        rule.column());
            }
        }
    }
}
