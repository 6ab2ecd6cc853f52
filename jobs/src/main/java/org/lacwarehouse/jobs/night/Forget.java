package org.lacwarehouse.jobs.night;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.logging.log4j.LogManager;
import org.lacwarehouse.jobs.Main;
import org.lacwarehouse.jobs.audit.Audit;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.gold.GoldState;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.marts.publish.Publication;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.erasure.Erasure;
import org.lacwarehouse.pipeline.erasure.Traces;
import org.lacwarehouse.pipeline.lake.InParallel;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.LandingZone;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.linkage.Linkage;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;

/**
 * Erases a child from every layer and proves it. After the child's rows are out of bronze it goes through the steps of a
 * night that has nothing to read; then the versions before are removed, in Delta and in PostgreSQL.
 */
public final class Forget {
    private static final String REQUEST = "forget";
    private static final int MOST_PLACES = 200;

    private final NightOptions options;
    private final String authority;
    private final String child;
    private final Database database;
    private final PrintStream out;

    /**
     * @param options the warehouse and for what the marts are built; the landing zone may be null
     * @param authority the three-digit code of the authority
     * @param child the council's own id of the child
     * @param out where progress and results are printed
     */
    public Forget(NightOptions options, String authority, String child, Database database, PrintStream out) {
        this.options = options;
        this.authority = authority;
        this.child = child.strip();
        this.database = database;
        this.out = out;
    }

    /**
     * Erases the child, or finishes an erasure that was interrupted.
     *
     * @return the exit code of the program: {@link Main#FAILED} when something of the child is left
     * @throws IllegalStateException with a message for the operator when there is nothing of the child, or when it could
     *     not finish
     */
    public int run() throws SQLException, IOException {
        if (!Files.isDirectory(options.warehouse().resolve("register"))) {
            throw new IllegalStateException("There is no warehouse in " + options.warehouse());
        }
        WarehouseFolder warehouse = new WarehouseFolder(options.warehouse());
        try (Closeable lock = Night.waitFor(warehouse::tryLock, "using the warehouse " + warehouse.path());
                Audit audit = Audit.open(database)) {
            Night.waitFor(() -> audit.lock() ? audit : null, "loading " + database);
            warehouse.clearScratch();
            boolean isClean;
            try (Engine engine = new Engine(warehouse.scratch())) {
                isClean = run(warehouse, audit, engine);
            }
            warehouse.clearScratch();
            if (isClean) {
                Files.deleteIfExists(Erasure.marker(warehouse.path()));
            }
            return isClean ? Main.OK : Main.FAILED;
        }
    }

    private boolean run(WarehouseFolder warehouse, Audit audit, Engine engine) throws SQLException, IOException {
        Conf conf = options.conf().get();
        Catalogue catalogue = new Catalogue(conf);
        Pseudonyms pseudonyms = warehouse.pseudonyms(System.getenv());
        Register register = Register.open(warehouse.path());
        Lake lake = new Lake(engine, warehouse.path());
        Erasure erasure = new Erasure(
                lake,
                catalogue.contracts(),
                register,
                new Linkage(lake, catalogue.contracts(), register, conf, warehouse.path()),
                pseudonyms,
                warehouse.path());
        Erasure.Plan plan = plan(erasure);
        sayWhoElseItMayBe(audit, plan.traces());
        erasure.begin(plan);

        long run = audit.begin(REQUEST, options.asAt()).id();
        String program = NightWork.program(pseudonyms);
        NightWork work = new NightWork(
                options,
                conf,
                catalogue,
                register,
                new LandingZone.Scan(List.of(), List.of(), List.of()),
                lake,
                pseudonyms,
                new GoldState(warehouse.path(), program),
                audit,
                new Publication(database),
                warehouse.path().resolve("reports"),
                run);
        Proof proof = new Proof(lake, warehouse.path(), database, erasure, plan.traces());
        List<NightStep> steps = List.of(
                new NightStep("erase", "erasing rows", () -> erase(erasure, plan)),
                new NightStep("silver", "checking rows", work::checkRows),
                new NightStep("match", "matching people", work::matchPeople),
                new NightStep("gold", "building marts", work::buildMarts),
                new NightStep("publish", "publishing", work::publishWhole),
                new NightStep("history", "removing what was before", () -> {
                    work.dropOlderVersions();
                    return removeHistory(warehouse.path(), lake, audit, plan.traces());
                }),
                new NightStep("proof", "looking for what is left", () -> NightStep.Result.of(proof.look())));
        String status = "failed";
        try (Progress progress = new Progress(out, System.console() != null, steps.size())) {
            StepRunner runner = new StepRunner(run, audit, engine, lake, progress, () -> false);
            for (NightStep step : steps) {
                runner.run(step, steps.indexOf(step) + 1);
            }
            status = proof.places().isEmpty() ? "completed" : "failed";
        } catch (Exception e) {
            LogManager.getLogger(Forget.class).error("The erasure failed", Trouble.forLog(e));
            throw new IllegalStateException(
                    "The erasure failed: " + Trouble.words(e)
                            + ". Details are in logs/lac-warehouse.log of the warehouse folder; run the same command again"
                            + " to finish it.",
                    e);
        } finally {
            audit.end(run, status, Engine.programSeconds(), Engine.cpuSeconds());
        }
        say(proof);
        sayWhatWouldBringItBack(conf, erasure.affected(plan), plan);
        return proof.places().isEmpty();
    }

