package org.lacwarehouse.jobs.night;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.lacwarehouse.jobs.Main;
import org.lacwarehouse.jobs.audit.Audit;
import org.lacwarehouse.jobs.report.RunReport;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.gold.GoldState;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.marts.publish.Publication;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.erasure.Erasure;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.LandingZone;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobExecutionException;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** One night: reads what has arrived, builds the marts and publishes them. */
public final class Night {
    private static final int LOCK_TURNS = 50;
    private static final long LOCK_TURN_MILLIS = 100;

    private final NightOptions options;
    private final Database database;
    private final PrintStream out;
    private final AtomicBoolean stopping = new AtomicBoolean();

    /** @param out where progress and results are printed */
    public Night(NightOptions options, Database database, PrintStream out) {
        this.options = options;
        this.database = database;
        this.out = out;
    }

    /**
     * What came of a night.
     *
     * @param exitCode the exit code of the program
     * @param report the run report
     */
    public record Result(int exitCode, Path report) {}

    /** Asks the night to end after the step that is under way; it fails then, and the same request goes on there. */
    public void stop() {
        stopping.set(true);
    }

    /**
     * Runs the night, or the rest of one that was interrupted.
     *
     * @throws NightStoppedException when it was asked to stop
     * @throws IllegalStateException with a message for the operator when it could not finish
     */
    public Result run() throws SQLException, IOException {
        if (!Files.isDirectory(options.landing())) {
            throw new IllegalStateException("The landing zone " + options.landing() + " is not a folder");
        }
        WarehouseFolder warehouse = new WarehouseFolder(options.warehouse());
        try (Closeable lock = waitFor(warehouse::tryLock, "using the warehouse " + warehouse.path())) {
            return run(warehouse);
        } catch (DataAccessException | TransactionException | SQLException e) {
            throw failure(List.of(e));
        }
    }

