package org.lacwarehouse.marts.publish;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.lacwarehouse.marts.gold.MartTable;

/**
 * Who may read what: {@code mart_analyst} all of the marts, {@code mart_analyst_<la_code>} the rows of that authority and
 * what is public, {@code mart_public_reader} only what is public; {@code mart_loader} owns everything. They are roles
 * without a login, to be granted to people's accounts.
 */
public final class Roles {
    static final String LOADER = "mart_loader";
    static final String ANALYST = "mart_analyst";
    static final String PUBLIC_READER = "mart_public_reader";

    private static final String LA_CODE = "la_code";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    /** Duplicate object, unique violation. */
    private static final Set<String> ALREADY_THERE = Set.of("42710", "23505");

    /** Holds what DfE has published, whoever reads it. */
    private static final String PUBLISHED = "fact_benchmark";

    private final Connection connection;
    private final List<String> authorities;

    /** @param authorities the codes of the authorities whose records are loaded */
    Roles(Connection connection, Collection<String> authorities) {
        this.connection = connection;
        this.authorities = List.copyOf(new TreeSet<>(authorities));
    }

    /**
     * The role that reads one authority's rows.
     *
     * @param authority DfE's three-digit code
     */
    public static String analystOf(String authority) {
        return ANALYST + "_" + authority;
    }

    /**
     * Makes the roles that are missing.
     *
     * @throws IllegalStateException with what a database administrator has to run, when the account may not make them
     */
    void create() throws SQLException {
        List<String> wanted = new ArrayList<>(List.of(LOADER, ANALYST, PUBLIC_READER));
        authorities.forEach(authority -> wanted.add(analystOf(authority)));
        List<String> missing = new ArrayList<>();
        for (String role : wanted) {
            if (!is("select exists (select from pg_roles where rolname = ?)", role)) {
                missing.add("create role " + role);
            }
        }
        boolean isLoaderNew = missing.contains("create role " + LOADER);
        if (isLoaderNew || !is("select pg_has_role(?, 'member')", LOADER)) {
            missing.add("grant " + LOADER + " to " + identifier("select current_user"));
        }
        if (isLoaderNew || !is("select has_database_privilege(?, current_database(), 'create')", LOADER)) {
            missing.add("grant create on database " + identifier("select current_database()") + " to " + LOADER);
        }
        try {
            for (String statement : missing) {
                executeUnlessDone(statement);
            }
        } catch (SQLException e) {
            if (INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                throw new IllegalStateException(
                        "The roles that people read the marts with are not all there, and the loading account may not make"
                                + " them; ask the database administrator to run: " + String.join("; ", missing) + ";",
                        e);
            }
            throw e;
        }
    }

    /** Roles are the server's: a night that publishes to another of its databases may make the same ones meanwhile. */
    private void executeUnlessDone(String statement) throws SQLException {
        try {
            execute(statement);
        } catch (SQLException e) {
            if (!ALREADY_THERE.contains(e.getSQLState())) {
                throw e;
            }
        }
    }

    /**
     * Lets the roles read a schema of marts, each its rows, and gives it to the loader.
     *
     * @param prefix how the names of the schema's tables begin
     */
    void grant(String schema, String prefix, Collection<MartTable> tables) throws SQLException {
        String readers = readers();
        for (MartTable table : tables) {
            if (!isGuarded(table)) {
                continue;
            }
            String name = schema + "." + prefix + table.name();
            execute("alter table " + name + " enable row level security");
            execute("create policy " + ANALYST + " on " + name + " for select to " + ANALYST + " using (true)");
            for (String authority : authorities) {
                String own = ownedBy(table).equals(LA_CODE) ? "'" + authority + "'" : "" + Integer.parseInt(authority);
                execute("create policy " + analystOf(authority) + " on " + name + " for select to "
                        + analystOf(authority) + " using (" + ownedBy(table) + " = " + own + ")");
            }
        }
        // When all rows are guarded, and not before.
        execute("grant select on all tables in schema " + schema + " to " + readers);
        execute("grant usage on schema " + schema + " to " + readers);
        own(schema);
    }

    /** Lets everybody who reads marts read a schema that is public, and gives it to the loader. */
    void grantPublic(String schema) throws SQLException {
        execute("grant usage on schema " + schema + " to " + readers() + ", " + PUBLIC_READER);
        execute("grant select on all tables in schema " + schema + " to " + readers() + ", " + PUBLIC_READER);
        own(schema);
    }