    private Erasure.Plan plan(Erasure erasure) {
        Optional<Erasure.Plan> before = erasure.unfinished();
        if (before.filter(plan -> !plan.traces().authority().equals(authority)
                        || !plan.traces().child().equals(child))
                .isPresent()) {
            throw new IllegalStateException("The erasure of another child is not finished; finish that first, with the"
                    + " command that it was begun with");
        }
        out.println(
                before.isPresent()
                        ? "Going on with the erasure that was not finished."
                        : "Looking for the child in everything that " + authority + " has delivered.");
        return erasure.find(authority, child, before)
                .orElseThrow(() -> new IllegalStateException("There is nothing of this child of " + authority
                        + " in the warehouse; nothing has been changed. The id is the council's own, as in the column CHILD"
                        + " of its files."));
    }

    private void sayWhoElseItMayBe(Audit audit, Traces traces) {
        List<String> proposed = audit.proposedFor(traces.childId(), traces.people());
        if (!proposed.isEmpty()) {
            out.println(
                    "These rows of other systems may be about the child; nobody has confirmed it in conf/links.csv, and"
                            + " they stay:");
            proposed.forEach(place -> out.println("  " + place));
        }
    }

    private static NightStep.Result erase(Erasure erasure, Erasure.Plan plan) {
        long rows = erasure.erase(plan);
        return NightStep.Result.of(NightWork.count(rows, "row") + " of "
                + NightWork.count(plan.deliveries().size(), "file"));
    }

    private static NightStep.Result removeHistory(Path warehouse, Lake lake, Audit audit, Traces traces)
            throws IOException {
        audit.forget(traces.childId(), traces.people());
        InParallel.each(
                Proof.LAYERS.stream()
                        .flatMap(layer -> lake.tables(layer).stream())
                        .toList(),
                table -> lake.dropHistory(table, Instant.MAX));
        int lines = 0;
        for (String folder : List.of("logs", "reports")) {
            try (Stream<Path> files = Files.walk(warehouse.resolve(folder))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    lines += TextLines.blot(file, traces::areIn);
                }
            }
        }
        return NightStep.Result.of(lines == 0 ? "done" : NightWork.count(lines, "line") + " of logs made unreadable");
    }

    private void say(Proof proof) {
        if (proof.places().isEmpty()) {
            out.println("Nothing of the child is left.");
            return;
        }
        out.println("The child is still mentioned here:");
        proof.places().stream().limit(MOST_PLACES).forEach(place -> out.println("  " + place));
        if (proof.places().size() > MOST_PLACES) {
            out.println("  and in " + NightWork.count(proof.places().size() - MOST_PLACES, "more place"));
        }
        out.println(
                "Rows of other people that mention the child have to be corrected at source. Then run the same command"
                        + " again.");
    }

    private void sayWhatWouldBringItBack(Conf conf, List<Delivery> affected, Erasure.Plan plan) {
        if (plan.shared() > 0) {
            out.println(NightWork.count(plan.shared(), "number or name")
                    + " of the child's belongs to another child of the authority too, and stays with that one.");
        }
        Map<String, Set<String>> folders = new TreeMap<>();
        affected.stream()
                .map(Delivery::file)
                .filter(file -> options.landing() == null
                        || Files.exists(options.landing().resolve(file)))
                .forEach(file -> folders.computeIfAbsent(
                                file.substring(0, file.lastIndexOf('/')), folder -> new TreeSet<>())
                        .add(file.substring(file.lastIndexOf('/') + 1)));
        if (!folders.isEmpty()) {
            out.println("The rows came from these files" + (options.landing() == null ? "" : " of the landing zone")
                    + ". Have the child erased in the systems that sent them, or the next extract brings it back; delete the"
                    + " files, or --replay would:");
            folders.forEach((folder, files) -> out.println("  " + folder + ": " + String.join(", ", files)));
        }
        List<String> lines = conf.file("links.csv").text().lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (plan.traces().areIn(lines.get(i))) {
                out.printf(Locale.UK, "Take line %d out of conf/links.csv: it names the child.%n", i + 1);
            }
        }
    }
}
