package org.lacwarehouse.marts.publish;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.gold.Changes;
import org.lacwarehouse.marts.gold.GoldBuild;
import org.lacwarehouse.marts.gold.MartTable;
import org.lacwarehouse.marts.gold.MartView;
import org.lacwarehouse.pipeline.lake.InParallel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the gold tables to PostgreSQL: the next version, or the rows by which it differs, is built beside the one that
 * people read, verified against gold, and changed over in one transaction. The version before stays as
 * {@code mart_previous}. The version is the comment of the schema.
 */
public final class Publication {
    private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

    /** The schema that people read. */
    public static final String MART = "mart";

    /** The schema of what may be shared outside the council. */
    public static final String PUBLIC = "mart_public";

    /** The version before the one that people read. */
    public static final String PREVIOUS = "mart_previous";

    /** The schema of the version that is being made. */
    static final String NEXT = "mart_next";

    /** The schema of what may be shared of the version that is being made. */
    static final String PUBLIC_NEXT = "mart_public_next";

    private static final String PUBLIC_PREVIOUS = "mart_public_previous";
    private static final String RETIRED = "mart_retired_";
    private static final int OLDEST_SERVER = 15;
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String VERSION_WORDS = "LAC Warehouse marts, version ";

    private final Database database;

    /** @param database where the marts are published */
    public Publication(Database database) {
        this.database = database;
    }

