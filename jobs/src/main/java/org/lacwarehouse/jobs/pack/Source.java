package org.lacwarehouse.jobs.pack;

import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lacwarehouse.jobs.report.Words;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.measure.Measure;
import org.lacwarehouse.marts.measure.MeasureViews;

/**
 * The published figures of one authority: of schema {@code mart}, or of {@code mart_public} alone for a copy that may be
 * shared. All figures are read at once, so that a pack is of one version.
 */
final class Source {
    private static final Pattern PARAMETER = Pattern.compile("(?<!:):([a-z_]+)");

    private final Connection connection;
    private final Catalogue catalogue;
    private final String laCode;
    private final boolean isPublic;
    private final String schema;
    private final Map<String, Words> measures;
    private final Map<Key, Figure> figures = new HashMap<>();
    private final Map<String, TreeSet<LocalDate>> dates = new HashMap<>();
    private final Map<Key, TreeMap<LocalDate, Double>> published = new HashMap<>();
    private final Map<String, TreeSet<LocalDate>> publishedDates = new HashMap<>();
    private final Map<String, Comparison> comparisons = new HashMap<>();
    private String authority;
    private String region;
    private String regionCode;

    /** A certified figure. */
    record Figure(Double numerator, Double denominator, Double value, String symbol) {}

    /** What stands beside a whole figure; null where there is none. */
    record Comparison(
            LocalDate publishedEnd,
            Double neighbours,
            Double region,
            Double england,
            Integer rank,
            Integer rankOf,
            String quartile,
            String targetComparison,
            Double target,
            Boolean isTargetMet) {}

    /** A target, in force from a day until another; until is null where it has no end. */
    record Target(String measure, String words, LocalDate from, LocalDate until) {}

    private record Key(String measure, LocalDate end, String type, String group) {}

    /**
     * Reads the figures.
     *
     * @param connection a connection with a transaction of its own
     * @param catalogue the declarations of the measures
     * @throws IllegalArgumentException when the marts do not hold the authority
     */
    Source(Connection connection, Catalogue catalogue, String laCode, boolean isPublic) throws SQLException {
        this.connection = connection;
        this.catalogue = catalogue;
        this.laCode = laCode;
        this.isPublic = isPublic;
        this.schema = isPublic ? "mart_public" : "mart";
        try (PreparedStatement path = connection.prepareStatement("select set_config('search_path', ?, false)")) {
            path.setString(1, schema);
            path.execute();
        }
        String nullIfPublic = isPublic ? "null" : "region_code";
        each("select authority_name, region_name, " + nullIfPublic + " from dim_authority where la_code = ?", row -> {
            authority = row.getString(1);
            region = row.getString(2);
            regionCode = row.getString(3);
        });
        measures = Words.read(connection);
        each(
                "select measure_id, period_end, breakdown_type, breakdown, numerator, denominator, value, "
                        + (isPublic ? "symbol" : "case when value is null then 'z' end")
                        + " from fact_measure where la_code = ?",
                row -> {
                    LocalDate end = row.getDate(2).toLocalDate();
                    figures.put(
                            new Key(row.getString(1), end, row.getString(3), row.getString(4)),
                            new Figure(number(row, 5), number(row, 6), number(row, 7), row.getString(8)));
                    dates.computeIfAbsent(row.getString(1), id -> new TreeSet<>())
                            .add(end);
                });
        if (figures.isEmpty()) {
            throw new IllegalArgumentException(none());
        }
        readPublished();
        if (!isPublic) {
            each(
                    "select measure_id, period_end, published_period_end, neighbour_mean, region_value, england_value,"
                            + " rank, rank_of, quartile, target_comparison, target_value, is_target_met"
                            + " from fact_measure_comparison where la_code = ?",
                    row -> comparisons.put(
                            row.getString(1) + row.getString(2),
                            new Comparison(
                                    date(row, 3),
                                    number(row, 4),
                                    number(row, 5),
                                    number(row, 6),
                                    (Integer) row.getObject(7),
                                    (Integer) row.getObject(8),
                                    row.getString(9),
                                    row.getString(10),
                                    number(row, 11),
                                    (Boolean) row.getObject(12))));
        }
    }

    private String none() throws SQLException {
        List<String> loaded = new ArrayList<>();
        query("select distinct la_code from fact_measure order by 1", List.of(), row -> loaded.add(row.getString(1)));
        return "Schema " + schema + " has no figures of authority " + laCode + " that this account may read. It has "
                + (loaded.isEmpty() ? "those of no authority" : "those of " + String.join(", ", loaded))
                + "; give one of these with --authority.";
    }

