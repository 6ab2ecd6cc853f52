package org.lacwarehouse.pipeline.bronze;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.CollectionAccumulator;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.lake.Sessions;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.FileLayout;
import org.lacwarehouse.pipeline.landing.LandingZone;
import org.lacwarehouse.pipeline.landing.TableFile;
import org.lacwarehouse.pipeline.landing.TableRow;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The bronze layer: every value of every accepted file as the text it was, with its delivery and line. One Delta table a
 * source, the values of a row in a map, one commit a source and night however many files arrived. Bronze holds names and
 * numbers as delivered and is protected like the vault.
 */
public final class Bronze {
    /** The folder of the layer. */
    public static final String LAYER = "bronze";

    private static final StructType SCHEMA = new StructType()
            .add("line_number", DataTypes.LongType, false)
            .add("raw", DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType, false), false)
            .add(Lake.SLICE, DataTypes.StringType, false);

    private final Lake lake;

    /** @param lake where the tables are */
    public Bronze(Lake lake) {
        this.lake = lake;
    }

    /**
     * Stores deliveries: one commit for each of their sources.
     *
     * @return those that are stored whole; a file that has gone or is no longer what was checked is left out, and
     *     nothing of it is kept
     */
    public List<Delivery> store(Path landing, Collection<Delivery> deliveries) {
        List<Delivery> stored = new ArrayList<>();
        deliveries.stream()
                .collect(Collectors.groupingBy(Delivery::source))
                .forEach((source, files) -> stored.addAll(store(landing, source, files)));
        return stored;
    }

    private List<Delivery> store(Path landing, String source, List<Delivery> files) {
        CollectionAccumulator<String> failed = lake.spark().sparkContext().collectionAccumulator();
        List<Work> works = files.stream()
                .map(d -> new Work(d.deliveryId(), landing.toString(), d.file(), d.layout(), d.rowsIn()))
                .toList();
        Dataset<Row> rows = lake.spark()
                .createDataFrame(
                        JavaSparkContext.fromSparkContext(lake.spark().sparkContext())
                                .parallelize(works, parts(works.size()))
                                .flatMap(work -> new Rows(work, failed)),
                        SCHEMA);
        lake.replaceSlices(
                table(source), rows, files.stream().map(Delivery::deliveryId).toList());
        Set<String> incomplete = Set.copyOf(failed.value());
        if (!incomplete.isEmpty()) {
            lake.replaceSlices(
                    table(source), lake.spark().createDataFrame(List.<Row>of(), SCHEMA), List.copyOf(incomplete));
        }
        return files.stream()
                .filter(delivery -> !incomplete.contains(delivery.deliveryId()))
                .toList();
    }

    /** Into how many parts files are put: of few the rows need not be sorted by file before they are written. */
    private int parts(int files) {
        int even = Math.min(files, 2 * lake.spark().sparkContext().defaultParallelism());
        return Math.max(even, (files + Sessions.OPEN_FILES - 1) / Sessions.OPEN_FILES);
    }

    /** The rows of deliveries of one source: columns line_number, raw (a map of text by column name), delivery_id. */
    public Dataset<Row> read(String source, Collection<String> deliveryIds) {
        return lake.read(table(source), deliveryIds);
    }

    /** Removes the rows of a delivery. */
    public void drop(Delivery delivery) {
        lake.dropSlices(table(delivery.source()), List.of(delivery.deliveryId()));
    }

    /** The table of a source. */
    public static String table(String source) {
        return LAYER + "/" + source;
    }

    /** One dataset of a file for a task to read. */
    private record Work(String deliveryId, String landing, String file, FileLayout layout, long rows)
            implements Serializable {}

    /**
     * The rows of a file as a stream. What goes wrong with a file that has been checked is that it has changed since: it
     * is put down as failed, and the rows of the others are stored all the same.
     */
    private static final class Rows implements Iterator<Row> {
        private final Work work;
        private final CollectionAccumulator<String> failed;
        private TableFile file;
        private TableRow next;
        private long rows;

        Rows(Work work, CollectionAccumulator<String> failed) {
            this.work = work;
            this.failed = failed;
            try {
                file = TableFile.open(LandingZone.inside(Path.of(work.landing()), work.file()), work.layout());
            } catch (IOException e) {
                failed.add(work.deliveryId());
            }
        }

        @Override
        public boolean hasNext() {
            if (next == null && file != null) {
                try {
                    advance();
                } catch (IOException e) {
                    failed.add(work.deliveryId());
                    file = null;
                }
            }
            return next != null;
        }

        private void advance() throws IOException {
            try {
                next = file.nextFilled().orElse(null);
            } catch (IOException | RuntimeException | Error e) {
                file.close();
                throw e;
            }
            if (next == null) {
                file.close();
                file = null;
                if (rows != work.rows()) {
                    failed.add(work.deliveryId());
                }
            }
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            TableRow row = next;
            next = null;
            rows++;
            return RowFactory.create(
                    row.line(),
                    CollectionConverters.asScala(row.values(work.layout().columns())),
                    work.deliveryId());
        }
    }
}
