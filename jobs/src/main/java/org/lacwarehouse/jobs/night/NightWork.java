package org.lacwarehouse.jobs.night;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.logging.log4j.LogManager;
import org.apache.spark.sql.Row;
import org.lacwarehouse.jobs.audit.Audit;
import org.lacwarehouse.jobs.report.RunReport;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.gold.GoldBuild;
import org.lacwarehouse.marts.gold.GoldState;
import org.lacwarehouse.marts.gold.Scope;
import org.lacwarehouse.marts.publish.Publication;
import org.lacwarehouse.pipeline.bronze.Bronze;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.YamlNode;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.lake.Digest;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.DeliveryStatus;
import org.lacwarehouse.pipeline.landing.FileCheck;
import org.lacwarehouse.pipeline.landing.LandingZone;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.linkage.Linkage;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;
import org.lacwarehouse.pipeline.silver.Silver;

/**
 * What the steps of a night do. Each step can be done again at any time: what it finds done it leaves, and what it marks
 * as done it marks last.
 */
final class NightWork {
    static final String NOTHING_TO_BUILD_FROM = "There is nothing to build marts from: no social care extract has been"
            + " accepted that is dated on or before the as-at date";

    /** What is made from bronze. */
    private static final List<String> DERIVED =
            Proof.LAYERS.stream().filter(layer -> !layer.equals(Bronze.LAYER)).toList();

    private final NightOptions options;
    private final Conf conf;
    private final Catalogue catalogue;
    private final Register register;
    private final LandingZone.Scan scan;
    private final Lake lake;
    private final Silver silver;
    private final Bronze bronze;
    private final Linkage linkage;
    private final GoldState goldState;
    private final Audit audit;
    private final Publication publication;
    private final Path reports;
    private final long run;
    private GoldBuild gold;

    NightWork(
            NightOptions options,
            Conf conf,
            Catalogue catalogue,
            Register register,
            LandingZone.Scan scan,
            Lake lake,
            Pseudonyms pseudonyms,
            GoldState goldState,
            Audit audit,
            Publication publication,
            Path reports,
            long run) {
        this.options = options;
        this.conf = conf;
        this.catalogue = catalogue;
        this.register = register;
        this.scan = scan;
        this.lake = lake;
        this.silver = new Silver(lake, catalogue.contracts(), pseudonyms);
        this.bronze = new Bronze(lake);
        this.linkage = new Linkage(lake, catalogue.contracts(), register, conf, options.warehouse());
        this.goldState = goldState;
        this.audit = audit;
        this.publication = publication;
        this.reports = reports;
        this.run = run;
    }

    /** What decides, beside files and configuration, what a night makes of them: the program and who is who. */
    static String program(Pseudonyms pseudonyms) {
        return Digest.of(Digest.ofCode(Lake.class), Digest.ofCode(Catalogue.class), pseudonyms.fingerprint());
    }

    /** Checks the files that have arrived and stores the rows of those that are accepted. */
    NightStep.Result readFiles() throws SQLException {
        double share = Double.parseDouble(
                YamlNode.parse(conf.file("application.yml")).text("smallest_share_of_rows_accepted"));
        FileCheck check = new FileCheck(catalogue.contracts(), register, share, options.acceptShrinkage());
        List<Delivery> checked = oneFileEach(
                scan.arrivals().stream().map(check::check).flatMap(List::stream).toList());
        List<Delivery> accepted = checked.stream()
                .filter(delivery -> delivery.status() == DeliveryStatus.LOADED
                        && (!register.isLoaded(delivery) || isReplayed(delivery)))
                .toList();
        List<Delivery> stored = accepted.isEmpty() ? List.of() : bronze.store(options.landing(), accepted);
        // A file that was written to meanwhile, or has gone, is neither what was checked nor, for certain, what was
        // stored: next time, with all of its datasets.
        Set<String> changed = checked.stream()
                .filter(delivery -> accepted.contains(delivery) && !stored.contains(delivery)
                        || !LandingZone.isAsItWas(options.landing(), delivery))
                .map(Delivery::file)
                .collect(Collectors.toSet());
        List<Delivery> seen = new ArrayList<>(checked.stream()
                .filter(delivery -> !changed.contains(delivery.file()))
                .toList());
        seen.addAll(scan.unchanged());
        audit.files(run, seen);
        audit.counts(
                run,
                seen,
                seen.stream()
                        .flatMap(d -> register.outcome(d.deliveryId()).stream())
                        .toList());
        register.addDeliveries(seen);
        // Rows that have been stored again are checked again.
        register.addOutcomes(seen.stream()
                .filter(stored::contains)
                .flatMap(delivery -> register.outcome(delivery.deliveryId()).stream())
                .map(Register.Outcome::unknown)
                .toList());
        long rows = accepted.stream().mapToLong(Delivery::rowsIn).sum();
        return NightStep.Result.of(count(accepted.size(), "file") + " read, " + count(rows, "row")
                + numberOf(checked, DeliveryStatus.REFUSED)
                + numberOf(checked, DeliveryStatus.HELD));
    }

