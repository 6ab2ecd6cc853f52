package org.lacwarehouse.jobs.explain;

import java.io.Closeable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lacwarehouse.jobs.report.Words;
import org.lacwarehouse.marts.publish.Database;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** One version of the marts in PostgreSQL, read to explain its figures. */
public final class Marts implements Closeable {
    private final String schema;
    private final SingleConnectionDataSource source;
    private final JdbcTemplate jdbc;

    /**
     * Connects to a version.
     *
     * @param schema the schema of the version, such as {@code mart}
     * @throws IllegalStateException with a message for the operator when the database does not answer, or has no such
     *     version
     */
    public Marts(Database database, String schema) {
        this.schema = schema;
        Connection connection;
        try {
            connection = database.connect();
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL cannot be reached at " + database + ": " + e.getMessage(), e);
        }
        this.source = new SingleConnectionDataSource(connection, true);
        this.jdbc = new JdbcTemplate(source);
        boolean isThere = Boolean.TRUE.equals(
                jdbc.queryForObject("select to_regnamespace(?) is not null", Boolean.class, schema));
        if (!isThere || !has("v_figure_explained")) {
            close();
            throw new IllegalStateException(
                    !isThere && schema.equals("mart")
                            ? "No marts have been published to " + database + " yet; `nightly` does that."
                            : !isThere
                                    ? "There is no version of the marts before the one that people read, so nothing can be"
                                            + " compared with it."
                                    : "The marts in the schema " + schema
                                            + " were published by an earlier version of this"
                                            + " program, which did not keep where figures come from"
                                            + (schema.equals("mart")
                                                    ? "; the next night does."
                                                    : "; compare with a date instead, by --compare-as-at."));
        }
        // Within the version, unqualified names mean its tables.
        jdbc.execute("set search_path to " + schema);
    }

    private boolean has(String relation) {
        return Boolean.TRUE.equals(
                jdbc.queryForObject("select to_regclass(?) is not null", Boolean.class, schema + "." + relation));
    }

    @Override
    public void close() {
        source.destroy();
    }

    /**
     * A figure.
     *
     * @param denominator null for a count
     * @param value null where the denominator is 0
     */
    public record Figure(double numerator, Double denominator, Double value) {}

    /**
     * What a child adds to a figure.
     *
     * @param toNumerator what it adds to the numerator
     * @param toDenominator what it adds to the denominator; 0 for counts and rates
     * @param inNumerator whether it is counted or added up in the numerator
     * @param inDenominator whether it is counted in the denominator
     */
    public record Part(double toNumerator, double toDenominator, boolean inNumerator, boolean inDenominator) {}

    /**
     * A delivered row.
     *
     * @param dataset source and dataset
     * @param file its path below the landing zone
     * @param line its line in the file
     * @param day the first day it tells of; null when it holds for the child as a whole
     * @param content changes when an open value of the row changes
     * @param repairs the repairs made to it, or empty
     * @param flags the rules it contradicts, or empty
     * @param match how it was matched to the child, or empty
     */
    public record SourceRow(
            String dataset,
            LocalDate extractDate,
            String file,
            int line,
            LocalDate day,
            long content,
            String repairs,
            String flags,
            String match) {
        /** What makes two rows of different versions say the same. */
        String sameAs() {
            return dataset + " " + day + " " + content + " " + match;
        }
    }

    /** The measures that there are, by id. */
    public Map<String, Words> measures() {
        return jdbc.execute(Words::read);
    }

    /** The authorities with records of their own: name by code. */
    public Map<String, String> authorities() {
        Map<String, String> names = new LinkedHashMap<>();
        jdbc.query(
                "select la_code, authority_name from dim_authority where is_loaded order by la_code",
                (ResultSet row) -> {
                    names.put(row.getString(1), row.getString(2));
                });
        return names;
    }

    /** The month ends for which an authority has a figure, oldest first. */
    public List<LocalDate> monthEnds(String measure, String authority) {
        return jdbc.queryForList(
                "select distinct period_end from fact_measure where measure_id = ? and la_code = ? order by 1",
                LocalDate.class,
                measure,
                authority);
    }

    /** The groups of a measure at a month end, by breakdown type. */
    public Map<String, List<String>> groups(String measure, String authority, LocalDate end) {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        jdbc.query(
                "select breakdown_type, breakdown from fact_measure where measure_id = ? and la_code = ? and period_end = ?"
                        + " order by 1, 2",
                (ResultSet row) -> {
                    groups.computeIfAbsent(row.getString(1), type -> new ArrayList<>())
                            .add(row.getString(2));
                },
                measure,
                authority,
                end);
        return groups;
    }

