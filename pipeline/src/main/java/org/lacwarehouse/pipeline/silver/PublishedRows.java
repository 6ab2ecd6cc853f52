package org.lacwarehouse.pipeline.silver;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.lacwarehouse.pipeline.benchmark.DataSet;
import org.lacwarehouse.pipeline.benchmark.Labels;
import org.lacwarehouse.pipeline.benchmark.Series;

/** Takes from each row of a published file the cells that the series of its data set are made of. */
final class PublishedRows implements FlatMapFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    /** What stands in place of a number: not available, suppressed, rounds to zero and the like. */
    static final Set<String> SYMBOLS = Set.of("c", "z", "x", "k", "low", "u", "~", ":");

    static final String VALUE = "value";
    static final String NUMERATOR = "numerator";
    static final String DENOMINATOR = "denominator";
    /** The role of what is wrong with a row: {@code cell} says what, {@code breakdown} names the column. */
    static final String FAULT = "fault";

    /** What a published value is of. */
    static final StructType WHAT = new StructType()
            .add("benchmark_id", DataTypes.StringType)
            .add("level", DataTypes.StringType)
            .add("la_code", DataTypes.StringType)
            .add("region_code", DataTypes.StringType)
            .add("period_end", DataTypes.DateType)
            .add("breakdown_type", DataTypes.StringType)
            .add("breakdown", DataTypes.StringType);

    static final StructType SCHEMA = WHAT.add("delivery_id", DataTypes.StringType)
            .add("line_number", DataTypes.LongType)
            .add("role", DataTypes.StringType)
            .add("number", DataTypes.DoubleType)
            .add("symbol", DataTypes.StringType)
            .add("cell", DataTypes.StringType)
            .add("is_added", DataTypes.BooleanType)
            .add("factor", DataTypes.IntegerType)
            .add("decimals", DataTypes.IntegerType);

    /**
     * A file that rows come from.
     *
     * @param dataSet what it holds
     * @param columns the header's name by the name that the description uses
     */
    record Source(DataSet dataSet, Map<String, String> columns) implements Serializable {}

    private final HashMap<String, Source> sources;
    /** Labels repeat in thousands of rows. */
    private final HashMap<String, String> normal = new HashMap<>();

    /** @param sources the files by delivery id */
    PublishedRows(Map<String, Source> sources) {
        this.sources = new HashMap<>(sources);
    }

    /** @param bronze line_number, raw, delivery_id */
    @Override
    public Iterator<Row> call(Row bronze) {
        Source source = sources.get(bronze.getString(2));
        Map<String, String> raw = bronze.getJavaMap(1);
        List<Row> cells = new ArrayList<>();
        Place place;
        try {
            place = place(raw);
        } catch (IllegalArgumentException e) {
            return List.of(fault(bronze, e.getMessage(), "is not one that is known"))
                    .iterator();
        }
        Map<String, String> labels = new HashMap<>();
        for (String column : source.dataSet().labelColumns()) {
            String label = raw.get(source.columns().get(column));
            labels.put(column, normal.computeIfAbsent(label == null ? "" : label, Labels::normal));
        }
        for (Series series : source.dataSet().series()) {
            String group = series.breakdownColumn() == null
                    ? Series.WHOLE
                    : series.breakdowns().get(labels.get(series.breakdownColumn()));
            if (group == null) {
                continue;
            }
            if (matches(series.where(), labels)) {
                add(cells, bronze, series, place, group, VALUE, series.value(), source, raw);
                add(cells, bronze, series, place, group, NUMERATOR, series.numerator(), source, raw);
                if (series.denominatorWhere().isEmpty()) {
                    add(cells, bronze, series, place, group, DENOMINATOR, series.denominator(), source, raw);
                }
            }
            if (!series.denominatorWhere().isEmpty() && isTotal(series, labels)) {
                add(cells, bronze, series, place, group, DENOMINATOR, series.denominator(), source, raw);
            }
        }
        // A row of which a cell cannot be read is quarantined, and then nothing of it counts.
        int role = SCHEMA.fieldIndex("role");
        return cells.stream()
                .filter(cell -> cell.getString(role).equals(FAULT))
                .findFirst()
                .map(List::of)
                .orElse(cells)
                .iterator();
    }

    /** Where and when a row's figures are of. */
    private record Place(String level, String authority, String region, LocalDate end) {}

    private static Place place(Map<String, String> raw) {
        String level =
                switch (Labels.normal(raw.get("GEOGRAPHIC_LEVEL"))) {
                    case "local authority" -> "authority";
                    case "regional" -> "region";
                    case "national" -> "england";
                    default -> throw new IllegalArgumentException("GEOGRAPHIC_LEVEL");
                };
        String authority = text(raw.get("OLD_LA_CODE"));
        String region = text(raw.get("REGION_CODE"));
        if (level.equals("authority") && (authority == null || !authority.matches("\\d{3}"))) {
            throw new IllegalArgumentException("OLD_LA_CODE");
        }
        if (level.equals("region") && region == null) {
            throw new IllegalArgumentException("REGION_CODE");
        }
        String period = raw.getOrDefault("TIME_PERIOD", "");
        LocalDate end;
        if (Labels.normal(raw.get("TIME_IDENTIFIER")).equals("academic year") && period.matches("20\\d{4}")) {
            end = LocalDate.of(Integer.parseInt(period.substring(0, 4)) + 1, 8, 31);
        } else if (Labels.normal(raw.get("TIME_IDENTIFIER")).equals("reporting year") && period.matches("20\\d{2}")) {
            end = LocalDate.of(Integer.parseInt(period), 3, 31);
        } else {
            throw new IllegalArgumentException("TIME_PERIOD");
        }
        return new Place(
                level, level.equals("authority") ? authority : null, level.equals("england") ? null : region, end);
    }

    private static String text(String cell) {
        return cell == null || cell.isBlank() ? null : cell.strip();
    }

    private static boolean matches(Map<String, List<String>> where, Map<String, String> labels) {
        return where.entrySet().stream()
                .allMatch(condition -> condition.getValue().contains(labels.get(condition.getKey())));
    }

    /** Whether a row holds the denominator: it is like the rows of the series but for the labels of the total. */
    private static boolean isTotal(Series series, Map<String, String> labels) {
        Map<String, List<String>> where = new HashMap<>(series.where());
        where.putAll(series.denominatorWhere());
        return matches(where, labels);
    }

    private static void add(
            List<Row> cells,
            Row bronze,
            Series series,
            Place place,
            String group,
            String role,
            String column,
            Source source,
            Map<String, String> raw) {
        if (column == null) {
            return;
        }
        String name = source.columns().get(column);
        String cell = text(raw.get(name));
        Double number = number(cell);
        String symbol = cell == null ? null : cell.toLowerCase(Locale.ROOT);
        if (number == null && (symbol == null || !SYMBOLS.contains(symbol))) {
            cells.add(fault(bronze, name, cell == null ? "is blank" : "is neither a number nor one of DfE's symbols"));
            return;
        }
        cells.add(RowFactory.create(
                series.benchmarkId(),
                place.level(),
                place.authority(),
                place.region(),
                place.end(),
                series.breakdownType(),
                group,
                bronze.getString(2),
                bronze.getLong(0),
                role,
                number,
                number == null ? symbol : null,
                null,
                series.isAdded(),
                series.factor(),
                series.decimals()));
    }

    private static Double number(String cell) {
        return cell != null && cell.matches("-?\\d{1,3}(,\\d{3})+(\\.\\d+)?|-?\\d{1,15}(\\.\\d{1,10})?")
                ? Double.valueOf(cell.replace(",", ""))
                : null;
    }

    private static Row fault(Row bronze, String column, String words) {
        return RowFactory.create(
                null,
                null,
                null,
                null,
                null,
                null,
                column,
                bronze.getString(2),
                bronze.getLong(0),
                FAULT,
                null,
                null,
                words,
                null,
                null,
                null);
    }
}