    private boolean isReplayed(Delivery delivery) {
        return options.replay()
                .contains(delivery.file().substring(0, delivery.file().lastIndexOf('/')));
    }

    /**
     * Sees to it that one file counts for a dataset and extract date: the same bytes again are unchanged, a second file
     * beside the first is refused, and a file that was replaced takes the place of the one before.
     */
    private List<Delivery> oneFileEach(List<Delivery> checked) {
        Map<String, Delivery> first = new HashMap<>();
        List<Delivery> judged = new ArrayList<>();
        checked.stream()
                .sorted(Comparator.comparing(d -> !d.fileName().startsWith(d.dataset() + ".")))
                .forEach(delivery -> {
                    if (delivery.status() != DeliveryStatus.LOADED) {
                        judged.add(delivery);
                        return;
                    }
                    Delivery before = first.putIfAbsent(delivery.slice() + delivery.extractDate(), delivery);
                    if (before == null) {
                        before = register.ofDate(delivery)
                                .filter(known ->
                                        known.deliveryId().equals(delivery.deliveryId()) && !isReplayed(delivery)
                                                || !known.file().equals(delivery.file())
                                                        && Files.exists(options.landing()
                                                                .resolve(known.file())))
                                .orElse(null);
                    }
                    if (before == null) {
                        judged.add(delivery);
                    } else if (before.deliveryId().equals(delivery.deliveryId())) {
                        judged.add(delivery.as(DeliveryStatus.UNCHANGED, "the same bytes were read before"));
                    } else {
                        judged.add(delivery.as(
                                DeliveryStatus.REFUSED,
                                "the folder holds another file of this dataset, " + before.fileName()
                                        + "; leave one of them"));
                    }
                });
        judged.sort(Comparator.comparing(Delivery::extractDate).thenComparing(Delivery::file));
        return judged;
    }

    private static String numberOf(List<Delivery> deliveries, DeliveryStatus status) {
        long number = deliveries.stream().filter(d -> d.status() == status).count();
        return number == 0 ? "" : ", " + number + " " + status.word();
    }

    static String count(long number, String thing) {
        return String.format(Locale.UK, "%,d %s%s", number, thing, number == 1 ? "" : "s");
    }

    /** Checks the rows that have not been checked by the contracts as they are now. */
    NightStep.Result checkRows() throws SQLException {
        List<Delivery> unchecked = Silver.unchecked(register, catalogue.contracts());
        if (unchecked.isEmpty()) {
            return NightStep.Result.of("nothing new");
        }
        // From here until the new outcomes are recorded, what silver holds of these deliveries is not known for
        // certain.
        register.addOutcomes(unchecked.stream()
                .flatMap(delivery -> register.outcome(delivery.deliveryId()).stream())
                .map(Register.Outcome::unknown)
                .toList());
        List<Delivery> setAside = new ArrayList<>();
        List<Register.Outcome> outcomes = check(unchecked, setAside, false);
        unchecked = unchecked.stream()
                .filter(delivery -> setAside.stream()
                        .noneMatch(refused -> refused.deliveryId().equals(delivery.deliveryId())))
                .toList();
        boolean findings =
                outcomes.stream().anyMatch(o -> o.rowsQuarantined() + o.rowsDuplicate() + o.rowsFlagged() > 0);
        Iterator<Row> rows = findings
                ? silver.findings(unchecked.stream().map(Delivery::deliveryId).toList())
                        .toLocalIterator()
                : Collections.emptyIterator();
        audit.outcomes(run, unchecked, outcomes, rows);
        audit.files(run, setAside);
        register.addOutcomes(outcomes);
        long kept = outcomes.stream().mapToLong(Register.Outcome::rowsKept).sum();
        long rejected =
                outcomes.stream().mapToLong(Register.Outcome::rowsQuarantined).sum();
        return NightStep.Result.of(count(kept, "row") + " kept, " + String.format(Locale.UK, "%,d rejected", rejected)
                + (setAside.isEmpty() ? "" : ", " + count(setAside.size(), "file") + " set aside"));
    }

