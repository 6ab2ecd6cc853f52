package org.lacwarehouse.marts.gold;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfFile;

/**
 * The authorities that reorganised ones took over from, {@code conf/predecessors.csv}: published figures of the years
 * before stand under their codes.
 */
record Predecessors(List<Predecessor> all) {
    /** The name of the view of them: la_code, predecessor_la_code, took_over_on. */
    static final String VIEW = "authority_predecessor";

    private static final List<String> COLUMNS = List.of("la_code", "predecessor_la_code", "took_over_on");

    /**
     * A reorganisation.
     *
     * @param authority the code of the authority of today
     * @param predecessor the code of the one before
     * @param tookOverOn the first day of the authority of today
     */
    record Predecessor(String authority, String predecessor, LocalDate tookOverOn) {}

    /**
     * Reads the file.
     *
     * @throws org.lacwarehouse.pipeline.conf.ConfException when a line names no two codes and a date, or an authority twice
     */
    static Predecessors read(Conf conf) {
        ConfFile file = conf.file("predecessors.csv");
        List<Predecessor> all = new ArrayList<>();
        Set<String> named = new HashSet<>();
        for (NamedCsvRecord line :
                CsvReader.builder().commentStrategy(CommentStrategy.SKIP).ofNamedCsvRecord(file.text())) {
            int number = (int) line.getStartingLineNumber();
            if (!line.getHeader().equals(COLUMNS)) {
                throw file.error(number, "the columns of the predecessors are " + String.join(",", COLUMNS));
            }
            String authority = line.getField("la_code");
            String predecessor = line.getField("predecessor_la_code");
            if (!authority.matches("[0-9]{3}") || !predecessor.matches("[0-9]{3}")) {
                throw file.error(number, "both codes are DfE's three-digit codes");
            }
            if (!named.add(authority)) {
                throw file.error(
                        number, "an authority has one predecessor; leave it away when it took over from several");
            }
            try {
                all.add(new Predecessor(authority, predecessor, LocalDate.parse(line.getField("took_over_on"))));
            } catch (DateTimeParseException e) {
                throw file.error(number, "took_over_on is a date like 2021-04-01");
            }
        }
        return new Predecessors(List.copyOf(all));
    }

    /** The rows of the view. */
    Dataset<Row> view(SparkSession spark) {
        return spark.createDataFrame(
                all.stream()
                        .map(each -> RowFactory.create(each.authority(), each.predecessor(), each.tookOverOn()))
                        .toList(),
                new StructType()
                        .add("la_code", DataTypes.StringType, false)
                        .add("predecessor_la_code", DataTypes.StringType, false)
                        .add("took_over_on", DataTypes.DateType, false));
    }
}
