package org.lacwarehouse.pipeline.bronze;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.DelimitedFile;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.FileLayout;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The bronze layer: every value of every accepted file as the text it was, with its delivery and line. One Delta table a
 * source, the values of a row in a map, one commit a source and night however many files arrived. Bronze holds names and
 * numbers as delivered and is protected like the vault.
 */
public final class Bronze {
    private static final StructType SCHEMA = new StructType()
            .add("line_number", DataTypes.LongType, false)
            .add("raw", DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType, false), false)
            .add(Lake.SLICE, DataTypes.StringType, false);

    private final Lake lake;

    /** @param lake where the tables are */
    public Bronze(Lake lake) {
        this.lake = lake;
    }

    /** Stores deliveries: one commit for each of their sources. */
    public void store(Path landing, Collection<Delivery> deliveries) {
        Map<String, List<Delivery>> bySource =
                deliveries.stream().collect(Collectors.groupingBy(Delivery::source, Collectors.toList()));
        bySource.forEach((source, files) -> {
            List<Work> works = files.stream()
                    .map(d -> new Work(d.deliveryId(), landing.resolve(d.file()).toString(), d.layout()))
                    .toList();
            Dataset<Row> rows = lake.spark()
                    .createDataFrame(
                            JavaSparkContext.fromSparkContext(lake.spark().sparkContext())
                                    .parallelize(works, Math.min(works.size(), 2 * parallelism()))
                                    .flatMap(Rows::new),
                            SCHEMA);
            lake.replaceSlices(
                    table(source),
                    rows,
                    files.stream().map(Delivery::deliveryId).toList());
        });
    }

    private int parallelism() {
        return lake.spark().sparkContext().defaultParallelism();
    }

    /** The rows of deliveries of one source: columns line_number, raw (a map of text by column name), delivery_id. */
    public Dataset<Row> read(String source, Collection<String> deliveryIds) {
        return lake.read(table(source), deliveryIds);
    }

    private static String table(String source) {
        return "bronze/" + source;
    }

    /** One file for a task to read. */
    private record Work(String deliveryId, String path, FileLayout layout) implements java.io.Serializable {}

    /** The rows of a file as a stream. */
    private static final class Rows implements Iterator<Row> {
        private final Work work;
        private final DelimitedFile file;
        private final Iterator<CsvRecord> records;
        private CsvRecord next;

        Rows(Work work) throws IOException {
            this.work = work;
            file = DelimitedFile.open(Path.of(work.path()), work.layout());
            records = file.iterator();
            records.next(); // the header
        }

        @Override
        public boolean hasNext() {
            while (next == null && records.hasNext()) {
                CsvRecord record = records.next();
                next = DelimitedFile.isBlank(record) ? null : record;
            }
            if (next == null) {
                try {
                    file.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return next != null;
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            CsvRecord csv = next;
            next = null;
            Map<String, String> values = new LinkedHashMap<>();
            DelimitedFile.values(csv, work.layout().columns(), values);
            return RowFactory.create(
                    csv.getStartingLineNumber(), CollectionConverters.asScala(values), work.deliveryId());
        }
    }
}
