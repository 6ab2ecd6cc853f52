package org.lacwarehouse.marts.gold;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfFile;

/**
 * The school terms, {@code conf/calendar/school_terms.csv}, by which people read attendance within an academic year. No
 * certified figure depends on them.
 *
 * @param terms oldest first
 */
record SchoolTerms(List<Term> terms) {
    /** The name of the view of them: term_name, first_day, last_day. */
    static final String VIEW = "school_term";

    /**
     * A term.
     *
     * @param name what people call it
     * @param firstDay its first day
     * @param lastDay its last day, which belongs to it
     */
    record Term(String name, LocalDate firstDay, LocalDate lastDay) {}

    /**
     * Reads the file.
     *
     * @throws org.lacwarehouse.pipeline.conf.ConfException when a line is no term, or begins before the one above ended
     */
    static SchoolTerms read(Conf conf) {
        ConfFile file = conf.file("calendar/school_terms.csv");
        List<Term> terms = new ArrayList<>();
        LocalDate before = LocalDate.MIN;
        for (NamedCsvRecord line :
                CsvReader.builder().commentStrategy(CommentStrategy.SKIP).ofNamedCsvRecord(file.text())) {
            int number = (int) line.getStartingLineNumber();
            if (!line.getHeader().equals(List.of("term_name", "first_day", "last_day"))) {
                throw file.error(number, "the columns of the school terms are term_name,first_day,last_day");
            }
            try {
                Term term = new Term(
                        line.getField("term_name"),
                        LocalDate.parse(line.getField("first_day")),
                        LocalDate.parse(line.getField("last_day")));
                if (!term.firstDay().isAfter(before) || term.lastDay().isBefore(term.firstDay())) {
                    throw file.error(
                            number,
                            "a term begins after the one above it has ended, and ends on or after its first day");
                }
                before = term.lastDay();
                terms.add(term);
            } catch (DateTimeParseException e) {
                throw file.error(number, "first_day and last_day are dates like 2024-09-01");
            }
        }
        return new SchoolTerms(List.copyOf(terms));
    }

    /** The rows of the view. */
    Dataset<Row> view(SparkSession spark) {
        List<Row> rows = terms.stream()
                .map(term -> RowFactory.create(term.name(), term.firstDay(), term.lastDay()))
                .toList();
        return spark.createDataFrame(
                rows,
                new StructType()
                        .add("term_name", DataTypes.StringType, false)
                        .add("first_day", DataTypes.DateType, false)
                        .add("last_day", DataTypes.DateType, false));
    }
}
