package org.lacwarehouse.jobs.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
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
                "Makes up councils and measures nights, each started as a program of its own: a first load, one with"
                        + " nothing new, one with one dataset changed, and, of several councils, one with one council"
                        + " changed. Prints, and writes to benchmark.md in the folder, a table of the medians:"
                        + " wall-clock and processor seconds, rows, Spark jobs and Delta commits of each step, and the"
                        + " megabytes that were added to the warehouse.")
public final class BenchmarkCommand implements Callable<Integer> {
    private static final LocalDate AS_AT = LocalDate.of(2026, 3, 31);

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            required = true,
            description = "A folder that does not exist yet, for the landing zones and the warehouses.")
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

    @Option(
            names = "--repeats",
            paramLabel = "N",
            defaultValue = "1",
            description = "How often all nights are measured, one after the other. Default: ${DEFAULT-VALUE}.")
    private int repeats;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** A step of a night, or all of it, as it was measured. */
    private record Measured(double wall, double cpu, double rows, double jobs, double commits, double megabytes) {}

    /** What was measured, by night and step in the order in which they were first seen. */
    private final Map<String, Map<String, List<Measured>>> measured = new LinkedHashMap<>();

    @Override
    public Integer call() throws Exception {
        List<String> codes = Generator.authorities();
        if (Files.exists(dir)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    dir + " exists already; name a new folder, so that the first night is a first one.");
        }
        if (authorities < 1 || authorities > codes.size() || children < 1 || years < 1 || repeats < 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--authorities must be from 1 to " + codes.size()
                            + ", --children, --years and --repeats at least 1.");
        }
        PrintStream out = System.out;
        List<Double> loads = new ArrayList<>();
        for (int repeat = 1; repeat <= repeats; repeat++) {
            Path here = dir.resolve(String.valueOf(repeat));
            Path landing = here.resolve("landing");
            new Generator(landing, children, years, AS_AT, 1).write(codes.subList(0, authorities));
            for (String night : List.of("first load", "nothing new", "one dataset changed", "one council changed")) {
                if (night.equals("one council changed") && authorities == 1) {
                    continue;
                }
                if (night.equals("one dataset changed")) {
                    shorten(List.of(landing.resolve(codes.get(0) + "/social_care/" + AS_AT + "/reviews.csv")));
                } else if (night.equals("one council changed")) {
                    try (Stream<Path> files = Files.walk(landing.resolve(codes.get(0)))) {
                        shorten(files.filter(file -> file.toString().endsWith(".csv"))
                                .toList());
                    }
                }
                loads.add(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
                out.printf(Locale.UK, "%s, repeat %d of %d%n", night, repeat, repeats);
                if (!measure(here, night)) {
                    return Main.FAILED;
                }
            }
        }
        String report = report(loads);
        Files.writeString(dir.resolve("benchmark.md"), report);
        out.println();
        out.print(report);
        return Main.OK;
    }

    /** Takes the last line away from files of more than a few: a snapshot of which one row has changed. */
    private static void shorten(List<Path> files) throws IOException {
        for (Path file : files) {
            List<String> lines = Files.readAllLines(file);
            if (lines.size() > 10) {
                Files.write(file, lines.subList(0, lines.size() - 1));
            }
        }
    }

    /** Runs a night as a program of its own and notes what it took; false when it failed. */
    private boolean measure(Path here, String night) throws IOException, InterruptedException, SQLException {
        Path warehouse = here.resolve("warehouse");
        Path said = here.resolve("night.txt");
        double before = megabytes(warehouse);
        long started = System.nanoTime();
        ProcessBuilder program = new ProcessBuilder(Launcher.command(
                        "nightly",
                        "--landing",
                        here.resolve("landing").toString(),
                        "--warehouse",
                        warehouse.toString()))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        program.environment().remove("LAC_JDBC_URL");
        int code = program.start().waitFor();
        double wall = (System.nanoTime() - started) / 1e9;
        if (code != Main.OK && code != Main.REFUSALS) {
            spec.commandLine().getErr().println("The night failed with exit code " + code + "; see " + said);
            return false;
        }
        double added = megabytes(warehouse) - before;
        try (OpenDatabase database = EmbeddedDatabase.open(warehouse);
                Audit audit = Audit.open(database.database())) {
            Audit.Run run = audit.runs(1).get(0);
            List<Audit.Step> steps = audit.steps(run.id());
            double stepsWall = steps.stream().mapToDouble(Audit.Step::seconds).sum();
            double stepsCpu = steps.stream().mapToDouble(Audit.Step::cpuSeconds).sum();
            note(night, "start and end", new Measured(wall - stepsWall, run.cpuSeconds() - stepsCpu, 0, 0, 0, 0));
            for (Audit.Step step : steps) {
                note(
                        night,
                        step.name(),
                        new Measured(
                                step.seconds(),
                                step.cpuSeconds(),
                                step.rows(),
                                step.sparkJobs(),
                                step.deltaCommits(),
                                0));
            }
            note(
                    night,
                    "all",
                    new Measured(
                            wall,
                            run.cpuSeconds(),
                            steps.stream().mapToLong(Audit.Step::rows).sum(),
                            steps.stream().mapToInt(Audit.Step::sparkJobs).sum(),
                            steps.stream().mapToInt(Audit.Step::deltaCommits).sum(),
                            added));
        }
        return true;
    }

    private void note(String night, String step, Measured values) {
        measured.computeIfAbsent(night, n -> new LinkedHashMap<>())
                .computeIfAbsent(step, s -> new ArrayList<>())
                .add(values);
    }

    /** The size of the warehouse without its PostgreSQL, which keeps logs of its own. */
    private static double megabytes(Path warehouse) throws IOException {
        if (!Files.exists(warehouse)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(warehouse)) {
            return files.filter(file -> !file.startsWith(warehouse.resolve("postgres")))
                            .filter(Files::isRegularFile)
                            .mapToLong(file -> file.toFile().length())
                            .sum()
                    / 1e6;
        }
    }

    private String report(List<Double> loads) throws IOException {
        StringBuilder text = new StringBuilder(String.format(
                Locale.UK,
                "Councils: %d, children in each: %d, years: %d; medians of %d; %s, Java %s; load of the machine before a night:"
                        + " %.1f (median), %.1f (most)%n%n",
                authorities,
                children,
                years,
                repeats,
                machine(),
                System.getProperty("java.version"),
                median(loads),
                loads.stream().mapToDouble(load -> load).max().orElse(0)));
        text.append("| night | step | wall s | CPU s | rows | Spark jobs | Delta commits | MB added |\n")
                .append("|---|---|---|---|---|---|---|---|\n");
        measured.forEach((night, steps) -> steps.forEach((step, values) -> text.append(String.format(
                Locale.UK,
                "| %s | %s | %.1f | %.1f | %,.0f | %.0f | %.0f | %s |%n",
                night,
                step,
                median(values, Measured::wall),
                median(values, Measured::cpu),
                median(values, Measured::rows),
                median(values, Measured::jobs),
                median(values, Measured::commits),
                step.equals("all") ? String.format(Locale.UK, "%,.0f", median(values, Measured::megabytes)) : ""))));
        return text.toString();
    }

    private static String machine() throws IOException {
        String cores = Runtime.getRuntime().availableProcessors() + " cores";
        Path processors = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(processors)) {
            return cores;
        }
        return cores
                + Files.readAllLines(processors).stream()
                        .filter(line -> line.startsWith("model name"))
                        .findFirst()
                        .map(line ->
                                " of " + line.substring(line.indexOf(':') + 1).strip())
                        .orElse("");
    }

    private static double median(List<Measured> values, ToDoubleFunction<Measured> what) {
        return median(values.stream().map(what::applyAsDouble).toList());
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
