package org.lacwarehouse.marts.measure;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.lacwarehouse.marts.gold.MartTable;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfFile;

/** The targets that councils have published, {@code conf/targets/*.csv}, as the table {@code dim_target}. */
public final class Targets {
    private static final List<String> COLUMNS =
            List.of("la_code", "measure_id", "comparison", "target_value", "valid_from", "valid_to", "words");
    private static final Set<String> COMPARISONS = Set.of(">=", ">", "<=", "<", "=");

    private Targets() {}

    private record Target(
            String authority,
            String measure,
            String comparison,
            double value,
            LocalDate from,
            LocalDate to,
            String words) {
        boolean overlaps(Target other) {
            return authority.equals(other.authority)
                    && measure.equals(other.measure)
                    && (to == null || !other.from.isAfter(to))
                    && (other.to == null || !from.isAfter(other.to));
        }
    }

    /**
     * Reads the files and makes the table.
     *
     * @param measures the measures that there may be targets for
     * @throws org.lacwarehouse.pipeline.conf.ConfException on the first mistake, with file and line
     */
    public static MartTable table(Conf conf, Collection<Measure> measures) {
        Set<String> known = measures.stream().map(Measure::id).collect(Collectors.toSet());
        List<Target> targets = new ArrayList<>();
        for (ConfFile file : conf.files("targets", "csv")) {
            for (NamedCsvRecord line :
                    CsvReader.builder().commentStrategy(CommentStrategy.SKIP).ofNamedCsvRecord(file.text())) {
                int number = (int) line.getStartingLineNumber();
                Target target = target(file, number, line);
                if (!known.contains(target.measure())) {
                    throw file.error(number, "there is no measure `" + target.measure() + "`");
                }
                if (targets.stream().anyMatch(target::overlaps)) {
                    throw file.error(
                            number,
                            "the authority has another target for this measure at the same time; end one first");
                }
                targets.add(target);
            }
        }
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("measure_id", "The measure the target is for");
        columns.put("authority_key", "The authority that has set it");
        columns.put("target_value", "The target, in the unit of the measure");
        columns.put("comparison", "How a figure meets it: >=, >, <=, < or =");
        columns.put("valid_from", "The first day on which it holds");
        columns.put("valid_to", "The last day on which it holds; null while it has no end");
        columns.put("words", "The target as it was published");
        return new MartTable(
                "dim_target",
                "conformed",
                "A target that an authority has published for a measure",
                List.of("measure_id", "authority_key", "valid_from"),
                Map.of("authority_key", "dim_authority", "measure_id", "dim_measure"),
                Set.of("valid_to", "words"),
                columns,
                Set.of("loaded_authority"),
                targets.toString(),
                spark -> rows(spark, targets));
    }

    private static Target target(ConfFile file, int number, NamedCsvRecord line) {
        if (!line.getHeader().equals(COLUMNS)) {
            throw file.error(number, "the columns of targets are " + String.join(",", COLUMNS));
        }
        if (!line.getField("la_code").matches("[0-9]{3}")) {
            throw file.error(number, "la_code must be DfE's three-digit code of an authority");
        }
        if (!COMPARISONS.contains(line.getField("comparison"))) {
            throw file.error(number, "comparison must be >=, >, <=, < or =");
        }
        try {
            return new Target(
                    line.getField("la_code"),
                    line.getField("measure_id"),
                    line.getField("comparison"),
                    Double.parseDouble(line.getField("target_value")),
                    LocalDate.parse(line.getField("valid_from")),
                    line.getField("valid_to").isBlank() ? null : LocalDate.parse(line.getField("valid_to")),
                    line.getField("words").isBlank() ? null : line.getField("words"));
        } catch (NumberFormatException e) {
            throw file.error(number, "target_value must be a number");
        } catch (DateTimeParseException e) {
            throw file.error(number, "valid_from and valid_to are dates like 2024-04-01; valid_to may be blank");
        }
    }

    /** The targets of the loaded authorities. */
    private static Dataset<Row> rows(SparkSession spark, List<Target> targets) {
        StructType schema = new StructType()
                .add("la_code", DataTypes.StringType, false)
                .add("measure_id", DataTypes.StringType, false)
                .add("target_value", DataTypes.DoubleType, false)
                .add("comparison", DataTypes.StringType, false)
                .add("valid_from", DataTypes.DateType, false)
                .add("valid_to", DataTypes.DateType, true)
                .add("words", DataTypes.StringType, true);
        List<Row> rows = targets.stream()
                .map(t -> RowFactory.create(
                        t.authority(), t.measure(), t.value(), t.comparison(), t.from(), t.to(), t.words()))
                .toList();
        return spark.createDataFrame(rows, schema)
                .join(spark.table("loaded_authority"), "la_code")
                .selectExpr(
                        "measure_id",
                        "CAST(la_code AS INT) AS authority_key",
                        "target_value",
                        "comparison",
                        "valid_from",
                        "valid_to",
                        "words");
    }
}
