package org.lacwarehouse.marts.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.gold.GoldBuild;
import org.lacwarehouse.marts.gold.MartTable;
import org.lacwarehouse.marts.gold.MartView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The next version as schemas with all of its rows. */
final class WholeVersion {
    private static final Logger LOG = LoggerFactory.getLogger(WholeVersion.class);

    private final Database database;
    private final GoldBuild gold;
    private final Catalogue catalogue;
    private final MartSchema next = new MartSchema(Publication.NEXT);

    WholeVersion(Database database, GoldBuild gold, Catalogue catalogue) {
        this.database = database;
        this.gold = gold;
        this.catalogue = catalogue;
    }

    /**
     * Makes the schemas.
     *
     * @return the rows
     */
    long build() throws SQLException {
        long rows = tables();
        try (Connection connection = database.connect()) {
            for (MartView view : catalogue.views()) {
                next.createView(connection, view);
            }
            Sql.execute(connection, MartSchema.FOR_LARGE_JOINS);
            MartSchema shared = new MartSchema(Publication.PUBLIC_NEXT);
            for (MartView table : catalogue.publicTables()) {
                shared.createTable(connection, table, Publication.NEXT);
            }
            Sql.execute(connection, MartSchema.AFTER_LARGE_JOINS);
        }
        return rows;
    }

    private long tables() throws SQLException {
        Collection<MartTable> tables = catalogue.tables().values();
        Map<String, Dataset<Row>> rows = new ConcurrentHashMap<>();
        tables.forEach(table -> rows.put(table.name(), gold.rows(table.name())));
        try (Connection connection = database.connect()) {
            for (MartTable table : tables) {
                next.create(connection, table, rows.get(table.name()));
            }
        }
        Map<String, Long> published = new ConcurrentHashMap<>();
        try (Connections connections = new Connections(database)) {
            Publication.each(tables, table -> {
                long started = System.nanoTime();
                long copied = Copy.rows(rows.get(table.name()), database, Publication.NEXT + "." + table.name());
                long inServer = System.nanoTime();
                connections.use(connection -> published.put(table.name(), next.finish(connection, table)));
                LOG.info(
                        "{}: {} rows copied in {} ms; primary key and statistics in {} ms",
                        table.name(),
                        copied,
                        (inServer - started) / 1_000_000,
                        (System.nanoTime() - inServer) / 1_000_000);
                Publication.mustBeSame(table, copied, published.get(table.name()));
            });
            connections.use(connection -> {
                for (MartTable table : tables) {
                    next.addForeignKeys(connection, table);
                }
            });
            Publication.each(tables, table -> {
                long started = System.nanoTime();
                connections.use(connection -> {
                    next.index(connection, table, published);
                    next.validateForeignKeys(connection, table);
                });
                LOG.info(
                        "{}: indexes and foreign keys in {} ms",
                        table.name(),
                        (System.nanoTime() - started) / 1_000_000);
            });
        }
        return published.values().stream().mapToLong(Long::longValue).sum();
    }
}