    /**
     * Asserts, before people see them, that the schemas can be read as they should and not otherwise.
     *
     * @param prefix how the names of the schema's tables begin
     * @throws IllegalStateException when something is open that must not be, or closed that must be open
     */
    void check(String schema, String prefix, Collection<MartTable> tables, String publicSchema) throws SQLException {
        List<String> wrong = wrong(schema, prefix, tables, publicSchema);
        if (!wrong.isEmpty()) {
            throw new IllegalStateException(
                    "The marts are not published, as their protection is incomplete: " + String.join("; ", wrong));
        }
    }

    /** Why schemas cannot be read as they should, or can be otherwise; nothing when all is well. */
    List<String> wrong(String schema, String prefix, Collection<MartTable> tables, String publicSchema)
            throws SQLException {
        List<String> wrong = new ArrayList<>();
        if (isHidden(schema, readers()) || isHidden(publicSchema, readers() + ", " + PUBLIC_READER)) {
            wrong.add("a role could not read all that it may");
        }
        if (is("select has_schema_privilege(?, '" + schema + "', 'usage')", PUBLIC_READER)) {
            wrong.add(PUBLIC_READER + " could read the marts");
        }
        if (is("select has_schema_privilege('public', ?, 'usage')", schema)
                || is("select has_schema_privilege('public', ?, 'usage')", publicSchema)) {
            wrong.add("everybody could read them");
        }
        for (MartTable table : tables) {
            if (isGuarded(table)
                    && !is(
                            "select relrowsecurity and (select count(*) from pg_policy where polrelid = c.oid) = "
                                    + (authorities.size() + 1) + " from pg_class c where oid = to_regclass(?)",
                            schema + "." + prefix + table.name())) {
                wrong.add("the rows of " + table.name() + " are not guarded");
            }
        }
        if (is(
                "select exists (select from pg_class c where relnamespace = to_regnamespace(?) and relkind = 'v' and not"
                        + " coalesce(reloptions @> '{security_invoker=true}', false))",
                schema)) {
            wrong.add("a view does not guard the rows that it shows");
        }
        if (is(
                "select exists (select from pg_attribute a join pg_class c on c.oid = a.attrelid where a.attname = 'child_id'"
                        + " and c.relnamespace = to_regnamespace(?))",
                publicSchema)) {
            wrong.add("a public table is about single children");
        }
        return wrong;
    }

    /** Whether a schema has something that one of some roles may not read, or one of these is not there. */
    private boolean isHidden(String schema, String roles) throws SQLException {
        return is(
                "select exists (select from pg_class c, unnest(string_to_array('" + roles
                        + "', ', ')) as reader left join"
                        + " pg_roles r on r.rolname = reader where c.relnamespace = to_regnamespace(?) and c.relkind in"
                        + " ('r', 'v') and (r.oid is null or not has_table_privilege(r.oid, c.oid, 'select') or not"
                        + " has_schema_privilege(r.oid, c.relnamespace, 'usage')))",
                schema);
    }

    /** Whether only some may see the rows of a table: all that is about children or is an authority's own figure. */
    public static boolean isGuarded(MartTable table) {
        return table.columns().containsKey("child_id")
                || table.name().startsWith("fact_") && !table.name().equals(PUBLISHED);
    }

    /** The column of a guarded table that says whose a row is: la_code, or authority_key, which is its number. */
    public static String ownedBy(MartTable table) {
        return table.columns().containsKey(LA_CODE) ? LA_CODE : "authority_key";
    }

    private String readers() {
        List<String> readers = new ArrayList<>(List.of(ANALYST));
        authorities.forEach(authority -> readers.add(analystOf(authority)));
        return String.join(", ", readers);
    }

    private void own(String schema) throws SQLException {
        execute("alter schema " + schema + " owner to " + LOADER);
        for (String relation : Sql.column(
                connection,
                "select relname from pg_class where relnamespace = to_regnamespace(" + Sql.quoted(schema)
                        + ") and relkind in ('r', 'v')")) {
            execute("alter table " + schema + "." + relation + " owner to " + LOADER);
        }
    }

    private boolean is(String query, String parameter) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, parameter);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private String identifier(String query) throws SQLException {
        return Sql.column(connection, "select quote_ident((" + query + ")::text)")
                .get(0);
    }

    private void execute(String sql) throws SQLException {
        Sql.execute(connection, sql);
    }
}
