package org.lacwarehouse.marts.gold;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfException;
import org.lacwarehouse.pipeline.conf.ConfFile;

/**
 * England's bank holidays, {@code conf/calendar/bank_holidays.csv}: what makes a Monday to Friday no working day. The
 * first and the last year of the file and all between them are taken to be complete.
 */
final class BankHolidays {
    /** The name of the view of them: date, name. */
    static final String VIEW = "bank_holiday";

    private static final String FILE = "calendar/bank_holidays.csv";

    private final Map<LocalDate, String> names;

    private BankHolidays(Map<LocalDate, String> names) {
        this.names = names;
    }

    /**
     * Reads the file.
     *
     * @throws ConfException when a line is no date and name, or a year between the first and the last has none
     */
    static BankHolidays read(Conf conf) {
        ConfFile file = conf.file(FILE);
        TreeMap<LocalDate, String> names = new TreeMap<>();
        for (NamedCsvRecord line :
                CsvReader.builder().commentStrategy(CommentStrategy.SKIP).ofNamedCsvRecord(file.text())) {
            int number = (int) line.getStartingLineNumber();
            if (!line.getHeader().equals(List.of("date", "name"))) {
                throw file.error(number, "the columns of the bank holidays are date,name");
            }
            try {
                if (names.put(LocalDate.parse(line.getField("date")), line.getField("name")) != null) {
                    throw file.error(number, "this day is listed twice");
                }
            } catch (DateTimeParseException e) {
                throw file.error(number, "date must be a date like 2024-12-25");
            }
        }
        if (names.isEmpty()) {
            throw file.error(1, "no bank holiday is listed");
        }
        NavigableSet<Integer> years = new TreeSet<>();
        names.keySet().forEach(day -> years.add(day.getYear()));
        for (int year = years.first(); year <= years.last(); year++) {
            if (!years.contains(year)) {
                throw file.error(1, "the bank holidays of " + year + " are missing; " + whereFrom());
            }
        }
        return new BankHolidays(names);
    }

    /**
     * Fails when figures are wanted for a day of a year that the file does not hold.
     *
     * @throws ConfException that says which years to add
     */
    void mustCover(LocalDate day) {
        int last = names.keySet().stream().mapToInt(LocalDate::getYear).max().orElseThrow();
        if (day.getYear() > last) {
            throw new ConfException(FILE + ": the bank holidays of " + (last + 1) + " to " + day.getYear()
                    + " are missing, so that working" + " days cannot be counted; " + whereFrom());
        }
    }

    private static String whereFrom() {
        return "add them from https://www.gov.uk/bank-holidays (in a --conf folder, or in the program's own conf)";
    }

    /** The rows of the view. */
    Dataset<Row> view(SparkSession spark) {
        List<Row> rows = new ArrayList<>();
        names.forEach((day, name) -> rows.add(RowFactory.create(day, name)));
        return spark.createDataFrame(
                rows, new StructType().add("date", DataTypes.DateType, false).add("name", DataTypes.StringType, false));
    }

    /** All days and names: changes whenever the list does. */
    @Override
    public String toString() {
        return names.toString();
    }
}