    /**
     * Checks deliveries. When that fails through no fault of the machine, half of them are checked after the other, until
     * the one is alone that cannot be checked: it is refused, and what was in force before stays so.
     *
     * @param setAside takes what was refused
     * @param isSound whether the tables are known not to be damaged; looking through them takes long
     */
    private List<Register.Outcome> check(List<Delivery> deliveries, List<Delivery> setAside, boolean isSound) {
        try {
            return silver.check(deliveries, register);
        } catch (RuntimeException e) {
            if (Trouble.isOfTheMachine(e) || !isSound && !damaged(DERIVED).isEmpty()) {
                throw e;
            }
            LogManager.getLogger(NightWork.class)
                    .error("{} deliveries could not be checked", deliveries.size(), Trouble.forLog(e));
            if (deliveries.size() == 1) {
                setAside.add(setAside(deliveries.get(0), e));
                return List.of();
            }
            // Those that name the children first: the others are measured against them.
            List<Delivery> ordered = deliveries.stream()
                    .sorted(Comparator.comparing((Delivery delivery) -> !catalogue
                            .contracts()
                            .get(delivery.source(), delivery.dataset())
                            .namesChildren()))
                    .toList();
            List<Register.Outcome> outcomes =
                    new ArrayList<>(check(ordered.subList(0, ordered.size() / 2), setAside, true));
            outcomes.addAll(check(ordered.subList(ordered.size() / 2, ordered.size()), setAside, true));
            return outcomes;
        }
    }

    private Delivery setAside(Delivery delivery, RuntimeException why) {
        Delivery refused = delivery.as(
                DeliveryStatus.REFUSED,
                "its rows could not be checked (" + Trouble.words(why) + "); send the file again, or read it again with"
                        + " --replay " + delivery.authority() + " " + delivery.source() + " " + delivery.extractDate());
        register.addSetAside(refused);
        bronze.drop(delivery);
        silver.dropUnchecked(List.of(delivery), register);
        return refused;
    }

    private List<String> damaged(List<String> layers) {
        return layers.stream()
                .flatMap(layer -> lake.tables(layer).stream())
                .filter(lake::isDamaged)
                .toList();
    }

    /**
     * Removes damaged tables that can be made anew from bronze, so that the next night makes them.
     *
     * @return what was damaged and what comes of it, for the operator; empty when nothing was
     */
    String mend() {
        List<String> derived = damaged(DERIVED);
        StringBuilder words = new StringBuilder();
        if (!derived.isEmpty()) {
            Set<String> checked = derived.stream()
                    .filter(table -> !table.startsWith("gold/") && !table.equals(Linkage.LINKS))
                    .map(table -> table.substring(table.indexOf('/') + 1))
                    .collect(Collectors.toSet());
            // A table of one dataset is made anew from that dataset, one of many from all of them.
            boolean isOfMany = !catalogue.contracts().all().stream()
                    .map(Contract::id)
                    .collect(Collectors.toSet())
                    .containsAll(checked);
            register.addOutcomes(register.loaded().stream()
                    .filter(delivery -> isOfMany || checked.contains(delivery.source() + "/" + delivery.dataset()))
                    .flatMap(delivery -> register.outcome(delivery.deliveryId()).stream())
                    .map(Register.Outcome::unknown)
                    .toList());
            derived.forEach(table -> {
                if (table.startsWith("gold/")) {
                    goldState.forget(table.substring(table.indexOf('/') + 1));
                }
                lake.drop(table);
            });
            linkage.drop();
            words.append(" Damaged tables were found and removed, and the next night makes them anew: ")
                    .append(String.join(", ", derived))
                    .append(".");
        }
        List<String> delivered = damaged(List.of(Bronze.LAYER));
        if (!delivered.isEmpty()) {
            words.append(" What was delivered is damaged in ")
                    .append(String.join(", ", delivered))
                    .append(
                            " of the warehouse folder: restore that from a backup; where there is none, delete it and read"
                                    + " the files of its source again with --replay.");
        }
        return words.toString();
    }

    /** Matches the people of other systems to children, unless nothing has changed that decides it. */
    NightStep.Result matchPeople() {
        Map<String, LocalDate> asAt = scope().asAt();
        if (!linkage.isNeeded(asAt)) {
            return NightStep.Result.of("nobody to match");
        }
        if (linkage.isUpToDate(asAt) && audit.keepMatches(run)) {
            return NightStep.Result.of("nothing new");
        }
        linkage.link(asAt);
        audit.matches(
                run,
                linkage.counts().collectAsList(),
                linkage.proposals().toLocalIterator(),
                linkage.unmatched(asAt).toLocalIterator(),
                register.loaded());
        List<Audit.MatchRate> rates = audit.matchRates(run);
        return NightStep.Result.of(String.format(
                Locale.UK,
                "%,d of %,d people matched",
                rates.stream().mapToLong(Audit.MatchRate::matched).sum(),
                rates.stream().mapToLong(Audit.MatchRate::people).sum()));
    }