    /** England and the region as DfE published them. */
    private void readPublished() throws SQLException {
        if (regionCode == null) {
            each("select max(region_code) from fact_benchmark where la_code = ?", row -> regionCode = row.getString(1));
        }
        query(
                "select benchmark_id, level, breakdown_type, breakdown, period_end, value from fact_benchmark"
                        + " where is_latest_release and (level = 'england' or level = 'region' and region_code = ?)",
                List.of(regionCode == null ? "" : regionCode),
                row -> {
                    LocalDate end = row.getDate(5).toLocalDate();
                    publishedDates
                            .computeIfAbsent(row.getString(1), id -> new TreeSet<>())
                            .add(end);
                    Double value = number(row, 6);
                    if (value != null) {
                        published
                                .computeIfAbsent(
                                        new Key(
                                                row.getString(1) + " " + row.getString(2),
                                                null,
                                                row.getString(3),
                                                row.getString(4)),
                                        key -> new TreeMap<>())
                                .put(end, value);
                    }
                });
    }

    String authority() {
        return authority == null ? laCode : authority;
    }

    String laCode() {
        return laCode;
    }

    /** The name of the region; empty when unknown. */
    String region() {
        return region == null ? "" : region;
    }

    boolean isPublic() {
        return isPublic;
    }

    /** The measures by id, mart by mart. */
    Map<String, Words> measures() {
        return measures;
    }

    /** The month ends at which there is any figure. */
    NavigableSet<LocalDate> monthEnds() {
        TreeSet<LocalDate> all = new TreeSet<>();
        dates.values().forEach(all::addAll);
        return all;
    }

    /** The month ends at which a measure has figures. */
    NavigableSet<LocalDate> monthEnds(String measure) {
        return dates.getOrDefault(measure, new TreeSet<>());
    }

    /** A figure; null when the mart holds none. */
    Figure figure(String measure, LocalDate end, String type, String group) {
        return figures.get(new Key(measure, end, type, group));
    }

    /** The groups of a breakdown that have a figure at any of some dates. */
    NavigableSet<String> groups(String measure, String type, Collection<LocalDate> ends) {
        TreeSet<String> groups = new TreeSet<>();
        for (Key key : figures.keySet()) {
            if (key.measure().equals(measure) && key.type().equals(type) && ends.contains(key.end())) {
                groups.add(key.group());
            }
        }
        return groups;
    }

