package org.lacwarehouse.jobs;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.concurrent.TimeUnit;
import org.lacwarehouse.jobs.cli.BenchmarkCommand;
import org.lacwarehouse.jobs.cli.DatabaseCommand;
import org.lacwarehouse.jobs.cli.DemoCommand;
import org.lacwarehouse.jobs.cli.ExplainCommand;
import org.lacwarehouse.jobs.cli.ForgetCommand;
import org.lacwarehouse.jobs.cli.GenerateCommand;
import org.lacwarehouse.jobs.cli.MetabaseCommand;
import org.lacwarehouse.jobs.cli.NightlyCommand;
import org.lacwarehouse.jobs.cli.PackCommand;
import org.lacwarehouse.jobs.cli.PowerBiCommand;
import org.lacwarehouse.jobs.cli.ProvisionCommand;
import org.lacwarehouse.jobs.cli.RejectionsCommand;
import org.lacwarehouse.jobs.cli.RollbackCommand;
import org.lacwarehouse.jobs.cli.ServeCommand;
import org.lacwarehouse.jobs.cli.StatusCommand;
import org.lacwarehouse.pipeline.conf.ConfException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of LAC Warehouse. */
@Command(
        name = "lac-warehouse",
        mixinStandardHelpOptions = true,
        version = "LAC Warehouse 1.0",
        description = {
            "Builds the marts about children looked after and care leavers, and publishes them to PostgreSQL.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 all good, 3 completed and some files were refused, 1 failed, 2 wrong usage.",
            "`lac-warehouse COMMAND --help` explains a command."
        },
        subcommands = {
            DemoCommand.class,
            GenerateCommand.class,
            NightlyCommand.class,
            ServeCommand.class,
            StatusCommand.class,
            PowerBiCommand.class,
            MetabaseCommand.class,
            ProvisionCommand.class,
            RejectionsCommand.class,
            ExplainCommand.class,
            PackCommand.class,
            RollbackCommand.class,
            ForgetCommand.class,
            DatabaseCommand.class,
            BenchmarkCommand.class
        })
public final class Main implements Runnable {
    /** Exit code: everything went well. */
    public static final int OK = 0;
    /** Exit code: the program could not finish. */
    public static final int FAILED = 1;
    /** Exit code: the command line was wrong. */
    public static final int USAGE = 2;
    /** Exit code: the night is complete, and some files were refused. */
    public static final int REFUSALS = 3;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Runs a command and ends the program with its exit code. */
    public static void main(String[] arguments) {
        endWithLauncher();
        System.exit(execute(arguments));
    }

    /** Runs a command; returns its exit code. */
    public static int execute(String... arguments) {
        return new CommandLine(new Main())
                .registerConverter(LocalDate.class, Main::date)
                .setParameterExceptionHandler((error, line) -> {
                    CommandLine command = error.getCommandLine();
                    command.getErr().println("lac-warehouse: " + error.getMessage());
                    command.getErr()
                            .println("`" + command.getCommandSpec().qualifiedName() + " --help` explains the options.");
                    return USAGE;
                })
                .setExecutionExceptionHandler((error, line, parsed) -> {
                    line.getErr().println(message(error));
                    return error instanceof ConfException ? USAGE : FAILED;
                })
                .execute(arguments);
    }

    private static LocalDate date(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw new CommandLine.TypeConversionException("`" + text + "` is not a date like 2024-03-31");
        }
    }

    private static String message(Exception error) {
        return "lac-warehouse: "
                + (error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage());
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Name a command.");
    }

    /** Stops this process at once when the launcher has been killed, as if the kill had been meant for both. */
    private static void endWithLauncher() {
        String parent = System.getProperty(Launcher.PARENT);
        if (parent == null) {
            return;
        }
        ProcessHandle launcher = ProcessHandle.of(Long.parseLong(parent)).orElse(null);
        Thread watch = new Thread(() -> {
            try {
                while (launcher != null && launcher.isAlive()) {
                    TimeUnit.MILLISECONDS.sleep(100);
                }
            } catch (InterruptedException e) {
                return;
            }
            Runtime.getRuntime().halt(137);
        });
        watch.setDaemon(true);
        watch.setName("launcher-watch");
        watch.start();
    }
}