    /** Builds the gold tables that are out of date. */
    NightStep.Result buildMarts() {
        if (scope().asAt().isEmpty()) {
            throw new IllegalStateException(NOTHING_TO_BUILD_FROM);
        }
        gold = gold();
        Set<String> built = gold.build();
        return NightStep.Result.of(built.isEmpty() ? "nothing new" : count(built.size(), "table") + " built");
    }

    /** Publishes the marts, unless the version that people read is the one. */
    NightStep.Result publish() throws SQLException {
        try (GoldBuild build = gold == null ? gold() : gold) {
            boolean isLive = publication.liveVersion().equals(Optional.of(build.version()));
            return published(build, isLive ? 0 : publication.publish(build, catalogue));
        }
    }

    /** Publishes the marts in tables that hold nothing of what people have read before, not even deleted. */
    NightStep.Result publishWhole() throws SQLException {
        try (GoldBuild build = gold == null ? gold() : gold) {
            return published(build, publication.publishWhole(build, catalogue));
        }
    }

    private NightStep.Result published(GoldBuild build, long rows) throws SQLException {
        Scope scope = scope();
        audit.published(run, build.version(), scope.latest());
        audit.figures(run);
        audit.freshness(freshness(scope));
        audit.martRows(run, martRows(scope));
        return new NightStep.Result(rows == 0 ? "already published" : count(rows, "row") + " published", rows);
    }

    /** Writes the run report. */
    NightStep.Result report() throws SQLException {
        try {
            return NightStep.Result.of(
                    RunReport.write(audit, run, reports).getFileName().toString());
        } catch (IOException e) {
            throw new UncheckedIOException("The run report cannot be written: " + e.getMessage(), e);
        }
    }

    /** Removes what earlier nights made and this one did not make anew. */
    void dropOlderVersions() throws SQLException {
        try (GoldBuild build = gold()) {
            build.dropOthers();
        }
        if (!linkage.isNeeded(scope().asAt())) {
            linkage.drop();
        }
        publication.dropOlderVersions();
    }

    /** Whether everything that has been delivered is in the marts that people read. */
    boolean isUpToDate() throws SQLException {
        return scan.arrivals().isEmpty()
                && scan.unchanged().isEmpty()
                && Silver.unchecked(register, catalogue.contracts()).isEmpty()
                && (!linkage.isNeeded(scope().asAt()) || linkage.isUpToDate(scope().asAt()))
                && publication.liveVersion().equals(Optional.of(gold().version()));
    }

    /** Whether any authority has data on the as-at date. */
    boolean hasData() {
        return !scope().asAt().isEmpty() || !scan.arrivals().isEmpty();
    }

    private GoldBuild gold() {
        return new GoldBuild(lake, catalogue, silver, linkage, register, scope(), goldState);
    }

    private Scope scope() {
        return new Scope(register.asAt(options.asAt()), options.months());
    }

    private List<Audit.MartRows> martRows(Scope scope) {
        List<Audit.MartRows> entries = new ArrayList<>();
        for (Contract contract : catalogue.contracts().all()) {
            for (Delivery delivery : register.inForce(contract.source(), contract.dataset(), scope.asAt())) {
                register.outcome(delivery.deliveryId()).ifPresent(outcome -> contract.neededBy()
                        .forEach(mart -> entries.add(new Audit.MartRows(
                                mart,
                                delivery.authority(),
                                delivery.source(),
                                delivery.dataset(),
                                delivery.extractDate(),
                                outcome.rowsKept(),
                                outcome.rowsFlagged()))));
            }
        }
        return entries;
    }

    private List<Audit.Freshness> freshness(Scope scope) {
        List<Audit.Freshness> entries = new ArrayList<>();
        Map<String, List<Contract>> bySource =
                catalogue.contracts().all().stream().collect(Collectors.groupingBy(Contract::source));
        bySource.forEach((source, contracts) -> {
            Set<String> marts = new TreeSet<>();
            contracts.forEach(contract -> marts.addAll(contract.neededBy()));
            Set<String> authorities = new TreeSet<>(scope.asAt().keySet());
            authorities.add("national");
            for (String authority : authorities) {
                LocalDate date = scope.asAt().getOrDefault(authority, scope.latest());
                contracts.stream()
                        .flatMap(c -> register.inForce(authority, source, c.dataset(), date).stream())
                        .map(Delivery::extractDate)
                        .max(LocalDate::compareTo)
                        .ifPresent(newest -> marts.forEach(
                                mart -> entries.add(new Audit.Freshness(mart, source, authority, newest))));
            }
        });
        return entries;
    }
}
