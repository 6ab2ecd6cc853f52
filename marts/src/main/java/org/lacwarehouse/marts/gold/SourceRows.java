package org.lacwarehouse.marts.gold;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.lacwarehouse.marts.measure.Measure;
import org.lacwarehouse.marts.measure.MeasureCompiler;
import org.lacwarehouse.pipeline.contract.Column;
import org.lacwarehouse.pipeline.contract.ColumnType;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.contract.Contracts;
import org.lacwarehouse.pipeline.contract.Privacy;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.silver.Silver;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Where the figures come from: the delivered rows about each child, with file and line, and the datasets that decide a
 * measure. Made from the contracts, the SQL of the mart tables and the measures alone, so that a new dataset, table or
 * measure is explained without another word.
 */
public final class SourceRows {
    /** The table of the datasets that decide a measure. */
    public static final String MEASURE_TABLE = "dim_measure_dataset";

    /** The view of the delivered rows about children. */
    static final String VIEW = "source_row";
    /** The view of the deliveries about children that a build reads. */
    static final String DELIVERY_VIEW = "delivery_in_force";

    static final StructType DELIVERY = new StructType()
            .add("la_code", DataTypes.StringType, false)
            .add("delivery_id", DataTypes.StringType, false)
            .add("source", DataTypes.StringType, false)
            .add("dataset", DataTypes.StringType, false)
            .add("extract_date", DataTypes.DateType, false)
            .add("file_name", DataTypes.StringType, false)
            .add("valid_from", DataTypes.DateType, false)
            .add("valid_to", DataTypes.DateType, false);

    static final LocalDate FROM_THE_BEGINNING = LocalDate.of(1, 1, 1);
    static final LocalDate FOR_EVER = LocalDate.of(9999, 12, 31);

    private SourceRows() {}

    /** The datasets whose rows are about a child, by the council's own id or by matching. */
    static List<Contract> aboutChildren(Contracts contracts) {
        return contracts.all().stream()
                .filter(contract -> contract.hasSilver()
                        && !contract.isNational()
                        && (contract.isAboutChildren() || contract.person() != null))
                .toList();
    }

    /** The datasets behind the views of the datasets and of the care history. */
    static Map<String, Set<String>> behind(Contracts contracts) {
        Map<String, Set<String>> behind = new HashMap<>();
        contracts.all().forEach(contract -> behind.put(Catalogue.view(contract), Set.of()));
        aboutChildren(contracts).forEach(contract -> behind.put(Catalogue.view(contract), Set.of(contract.id())));
        Set<String> care = new TreeSet<>();
        GoldViews.CARE_SOURCES.forEach(view -> care.addAll(behind.get(view)));
        Catalogue.CARE_VIEWS.forEach(view -> behind.put(view, care));
        return behind;
    }

    /**
     * The rows of the deliveries in force with the child that each is about: la_code, delivery_id, line_number, row_date,
     * content_key, flags, child_id, match_kind. Matched in one join, as a join a dataset would be a Spark job a dataset.
     *
     * @param silver the rows of each dataset about children
     * @param links which child the people of other systems are matched to
     */
    static Dataset<Row> rows(Map<Contract, Dataset<Row>> silver, Dataset<Row> links) {
        Dataset<Row> all = null;
        for (Map.Entry<Contract, Dataset<Row>> each : silver.entrySet()) {
            Contract contract = each.getKey();
            boolean isMatched = contract.person() != null;
            Dataset<Row> rows = each.getValue()
                    .selectExpr(
                            "authority",
                            "'" + contract.source() + "' AS source",
                            isMatched ? Silver.PERSON : "CAST(NULL AS STRING) AS " + Silver.PERSON,
                            isMatched ? "CAST(NULL AS STRING) AS own_id" : "child_id AS own_id",
                            Lake.SLICE,
                            "line_number",
                            firstDay(contract) + " AS row_date",
                            content(contract) + " AS content_key",
                            "flags");
            all = all == null ? rows : all.union(rows);
        }
        return all.join(
                        links,
                        CollectionConverters.asScala(List.of("authority", "source", Silver.PERSON))
                                .toSeq(),
                        "left")
                .selectExpr(
                        "authority AS la_code",
                        Lake.SLICE,
                        "line_number",
                        "row_date",
                        "content_key",
                        "flags",
                        "coalesce(own_id, child_id) AS child_id",
                        "CASE WHEN own_id IS NULL THEN match_kind END AS match_kind")
                .where("child_id IS NOT NULL");
    }

