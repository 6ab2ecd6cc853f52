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

/**
 * Where the figures come from: the delivered rows about each child, with file and line, and the datasets that decide a
 * measure. Made from the contracts, the SQL of the mart tables and the measures alone, so that a new dataset, table or
 * measure is explained without another word.
 */
public final class SourceRows {
    /** The table of delivered rows about children. */
    public static final String TABLE = "fact_source_row";
    /** The table of the datasets that decide a measure. */
    public static final String MEASURE_TABLE = "dim_measure_dataset";

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

    private static final String REPAIR = "R[0-9]";

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
        GoldBuild.CARE_SOURCES.forEach(view -> care.addAll(behind.get(view)));
        Catalogue.CARE_VIEWS.forEach(view -> behind.put(view, care));
        return behind;
    }

    /** The table of delivered rows. */
    static MartTable table(Contracts contracts) {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("authority_key", "The authority that delivered the row");
        columns.put("source_file_key", "The file it stands in");
        columns.put("la_code", "DfE's three-digit code of the authority");
        columns.put("child_id", "The pseudonym of the child it is about");
        columns.put(
                "line_number", "Its line in the file; in a workbook its row, in an XML file the line of its element");
        columns.put(
                "row_date",
                "The first day it tells of; null when it holds for a child as a whole, such as a header row");
        columns.put(
                "content_key",
                "Changes when a value of the row changes that a mart may show: it tells in two versions of the marts which"
                        + " rows were corrected");
        columns.put("repairs", "The documented repairs that were made to it, such as R3; null when none was");
        columns.put(
                "flags",
                "The rules that it contradicts, by the number of DfE's validation rule where there is one; null for none");
        columns.put(
                "match_kind",
                "How the person it is about was matched to the child; null where the row carries the council's own id");
        String sql =
                aboutChildren(contracts).stream().map(SourceRows::select).collect(Collectors.joining("\nUNION ALL\n"));
        Set<String> dependencies =
                aboutChildren(contracts).stream().map(Catalogue::view).collect(Collectors.toCollection(TreeSet::new));
        dependencies.add(DELIVERY_VIEW);
        return new MartTable(
                TABLE,
                "conformed",
                "A row of a delivered file that is about a child and that the marts stand on",
                List.of("child_id", "source_file_key", "line_number"),
                Map.of("authority_key", "dim_authority", "source_file_key", "dim_source_file"),
                Set.of("row_date", "repairs", "flags", "match_kind"),
                columns,
                dependencies,
                sql,
                spark -> spark.sql("SELECT CAST(row.la_code AS INT) AS authority_key,"
                        + " stable_key(row.delivery_id, file.extract_date) AS source_file_key, row.la_code, row.child_id,"
                        + " CAST(row.line_number AS INT) AS line_number, row.row_date, row.content_key,"
                        + words("flag RLIKE '" + REPAIR + "'") + " AS repairs, "
                        + words("NOT flag RLIKE '" + REPAIR + "'") + " AS flags, row.match_kind\nFROM (" + sql
                        + ") row JOIN " + DELIVERY_VIEW
                        + " file ON file.delivery_id = row.delivery_id AND file.la_code = row.la_code"));
    }

    private static String words(String which) {
        return " nullif(array_join(array_sort(filter(row.flags, flag -> " + which + ")), ' '), '')";
    }

    private static String select(Contract contract) {
        return "SELECT authority AS la_code, delivery_id, child_id, line_number, " + firstDay(contract)
                + " AS row_date, " + content(contract) + " AS content_key, flags, "
                + (contract.person() == null ? "CAST(NULL AS STRING)" : "match_kind")
                + " AS match_kind FROM " + Catalogue.view(contract) + " WHERE child_id IS NOT NULL";
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
                days.add("make_date(" + name + ", 3, 31)");
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
