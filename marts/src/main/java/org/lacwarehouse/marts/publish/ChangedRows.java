package org.lacwarehouse.marts.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.gold.Changes;
import org.lacwarehouse.marts.gold.GoldBuild;
import org.lacwarehouse.marts.gold.MartTable;
import org.lacwarehouse.marts.gold.MartView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The next version as the rows by which it may differ from the one that people read. */
final class ChangedRows {
    private static final Logger LOG = LoggerFactory.getLogger(ChangedRows.class);
    private static final String LA_CODE = "la_code";

    private final Database database;
    private final GoldBuild gold;
    private final Catalogue catalogue;
    private final Changes changes;
    private final List<MartTable> tables;
    private final Map<String, Long> copied = new ConcurrentHashMap<>();

    ChangedRows(Database database, GoldBuild gold, Catalogue catalogue, Changes changes) {
        this.database = database;
        this.gold = gold;
        this.catalogue = catalogue;
        this.changes = changes;
        this.tables = catalogue.tables().values().stream()
                .filter(table -> changes.areIn(table.name()))
                .toList();
    }

    /** The tables that may differ. */
    List<MartTable> tables() {
        return tables;
    }

    /**
     * Makes the schemas of the next version, in which the rows stand.
     *
     * @return the rows
     */
    long build() throws SQLException {
        try (Connection connection = database.connect()) {
            Replacement marts = new Replacement(connection, Publication.MART, Publication.NEXT);
            for (MartTable table : tables) {
                marts.add(table.name(), changes.condition(table.name()));
            }
            copy();
            marts.show();
            MartSchema next = new MartSchema(Publication.NEXT);
            for (MartView view : catalogue.views()) {
                next.createView(connection, view);
            }
            Replacement shared = new Replacement(connection, Publication.PUBLIC, Publication.PUBLIC_NEXT);
            Sql.execute(connection, MartSchema.FOR_LARGE_JOINS);
            for (MartView table : catalogue.publicTables()) {
                addPublic(connection, shared, table);
            }
            Sql.execute(connection, MartSchema.AFTER_LARGE_JOINS);
            shared.show();
        }
        return copied.values().stream().mapToLong(Long::longValue).sum();
    }

    private void copy() throws SQLException {
        try (Connections connections = new Connections(database)) {
            Publication.each(tables, table -> {
                long started = System.nanoTime();
                String rows = Replacement.rows(Publication.NEXT, table.name());
                copied.put(table.name(), Copy.rows(gold.rows(table.name(), changes), database, rows));
                connections.use(connection -> Sql.execute(connection, "analyze " + rows));
                LOG.info(
                        "{}: {} rows copied in {} ms",
                        table.name(),
                        copied.get(table.name()),
                        (System.nanoTime() - started) / 1_000_000);
            });
        }
    }

    /** The rows of a public table, where it tells of authorities those of the authorities that have changed. */
    private void addPublic(Connection connection, Replacement shared, MartView table) throws SQLException {
        List<String> from = catalogue.tables().keySet().stream()
                .filter(name -> changes.areIn(name) && table.sql().matches("(?s).*\\b" + name + "\\b.*"))
                .toList();
        if (from.isEmpty()) {
            return;
        }
        boolean isPartly = table.columns().containsKey(LA_CODE)
                && changes.partly().keySet().containsAll(from);
        String condition = Changes.ALL;
        Sql.execute(connection, "create schema " + Replacement.ASIDE);
        if (isPartly) {
            Set<String> authorities = changes.authorities(from);
            condition = LA_CODE + " in ('" + String.join("', '", authorities) + "')";
            for (String name : from) {
                Sql.execute(
                        connection,
                        "create view " + Replacement.ASIDE + "." + name + " as select * from " + Publication.NEXT + "."
                                + name + " where " + Changes.ofAuthorities(authorities));
            }
        }
        shared.add(table.name(), condition);
        Sql.execute(
                connection,
                "set search_path to " + Replacement.ASIDE + ", " + Publication.NEXT,
                "insert into " + Replacement.rows(Publication.PUBLIC_NEXT, table.name()) + " select * from ("
                        + table.sql() + ") as selected where " + condition,
                "reset search_path",
                "drop schema " + Replacement.ASIDE + " cascade");
    }

    /**
     * Puts the rows into the version that people read, in a transaction that the connection is in.
     *
     * @throws SQLException of class 23, integrity constraint violation, when the rows do not fit those that stay
     */
    void exchange(Connection connection) throws SQLException {
        long started = System.nanoTime();
        new Replacement(connection, Publication.MART, Publication.NEXT).exchange();
        new Replacement(connection, Publication.PUBLIC, Publication.PUBLIC_NEXT).exchange();
        for (MartTable table : tables) {
            long there = Sql.number(
                    connection,
                    "select count(*) from " + Publication.MART + "." + table.name() + " where "
                            + changes.condition(table.name()));
            Publication.mustBeSame(table, copied.get(table.name()), there);
        }
        LOG.info("Rows exchanged in {} ms", (System.nanoTime() - started) / 1_000_000);
    }
}