    /** The first day that a row tells of, as SQL: null where a child has one row, which holds for it as a whole. */
    private static String firstDay(Contract contract) {
        boolean oneOfAChild = contract.key().size() == 1
                && contract.key().get(0).alternatives().stream()
                        .allMatch(way ->
                                way.size() == 1 && contract.column(way.get(0)).type() == ColumnType.CHILD);
        List<String> days = new ArrayList<>();
        for (Column column : contract.columnsIn(Privacy.OPEN)) {
            String name = column.silverName();
            if (column.type() == ColumnType.DATE) {
                days.add(name);
            } else if (column.type() == ColumnType.ACADEMIC_YEAR) {
                days.add("make_date(CAST(substring(" + name + ", 1, 4) AS INT) + 1, 8, 31)");
            } else if (column.name().equals("YEAR")) {
                // Whatever number stands there.
                days.add("CASE WHEN " + name + " BETWEEN 1 AND 9999 THEN make_date(" + name + ", 3, 31) END");
            }
        }
        return oneOfAChild || days.isEmpty()
                ? "CAST(NULL AS DATE)"
                : days.size() == 1 ? days.get(0) : "least(" + String.join(", ", days) + ")";
    }

    /** What stands for the open values of a row, as SQL. */
    private static String content(Contract contract) {
        return "xxhash64("
                + contract.columnsIn(Privacy.OPEN).stream()
                        .filter(column -> column.type() != ColumnType.CHILD)
                        .map(column -> "coalesce(CAST(" + column.silverName() + " AS STRING), '')")
                        .collect(Collectors.joining(", "))
                + ")";
    }

    /** The table of the datasets that decide whether, and with what, a child counts in a measure. */
    static MartTable ofMeasures(List<Measure> measures, SqlLineage lineage, Contracts contracts) {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("measure_id", "The measure");
        columns.put("source", "The system");
        columns.put("dataset", "The dataset");
        Map<String, Contract> byId = contracts.all().stream().collect(Collectors.toMap(Contract::id, c -> c));
        List<Row> rows = new ArrayList<>();
        datasets(measures, lineage)
                .forEach((measure, datasets) -> datasets.forEach(id -> rows.add(RowFactory.create(
                        measure, byId.get(id).source(), byId.get(id).dataset()))));
        StructType schema = new StructType()
                .add("measure_id", DataTypes.StringType, false)
                .add("source", DataTypes.StringType, false)
                .add("dataset", DataTypes.StringType, false);
        return new MartTable(
                MEASURE_TABLE,
                "conformed",
                "A dataset whose rows about a child decide whether, and with what, it counts in a measure",
                List.of("measure_id", "source", "dataset"),
                Map.of("measure_id", "dim_measure"),
                Set.of(),
                columns,
                Set.of(),
                rows.toString(),
                spark -> spark.createDataFrame(rows, schema));
    }

    /** The datasets that decide each measure, by its id. */
    static Map<String, Set<String>> datasets(List<Measure> measures, SqlLineage lineage) {
        Map<String, Measure> byId = measures.stream().collect(Collectors.toMap(Measure::id, measure -> measure));
        Map<String, Set<String>> datasets = new LinkedHashMap<>();
        for (Measure measure : measures) {
            List<Measure> counted = measure.difference() == null
                    ? List.of(measure)
                    : List.of(
                            byId.get(measure.difference().of()),
                            byId.get(measure.difference().less()));
            Set<String> found = new TreeSet<>();
            counted.forEach(one -> found.addAll(lineage.of(one.fact().sql(), MeasureCompiler.decidingColumns(one))));
            datasets.put(measure.id(), found);
        }
        return datasets;
    }
}
