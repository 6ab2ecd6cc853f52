package org.lacwarehouse.jobs.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.lacwarehouse.jobs.Launcher;
import org.lacwarehouse.jobs.Main;
import org.lacwarehouse.jobs.audit.Audit;
import org.lacwarehouse.jobs.database.EmbeddedDatabase;
import org.lacwarehouse.jobs.database.OpenDatabase;
import org.lacwarehouse.jobs.generate.Generator;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures nights end to end, each in a program of its own as an operator would start it. */
@Command(
        name = "benchmark",
        mixinStandardHelpOptions = true,
        description =
                "Makes up councils and measures a first night and one with nothing new, each started as a program of"
                        + " its own: wall-clock and processor seconds, Spark jobs and Delta commits of each step.")
public final class BenchmarkCommand implements Callable<Integer> {
    private static final LocalDate AS_AT = LocalDate.of(2026, 3, 31);

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            required = true,
            description = "A folder that does not exist yet, for the landing zone and the warehouse.")
    private Path dir;

    @Option(
            names = "--authorities",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many councils. Default: ${DEFAULT-VALUE}.")
    private int authorities;

    @Option(
            names = "--children",
            paramLabel = "N",
            defaultValue = "400",
            description = "Children looked after in each. Default: ${DEFAULT-VALUE}.")
    private int children;

    @Option(
            names = "--years",
            paramLabel = "N",
            defaultValue = "6",
            description = "Years of history. Default: ${DEFAULT-VALUE}.")
    private int years;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        List<String> codes = Generator.authorities();
        if (Files.exists(dir)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    dir + " exists already; name a new folder, so that the first night is a first one.");
        }
        if (authorities < 1 || authorities > codes.size() || children < 1 || years < 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--authorities must be from 1 to " + codes.size() + ", --children and --years at least 1.");
        }
        PrintStream out = System.out;
        new Generator(dir.resolve("landing"), children, years, AS_AT, 1).write(codes.subList(0, authorities));
        out.printf(
                Locale.UK,
                "%d councils x %d children x %d years, %d cores%n%n",
                authorities,
                children,
                years,
                Runtime.getRuntime().availableProcessors());
        out.printf(
                "%-16s %-14s %9s %9s %12s %11s %14s%n",
                "Night", "Step", "Wall s", "CPU s", "Rows", "Spark jobs", "Delta commits");
        for (String night : List.of("first load", "nothing new")) {
            double wall = night();
            if (wall < 0) {
                return Main.FAILED;
            }
            show(out, night, wall);
        }
        return Main.OK;
    }

    /** Runs a night as a program of its own; returns the seconds it took, or -1 when it failed. */
    private double night() throws IOException, InterruptedException {
        Path said = dir.resolve("night.txt");
        long started = System.nanoTime();
        ProcessBuilder program = new ProcessBuilder(Launcher.command(
                        "nightly",
                        "--landing",
                        dir.resolve("landing").toString(),
                        "--warehouse",
                        dir.resolve("warehouse").toString()))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        program.environment().remove("LAC_JDBC_URL");
        int code = program.start().waitFor();
        double seconds = (System.nanoTime() - started) / 1e9;
        if (code != Main.OK) {
            spec.commandLine().getErr().println("The night failed with exit code " + code + "; see " + said);
            return -1;
        }
        return seconds;
    }

    private void show(PrintStream out, String night, double wall) throws SQLException, IOException {
        try (OpenDatabase database = EmbeddedDatabase.open(dir.resolve("warehouse"));
                Audit audit = Audit.open(database.database())) {
            Audit.Run run = audit.runs(1).get(0);
            List<Audit.Step> steps = new ArrayList<>(audit.steps(run.id()));
            double before = run.cpuSeconds()
                    - steps.stream().mapToDouble(Audit.Step::cpuSeconds).sum();
            line(
                    out,
                    night,
                    "start and end",
                    wall - steps.stream().mapToDouble(Audit.Step::seconds).sum(),
                    before,
                    0,
                    0,
                    0);
            for (Audit.Step step : steps) {
                line(
                        out,
                        night,
                        step.name(),
                        step.seconds(),
                        step.cpuSeconds(),
                        step.rows(),
                        step.sparkJobs(),
                        step.deltaCommits());
            }
            line(
                    out,
                    night,
                    "all",
                    wall,
                    run.cpuSeconds(),
                    steps.stream().mapToLong(Audit.Step::rows).sum(),
                    steps.stream().mapToInt(Audit.Step::sparkJobs).sum(),
                    steps.stream().mapToInt(Audit.Step::deltaCommits).sum());
        }
    }

    private static void line(
            PrintStream out, String night, String step, double wall, double cpu, long rows, int jobs, int commits) {
        out.printf(Locale.UK, "%-16s %-14s %9.1f %9.1f %,12d %11d %14d%n", night, step, wall, cpu, rows, jobs, commits);
    }
}