    /** A certified figure; none where the group has nobody. */
    public Optional<Figure> figure(String measure, String authority, LocalDate end, String type, String group) {
        return jdbc
                .query(
                        "select numerator, denominator, value from fact_measure where measure_id = ? and la_code = ? and"
                                + " period_end = ? and breakdown_type = ? and breakdown = ?",
                        (row, number) ->
                                new Figure(row.getDouble(1), (Double) row.getObject(2), (Double) row.getObject(3)),
                        measure,
                        authority,
                        end,
                        type,
                        group)
                .stream()
                .findFirst();
    }

    /**
     * The children behind a figure, by pseudonym.
     *
     * @param grouped the measure's rows with their groups; null for the whole figure
     */
    public Map<String, Part> children(String measure, String authority, LocalDate end, String grouped, String group) {
        Map<String, Part> children = new LinkedHashMap<>();
        List<Object> asked = new ArrayList<>(List.of(measure, authority, end));
        if (grouped != null) {
            asked.add(group);
        }
        jdbc.query(
                "select child_id, coalesce(sum(adds_to_numerator), 0), coalesce(sum(adds_to_denominator), 0),"
                        + " bool_or(is_in_numerator), bool_or(is_in_denominator) from "
                        + (grouped == null ? "v_measure_children" : "(" + grouped + ")")
                        + " counted where measure_id = ? and la_code = ? and period_end = ?"
                        + (grouped == null ? "" : " and breakdown = ?") + " group by child_id order by child_id",
                (ResultSet row) -> {
                    children.put(
                            row.getString(1),
                            new Part(row.getDouble(2), row.getDouble(3), row.getBoolean(4), row.getBoolean(5)));
                },
                asked.toArray());
        return children;
    }

    /** The datasets that a measure is made from, as source and dataset. */
    public List<String> datasets(String measure) {
        return jdbc.queryForList(
                "select source || '/' || dataset from dim_measure_dataset where measure_id = ? order by 1",
                String.class,
                measure);
    }

    /**
     * The delivered rows that decide about some children in a figure, whether they count in it or not, in the order of
     * their days: for those that count the rows of the view {@code v_figure_explained}.
     */
    public Map<String, List<SourceRow>> rows(
            String measure, String authority, LocalDate end, Collection<String> children) {
        Map<String, List<SourceRow>> rows = new HashMap<>();
        jdbc.query(
                """
                select source_row.child_id, file.source || '/' || file.dataset, file.extract_date, file.file_name,
                  source_row.line_number, source_row.row_date, source_row.content_key, coalesce(source_row.repairs, ''),
                  coalesce(source_row.flags, ''), coalesce(source_row.match_kind, '')
                from dim_measure_dataset used
                join dim_source_file file using (source, dataset)
                join fact_source_row source_row using (source_file_key)
                where used.measure_id = ? and file.la_code = ? and file.valid_from <= ? and file.valid_to > ?
                  and (source_row.row_date is null or source_row.row_date <= ?)
                  and source_row.child_id = any (?)
                order by source_row.row_date nulls first, 2, source_row.line_number
                """,
                (ResultSet row) -> {
                    rows.computeIfAbsent(row.getString(1), child -> new ArrayList<>())
                            .add(new SourceRow(
                                    row.getString(2),
                                    row.getObject(3, LocalDate.class),
                                    row.getString(4),
                                    row.getInt(5),
                                    row.getObject(6, LocalDate.class),
                                    row.getLong(7),
                                    row.getString(8),
                                    row.getString(9),
                                    row.getString(10)));
                },
                measure,
                authority,
                end,
                end,
                end,
                children.toArray(String[]::new));
        return rows;
    }

    /** What the rules found in an authority's files mean, by their ids; nothing for an account that reads marts only. */
    public Map<String, String> rules(String authority) {
        Map<String, String> reasons = new HashMap<>();
        if (!readsAudit()) {
            return reasons;
        }
        jdbc.query(
                "select rule_id, min(reason) from audit.rejection where la_code = ? and not is_quarantined group by rule_id",
                (ResultSet row) -> {
                    reasons.put(row.getString(1), row.getString(2));
                },
                authority);
        return reasons;
    }

    /** The night that published this version and its as-at date, in words; for an account that reads marts only the version. */
    public String night() {
        String comment = jdbc.queryForObject(
                "select coalesce(obj_description(to_regnamespace(?), 'pg_namespace'), '')", String.class, schema);
        String version = comment.substring(comment.lastIndexOf(' ') + 1);
        List<String> nights = readsAudit()
                ? jdbc.queryForList(
                        "select 'night ' || run_id || ', as at ' || as_at from audit.run where mart_version = ? order by"
                                + " run_id desc limit 1",
                        String.class,
                        version)
                : List.of();
        return nights.isEmpty() ? "the version " + version : nights.get(0);
    }

    private boolean readsAudit() {
        return Boolean.TRUE.equals(jdbc.queryForObject(
                "select coalesce(has_schema_privilege(to_regnamespace('audit')::oid, 'usage'), false)", Boolean.class));
    }
}
