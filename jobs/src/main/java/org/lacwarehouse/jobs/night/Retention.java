package org.lacwarehouse.jobs.night;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.lacwarehouse.jobs.audit.Audit;
import org.lacwarehouse.marts.publish.Publication;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.YamlNode;
import org.lacwarehouse.pipeline.lake.InParallel;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.silver.Silver;

/** Removes what has been kept for as long as {@code application.yml} says: the history of tables, and of nights. */
final class Retention {
    private final Conf conf;
    private final Lake lake;
    private final Path warehouse;
    private final Register register;
    private final Audit audit;
    private final Publication publication;
    private final Instant now;

    /** @param now the time from which days are counted back */
    Retention(
            Conf conf,
            Lake lake,
            Path warehouse,
            Register register,
            Audit audit,
            Publication publication,
            Instant now) {
        this.conf = conf;
        this.lake = lake;
        this.warehouse = warehouse;
        this.register = register;
        this.audit = audit;
        this.publication = publication;
        this.now = now;
    }

    /** Removes what is due. What is not removed now, as somebody reads it, is removed by a later night. */
    void apply() throws SQLException, IOException {
        dropQuarantine(LocalDate.ofInstant(daysAgo("quarantine"), ZoneOffset.UTC));
        Instant history = daysAgo("table_history");
        InParallel.each(
                Proof.LAYERS.stream()
                        .flatMap(layer -> lake.tables(layer).stream())
                        .toList(),
                table -> lake.dropHistory(table, history));
        if (audit.liveSince().filter(daysAgo("previous_marts")::isAfter).isPresent()) {
            publication.dropUnreadVersions();
        }
        Instant nights = daysAgo("nights");
        for (long run : audit.dropRuns(nights)) {
            Files.deleteIfExists(warehouse.resolve("reports/night-" + run + ".html"));
        }
        dropLogs(nights);
    }

    private Instant daysAgo(String what) {
        String setting = "days_kept_of_" + what;
        int days = Integer.parseInt(YamlNode.parse(conf.file("application.yml")).text(setting));
        return now.minus(Duration.ofDays(days));
    }

    /** The values that were rejected in extracts of before a date, where a newer one has taken their place. */
    private void dropQuarantine(LocalDate before) {
        Set<String> held = lake.slices(Silver.FINDINGS);
        List<String> due = register.loaded().stream()
                .filter(delivery -> held.contains(delivery.deliveryId()))
                .filter(delivery -> delivery.extractDate().isBefore(before))
                .filter(delivery -> !isInForce(delivery))
                .map(Delivery::deliveryId)
                .toList();
        lake.dropSlices(Silver.FINDINGS, due);
    }

    private boolean isInForce(Delivery delivery) {
        return register.inForce(
                        delivery.authority(),
                        delivery.source(),
                        delivery.dataset(),
                        LocalDate.ofInstant(now, ZoneOffset.UTC))
                .map(Delivery::deliveryId)
                .filter(delivery.deliveryId()::equals)
                .isPresent();
    }

    /** The log of each month but this is a file of its own. */
    private void dropLogs(Instant before) throws IOException {
        try (Stream<Path> logs = Files.list(warehouse.resolve("logs"))) {
            for (Path log : logs.toList()) {
                if (Files.getLastModifiedTime(log).toInstant().isBefore(before)) {
                    Files.delete(log);
                }
            }
        }
    }
}
