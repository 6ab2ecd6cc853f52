package org.lacwarehouse.jobs.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.lacwarehouse.jobs.database.OpenDatabase;
import org.lacwarehouse.jobs.night.Night;
import org.lacwarehouse.jobs.night.NightOptions;
import org.lacwarehouse.jobs.night.WarehouseFolder;
import org.lacwarehouse.jobs.serve.Schedule;
import org.lacwarehouse.jobs.serve.Watch;
import org.springframework.scheduling.support.CronExpression;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/** Runs nights at the times of a cron expression. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Runs a night at each time of a cron expression, in this process, until it is asked to stop"
                + " (Ctrl+C or SIGTERM): then a night in progress ends after its step, and the next one goes on there."
                + " /health and /metrics say how the nights go.")
public final class ServeCommand implements Callable<Integer> {
    @Option(
            names = "--cron",
            required = true,
            paramLabel = "CRON",
            description = "When nights begin, in UTC: second, minute, hour, day of month, month, day of week, such as"
                    + " \"0 30 1 * * *\" for half past one every night.")
    private String cron;

    @Option(
            names = "--watch-host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "Address for /health and /metrics. Default: ${DEFAULT-VALUE}.")
    private String host;

    @Option(
            names = "--watch-port",
            paramLabel = "PORT",
            defaultValue = "9464",
            description = "Port for /health and /metrics. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Mixin
    private NightMixin night;

    @Mixin
    private DatabaseOptions databaseOptions;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        CronExpression times;
        try {
            times = CronExpression.parse(cron);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--cron: `" + cron + "` is no cron expression: " + e.getMessage(), e);
        }
        PrintStream out = System.out;
        new WarehouseFolder(night.warehouse()).log();
        NightOptions options = new NightOptions(night.landing(), night.warehouse(), null, night.months(), night.conf());
        try (Watch watch = watch()) {
            Schedule schedule = new Schedule(times, new Nights(options, databaseOptions, out), watch, out);
            for (String signal : new String[] {"TERM", "INT"}) {
                // Instead of the machine's own ending, which would take Spark away from under the step.
                Signal.handle(new Signal(signal), sent -> schedule.stop());
            }
            out.println("Health and metrics: http://" + host + ":" + watch.port() + "/health and /metrics");
            return schedule.run();
        }
    }

    private Watch watch() {
        try {
            return new Watch(host, port);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "Nothing can be answered at " + host + ":" + port + " (" + e.getMessage()
                            + "); choose another --watch-port or --watch-host",
                    e);
        }
    }

    /** Each night with a database opened for it, so that one that was away for a time is found again. */
    private static final class Nights implements Schedule.Nightly {
        private final NightOptions options;
        private final DatabaseOptions databaseOptions;
        private final PrintStream out;
        private final AtomicReference<Night> current = new AtomicReference<>();

        Nights(NightOptions options, DatabaseOptions databaseOptions, PrintStream out) {
            this.options = options;
            this.databaseOptions = databaseOptions;
            this.out = out;
        }

        @Override
        public int run() throws Exception {
            try (OpenDatabase database = databaseOptions.open(options.warehouse())) {
                Night night = new Night(options, database.database(), out);
                current.set(night);
                return night.run().exitCode();
            } finally {
                current.set(null);
            }
        }

        @Override
        public void stop() {
            Night night = current.get();
            if (night != null) {
                night.stop();
            }
        }
    }
}
