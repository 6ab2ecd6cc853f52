package org.lacwarehouse.marts.publish;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.util.LongAccumulator;
import org.lacwarehouse.marts.gold.MartTable;
import org.lacwarehouse.marts.gold.MartView;
import org.lacwarehouse.pipeline.lake.InParallel;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the gold tables to PostgreSQL: the next version is built beside the one that people read, with keys, comments
 * and statistics, verified against gold, and changed over by renaming the schemas in one transaction. The version before
 * stays as {@code mart_previous}. The version is the comment of the schema, so it moves with the rename.
 */
public final class Publication {
    private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

    /** The schema that people read. */
    public static final String MART = "mart";

    /** The schema of what may be shared outside the council. */
    public static final String PUBLIC = "mart_public";

    /** The version before the one that people read. */
    public static final String PREVIOUS = "mart_previous";

    private static final String NEXT = "mart_next";
    private static final String PUBLIC_NEXT = "mart_public_next";
    private static final String PUBLIC_PREVIOUS = "mart_public_previous";
    private static final String RETIRED = "mart_retired_";
    private static final int OLDEST_SERVER = 15;
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    /** Of a dimension of no more members, a member finds so many rows that reading all of them is as good. */
    private static final int FEW_MEMBERS = 100;

    private static final String SORTING = "set maintenance_work_mem = '256MB'";
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
     * Publishes all tables and views as one version.
     *
     * @param gold the rows of a gold table by its name
     * @param views what people read beside the tables
     * @param publicTables what may be shared outside the council
     * @return the rows published
     */
    public long publish(
            Function<String, Dataset<Row>> gold,
            Collection<MartTable> tables,
            Collection<MartView> views,
            Collection<MartView> publicTables,
            String version)
            throws SQLException {
        Map<String, Dataset<Row>> rows = new ConcurrentHashMap<>();
        tables.forEach(table -> rows.put(table.name(), gold.apply(table.name())));
        try (Connection connection = database.connect()) {
            if (connection.getMetaData().getDatabaseMajorVersion() < OLDEST_SERVER) {
                throw new IllegalStateException("The marts need PostgreSQL " + OLDEST_SERVER
                        + " or newer, whose views guard the rows that they show; " + database + " is older");
            }
            execute(
                    connection,
                    "drop schema if exists " + NEXT + " cascade",
                    "drop schema if exists " + PUBLIC_NEXT + " cascade",
                    "create schema " + NEXT,
                    "create schema " + PUBLIC_NEXT);
            for (MartTable table : tables) {
                execute(connection, create(NEXT, table, rows.get(table.name())));
            }
        }
        Map<String, Long> published = new ConcurrentHashMap<>();
        try (Connections connections = new Connections(database)) {
            each(tables, table -> {
                long started = System.nanoTime();
                long copied = copy(rows.get(table.name()), NEXT + "." + table.name());
                long inServer = System.nanoTime();
                connections.use(connection -> published.put(table.name(), finish(connection, table)));
                LOG.info(
                        "{}: {} rows copied in {} ms; primary key and statistics in {} ms",
                        table.name(),
                        copied,
                        (inServer - started) / 1_000_000,
                        (System.nanoTime() - inServer) / 1_000_000);
                if (published.get(table.name()) != copied) {
                    throw new IllegalStateException("The table " + table.name() + " has " + copied
                            + " rows in gold and " + published.get(table.name())
                            + " in PostgreSQL; it is not published");
                }
            });
            connections.use(connection -> {
                for (MartTable table : tables) {
                    execute(connection, foreignKeys(table).toArray(String[]::new));
                }
            });
            each(tables, table -> {
                long started = System.nanoTime();
                connections.use(connection -> {
                    execute(connection, indexes(table, published).toArray(String[]::new));
                    execute(connection, validated(table).toArray(String[]::new));
                });
                LOG.info(
                        "{}: indexes and foreign keys in {} ms",
                        table.name(),
                        (System.nanoTime() - started) / 1_000_000);
            });
        }
        try (Connection connection = database.connect()) {
            for (MartView view : views) {
                create(connection, "view", NEXT, " with (security_invoker = true)", view);
            }
            // PostgreSQL cannot know how many rows its steps give, and would try every pair of them.
            execute(connection, "set enable_nestloop = off", "set work_mem = '256MB'", "set jit = off");
            for (MartView table : publicTables) {
                create(connection, "table", PUBLIC_NEXT, "", table);
                execute(connection, "analyze " + PUBLIC_NEXT + "." + table.name());
            }
            execute(connection, "reset enable_nestloop", "reset work_mem", "reset jit");
            Roles roles = new Roles(connection, loaded(connection, NEXT).keySet());
            roles.create();
            roles.grant(NEXT, tables);
            roles.grantPublic(PUBLIC_NEXT);
            roles.check(NEXT, tables, PUBLIC_NEXT);
            execute(
                    connection,
                    "comment on schema " + NEXT + " is " + quoted(VERSION_WORDS + version),
                    "comment on schema " + PUBLIC_NEXT + " is " + quoted(VERSION_WORDS + version));
            swap(connection);
        }
        return published.values().stream().mapToLong(Long::longValue).sum();
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
            execute(connection, "drop schema if exists " + schema + " cascade", "create schema " + schema);
            for (MartTable table : tables) {
                Dataset<Row> rows = gold.apply(table.name());
                execute(connection, create(schema, table, rows));
                copy(rows, schema + "." + table.name());
                execute(connection, "analyze " + schema + "." + table.name());
            }
            execute(connection, "set search_path to " + schema);
            for (MartView view : views) {
                execute(connection, "create view " + view.name() + " as " + view.sql());
            }
        }
        return schema;
    }

    /** Drops what was published aside. */
    public void dropAside(String schema) throws SQLException {
        try (Connection connection = database.connect()) {
            execute(connection, "drop schema if exists " + schema + " cascade");
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

    /** Makes the next schemas the ones that people read, in one transaction; those that were become the version before. */
    private static void swap(Connection connection) throws SQLException {
        retire(connection);
        connection.setAutoCommit(false);
        change(connection, NEXT, MART, PREVIOUS);
        change(connection, PUBLIC_NEXT, PUBLIC, PUBLIC_PREVIOUS);
        connection.commit();
    }

    private static void change(Connection connection, String next, String live, String previous) throws SQLException {
        if (exists(connection, live)) {
            execute(connection, "alter schema " + live + " rename to " + previous);
        }
        execute(connection, "alter schema " + next + " rename to " + live);
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
            connection.setAutoCommit(false);
            exchange(connection, MART, PREVIOUS);
            exchange(connection, PUBLIC, PUBLIC_PREVIOUS);
            connection.commit();
        }
        return liveVersion().orElse("unknown");
    }

    private static void exchange(Connection connection, String live, String previous) throws SQLException {
        execute(
                connection,
                "alter schema " + live + " rename to mart_changing",
                "alter schema " + previous + " rename to " + live,
                "alter schema mart_changing rename to " + previous);
    }

    /**
     * Makes room for the version before: drops the one before that, or, while somebody still reads it, moves it aside and
     * leaves the dropping to a later night. Nobody is waited for.
     */
    private static void retire(Connection connection) throws SQLException {
        for (String schema : dropUnread(connection)) {
            if (!schema.startsWith(RETIRED)) {
                execute(
                        connection,
                        "alter schema " + schema + " rename to " + RETIRED + (schema.equals(PREVIOUS) ? "" : "public_")
                                + System.currentTimeMillis());
            }
        }
    }

    /** Drops the older versions that nobody reads; returns those that somebody does. */
    private static List<String> dropUnread(Connection connection) throws SQLException {
        List<String> read = new ArrayList<>();
        execute(connection, "set lock_timeout = '2s'");
        for (String schema : olderVersions(connection)) {
            try {
                execute(connection, "drop schema " + schema + " cascade");
            } catch (SQLException e) {
                if (!e.getSQLState().equals(LOCK_NOT_AVAILABLE)) {
                    throw e;
                }
                read.add(schema);
            }
        }
        execute(connection, "reset lock_timeout");
        return read;
    }

    /** Drops every version of the marts but the one that people read, as far as nobody reads it; nobody is waited for. */
    public void dropUnreadVersions() throws SQLException {
        try (Connection connection = database.connect()) {
            dropUnread(connection);
        }
    }

    private static List<String> olderVersions(Connection connection) throws SQLException {
        List<String> old = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select nspname from pg_namespace where nspname in ('" + PREVIOUS
                        + "', '" + PUBLIC_PREVIOUS + "') or nspname like '" + RETIRED.replace("_", "\\_") + "%'")) {
            while (row.next()) {
                old.add(row.getString(1));
            }
        }
        return old;
    }

    /**
     * Drops every version of the marts but the one that people read. Somebody who still reads an older one is waited for
     * for a minute.
     *
     * @throws IllegalStateException with a message for the operator when that was not long enough
     */
    public void dropOlderVersions() throws SQLException {
        try (Connection connection = database.connect()) {
            execute(connection, "set lock_timeout = '60s'");
            for (String schema : olderVersions(connection)) {
                execute(connection, "drop schema " + schema + " cascade");
            }
            execute(
                    connection,
                    "drop schema if exists " + NEXT + " cascade",
                    "drop schema if exists " + PUBLIC_NEXT + " cascade");
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
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select to_regnamespace('" + schema + "') is not null")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static String create(String schema, MartTable table, Dataset<Row> rows) {
        List<String> columns = new ArrayList<>();
        for (StructField field : rows.schema().fields()) {
            columns.add(field.name() + " " + type(field.dataType())
                    + (table.nullable().contains(field.name()) ? "" : " not null"));
        }
        return "create table " + schema + "." + table.name() + " (" + String.join(", ", columns) + ")";
    }

    private static String type(DataType type) {
        if (type instanceof DecimalType decimal) {
            return "numeric(" + decimal.precision() + "," + decimal.scale() + ")";
        }
        Map<DataType, String> names = Map.of(
                DataTypes.StringType, "text",
                DataTypes.IntegerType, "integer",
                DataTypes.LongType, "bigint",
                DataTypes.DoubleType, "double precision",
                DataTypes.BooleanType, "boolean",
                DataTypes.DateType, "date");
        if (!names.containsKey(type)) {
            throw new IllegalArgumentException("A mart table must not have a column of type " + type.simpleString());
        }
        return names.get(type);
    }

    /** Copies the rows of a gold table, partition by partition; returns how many there were. */
    private long copy(Dataset<Row> rows, String table) {
        Database target = database;
        LongAccumulator copied = rows.sparkSession().sparkContext().longAccumulator();
        DataType[] types =
                Stream.of(rows.schema().fields()).map(StructField::dataType).toArray(DataType[]::new);
        ((org.apache.spark.sql.classic.Dataset<Row>) rows)
                .queryExecution()
                .toRdd()
                .toJavaRDD()
                .foreachPartition(partition -> copied.add(copy(target, table, types, partition)));
        return copied.value();
    }

    private static long copy(Database target, String table, DataType[] types, Iterator<InternalRow> rows)
            throws SQLException {
        if (!rows.hasNext()) {
            return 0;
        }
        long copied = 0;
        try (Connection connection = target.connect()) {
            CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy " + table + " from stdin");
            CopyText text = new CopyText(types);
            try {
                while (rows.hasNext()) {
                    text.append(rows.next());
                    copied++;
                    if (text.length() > 1 << 16 || !rows.hasNext()) {
                        copy.writeToCopy(text.bytes(), 0, text.length());
                        text.clear();
                    }
                }
                copy.endCopy();
            } finally {
                if (copy.isActive()) {
                    copy.cancelCopy();
                }
            }
        }
        return copied;
    }

    /** Primary key, comments and statistics of one table; returns its rows. */
    private static long finish(Connection connection, MartTable table) throws SQLException {
        String name = NEXT + "." + table.name();
        List<String> statements = new ArrayList<>();
        statements.add(SORTING);
        statements.add("alter table " + name + " add primary key (" + String.join(", ", table.primaryKey()) + ")");
        statements.add("comment on table " + name + " is " + quoted(table.grain()));
        table.columns()
                .forEach((column, words) ->
                        statements.add("comment on column " + name + "." + column + " is " + quoted(words)));
        statements.add("analyze " + name);
        execute(connection, statements.toArray(String[]::new));
        try (Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery("select count(*) from " + name)) {
            count.next();
            return count.getLong(1);
        }
    }

    /**
     * Indexes by what people look rows up by: a dimension that is more than a short list of codes, an authority and its
     * month ends, a month end, a child. None where the primary key begins with it.
     *
     * @param published the rows of each table
     */
    private static List<String> indexes(MartTable table, Map<String, Long> published) {
        List<String> indexed = new ArrayList<>();
        String first = table.primaryKey().get(0);
        table.foreignKeys().forEach((column, dimension) -> {
            if (!column.equals(first) && published.get(dimension) > FEW_MEMBERS) {
                indexed.add(column);
            }
        });
        Set<String> columns = table.columns().keySet();
        if (columns.contains("la_code") && !first.equals("la_code")) {
            indexed.add(columns.contains("period_end") ? "la_code, period_end" : "la_code");
        }
        if (columns.contains("period_end") && !first.equals("period_end")) {
            indexed.add("period_end");
        }
        if (columns.contains("child_id") && !first.equals("child_id")) {
            indexed.add("child_id");
        }
        List<String> statements = new ArrayList<>(List.of(SORTING));
        indexed.forEach(key -> statements.add("create index on " + NEXT + "." + table.name() + " (" + key + ")"));
        return statements;
    }

    /** The foreign keys of a table, which hold for new rows only until they are validated: that takes no lock of others. */
    private static List<String> foreignKeys(MartTable table) {
        List<String> statements = new ArrayList<>();
        table.foreignKeys()
                .forEach((column, dimension) -> statements.add("alter table " + NEXT + "." + table.name()
                        + " add constraint " + foreignKey(column) + " foreign key (" + column + ") references " + NEXT
                        + "." + dimension + " not valid"));
        return statements;
    }

    private static List<String> validated(MartTable table) {
        return table.foreignKeys().keySet().stream()
                .map(column ->
                        "alter table " + NEXT + "." + table.name() + " validate constraint " + foreignKey(column))
                .toList();
    }

    private static String foreignKey(String column) {
        return column + "_fkey";
    }

    private interface Publishing {
        void of(MartTable table) throws SQLException;
    }

    private static void each(Collection<MartTable> tables, Publishing publishing) {
        InParallel.each(tables, table -> {
            try {
                publishing.of(table);
            } catch (SQLException e) {
                throw new IllegalStateException("Publishing the table " + table.name() + " failed", e);
            }
        });
    }

    /** Creates what a SELECT over the tables of the version that is being built gives, with its words. */
    private static void create(Connection connection, String kind, String schema, String options, MartView select)
            throws SQLException {
        String name = schema + "." + select.name();
        execute(
                connection,
                "set search_path to " + NEXT,
                "create " + kind + " " + name + options + " as " + select.sql(),
                "reset search_path",
                "comment on " + kind + " " + name + " is " + quoted(select.grain()));
        for (Map.Entry<String, String> column : select.columns().entrySet()) {
            execute(
                    connection,
                    "comment on column " + name + "." + column.getKey() + " is " + quoted(column.getValue()));
        }
    }

    private static String quoted(String words) {
        return "'" + words.replace("'", "''") + "'";
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