    /** Takes what one night at a time may have; one that has just been killed is given some seconds to be gone. */
    static <T> T waitFor(Callable<T> taking, String words) {
        try {
            for (int turn = 0; turn < LOCK_TURNS; turn++) {
                T taken = taking.call();
                if (taken != null) {
                    return taken;
                }
                TimeUnit.MILLISECONDS.sleep(LOCK_TURN_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException(
                    "Whether another night is " + words + " cannot be told: " + e.getMessage(), e);
        }
        throw new IllegalStateException("Another night is " + words + "; wait until it has ended, then run this again");
    }

    private Result run(WarehouseFolder warehouse) throws SQLException, IOException {
        Conf conf = options.conf().get();
        Catalogue catalogue = new Catalogue(conf);
        try (Audit audit = Audit.open(database);
                Engine engine = new Engine(warehouse.scratch())) {
            waitFor(() -> audit.lock() ? audit : null, "loading " + database);
            warehouse.clearScratch();
            Pseudonyms pseudonyms = warehouse.pseudonyms(System.getenv());
            Register register = Register.open(warehouse.path());
            String program = NightWork.program(pseudonyms);
            LandingZone.Scan scan = new LandingZone(options.landing())
                    .scan(
                            register,
                            new LandingZone.Again(
                                    confChanged(warehouse, conf), options.replay(), options.acceptShrinkage()));
            if (Files.exists(Erasure.marker(warehouse.path()))) {
                out.println("The erasure of a child is not finished: run the same `forget` command again.");
            }
            scan.ignored().forEach(path -> out.println("Not read: " + path));
            String request = Plan.request(options, conf, program, register, scan);
            Lake lake = new Lake(engine, warehouse.path());
            Path reports = warehouse.path().resolve("reports");
            Audit.Begun begun = audit.begin(request, options.asAt());
            NightWork work = new NightWork(
                    options,
                    conf,
                    catalogue,
                    register,
                    scan,
                    lake,
                    pseudonyms,
                    new GoldState(warehouse.path(), program),
                    audit,
                    new Publication(database),
                    reports,
                    begun.id());
            String status;
            try {
                // One that was interrupted is always gone through: it may have stopped after the marts had changed
                // over.
                if (!begun.isResumed() && work.isUpToDate()) {
                    status = "unchanged";
                    out.println("Nothing new: the marts hold everything that has been delivered.");
                } else {
                    goThrough(begun, request, work, audit, engine, lake);
                    rememberConf(warehouse, conf);
                    status = audit.hasRefusals(begun.id()) ? "completed_with_refusals" : "completed";
                }
            } catch (RuntimeException e) {
                throw failed(e, begun, work, audit);
            }
            audit.end(begun.id(), status, Engine.programSeconds(), Engine.cpuSeconds());
            Path report = RunReport.write(audit, begun.id(), reports);
            tidy(new Retention(
                    conf, lake, warehouse.path(), register, audit, new Publication(database), Instant.now()));
            return new Result(status.equals("completed_with_refusals") ? Main.REFUSALS : Main.OK, report);
        }
    }

    /** Records that the night failed, and sees to it that the next one does not for the same reason. */
    private static RuntimeException failed(RuntimeException failure, Audit.Begun begun, NightWork work, Audit audit) {
        String mended = "";
        try {
            if (!(failure instanceof NightStoppedException) && !Trouble.isOfTheMachine(failure)) {
                mended = work.mend();
            }
            if (!mended.isEmpty()) {
                audit.startOver(begun.id());
            }
            audit.end(begun.id(), "failed", Engine.programSeconds(), Engine.cpuSeconds());
        } catch (RuntimeException e) {
            LogManager.getLogger(Night.class).error("The end of the night was not recorded", Trouble.forLog(e));
        }
        return mended.isEmpty() ? failure : new IllegalStateException(failure.getMessage() + mended, failure);
    }

    /** The night has ended well by then, and stays so. */
    private void tidy(Retention retention) {
        try {
            retention.apply();
        } catch (SQLException | IOException | RuntimeException e) {
            LogManager.getLogger(Night.class).error("What is old was not removed", Trouble.forLog(e));
            out.println("What has been kept for its time could not all be removed: " + Trouble.words(e)
                    + ". The next night tries again.");
        }
    }

    private void goThrough(Audit.Begun begun, String request, NightWork work, Audit audit, Engine engine, Lake lake) {
        if (!work.hasData()) {
            throw new IllegalStateException(NightWork.NOTHING_TO_BUILD_FROM + " in " + options.landing());
        }
        engine.start();
        try (Progress progress = new Progress(
                out, System.console() != null, NightConfiguration.steps(work).size())) {
            launch(begun, request, work, new StepRunner(begun.id(), audit, engine, lake, progress, stopping::get));
        }
    }

    /** Files that had no contract are looked at again when the configuration has changed since. */
    private static boolean confChanged(WarehouseFolder warehouse, Conf conf) throws IOException {
        Path file = confDigest(warehouse);
        return !Files.exists(file) || !Objects.equals(Files.readString(file), conf.digest());
    }

    private static void rememberConf(WarehouseFolder warehouse, Conf conf) throws IOException {
        Files.writeString(confDigest(warehouse), conf.digest());
    }

    private static Path confDigest(WarehouseFolder warehouse) {
        return warehouse.path().resolve("register/conf-digest");
    }

    private void launch(Audit.Begun begun, String request, NightWork work, StepRunner runner) {
        try (ConfigurableApplicationContext context = context(work, runner)) {
            Job job = context.getBean(Job.class);
            JobOperator operator = context.getBean(JobOperator.class);
            JobRepository repository = context.getBean(JobRepository.class);
            JobParameters parameters = new JobParametersBuilder()
                    .addLong("run", begun.id())
                    .addString("as_at", String.valueOf(options.asAt()))
                    .addString("request", request)
                    .toJobParameters();
            JobExecution last = repository.getLastJobExecution(NightConfiguration.JOB, parameters);
            if (last != null && last.getStatus() == BatchStatus.COMPLETED) {
                return; // It stopped after its last step, before that could be recorded.
            }
            if (begun.isResumed()) {
                out.println("Going on with night " + begun.id() + ", which did not end.");
            }
            JobExecution execution = last == null
                    ? operator.start(job, parameters)
                    : operator.restart(last.isRunning() ? operator.recover(last) : last);
            if (execution.getStatus() != BatchStatus.COMPLETED) {
                throw failure(execution.getAllFailureExceptions());
            }
        } catch (JobExecutionException | SQLException e) {
            throw failure(List.of(e));
        }
    }

    private static IllegalStateException failure(List<Throwable> failures) {
        for (Throwable failure : failures) {
            if (failure instanceof NightStoppedException stopped) {
                return stopped;
            }
        }
        Logger log = LogManager.getLogger(Night.class);
        failures.forEach(failure -> log.error("The night failed", Trouble.forLog(failure)));
        Throwable first = failures.isEmpty() ? new IllegalStateException("unknown cause") : failures.get(0);
        return new IllegalStateException(
                "The night failed: "
                        + Trouble.words(first)
                        + ". What people read is one whole version of the marts. Details are in logs/lac-warehouse.log of the"
                        + " warehouse folder; run the same command again to go on.",
                first);
    }

    private ConfigurableApplicationContext context(NightWork work, StepRunner runner) throws SQLException {
        boolean isNew = prepareBatchSchema();
        HikariDataSource batch = batchDatabase();
        SpringApplication application = new SpringApplicationBuilder(NightConfiguration.class)
                .web(WebApplicationType.NONE)
                .bannerMode(org.springframework.boot.Banner.Mode.OFF)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .properties(Map.of(
                        "spring.batch.job.enabled",
                        "false",
                        "spring.batch.jdbc.initialize-schema",
                        isNew ? "always" : "never"))
                .initializers(context -> {
                    GenericApplicationContext generic = (GenericApplicationContext) context;
                    generic.registerBean(DataSource.class, () -> batch);
                    generic.registerBean(NightWork.class, () -> work);
                    generic.registerBean(StepRunner.class, () -> runner);
                })
                .build();
        return application.run();
    }

    /** Connections for Spring Batch, which asks for one at every turn; each new one costs 4096 hashes of the password. */
    private HikariDataSource batchDatabase() {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("batch");
        pool.setJdbcUrl(database.url());
        pool.setUsername(database.user());
        pool.setPassword(database.password());
        pool.setSchema("batch");
        pool.addDataSourceProperty("logServerErrorDetail", "false");
        pool.setMaximumPoolSize(4);
        pool.setMinimumIdle(1);
        pool.setConnectionTimeout(5_000);
        return new HikariDataSource(pool);
    }

    /** Makes the schema of Spring Batch's tables; true when the tables are still to be made. */
    private boolean prepareBatchSchema() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create schema if not exists batch");
            try (ResultSet row =
                    statement.executeQuery("select to_regclass('batch.batch_job_execution_seq') is null")) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }
}