    /** The version that people read now, if any has been published. */
    public Optional<String> liveVersion() throws SQLException {
        try (Connection connection = database.connect();
                PreparedStatement query = connection.prepareStatement(
                        "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = ?")) {
            query.setString(1, MART);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                                && row.getString(1) != null
                                && row.getString(1).startsWith(VERSION_WORDS)
                        ? Optional.of(row.getString(1).substring(VERSION_WORDS.length()))
                        : Optional.empty();
            }
        }
    }

    /**
     * The tables that people read now.
     *
     * @param columnTypes PostgreSQL's name of the type of every column, by table and column: {@code text}, {@code int4},
     *     {@code int8}, {@code float8}, {@code numeric}, {@code bool} or {@code date}
     * @param authorities the names of the authorities whose records are loaded, by their codes
     */
    public record Published(Map<String, Map<String, String>> columnTypes, Map<String, String> authorities) {
        /**
         * PostgreSQL's name of the type of a column.
         *
         * @throws IllegalStateException with a message for the operator when the column has not been published
         */
        public String type(String table, String column) {
            String type = columnTypes.getOrDefault(table, Map.of()).get(column);
            if (type == null) {
                throw new IllegalStateException("The marts that are published have no column " + table + "." + column
                        + ", which this program has; run a night, then run this again");
            }
            return type;
        }
    }

    /**
     * Looks up what has been published.
     *
     * @throws IllegalStateException with a message for the operator when nothing has been
     */
    public Published published() throws SQLException {
        if (liveVersion().isEmpty()) {
            throw new IllegalStateException(
                    "No marts have been published to " + database + " yet; run a night, then run this again");
        }
        try (Connection connection = database.connect();
                ResultSet column = connection.getMetaData().getColumns(null, MART, "%", "%")) {
            Map<String, Map<String, String>> types = new TreeMap<>();
            while (column.next()) {
                types.computeIfAbsent(column.getString("TABLE_NAME"), table -> new TreeMap<>())
                        .put(column.getString("COLUMN_NAME"), column.getString("TYPE_NAME"));
            }
            return new Published(types, loaded(connection, MART));
        }
    }

    /**
     * Publishes the tables and views as one version. Where it may differ from the one that people read in no more than half
     * of their rows, these take the place of theirs; else the whole is made beside theirs.
     *
     * @param gold what is published
     * @param catalogue its tables and views, and what may be shared outside the council
     * @return the rows published, without those that stayed
     */
    public long publish(GoldBuild gold, Catalogue catalogue) throws SQLException {
        Optional<Changes> changes = liveVersion().flatMap(gold::changesSince);
        try {
            if (changes.isPresent() && isReadAsItShould(catalogue)) {
                return publishRows(gold, catalogue, changes.get());
            }
        } catch (SQLException | RuntimeException e) {
            // The message may quote values of rows.
            LOG.warn(
                    "The rows that have changed cannot take the place of those that people read ({}, SQLSTATE {}); all are"
                            + " published",
                    e.getClass().getSimpleName(),
                    e instanceof SQLException sql ? sql.getSQLState() : "unknown");
        }
        return publishWhole(gold, catalogue);
    }

    /** Whether everybody can read what people read now as they should, and not otherwise. */
    private boolean isReadAsItShould(Catalogue catalogue) throws SQLException {
        try (Connection connection = database.connect()) {
            return new Roles(connection, loaded(connection, MART).keySet())
                    .wrong(MART, "", catalogue.tables().values(), PUBLIC)
                    .isEmpty();
        }
    }

    /**
     * Publishes the tables and views as one version that shares nothing with the one that people read.
     *
     * @param gold what is published
     * @param catalogue its tables and views, and what may be shared outside the council
     * @return the rows published
     */
    public long publishWhole(GoldBuild gold, Catalogue catalogue) throws SQLException {
        begin();
        long rows = new WholeVersion(database, gold, catalogue).build();
        try (Connection connection = database.connect()) {
            guard(connection, catalogue.tables().values(), "");
            name(connection, gold.version());
            connection.setAutoCommit(false);
            retire(connection);
            rename(connection, MART, PREVIOUS);
            rename(connection, PUBLIC, PUBLIC_PREVIOUS);
            rename(connection, NEXT, MART);
            rename(connection, PUBLIC_NEXT, PUBLIC);
            connection.commit();
        }
        dropUnread(List.of());
        return rows;
    }

    private long publishRows(GoldBuild gold, Catalogue catalogue, Changes changes) throws SQLException {
        begin();
        ChangedRows changed = new ChangedRows(database, gold, catalogue, changes);
        long rows = changed.build();
        try (Connection connection = database.connect()) {
            guard(connection, changed.tables(), Replacement.ROWS);
            name(connection, gold.version());
            connection.setAutoCommit(false);
            changed.exchange(connection);
            retire(connection);
            rename(connection, NEXT, PREVIOUS);
            rename(connection, PUBLIC_NEXT, PUBLIC_PREVIOUS);
            connection.commit();
        }
        dropUnread(List.of());
        return rows;
    }

    /** Makes room for the next version. */
    private void begin() throws SQLException {
        try (Connection connection = database.connect()) {
            if (connection.getMetaData().getDatabaseMajorVersion() < OLDEST_SERVER) {
                throw new IllegalStateException("The marts need PostgreSQL " + OLDEST_SERVER
                        + " or newer, whose views guard the rows that they show; " + database + " is older");
            }
            Sql.execute(
                    connection,
                    "drop schema if exists " + NEXT + " cascade",
                    "drop schema if exists " + PUBLIC_NEXT + " cascade",
                    "drop schema if exists " + Replacement.ASIDE + " cascade",
                    "create schema " + NEXT,
                    "create schema " + PUBLIC_NEXT);
        }
    }

    /** Lets people read the next version, each what they may. */
    private static void guard(Connection connection, Collection<MartTable> tables, String prefix) throws SQLException {
        Roles roles = new Roles(connection, loaded(connection, NEXT).keySet());
        roles.create();
        roles.grant(NEXT, prefix, tables);
        roles.grantPublic(PUBLIC_NEXT);
        roles.check(NEXT, prefix, tables, PUBLIC_NEXT);
    }

    private static void name(Connection connection, String version) throws SQLException {
        Sql.execute(
                connection,
                "comment on schema " + NEXT + " is " + Sql.quoted(VERSION_WORDS + version),
                "comment on schema " + PUBLIC_NEXT + " is " + Sql.quoted(VERSION_WORDS + version));
    }

    /**
     * Asserts that a table holds what was copied into it.
     *
     * @throws SQLException of class 23, integrity constraint violation, when it does not
     */
    static void mustBeSame(MartTable table, long copied, long there) throws SQLException {
        if (there != copied) {
            throw new SQLException(
                    "The table " + table.name() + " has " + copied + " rows in gold and " + there
                            + " in PostgreSQL; it is not published",
                    "23000");
        }
    }

    /**
     * Publishes some tables and views aside, without keys and for the loading account alone, to compare them with what
     * people read.
     *
     * @param gold the rows of a gold table by its name
     * @param name tells it from others that are aside
     * @return the schema; what is left of it after a failure is dropped by a later night
     */
    public String publishAside(
            Function<String, Dataset<Row>> gold, Collection<MartTable> tables, Collection<MartView> views, String name)
            throws SQLException {
        String schema = RETIRED + name;
        try (Connection connection = database.connect()) {
            Sql.execute(connection, "drop schema if exists " + schema + " cascade", "create schema " + schema);
            for (MartTable table : tables) {
                Dataset<Row> rows = gold.apply(table.name());
                new MartSchema(schema).create(connection, table, rows);
                Copy.rows(rows, database, schema + "." + table.name());
                Sql.execute(connection, "analyze " + schema + "." + table.name());
            }
            Sql.execute(connection, "set search_path to " + schema);
            for (MartView view : views) {
                Sql.execute(connection, "create view " + view.name() + " as " + view.sql());
            }
        }
        return schema;
    }

    /** Drops what was published aside. */
    public void dropAside(String schema) throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.execute(connection, "drop schema if exists " + schema + " cascade");
        }
    }

    /** The names of the loaded authorities by their codes. */
    private static Map<String, String> loaded(Connection connection, String schema) throws SQLException {
        Map<String, String> names = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select la_code, authority_name from " + schema + ".dim_authority where is_loaded")) {
            while (row.next()) {
                names.put(row.getString(1), row.getString(2));
            }
        }
        return names;
    }

    private static void rename(Connection connection, String schema, String to) throws SQLException {
        if (exists(connection, schema)) {
            Sql.execute(connection, "alter schema " + schema + " rename to " + to);
        }
    }

    /**
     * Brings the version before back; the one that people read now becomes the version before, so that doing it again
     * undoes it.
     *
     * @return the version that people read now
     * @throws IllegalStateException with a message for the operator when there is no version before
     */
    public String rollBack() throws SQLException {
        try (Connection connection = database.connect()) {
            if (!exists(connection, PREVIOUS) || !exists(connection, PUBLIC_PREVIOUS)) {
                throw new IllegalStateException(
                        "There is no version of the marts before the one that people read, so none can be brought back");
            }
            boolean isOfRows = Replacement.isIn(connection, PREVIOUS);
            connection.setAutoCommit(false);
            if (isOfRows) {
                new Replacement(connection, MART, PREVIOUS).exchange();
                new Replacement(connection, PUBLIC, PUBLIC_PREVIOUS).exchange();
            } else {
                exchange(connection, MART, PREVIOUS);
                exchange(connection, PUBLIC, PUBLIC_PREVIOUS);
            }
            connection.commit();
        }
        return liveVersion().orElse("unknown");
    }

    private static void exchange(Connection connection, String live, String previous) throws SQLException {
        Sql.execute(connection, "drop schema if exists " + Replacement.ASIDE + " cascade");
        rename(connection, live, Replacement.ASIDE);
        rename(connection, previous, live);
        rename(connection, Replacement.ASIDE, previous);
    }

    /** Makes room for the version before: moves the one before that aside, for which nobody who reads it is waited for. */
    private static void retire(Connection connection) throws SQLException {
        rename(connection, PREVIOUS, RETIRED + System.currentTimeMillis());
        rename(connection, PUBLIC_PREVIOUS, RETIRED + "public_" + System.currentTimeMillis());
    }

    /** Drops every version of the marts but the one that people read, as far as nobody reads it; nobody is waited for. */
    public void dropUnreadVersions() throws SQLException {
        dropUnread(List.of(PREVIOUS, PUBLIC_PREVIOUS));
    }

    /**
     * Drops what was moved aside and nobody reads.
     *
     * @param besides other schemas to be dropped in the same way
     */
    private void dropUnread(List<String> besides) throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.execute(connection, "set lock_timeout = '2s'");
            List<String> schemas = new ArrayList<>(besides);
            schemas.addAll(retired(connection));
            for (String schema : schemas) {
                try {
                    Sql.execute(connection, "drop schema if exists " + schema + " cascade");
                } catch (SQLException e) {
                    if (!e.getSQLState().equals(LOCK_NOT_AVAILABLE)) {
                        throw e;
                    }
                }
            }
        }
    }

    private static List<String> retired(Connection connection) throws SQLException {
        return Sql.column(
                connection, "select nspname from pg_namespace where starts_with(nspname, " + Sql.quoted(RETIRED) + ")");
    }

    /**
     * Drops every version of the marts but the one that people read. Somebody who still reads an older one is waited for
     * for a minute.
     *
     * @throws IllegalStateException with a message for the operator when that was not long enough
     */
    public void dropOlderVersions() throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.execute(connection, "set lock_timeout = '60s'");
            List<String> schemas =
                    new ArrayList<>(List.of(PREVIOUS, PUBLIC_PREVIOUS, NEXT, PUBLIC_NEXT, Replacement.ASIDE));
            schemas.addAll(retired(connection));
            for (String schema : schemas) {
                Sql.execute(connection, "drop schema if exists " + schema + " cascade");
            }
        } catch (SQLException e) {
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw new IllegalStateException(
                        "Somebody still reads an older version of the marts, so it cannot be dropped; wait until that has"
                                + " ended, or end it",
                        e);
            }
            throw e;
        }
    }

    private static boolean exists(Connection connection, String schema) throws SQLException {
        return !Sql.column(connection, "select nspname from pg_namespace where nspname = " + Sql.quoted(schema))
                .isEmpty();
    }

    /** What is done for a table. */
    interface Publishing {
        void of(MartTable table) throws SQLException;
    }

    static void each(Collection<MartTable> tables, Publishing publishing) {
        InParallel.each(tables, table -> {
            try {
                publishing.of(table);
            } catch (SQLException e) {
                throw new IllegalStateException("Publishing the table " + table.name() + " failed", e);
            }
        });
    }
}
