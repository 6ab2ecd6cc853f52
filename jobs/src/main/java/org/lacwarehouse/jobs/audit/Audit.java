package org.lacwarehouse.jobs.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.Register;

/** The schema {@code audit}: what each night did, file by file and step by step; no value of any row is in it. */
public final class Audit implements AutoCloseable {
    /** The advisory lock that a night holds, so that two never load one database at once. */
    private static final long LOCK = 0x4c4143_57415245L;

    private final Connection connection;

    private Audit(Connection connection) {
        this.connection = connection;
    }

    /**
     * Connects and makes sure that the audit tables exist.
     *
     * @throws IllegalStateException with a message for the operator when the database does not answer
     */
    public static Audit open(Database database) throws SQLException, IOException {
        Connection connected;
        try {
            connected = database.connect();
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "PostgreSQL cannot be reached at " + database + ": " + e.getMessage()
                            + " Nothing has been changed; mend that, then run the same command again.",
                    e);
        }
        Audit audit = new Audit(connected);
        try (var ddl = Audit.class.getResourceAsStream("/audit.sql");
                Statement statement = audit.connection.createStatement()) {
            statement.execute(new String(ddl.readAllBytes(), StandardCharsets.UTF_8));
        }
        return audit;
    }

    /** Takes the night's lock; false when another night holds it. It is given back when this connection closes. */
    public boolean lock() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_try_advisory_lock(" + LOCK + ")")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /**
     * Begins a run, or goes on with the last one when that did not end and was asked for the same.
     *
     * @param request identifies what the night was asked to do and what lies in the landing zone
     * @return the run's id
     */
    public long begin(String request, LocalDate asAt) throws SQLException {
        try (PreparedStatement last = connection.prepareStatement(
                "select run_id from audit.run where run_id = (select max(run_id) from audit.run)"
                        + " and request = ? and status in ('running', 'failed')")) {
            last.setString(1, request);
            try (ResultSet row = last.executeQuery()) {
                if (row.next()) {
                    update("update audit.run set status = 'running', ended_at = null where run_id = ?", row.getLong(1));
                    return row.getLong(1);
                }
            }
        }
        update("update audit.run set status = 'failed', ended_at = now() where status = 'running'");
        try (PreparedStatement insert =
                connection.prepareStatement("insert into audit.run (as_at, started_at, status, is_live, request)"
                        + " values (?, now(), 'running', false, ?) returning run_id")) {
            insert.setObject(1, asAt);
            insert.setString(2, request);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Ends a run, and records what the program has used since it started. */
    public void end(long run, String status, double programSeconds, double cpuSeconds) throws SQLException {
        update(
                "update audit.run set status = ?, ended_at = now(), program_seconds = ?, cpu_seconds = ? where run_id = ?",
                status,
                programSeconds,
                cpuSeconds,
                run);
    }

    /** Notes which version of the marts a run published; it is the one that people read now. */
    public void published(long run, String version, LocalDate asAt) throws SQLException {
        update(
                "update audit.run set is_live = (run_id = ?), mart_version = case when run_id = ? then ? else mart_version"
                        + " end, as_at = case when run_id = ? then ? else as_at end where is_live or run_id = ?",
                run,
                run,
                version,
                run,
                Date.valueOf(asAt),
                run);
    }

    /** Records a step of a run; a step that is done again replaces its record. */
    public void step(long run, Step step) throws SQLException {
        update("delete from audit.step where run_id = ? and step_name = ?", run, step.name());
        update(
                "insert into audit.step (run_id, step_name, started_at, ended_at, status, rows, spark_jobs,"
                        + " delta_commits, cpu_seconds) values (?, ?, to_timestamp(?), to_timestamp(?), ?, ?, ?, ?, ?)",
                run,
                step.name(),
                step.startedMillis() / 1000.0,
                step.endedMillis() / 1000.0,
                step.status(),
                step.rows(),
                step.sparkJobs(),
                step.deltaCommits(),
                step.cpuSeconds());
    }

    /** Records what became of files in a run; a file that is recorded again replaces its record. */
    public void files(long run, Collection<Delivery> deliveries) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement(
                """
                insert into audit.file (run_id, la_code, source, dataset, extract_date, file_name, sha256, status, reason,
                  rows_in, rows_kept, rows_duplicate, rows_quarantined, rows_flagged)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0)
                on conflict (run_id, la_code, source, extract_date, file_name) do update
                set dataset = excluded.dataset, sha256 = excluded.sha256, status = excluded.status,
                  reason = excluded.reason, rows_in = excluded.rows_in
                """)) {
            for (Delivery delivery : deliveries) {
                insert.setLong(1, run);
                insert.setString(2, delivery.authority());
                insert.setString(3, delivery.source());
                insert.setString(4, delivery.dataset());
                insert.setObject(5, delivery.extractDate());
                insert.setString(6, delivery.fileName());
                insert.setString(7, delivery.sha256());
                insert.setString(8, delivery.status().word());
                insert.setString(9, delivery.reason().isEmpty() ? null : delivery.reason());
                insert.setLong(10, delivery.rowsIn());
                insert.addBatch();
            }
            insert.executeBatch();
            connection.commit();
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** Records what became of the rows of files, and each rejection and flag, in one transaction. */
    public void outcomes(
            long run, Collection<Delivery> deliveries, Collection<Register.Outcome> outcomes, Iterator<Row> findings)
            throws SQLException {
        files(run, deliveries);
        Map<String, Delivery> byId = new LinkedHashMap<>();
        deliveries.forEach(delivery -> byId.put(delivery.deliveryId(), delivery));
        connection.setAutoCommit(false);
        try (PreparedStatement counts = connection.prepareStatement(
                        """
                        update audit.file set rows_kept = ?, rows_duplicate = ?, rows_quarantined = ?, rows_flagged = ?
                        where run_id = ? and la_code = ? and source = ? and extract_date = ? and file_name = ?
                        """);
                PreparedStatement rejection = connection.prepareStatement(
                        """
                        insert into audit.rejection (run_id, la_code, source, dataset, extract_date, file_name,
                          line_number, rule_id, column_name, reason, is_quarantined)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """)) {
            for (Register.Outcome outcome : outcomes) {
                Delivery delivery = byId.get(outcome.deliveryId());
                counts.setLong(1, outcome.rowsKept());
                counts.setLong(2, outcome.rowsDuplicate());
                counts.setLong(3, outcome.rowsQuarantined());
                counts.setLong(4, outcome.rowsFlagged());
                counts.setLong(5, run);
                counts.setString(6, delivery.authority());
                counts.setString(7, delivery.source());
                counts.setObject(8, delivery.extractDate());
                counts.setString(9, delivery.fileName());
                counts.addBatch();
            }
            counts.executeBatch();
            try (PreparedStatement clear =
                    connection.prepareStatement("delete from audit.rejection where run_id = ?")) {
                clear.setLong(1, run);
                clear.executeUpdate();
            }
            int waiting = 0;
            while (findings.hasNext()) {
                Row finding = findings.next();
                Delivery delivery = byId.get(finding.<String>getAs("delivery_id"));
                rejection.setLong(1, run);
                rejection.setString(2, delivery.authority());
                rejection.setString(3, delivery.source());
                rejection.setString(4, delivery.dataset());
                rejection.setObject(5, delivery.extractDate());
                rejection.setString(6, delivery.fileName());
                rejection.setLong(7, finding.getAs("line_number"));
                rejection.setString(8, finding.getAs("rule_id"));
                rejection.setString(9, finding.getAs("column_name"));
                rejection.setString(10, finding.getAs("reason"));
                rejection.setBoolean(11, finding.getAs("is_quarantined"));
                rejection.addBatch();
                if (++waiting % 5000 == 0) {
                    rejection.executeBatch();
                }
            }
            rejection.executeBatch();
            connection.commit();
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** Records how fresh the data is that each mart stands on. */
    public void freshness(Collection<Freshness> entries) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement clear = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into audit.freshness (mart, source, la_code, extract_date, loaded_at)"
                                + " values (?, ?, ?, ?, now())")) {
            clear.execute("delete from audit.freshness");
            for (Freshness entry : entries) {
                insert.setString(1, entry.mart());
                insert.setString(2, entry.source());
                insert.setString(3, entry.authority());
                insert.setObject(4, entry.extractDate());
                insert.addBatch();
            }
            insert.executeBatch();
            connection.commit();
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** The last runs, newest first. */
    public List<Run> runs(int limit) throws SQLException {
        List<Run> runs = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                """
                select run_id, as_at, to_char(started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),
                  extract(epoch from coalesce(ended_at, now()) - started_at), status, coalesce(mart_version, ''), is_live,
                  coalesce(program_seconds, 0), coalesce(cpu_seconds, 0)
                from audit.run order by run_id desc limit ?
                """)) {
            query.setInt(1, limit);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    runs.add(new Run(
                            row.getLong(1),
                            Optional.ofNullable(row.getDate(2)).map(Date::toLocalDate),
                            row.getString(3),
                            row.getDouble(4),
                            row.getString(5),
                            row.getString(6),
                            row.getBoolean(7),
                            row.getDouble(8),
                            row.getDouble(9)));
                }
            }
        }
        return runs;
    }

    /** The steps of a run in the order in which they were done. */
    public List<Step> steps(long run) throws SQLException {
        List<Step> steps = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                """
                select step_name, extract(epoch from started_at) * 1000, extract(epoch from ended_at) * 1000, status, rows,
                  spark_jobs, delta_commits, cpu_seconds
                from audit.step where run_id = ? order by started_at
                """)) {
            query.setLong(1, run);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    steps.add(new Step(
                            row.getString(1),
                            row.getLong(2),
                            row.getLong(3),
                            row.getString(4),
                            row.getLong(5),
                            row.getInt(6),
                            row.getInt(7),
                            row.getDouble(8)));
                }
            }
        }
        return steps;
    }

    /** The files of a run. */
    public List<FileLine> files(long run) throws SQLException {
        List<FileLine> files = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                """
                select la_code, source, dataset, extract_date, file_name, status, coalesce(reason, ''), rows_in, rows_kept,
                  rows_duplicate, rows_quarantined, rows_flagged
                from audit.file where run_id = ? order by la_code, source, extract_date, file_name
                """)) {
            query.setLong(1, run);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    files.add(new FileLine(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            row.getDate(4).toLocalDate(),
                            row.getString(5),
                            row.getString(6),
                            row.getString(7),
                            row.getLong(8),
                            row.getLong(9),
                            row.getLong(10),
                            row.getLong(11),
                            row.getLong(12)));
                }
            }
        }
        return files;
    }

    /** Rejections and flags of a run by dataset and rule, most frequent first. */
    public List<RuleCount> rules(long run) throws SQLException {
        List<RuleCount> counts = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                """
                select la_code, source || '/' || dataset, rule_id, coalesce(column_name, ''), min(reason), is_quarantined,
                  count(*)
                from audit.rejection where run_id = ?
                group by 1, 2, 3, 4, 6 order by 7 desc, 1, 2, 3, 4
                """)) {
            query.setLong(1, run);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    counts.add(new RuleCount(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            row.getString(5),
                            row.getBoolean(6),
                            row.getLong(7)));
                }
            }
        }
        return counts;
    }

    /** The newest certified figures, one line a measure and authority. */
    public List<Headline> headlines() throws SQLException {
        List<Headline> headlines = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        """
                        select a.authority_name, f.la_code, m.measure_name, m.unit, m.measure_id,
                          (array_agg(f.period_end order by f.period_end desc))[1] as newest,
                          (array_agg(f.value order by f.period_end desc))[1],
                          (array_agg(f.value order by f.period_end desc))[13]
                        from mart.fact_measure f
                        join mart.dim_measure m using (measure_id)
                        join mart.dim_authority a using (authority_key)
                        where f.breakdown_type = 'all'
                        group by 1, 2, 3, 4, 5 order by f.la_code, m.measure_id
                        """)) {
            while (row.next()) {
                headlines.add(new Headline(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getDate(6).toLocalDate(),
                        Optional.ofNullable((Double) row.getObject(7)),
                        Optional.ofNullable((Double) row.getObject(8))));
            }
        }
        return headlines;
    }

    /** Whether any file of a run was refused. */
    public boolean hasRefusals(long run) throws SQLException {
        return files(run).stream().anyMatch(file -> file.status().equals("refused"));
    }

    private void update(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /**
     * A night.
     *
     * @param id its number
     * @param asAt the latest as-at date of its figures
     * @param startedAt when it began, in UTC
     * @param seconds how long it took
     * @param status running, completed, completed with refusals, unchanged or failed
     * @param martVersion the version of the marts it published; empty when it published none
     * @param isLive whether people read that version now
     * @param programSeconds seconds from the start of the program to the end of the night
     * @param cpuSeconds processor seconds of the program until then
     */
    public record Run(
            long id,
            Optional<LocalDate> asAt,
            String startedAt,
            double seconds,
            String status,
            String martVersion,
            boolean isLive,
            double programSeconds,
            double cpuSeconds) {}

    /**
     * A step of a night.
     *
     * @param name its name
     * @param startedMillis when it began, in milliseconds since 1970
     * @param endedMillis when it ended
     * @param status completed or failed
     * @param rows the rows it read or wrote
     * @param sparkJobs the Spark jobs it ran
     * @param deltaCommits the Delta commits it made
     * @param cpuSeconds the processor time of this program while it ran
     */
    public record Step(
            String name,
            long startedMillis,
            long endedMillis,
            String status,
            long rows,
            int sparkJobs,
            int deltaCommits,
            double cpuSeconds) {
        /** Wall-clock seconds. */
        public double seconds() {
            return (endedMillis - startedMillis) / 1000.0;
        }
    }

    /** What became of a file in a run; the counts are rows. */
    public record FileLine(
            String authority,
            String source,
            String dataset,
            LocalDate extractDate,
            String fileName,
            String status,
            String reason,
            long rowsIn,
            long rowsKept,
            long rowsDuplicate,
            long rowsQuarantined,
            long rowsFlagged) {}

    /** How often a rule was broken in a dataset of an authority. */
    public record RuleCount(
            String authority,
            String dataset,
            String rule,
            String column,
            String reason,
            boolean isQuarantined,
            long rows) {}

    /** The newest extract of a source that a mart stands on. */
    public record Freshness(String mart, String source, String authority, LocalDate extractDate) {}

    /**
     * A certified figure at the newest month end.
     *
     * @param value the figure, if it has a denominator
     * @param yearBefore the figure twelve months before
     */
    public record Headline(
            String authorityName,
            String authority,
            String measureName,
            String unit,
            String measureId,
            LocalDate periodEnd,
            Optional<Double> value,
            Optional<Double> yearBefore) {}
}
