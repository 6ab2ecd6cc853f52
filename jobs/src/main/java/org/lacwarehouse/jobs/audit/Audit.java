package org.lacwarehouse.jobs.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.DeliveryStatus;
import org.lacwarehouse.pipeline.landing.Register;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The schema {@code audit}: what each night did, file by file and step by step; no value of any row is in it. */
public final class Audit implements AutoCloseable {
    /** The advisory lock that a night holds, so that two never load one database at once. */
    private static final long LOCK = 0x4c4143_57415245L;

    private static final int BATCH = 5000;
    /** What is recorded of a run, the run itself last. */
    private static final List<String> RUN_TABLES =
            List.of("step", "rejection", "file", "mart_rows", "match", "match_proposal", "unmatched", "run");

    private static final List<String> MATCH_TABLES = List.of("match", "match_proposal", "unmatched");

    private final SingleConnectionDataSource source;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;

    private Audit(Connection connection) {
        source = new SingleConnectionDataSource(connection, true);
        jdbc = new JdbcTemplate(source);
        transaction = new TransactionTemplate(new JdbcTransactionManager(source));
    }

    /**
     * Connects and makes sure that the audit tables exist.
     *
     * @throws IllegalStateException with a message for the operator when the database does not answer
     */
    public static Audit open(Database database) throws IOException {
        Audit audit;
        try {
            audit = new Audit(database.connect());
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "PostgreSQL cannot be reached at " + database + ": " + e.getMessage()
                            + " Nothing has been changed; mend that, then run the same command again.",
                    e);
        }
        try (var ddl = Audit.class.getResourceAsStream("/audit.sql")) {
            audit.jdbc.execute(new String(ddl.readAllBytes(), StandardCharsets.UTF_8));
        }
        return audit;
    }

    /** Takes the night's lock; false when another night holds it. It is given back when this connection closes. */
    public boolean lock() {
        return Boolean.TRUE.equals(jdbc.queryForObject("select pg_try_advisory_lock(?)", Boolean.class, LOCK));
    }

    /**
     * Begins a run, or goes on with the last one when that did not end and was asked for the same.
     *
     * @param request identifies what the night was asked to do and what lies in the landing zone
     * @return the run
     */
    public Begun begin(String request, LocalDate asAt) {
        List<Long> interrupted = jdbc.queryForList(
                "select run_id from audit.run where run_id = (select max(run_id) from audit.run)"
                        + " and request = ? and status in ('running', 'failed')",
                Long.class,
                request);
        if (!interrupted.isEmpty()) {
            jdbc.update(
                    "update audit.run set status = 'running', ended_at = null where run_id = ?", interrupted.get(0));
            return new Begun(interrupted.get(0), true);
        }
        jdbc.update("update audit.run set status = 'failed', ended_at = now() where status = 'running'");
        Long run = jdbc.queryForObject(
                "insert into audit.run (as_at, started_at, status, is_live, request)"
                        + " values (?, now(), 'running', false, ?) returning run_id",
                Long.class,
                asAt,
                request);
        return new Begun(run, false);
    }

    /** Sees to it that a run which failed is not gone on with: the next one begins with its first step. */
    public void startOver(long run) {
        jdbc.update("update audit.run set request = 'not to be gone on with' where run_id = ?", run);
    }

    /** Ends a run, and records what the program has used since it started. */
    public void end(long run, String status, double programSeconds, double cpuSeconds) {
        jdbc.update(
                "update audit.run set status = ?, ended_at = now(), program_seconds = ?, cpu_seconds = ? where run_id = ?",
                status,
                programSeconds,
                cpuSeconds,
                run);
    }

    /** Notes which version of the marts a run published; it is the one that people read now. */
    public void published(long run, String version, LocalDate asAt) {
        transaction.executeWithoutResult(status -> {
            jdbc.update("update audit.run set is_live = false where is_live");
            jdbc.update(
                    "update audit.run set is_live = true, mart_version = ?, as_at = ? where run_id = ?",
                    version,
                    asAt,
                    run);
        });
    }

    /** Notes that people read an earlier version again: the run is live that published it. */
    public void rolledBack(String version) {
        transaction.executeWithoutResult(status -> {
            jdbc.update("update audit.run set is_live = false where is_live");
            publishedBy(version)
                    .ifPresent(run -> jdbc.update("update audit.run set is_live = true where run_id = ?", run));
        });
    }

    /**
     * Keeps the figures that a run has published, as far as they differ from those of the run before, so that the figures
     * of every night can be read.
     */
    public void figures(long run) {
        transaction.executeWithoutResult(status -> {
            String isSame = "(f.la_code, f.measure_id, f.period_end, f.breakdown_type, f.breakdown)"
                    + " = (m.la_code, m.measure_id, m.period_end, m.breakdown_type, m.breakdown)";
            String isAsPublished = "exists (select from mart.fact_measure m where " + isSame
                    + " and (f.numerator, f.denominator, f.value)"
                    + " is not distinct from (m.numerator, m.denominator, m.value))";
            jdbc.update(
                    "delete from audit.figure f where until_run_id is null and from_run_id = ? and not "
                            + isAsPublished,
                    run);
            jdbc.update(
                    "update audit.figure f set until_run_id = ? where until_run_id is null and not " + isAsPublished,
                    run);
            jdbc.update(
                    """
                    insert into audit.figure (la_code, measure_id, period_end, breakdown_type, breakdown, from_run_id,
                      numerator, denominator, value)
                    select la_code, measure_id, period_end, breakdown_type, breakdown, ?, numerator, denominator, value
                    from mart.fact_measure m
                    where not exists (select from audit.figure f where f.until_run_id is null and\s"""
                            + isSame + ")",
                    run);
        });
    }

    /**
     * How a run changed the whole figures that the run before had published, newest month ends first.
     *
     * @param limit at most as many
     */
    public List<Change> changes(long run, int limit) {
        return jdbc.query(
                """
                select coalesce(a.authority_name, o.la_code), coalesce(m.measure_name, o.measure_id),
                  coalesce(m.unit, 'count'), o.period_end, o.value, n.value
                from audit.figure o
                left join audit.figure n on n.from_run_id = o.until_run_id
                  and (n.la_code, n.measure_id, n.period_end, n.breakdown_type, n.breakdown)
                    = (o.la_code, o.measure_id, o.period_end, o.breakdown_type, o.breakdown)
                left join mart.dim_measure m on m.measure_id = o.measure_id
                left join mart.dim_authority a on a.la_code = o.la_code
                where o.until_run_id = ? and o.breakdown_type = 'all'
                order by o.period_end desc, o.la_code, o.measure_id limit ?
                """,
                (row, number) -> new Change(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getObject(4, LocalDate.class),
                        figure(row, 5),
                        figure(row, 6)),
                run,
                limit);
    }

    /** How many figures a run changed, took away or published for the first time, breakdowns included. */
    public ChangeCounts changeCounts(long run) {
        return jdbc.queryForObject(
                """
                select count(*) filter (where o.la_code is not null and n.la_code is not null),
                  count(*) filter (where n.la_code is null), count(*) filter (where o.la_code is null)
                from (select * from audit.figure where until_run_id = ?) o
                full join (select * from audit.figure where from_run_id = ?) n
                  using (la_code, measure_id, period_end, breakdown_type, breakdown)
                """,
                (row, number) -> new ChangeCounts(row.getLong(1), row.getLong(2), row.getLong(3)),
                run,
                run);
    }

    /** When the version was published that people read, if there is one. */
    public Optional<Instant> liveSince() {
        return jdbc
                .query(
                        "select coalesce(ended_at, started_at) from audit.run where is_live",
                        (row, number) -> row.getTimestamp(1).toInstant())
                .stream()
                .findFirst();
    }

    /**
     * Removes what is recorded of runs that ended before a time, but for the one that people read, those that say of a
     * snapshot in force what became of it, and the newest of each kind. The figures that only they published go with them.
     *
     * @return the runs that were removed
     */
    public List<Long> dropRuns(Instant before) {
        return transaction.execute(status -> {
            List<Long> runs = jdbc.queryForList(
                    """
                    select run_id from audit.run r
                    where coalesce(ended_at, started_at) < ? and status <> 'running' and not is_live
                      and run_id not in (
                        select max(run_id) from audit.run
                        union all select max(run_id) from audit.match having max(run_id) is not null
                        union all select max(run_id) from audit.mart_rows having max(run_id) is not null)
                      and not exists (
                        select from audit.file f where f.run_id = r.run_id and f.status in ('loaded', 'refused')
                        and not exists (
                          select from audit.file n
                          where (n.la_code, n.source, n.dataset, n.status) = (f.la_code, f.source, f.dataset, f.status)
                          and (n.extract_date, n.run_id) > (f.extract_date, f.run_id)))
                    """,
                    Long.class,
                    Timestamp.from(before));
            if (!runs.isEmpty()) {
                Long[] ids = runs.toArray(Long[]::new);
                for (String table : RUN_TABLES) {
                    jdbc.update("delete from audit." + table + " where run_id = any (?)", (Object) ids);
                }
                jdbc.update("delete from audit.figure where until_run_id <= (select min(run_id) from audit.run)");
                dropExecutions(ids);
            }
            return runs;
        });
    }

    /** Spring Batch's own record of runs. */
    private void dropExecutions(Long[] runs) {
        String executions = " in (select job_execution_id from batch.batch_job_execution_params"
                + " where parameter_name = 'run' and parameter_value = any (?))";
        String[] values = Arrays.stream(runs).map(String::valueOf).toArray(String[]::new);
        jdbc.update(
                "delete from batch.batch_step_execution_context where step_execution_id in (select step_execution_id"
                        + " from batch.batch_step_execution where job_execution_id" + executions + ")",
                (Object) values);
        List<Long> instances = jdbc.queryForList(
                "select distinct job_instance_id from batch.batch_job_execution where job_execution_id" + executions,
                Long.class,
                (Object) values);
        for (String table : List.of("batch_step_execution", "batch_job_execution_context")) {
            jdbc.update("delete from batch." + table + " where job_execution_id" + executions, (Object) values);
        }
        Object ids = instances.toArray(Long[]::new);
        jdbc.update(
                "delete from batch.batch_job_execution_params where job_execution_id in (select job_execution_id from"
                        + " batch.batch_job_execution where job_instance_id = any (?))",
                ids);
        jdbc.update("delete from batch.batch_job_execution where job_instance_id = any (?)", ids);
        jdbc.update("delete from batch.batch_job_instance where job_instance_id = any (?)", ids);
    }

    /** The last run that published a version of the marts. */
    public Optional<Long> publishedBy(String version) {
        return Optional.ofNullable(
                jdbc.queryForObject("select max(run_id) from audit.run where mart_version = ?", Long.class, version));
    }

    /** Records a step of a run; a step that is done again replaces its record. */
    public void step(long run, Step step) {
        transaction.executeWithoutResult(status -> {
            jdbc.update("delete from audit.step where run_id = ? and step_name = ?", run, step.name());
            jdbc.update(
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
        });
    }

    /** Records what became of files in a run; one that is recorded again replaces its record. */
    public void files(long run, Collection<Delivery> deliveries) {
        transaction.executeWithoutResult(status -> jdbc.batchUpdate(
                """
                insert into audit.file (run_id, la_code, source, dataset, extract_date, file_name, sha256, status, reason,
                  rows_in, rows_kept, rows_duplicate, rows_quarantined, rows_flagged)
                values (?, ?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, 0, 0, 0, 0)
                on conflict (run_id, la_code, source, extract_date, file_name, dataset) do update
                set sha256 = excluded.sha256, status = excluded.status,
                  reason = excluded.reason, rows_in = excluded.rows_in
                """,
                deliveries,
                BATCH,
                (insert, delivery) -> {
                    insert.setLong(1, run);
                    insert.setString(2, delivery.authority());
                    insert.setString(3, delivery.source());
                    insert.setString(4, delivery.dataset());
                    insert.setObject(5, delivery.extractDate());
                    insert.setString(6, delivery.fileName());
                    insert.setString(7, delivery.sha256());
                    insert.setString(8, delivery.status().word());
                    insert.setString(9, delivery.reason());
                    insert.setLong(10, delivery.rowsIn());
                }));
    }

    /** Records what became of the rows of files, and each rejection and flag, in one transaction. */
    public void outcomes(
            long run, Collection<Delivery> deliveries, Collection<Register.Outcome> outcomes, Iterator<Row> findings) {
        Map<String, Delivery> byId = byId(deliveries);
        transaction.executeWithoutResult(status -> {
            files(run, deliveries);
            counts(run, deliveries, outcomes);
            jdbc.update("delete from audit.rejection where run_id = ?", run);
            List<Row> some = new ArrayList<>();
            while (findings.hasNext()) {
                some.add(findings.next());
                if (some.size() == BATCH || !findings.hasNext()) {
                    rejections(run, byId, some);
                    some.clear();
                }
            }
        });
    }

    private static Map<String, Delivery> byId(Collection<Delivery> deliveries) {
        Map<String, Delivery> byId = new LinkedHashMap<>();
        deliveries.stream()
                .filter(delivery -> delivery.status() == DeliveryStatus.LOADED)
                .forEach(delivery -> byId.put(delivery.deliveryId(), delivery));
        return byId;
    }

    /** Records what became of the rows of files that are recorded already. */
    public void counts(long run, Collection<Delivery> deliveries, Collection<Register.Outcome> outcomes) {
        Map<String, Delivery> byId = byId(deliveries);
        jdbc.batchUpdate(
                """
                update audit.file set rows_kept = ?, rows_duplicate = ?, rows_quarantined = ?, rows_flagged = ?
                where run_id = ? and la_code = ? and source = ? and extract_date = ? and file_name = ? and dataset = ?
                """,
                outcomes.stream()
                        .filter(outcome -> byId.containsKey(outcome.deliveryId()))
                        .toList(),
                BATCH,
                (update, outcome) -> {
                    Delivery delivery = byId.get(outcome.deliveryId());
                    update.setLong(1, outcome.rowsKept());
                    update.setLong(2, outcome.rowsDuplicate());
                    update.setLong(3, outcome.rowsQuarantined());
                    update.setLong(4, outcome.rowsFlagged());
                    update.setLong(5, run);
                    update.setString(6, delivery.authority());
                    update.setString(7, delivery.source());
                    update.setObject(8, delivery.extractDate());
                    update.setString(9, delivery.fileName());
                    update.setString(10, delivery.dataset());
                });
    }

    private void rejections(long run, Map<String, Delivery> byId, List<Row> findings) {
        jdbc.batchUpdate(
                """
                insert into audit.rejection (run_id, la_code, source, dataset, extract_date, file_name, line_number,
                  rule_id, column_name, reason, is_quarantined)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                findings,
                BATCH,
                (insert, finding) -> {
                    Delivery delivery = byId.get(finding.<String>getAs("delivery_id"));
                    insert.setLong(1, run);
                    insert.setString(2, delivery.authority());
                    insert.setString(3, delivery.source());
                    insert.setString(4, delivery.dataset());
                    insert.setObject(5, delivery.extractDate());
                    insert.setString(6, delivery.fileName());
                    insert.setLong(7, finding.getAs("line_number"));
                    insert.setString(8, finding.getAs("rule_id"));
                    insert.setString(9, finding.getAs("column_name"));
                    insert.setString(10, finding.getAs("reason"));
                    insert.setBoolean(11, finding.getAs("is_quarantined"));
                });
    }

    /**
     * Records how people were matched, in one transaction.
     *
     * @param counts la_code, source, match_kind, people
     * @param proposals la_code, source, record_ref, child_id, score, parts
     * @param unmatched authority, source, dataset, person_id, match_kind, first_line, rows, delivery_id
     * @param deliveries the deliveries that unmatched names
     */
    public void matches(
            long run,
            List<Row> counts,
            Iterator<Row> proposals,
            Iterator<Row> unmatched,
            Collection<Delivery> deliveries) {
        Map<String, Delivery> byId = byId(deliveries);
        transaction.executeWithoutResult(status -> {
            for (String table : MATCH_TABLES) {
                jdbc.update("delete from audit." + table + " where run_id = ?", run);
            }
            inBatches(
                    counts.iterator(),
                    "insert into audit.match (run_id, la_code, source, match_kind, people) values (?, ?, ?, ?, ?)",
                    row -> new Object[] {run, row.get(0), row.get(1), row.get(2), row.get(3)});
            inBatches(
                    proposals,
                    "insert into audit.match_proposal (run_id, la_code, source, record_ref, child_id, score, parts)"
                            + " values (?, ?, ?, ?, ?, ?, ?)",
                    row -> new Object[] {run, row.get(0), row.get(1), row.get(2), row.get(3), row.get(4), row.get(5)});
            inBatches(
                    unmatched,
                    "insert into audit.unmatched (run_id, la_code, source, dataset, record_ref, match_kind, extract_date,"
                            + " file_name, line_number, rows) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    row -> {
                        Delivery delivery = byId.get(row.<String>getAs("delivery_id"));
                        return new Object[] {
                            run,
                            row.get(0),
                            row.get(1),
                            row.get(2),
                            row.get(3),
                            row.get(4),
                            delivery.extractDate(),
                            delivery.fileName(),
                            row.get(5),
                            row.get(6)
                        };
                    });
        });
    }

    private void inBatches(Iterator<Row> rows, String insert, Function<Row, Object[]> values) {
        List<Object[]> some = new ArrayList<>();
        while (rows.hasNext()) {
            some.add(values.apply(rows.next()));
            if (some.size() == BATCH || !rows.hasNext()) {
                jdbc.batchUpdate(insert, some);
                some.clear();
            }
        }
    }

    /**
     * Takes over what an earlier run recorded of matches that have not changed since.
     *
     * @return whether there was any
     */
    public boolean keepMatches(long run) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            Long last = jdbc.queryForObject("select max(run_id) from audit.match where run_id <= ?", Long.class, run);
            if (last == null) {
                return false;
            }
            if (last != run) {
                for (String table : MATCH_TABLES) {
                    List<String> columns = jdbc.queryForList(
                            "select column_name::text from information_schema.columns where table_schema = 'audit'"
                                    + " and table_name = ? and column_name <> 'run_id' order by ordinal_position",
                            String.class,
                            table);
                    String names = String.join(", ", columns);
                    jdbc.update(
                            "insert into audit." + table + " (run_id, " + names + ") select ?, " + names
                                    + " from audit." + table + " where run_id = ?",
                            run,
                            last);
                }
            }
            return true;
        }));
    }

    /**
     * Where the rows are that the last matching proposed to be about a child, without those of some people: file and first
     * line.
     */
    public List<String> proposedFor(String childId, Collection<String> people) {
        return jdbc.queryForList(
                """
                select distinct u.la_code || '/' || u.source || '/' || u.extract_date || '/' || u.file_name || ' line '
                  || u.line_number
                from audit.match_proposal p join audit.unmatched u using (run_id, la_code, source, record_ref)
                where p.run_id = (select max(run_id) from audit.match) and p.child_id = ? and p.record_ref <> all (?)
                order by 1
                """,
                String.class,
                childId,
                people.toArray(String[]::new));
    }

    /**
     * Removes what all runs recorded of the matching of a child.
     *
     * @param childId the child's pseudonym
     * @param people the pseudonyms of the people of other systems who are the child
     */
    public void forget(String childId, Collection<String> people) {
        String[] references = people.toArray(String[]::new);
        transaction.executeWithoutResult(status -> {
            jdbc.update(
                    "delete from audit.match_proposal where child_id = ? or record_ref = any (?)", childId, references);
            jdbc.update("delete from audit.unmatched where record_ref = any (?)", (Object) references);
        });
        jdbc.execute("vacuum audit.match_proposal, audit.unmatched");
    }

    /** How many people of each source of a run were matched to a child, by authority and source. */
    public List<MatchRate> matchRates(long run) {
        return jdbc.query(
                """
                select la_code, source,
                  coalesce(sum(people) filter (where match_kind in ('number', 'name', 'roll', 'confirmed')), 0),
                  sum(people),
                  string_agg(match_kind || ' ' || people, ', ' order by people desc, match_kind)
                from audit.match where run_id = ? group by 1, 2 order by 1, 2
                """,
                (row, number) -> new MatchRate(
                        row.getString(1), row.getString(2), row.getLong(3), row.getLong(4), row.getString(5)),
                run);
    }

    /** Records how many rows of each dataset the marts of a run could use; people must have been matched before. */
    public void martRows(long run, Collection<MartRows> entries) {
        transaction.executeWithoutResult(status -> {
            jdbc.update("delete from audit.mart_rows where run_id = ?", run);
            // Flags are recorded by the run that checked the rows, which may be an earlier one.
            jdbc.batchUpdate(
                    """
                    insert into audit.mart_rows (run_id, mart, la_code, source, dataset, extract_date, rows_kept,
                      rows_without_child, rows_used)
                    select given.*, lost, rows_kept - lost
                    from (values (?::bigint, ?, ?, ?, ?, ?::date, ?::bigint))
                      as given (run_id, mart, la_code, source, dataset, extract_date, rows_kept)
                    cross join lateral (
                      select coalesce((select sum(u.rows) from audit.unmatched u
                          where (u.run_id, u.la_code, u.source, u.dataset)
                            = (given.run_id, given.la_code, given.source, given.dataset)), 0)
                        + (select count(*) from audit.rejection r
                          where ?::boolean and r.rule_id = 'orphan'
                            and (r.la_code, r.source, r.dataset, r.extract_date)
                              = (given.la_code, given.source, given.dataset, given.extract_date)
                            and r.run_id = (select max(n.run_id) from audit.rejection n
                              where (n.la_code, n.source, n.dataset, n.extract_date)
                                = (given.la_code, given.source, given.dataset, given.extract_date))) as lost) counted
                    """,
                    entries,
                    BATCH,
                    (insert, entry) -> {
                        insert.setLong(1, run);
                        insert.setString(2, entry.mart());
                        insert.setString(3, entry.authority());
                        insert.setString(4, entry.source());
                        insert.setString(5, entry.dataset());
                        insert.setObject(6, entry.extractDate());
                        insert.setLong(7, entry.kept());
                        insert.setBoolean(8, entry.flagged() > 0);
                    });
        });
    }

    /** How many rows of each dataset the marts of a run could use, by mart, authority, source and dataset. */
    public List<UsableRows> usableRows(long run) {
        return jdbc.query(
                """
                select mart, la_code, source, dataset, extract_date, rows_kept, rows_without_child, rows_used
                from audit.mart_rows where run_id = ? order by mart, la_code, source, dataset
                """,
                (row, number) -> new UsableRows(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getObject(5, LocalDate.class),
                        row.getLong(6),
                        row.getLong(7),
                        row.getLong(8)),
                run);
    }

    /**
     * The datasets whose newest file was refused, so that the marts stand on an older snapshot, or on none: by authority,
     * source and dataset.
     */
    public List<OlderData> olderData() {
        return jdbc.query(
                """
                with newest as (
                  select distinct on (la_code, source, dataset) la_code, source, dataset, extract_date, status, reason
                  from audit.file
                  order by la_code, source, dataset, extract_date desc, run_id desc)
                select newest.la_code, newest.source, newest.dataset, newest.extract_date, newest.reason,
                  max(rows.extract_date), coalesce(string_agg(distinct rows.mart, ', ' order by rows.mart), '')
                from newest
                left join audit.mart_rows rows
                  on rows.run_id = (select max(run_id) from audit.mart_rows) and rows.la_code = newest.la_code
                  and rows.source = newest.source and rows.dataset = newest.dataset
                where newest.status = 'refused'
                group by 1, 2, 3, 4, 5 order by 1, 2, 3
                """,
                (row, number) -> new OlderData(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getObject(4, LocalDate.class),
                        Objects.toString(row.getString(5), ""),
                        Optional.ofNullable(row.getObject(6, LocalDate.class)),
                        row.getString(7)));
    }

    /** Records how fresh the data is that each mart stands on. */
    public void freshness(Collection<Freshness> entries) {
        transaction.executeWithoutResult(status -> {
            jdbc.update("delete from audit.freshness");
            jdbc.batchUpdate(
                    "insert into audit.freshness (mart, source, la_code, extract_date, loaded_at)"
                            + " values (?, ?, ?, ?, now())",
                    entries,
                    BATCH,
                    (insert, entry) -> {
                        insert.setString(1, entry.mart());
                        insert.setString(2, entry.source());
                        insert.setString(3, entry.authority());
                        insert.setObject(4, entry.extractDate());
                    });
        });
    }

    /** How fresh the data is that each mart stands on, by mart, authority and source. */
    public List<Fresh> freshness() {
        return jdbc.query(
                """
                select mart, la_code, source, extract_date, to_char(loaded_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
                from audit.freshness order by mart, la_code, source
                """,
                (row, number) -> new Fresh(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getObject(4, LocalDate.class),
                        row.getString(5)));
    }

    /** The last runs, newest first. */
    public List<Run> runs(int limit) {
        return jdbc.query(
                """
                select run_id, as_at, to_char(started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),
                  extract(epoch from coalesce(ended_at, now()) - started_at), status, coalesce(mart_version, ''), is_live,
                  coalesce(program_seconds, 0), coalesce(cpu_seconds, 0)
                from audit.run order by run_id desc limit ?
                """,
                (row, number) -> new Run(
                        row.getLong(1),
                        Optional.ofNullable(row.getDate(2)).map(Date::toLocalDate),
                        row.getString(3),
                        row.getDouble(4),
                        row.getString(5),
                        row.getString(6),
                        row.getBoolean(7),
                        row.getDouble(8),
                        row.getDouble(9)),
                limit);
    }

    /** The steps of a run in the order in which they were done. */
    public List<Step> steps(long run) {
        return jdbc.query(
                """
                select step_name, extract(epoch from started_at) * 1000, extract(epoch from ended_at) * 1000, status, rows,
                  spark_jobs, delta_commits, cpu_seconds
                from audit.step where run_id = ? order by started_at
                """,
                (row, number) -> new Step(
                        row.getString(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getString(4),
                        row.getLong(5),
                        row.getInt(6),
                        row.getInt(7),
                        row.getDouble(8)),
                run);
    }

    private static final String FILE_LINE =
            """
            select la_code, source, dataset, extract_date, file_name, status, coalesce(reason, ''), rows_in, rows_kept,
              rows_duplicate, rows_quarantined, rows_flagged, run_id,
              (select count(distinct r.line_number) from audit.rejection r
                where (r.run_id, r.la_code, r.source, r.dataset, r.extract_date, r.file_name)
                  = (file.run_id, file.la_code, file.source, file.dataset, file.extract_date, file.file_name)
                and r.rule_id in ('R1', 'R2', 'R3', 'R4'))
            from audit.file file
            """;

    private static FileLine fileLine(ResultSet row) throws SQLException {
        return new FileLine(
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
                row.getLong(12),
                row.getLong(13),
                row.getLong(14));
    }

    /** The files of a run. */
    public List<FileLine> files(long run) {
        return jdbc.query(
                FILE_LINE + "where run_id = ? order by la_code, source, extract_date, file_name, dataset",
                (row, number) -> fileLine(row),
                run);
    }

    /**
     * The files of an authority as they were judged last, of each dataset those of the newest extract date.
     *
     * @param source only of this source; blank for all
     * @param dataset only of this dataset; blank for all
     */
    public List<FileLine> newestFiles(String authority, String source, String dataset) {
        return jdbc.query(
                FILE_LINE
                        + """
                        where (run_id, la_code, source, dataset, extract_date, file_name) in (
                          select max(run_id), la_code, source, dataset, extract_date, file_name
                          from audit.file f
                          where la_code = ? and ? in ('', source) and ? in ('', dataset) and status in ('loaded', 'refused')
                            and extract_date = (select max(extract_date) from audit.file g
                              where g.la_code = f.la_code and g.source = f.source and g.dataset = f.dataset)
                          group by 2, 3, 4, 5, 6)
                        order by source, dataset, file_name
                        """,
                (row, number) -> fileLine(row),
                authority,
                source,
                dataset);
    }

    /** Hands on each rejected row, dropped duplicate and flag of a file, by line. */
    public void eachRejection(FileLine file, Consumer<RejectionLine> to) {
        jdbc.query(
                """
                select line_number, rule_id, coalesce(column_name, ''), reason, is_quarantined from audit.rejection
                where run_id = ? and la_code = ? and source = ? and dataset = ? and extract_date = ? and file_name = ?
                order by line_number, is_quarantined desc, rule_id
                """,
                (ResultSet row) -> to.accept(new RejectionLine(
                        row.getLong(1), row.getString(2), row.getString(3), row.getString(4), row.getBoolean(5))),
                file.run(),
                file.authority(),
                file.source(),
                file.dataset(),
                file.extractDate(),
                file.fileName());
    }

    /** Rejections and flags of a run by dataset and rule, most frequent first. */
    public List<RuleCount> rules(long run) {
        return jdbc.query(
                """
                select la_code, source || '/' || dataset, rule_id, coalesce(column_name, ''), min(reason), is_quarantined,
                  count(*)
                from audit.rejection where run_id = ?
                group by 1, 2, 3, 4, 6 order by 7 desc, 1, 2, 3, 4
                """,
                (row, number) -> new RuleCount(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getBoolean(6),
                        row.getLong(7)),
                run);
    }

    /** The newest certified figures, one line a measure and authority. */
    public List<Headline> headlines() {
        return jdbc.query(
                """
                select a.authority_name, f.la_code, m.measure_name, m.unit, m.measure_id,
                  (array_agg(f.period_end order by f.period_end desc))[1],
                  (array_agg(f.value order by f.period_end desc))[1],
                  (array_agg(f.value order by f.period_end desc))[13],
                  (array_agg(c.neighbour_mean order by f.period_end desc))[1],
                  (array_agg(c.england_value order by f.period_end desc))[1],
                  (array_agg(f.value order by f.period_end desc))[1:25]
                from mart.fact_measure f
                join mart.dim_measure m on m.measure_id = f.measure_id
                join mart.dim_authority a on a.authority_key = f.authority_key
                join mart.fact_measure_comparison c
                  on c.la_code = f.la_code and c.measure_id = f.measure_id and c.period_end = f.period_end
                where f.breakdown_type = 'all'
                group by 1, 2, 3, 4, 5 order by f.la_code, m.measure_id
                """,
                (row, number) -> new Headline(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getDate(6).toLocalDate(),
                        figure(row, 7),
                        figure(row, 8),
                        figure(row, 9),
                        figure(row, 10),
                        trend(row, 11)));
    }

    private static List<Optional<Double>> trend(ResultSet row, int column) throws SQLException {
        List<Optional<Double>> values = new ArrayList<>();
        for (Object value : (Object[]) row.getArray(column).getArray()) {
            values.add(0, Optional.ofNullable((Double) value));
        }
        return values;
    }

    private static Optional<Double> figure(ResultSet row, int column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? Optional.empty() : Optional.of(value);
    }

    /** Whether any file of a run was refused. */
    public boolean hasRefusals(long run) {
        return files(run).stream().anyMatch(file -> file.status().equals("refused"));
    }

    @Override
    public void close() {
        source.destroy();
    }

    /**
     * A run that has begun.
     *
     * @param id its number
     * @param isResumed whether it had begun before and did not end
     */
    public record Begun(long id, boolean isResumed) {}

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

    /**
     * What became of a file in a run; the counts are rows.
     *
     * @param rowsRepaired kept rows whose dates or reason were repaired (rules R1 to R4)
     */
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
            long rowsFlagged,
            long run,
            long rowsRepaired) {}

    /** A rejected row, a dropped duplicate or a flag of a file; the first line of a file is 1. */
    public record RejectionLine(long lineNumber, String rule, String column, String reason, boolean isQuarantined) {}

    /** How often a rule was broken in a dataset of an authority. */
    public record RuleCount(
            String authority,
            String dataset,
            String rule,
            String column,
            String reason,
            boolean isQuarantined,
            long rows) {
        /** What the rule did to the rows: rejected, repaired or noted. */
        public String effect() {
            return isQuarantined ? "rejected" : rule.matches("R[1-4]") ? "repaired" : "noted";
        }
    }

    /**
     * How many people of a source were matched to a child.
     *
     * @param matched people who were
     * @param people all people
     * @param kinds people by how they were matched, or why not, in words
     */
    public record MatchRate(String authority, String source, long matched, long people, String kinds) {
        /** The share that was matched, in percent. */
        public double percent() {
            return people == 0 ? 0 : 100.0 * matched / people;
        }
    }

    /**
     * A dataset that a mart needs, as its snapshot in force was checked.
     *
     * @param kept rows that were not rejected
     * @param flagged those of them that carry a flag
     */
    public record MartRows(
            String mart,
            String authority,
            String source,
            String dataset,
            LocalDate extractDate,
            long kept,
            long flagged) {}

    /**
     * How many rows of a dataset a mart could use.
     *
     * @param kept rows that were not rejected
     * @param withoutChild those of them that are about nobody known
     * @param used the others
     */
    public record UsableRows(
            String mart,
            String authority,
            String source,
            String dataset,
            LocalDate extractDate,
            long kept,
            long withoutChild,
            long used) {}

    /**
     * A dataset whose newest file was refused.
     *
     * @param refused the extract date of that file
     * @param reason why it was refused
     * @param inForce the extract date of the snapshot that the marts stand on; none when there is none
     * @param marts the marts that stand on it, separated by commas
     */
    public record OlderData(
            String authority,
            String source,
            String dataset,
            LocalDate refused,
            String reason,
            Optional<LocalDate> inForce,
            String marts) {
        /** What the marts stand on instead, in words. */
        public String instead() {
            return inForce.map(date -> "stand on " + date).orElse("have none");
        }
    }

    /** The newest extract of a source that a mart stands on. */
    public record Freshness(String mart, String source, String authority, LocalDate extractDate) {}

    /** The newest extract of a source that a mart stands on, and since when, in UTC. */
    public record Fresh(String mart, String authority, String source, LocalDate extractDate, String loadedAt) {}

    /**
     * A certified figure at the newest month end.
     *
     * @param value the figure, if it has a denominator
     * @param yearBefore the figure twelve months before
     * @param neighbourMean the published mean of the statistical neighbours
     * @param england the published figure of England
     * @param trend the figure at up to 25 month ends, or yearly ends, the newest last
     */
    public record Headline(
            String authorityName,
            String authority,
            String measureName,
            String unit,
            String measureId,
            LocalDate periodEnd,
            Optional<Double> value,
            Optional<Double> yearBefore,
            Optional<Double> neighbourMean,
            Optional<Double> england,
            List<Optional<Double>> trend) {}

    /**
     * A whole figure that a night published differently from the one before.
     *
     * @param before what the night before had published
     * @param after what it is now; empty too when the figure is gone
     */
    public record Change(
            String authorityName,
            String measureName,
            String unit,
            LocalDate periodEnd,
            Optional<Double> before,
            Optional<Double> after) {}

    /** How many figures a night changed, took away, and published for the first time. */
    public record ChangeCounts(long changed, long gone, long added) {}
}