    /** What stands beside a figure, group by group: England and the region of every group, all others of the whole. */
    Comparison comparison(String measure, LocalDate end, String type, String group) {
        Comparison whole = comparisons.get(measure + end);
        if (whole != null && type.equals("all")) {
            return whole;
        }
        String benchmark = measures.get(measure).benchmark();
        LocalDate newest = benchmark == null
                ? null
                : publishedDates.getOrDefault(benchmark, new TreeSet<>()).floor(end);
        if (newest == null) {
            return new Comparison(null, null, null, null, null, null, null, null, null, null);
        }
        return new Comparison(
                newest,
                null,
                published(benchmark, "region", type, group, newest),
                published(benchmark, "england", type, group, newest),
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** Whether there is any published value of a series. */
    boolean isPublished(String benchmark) {
        return publishedDates.containsKey(benchmark);
    }

    private Double published(String benchmark, String level, String type, String group, LocalDate end) {
        TreeMap<LocalDate, Double> values = published.get(new Key(benchmark + " " + level, null, type, group));
        return values == null ? null : values.get(end);
    }

    /** How many rows of a fact there are at each of some month ends. */
    Map<LocalDate, Double> counts(Layout.Line line, List<LocalDate> ends) throws SQLException {
        Map<LocalDate, Double> counts = new HashMap<>();
        for (LocalDate end : ends) {
            if (dates.values().stream().anyMatch(of -> of.contains(end))) {
                counts.put(end, 0.0);
            }
        }
        try {
            query(
                    "select period_end, count(*) from \"" + line.fact().replace("\"", "") + "\" where la_code = ? and ("
                            + line.where() + ") group by 1",
                    List.of(laCode),
                    row -> counts.computeIfPresent(row.getDate(1).toLocalDate(), (end, none) -> count(row)));
        } catch (SQLException e) {
            throw line.place().error("this row cannot be counted: " + e.getMessage());
        }
        return counts;
    }

    private static double count(ResultSet row) {
        try {
            return row.getDouble(2);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The counts of a matrix by row and column. */
    Map<String, Map<String, Double>> matrix(Layout.Place place, Layout.Matrix matrix, Map<String, Object> parameters)
            throws SQLException {
        Map<String, Map<String, Double>> counts = new TreeMap<>();
        List<Object> values = new ArrayList<>();
        Matcher names = PARAMETER.matcher(matrix.query());
        StringBuilder sql = new StringBuilder();
        while (names.find()) {
            Object value = parameters.get(names.group(1));
            if (value == null) {
                throw place.error("the query names :" + names.group(1) + "; it may name " + parameters.keySet());
            }
            values.add(value);
            names.appendReplacement(sql, "?");
        }
        names.appendTail(sql);
        try {
            query(sql.toString(), values, row -> counts.computeIfAbsent(
                            row.getString(1) == null ? "Not known" : row.getString(1), name -> new TreeMap<>())
                    .merge(row.getString(2), row.getDouble(3), Double::sum));
        } catch (SQLException e) {
            throw place.error("the query does not run: " + e.getMessage());
        }
        return counts;
    }

    /** The figures of a measure that is counted over so many months to each of some month ends. */
    Map<LocalDate, Figure> window(Layout.Line line, int months, List<LocalDate> ends) throws SQLException {
        Measure measure = catalogue.measures().stream()
                .filter(candidate -> candidate.id().equals(line.measure()))
                .findFirst()
                .orElseThrow(() -> line.place().error("there is no measure `" + line.measure() + "`"));
        String sql = new MeasureViews(catalogue.tables())
                .window(measure, months)
                .orElseThrow(() -> line.place()
                        .error("`" + line.measure() + "` cannot be counted over another time: it does not count events"
                                + " of a year"));
        Map<LocalDate, Figure> found = new HashMap<>();
        NavigableSet<LocalDate> known = monthEnds(line.measure());
        for (LocalDate end : ends) {
            if (known.contains(end)) {
                query(sql, List.of(laCode, end), row -> {
                    double n = row.getDouble(1);
                    double d = row.getDouble(2);
                    boolean isCount = measure.denominator() == null;
                    Double value = isCount ? Double.valueOf(n) : d == 0 ? null : measure.factor() * n / d;
                    found.put(end, new Figure(n, isCount ? null : d, value, value == null ? "z" : null));
                });
            }
        }
        return found;
    }

    /** The targets of the authority, whenever they are in force. */
    List<Target> targets() throws SQLException {
        List<Target> targets = new ArrayList<>();
        if (!isPublic) {
            each(
                    "select measure_id, words, valid_from, valid_to from dim_target join dim_authority using"
                            + " (authority_key) where la_code = ? order by measure_id, valid_from",
                    row -> targets.add(new Target(row.getString(1), row.getString(2), date(row, 3), date(row, 4))));
        }
        return targets;
    }

    /** The version of the marts that people read. */
    String version() throws SQLException {
        List<String> version = new ArrayList<>();
        query(
                "select coalesce(obj_description(to_regnamespace(?)), '')",
                List.of(schema),
                row -> version.add(row.getString(1)));
        return version.get(0).replaceFirst("^.*version ", "");
    }

    /** Which extracts the marts stand on, in sentences; one that says so where this account may not read it. */
    List<String> freshness() throws SQLException {
        List<String> lines = new ArrayList<>();
        if (!isPublic) {
            boolean[] mayRead = {false};
            query(
                    "select coalesce(has_schema_privilege(to_regnamespace('audit'), 'usage')"
                            + " and has_table_privilege(to_regclass('audit.freshness'), 'select'), false)",
                    List.of(),
                    row -> mayRead[0] = row.getBoolean(1));
            if (!mayRead[0]) {
                return List.of("The dates of the extracts are in audit.freshness, which this account may not read.");
            }
            each(
                    "select source, extract_date, string_agg(distinct replace(mart, '_', ' '), ', ') from audit.freshness"
                            + " where la_code in (?, 'national') group by 1, 2 order by 1, 2",
                    row -> lines.add(capital(row.getString(1).replace('_', ' ')) + ": extract of "
                            + Wording.date(row.getDate(2).toLocalDate()) + ", used for " + row.getString(3) + "."));
            query(
                    "select started_at at time zone 'UTC' from audit.run where is_live order by run_id desc limit 1",
                    List.of(),
                    row -> lines.add("The marts were made by the night that began on "
                            + Wording.date(row.getDate(1).toLocalDate()) + "."));
        }
        query("select max(release) from fact_benchmark", List.of(), row -> {
            if (row.getDate(1) != null) {
                lines.add("DfE's published figures: releases up to "
                        + Wording.date(row.getDate(1).toLocalDate()) + ".");
            }
        });
        return lines;
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(java.util.Locale.UK) + text.substring(1);
    }

    private interface EachRow {
        void read(ResultSet row) throws SQLException;
    }

    /** Runs a query with the authority as its one parameter. */
    private void each(String sql, EachRow then) throws SQLException {
        query(sql, List.of(laCode), then);
    }

    private void query(String sql, List<Object> parameters, EachRow then) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.size(); i++) {
                Object value = parameters.get(i);
                statement.setObject(i + 1, value instanceof LocalDate date ? Date.valueOf(date) : value);
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    then.read(row);
                }
            }
        }
    }

    private static Double number(ResultSet row, int column) throws SQLException {
        double number = row.getDouble(column);
        return row.wasNull() ? null : number;
    }

    private static LocalDate date(ResultSet row, int column) throws SQLException {
        return row.getDate(column) == null ? null : row.getDate(column).toLocalDate();
    }
}
