package org.lacwarehouse.jobs.night;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
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
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.DeliveryStatus;
import org.lacwarehouse.pipeline.landing.FileCheck;
import org.lacwarehouse.pipeline.landing.LandingZone;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;
import org.lacwarehouse.pipeline.silver.Silver;

/**
 * What the steps of a night do. Each step can be done again at any time: what it finds done it leaves, and what it marks
 * as done it marks last.
 */
final class NightWork {
    private final NightOptions options;
    private final Conf conf;
    private final Catalogue catalogue;
    private final Register register;
    private final LandingZone.Scan scan;
    private final Lake lake;
    private final Silver silver;
    private final Bronze bronze;
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
        this.goldState = goldState;
        this.audit = audit;
        this.publication = publication;
        this.reports = reports;
        this.run = run;
    }

    /** Checks the files that have arrived and stores the rows of those that are accepted. */
    String readFiles() throws SQLException {
        double share = Double.parseDouble(
                YamlNode.parse(conf.file("application.yml")).text("smallest_share_of_rows_accepted"));
        FileCheck check = new FileCheck(catalogue.contracts(), register, share);
        List<Delivery> checked = scan.arrivals().stream().map(check::check).toList();
        List<Delivery> accepted = checked.stream()
                .filter(delivery -> delivery.status() == DeliveryStatus.LOADED)
                .toList();
        if (!accepted.isEmpty()) {
            bronze.store(options.landing(), accepted);
        }
        List<Delivery> seen = new ArrayList<>(checked);
        seen.addAll(scan.unchanged());
        audit.files(run, seen);
        register.addDeliveries(seen);
        return count(accepted.size(), "file") + " read, "
                + count(accepted.stream().mapToLong(Delivery::rowsIn).sum(), "row")
                + numberOf(checked, DeliveryStatus.REFUSED)
                + numberOf(checked, DeliveryStatus.HELD);
    }

    private static String numberOf(List<Delivery> deliveries, DeliveryStatus status) {
        long number = deliveries.stream().filter(d -> d.status() == status).count();
        return number == 0 ? "" : ", " + number + " " + status.word();
    }

    static String count(long number, String thing) {
        return String.format(java.util.Locale.UK, "%,d %s%s", number, thing, number == 1 ? "" : "s");
    }

    /** Checks the rows that have not been checked by the contracts as they are now. */
    String checkRows() throws SQLException {
        List<Delivery> unchecked = Silver.unchecked(register, catalogue.contracts());
        if (unchecked.isEmpty()) {
            return "nothing new";
        }
        List<Register.Outcome> outcomes = silver.check(unchecked);
        boolean findings =
                outcomes.stream().anyMatch(o -> o.rowsQuarantined() + o.rowsDuplicate() + o.rowsFlagged() > 0);
        Iterator<Row> rows = findings
                ? silver.findings(unchecked.stream().map(Delivery::deliveryId).toList())
                        .toLocalIterator()
                : Collections.emptyIterator();
        audit.outcomes(run, unchecked, outcomes, rows);
        register.addOutcomes(outcomes);
        return count(outcomes.stream().mapToLong(Register.Outcome::rowsKept).sum(), "row") + " kept, "
                + String.format(
                        java.util.Locale.UK,
                        "%,d rejected",
                        outcomes.stream()
                                .mapToLong(Register.Outcome::rowsQuarantined)
                                .sum());
    }

    /** Builds the gold tables that are out of date. */
    String buildMarts() {
        gold = gold();
        Set<String> built = gold.build();
        return built.isEmpty() ? "nothing new" : count(built.size(), "table") + " built";
    }

    /** Publishes the marts, unless the version that people read is the one. */
    String publish() throws SQLException {
        try (GoldBuild build = gold == null ? gold() : gold) {
            return publish(build);
        }
    }

    private String publish(GoldBuild build) throws SQLException {
        String version = build.version();
        String result = "already published";
        if (!publication.liveVersion().equals(Optional.of(version))) {
            long rows = publication.publish(build::rows, catalogue.tables().values(), version);
            result = count(rows, "row") + " published";
        }
        Scope scope = scope();
        audit.published(run, version, scope.latest());
        audit.freshness(freshness(scope));
        return result;
    }

    /** Writes the run report. */
    String report() throws SQLException {
        try {
            return RunReport.write(audit, run, reports).getFileName().toString();
        } catch (IOException e) {
            throw new UncheckedIOException("The run report cannot be written: " + e.getMessage(), e);
        }
    }

    /** Whether everything that has been delivered is in the marts that people read. */
    boolean isUpToDate() throws SQLException {
        return scan.arrivals().isEmpty()
                && scan.unchanged().isEmpty()
                && Silver.unchecked(register, catalogue.contracts()).isEmpty()
                && publication.liveVersion().equals(Optional.of(gold().version()));
    }

    /** Whether any authority has data on the as-at date. */
    boolean hasData() {
        return !scope().asAt().isEmpty() || !scan.arrivals().isEmpty();
    }

    private GoldBuild gold() {
        return new GoldBuild(lake, catalogue, silver, register, scope(), goldState);
    }

    private Scope scope() {
        return new Scope(register.asAt(options.asAt()), options.months());
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
