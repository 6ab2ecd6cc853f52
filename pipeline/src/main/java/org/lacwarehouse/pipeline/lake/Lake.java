package org.lacwarehouse.pipeline.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The Delta tables of a warehouse folder, each named by its path below it, such as {@code silver/social_care/episodes}.
 * The one place that writes Delta, so that commits can be counted.
 */
public final class Lake {
    /** The column by which the layers up to silver are cut into slices. */
    public static final String SLICE = "delivery_id";

    private static final Pattern LOG_ENTRY = Pattern.compile("\\.?(\\d{20})\\..*");
    /** For reading a log without Spark. */
    private static final Configuration CONFIGURATION = new Configuration();

    private final Supplier<SparkSession> spark;
    private final Path warehouse;
    /** Where tables are written, and read from when they are there. */
    private final Path written;

    private final AtomicInteger commits = new AtomicInteger();

    /**
     * @param spark gives the session; it is asked only when a table is read or written, so that what needs no Spark
     *     starts none
     * @param warehouse the folder of the warehouse
     */
    public Lake(Supplier<SparkSession> spark, Path warehouse) {
        this(spark, warehouse, warehouse);
    }

    private Lake(Supplier<SparkSession> spark, Path warehouse, Path written) {
        this.spark = spark;
        this.warehouse = warehouse;
        this.written = written;
    }

    /** The same tables for somebody who must not change them: what is written goes to another folder, and hides the rest. */
    public Lake writingTo(Path folder) {
        return new Lake(spark, warehouse, folder);
    }

    /** The session. */
    public SparkSession spark() {
        SparkSession session = spark.get();
        // Work is spread over several threads: encoders take their settings from the session of the thread,
        // and compiled code is found by the class loader of the thread.
        SparkSession.setActiveSession(session);
        AbsentClasses.remember();
        return session;
    }

    /** How many Delta commits have been made since the start. */
    public int commits() {
        return commits.get();
    }

    /** Whether the table exists. */
    public boolean exists(String table) {
        return Files.isDirectory(folder(table).resolve("_delta_log"));
    }

    /** Reads the present version of a table. */
    public Dataset<Row> read(String table) {
        return read(table, files(table, partition -> true));
    }

    /** Reads the slices of some deliveries. */
    public Dataset<Row> read(String table, Collection<String> deliveryIds) {
        return read(table, SLICE, deliveryIds);
    }

    /** Reads the parts of a table in which the column that it is partitioned by has one of some values. */
    public Dataset<Row> read(String table, String column, Collection<?> values) {
        return read(table, files(table, parts(column, values)));
    }

    /** The parts of a table in which the column that it is partitioned by has one of some values. */
    private static Predicate<Map<String, String>> parts(String column, Collection<?> values) {
        Set<String> wanted = values.stream().map(String::valueOf).collect(Collectors.toSet());
        return partition -> wanted.contains(partition.get(column));
    }

    private TableFiles files(String table, Predicate<Map<String, String>> wanted) {
        return TableFiles.of(
                spark().sparkContext().hadoopConfiguration(),
                folder(table).toUri().toString(),
                wanted);
    }

    private Dataset<Row> read(String table, TableFiles files) {
        return files.paths().isEmpty()
                ? spark().createDataFrame(List.of(), files.schema())
                : spark().read()
                        .schema(files.schema())
                        .option("basePath", folder(table).toUri().toString())
                        .parquet(files.paths().toArray(String[]::new));
    }

    /** Replaces the slices of some deliveries in one commit; rows of other deliveries stay as they are. */
    public void replaceSlices(String table, Dataset<Row> rows, Collection<String> deliveryIds) {
        replace(table, rows, SLICE, deliveryIds);
    }

    /**
     * Replaces the parts of a table in which the column that it is partitioned by has one of some values, in one commit;
     * the other parts stay as they are.
     */
    public void replace(String table, Dataset<Row> rows, String column, Collection<?> values) {
        write(table, rows, List.of(column), parts(column, values), Optional.of(in(column, values)));
    }

    /** Replaces a whole table in one commit; it is partitioned by the columns given. */
    public void overwrite(String table, Dataset<Row> rows, String... partitionedBy) {
        write(table, rows, List.of(partitionedBy), part -> true, Optional.empty());
    }

    private void write(
            String table,
            Dataset<Row> rows,
            List<String> partitionedBy,
            Predicate<Map<String, String>> replaced,
            Optional<String> condition) {
        // Delta's transaction works with the session of the thread.
        spark();
        if (!isWritten(table)) {
            writer(rows, "append", partitionedBy).save(path(table));
        } else if (!FilesReplaced.in(path(table), rows, partitionedBy, replaced, condition)) {
            DataFrameWriter<Row> writer = writer(rows, "overwrite", partitionedBy);
            condition
                    .map(where -> writer.option("replaceWhere", where).option("mergeSchema", "true"))
                    .orElseGet(() -> writer.option("overwriteSchema", "true"))
                    .save(path(table));
        }
        commits.incrementAndGet();
    }

    /** Removes the slices of some deliveries from a table, in one commit; nothing when the table does not exist. */
    public void dropSlices(String table, Collection<String> deliveryIds) {
        if (exists(table) && !deliveryIds.isEmpty()) {
            replaceSlices(table, read(table).limit(0), deliveryIds);
        }
    }

    /** Removes a table with all of its history; nothing when it does not exist. */
    public void drop(String table) {
        if (exists(table)) {
            paths(warehouse.resolve(table)).stream()
                    .sorted(Comparator.reverseOrder())
                    .forEach(Lake::delete);
        }
    }

    /** The tables below a folder of the warehouse, such as {@code silver}. */
    public List<String> tables(String layer) {
        Path folder = warehouse.resolve(layer);
        return Files.isDirectory(folder)
                ? paths(folder).stream()
                        .filter(path -> path.endsWith("_delta_log"))
                        .map(path -> warehouse
                                .relativize(path.getParent())
                                .toString()
                                .replace('\\', '/'))
                        .sorted()
                        .toList()
                : List.of();
    }

    /**
     * The data files of a table that its present version does not use: what earlier versions consisted of, and what
     * writes that were killed have left.
     */
    public List<Path> history(String table) {
        // Every data file has a name of its own.
        Set<String> used = TableFiles.of(CONFIGURATION, path(table), partition -> true).paths().stream()
                .map(file -> file.substring(file.lastIndexOf('/') + 1))
                .collect(Collectors.toSet());
        return paths(warehouse.resolve(table)).stream()
                .filter(path -> path.getFileName().toString().matches("(?s).*\\.parquet(\\.crc)?"))
                .filter(path -> !path.getParent().endsWith("_delta_log"))
                .filter(path -> !used.contains(path.getFileName().toString().replaceFirst("^\\.(.*)\\.crc$", "$1")))
                .toList();
    }

    /**
     * Removes the history of a table for good: files that it does not use now, and what its log says of earlier versions.
     * Delta's own VACUUM leaves the log. Nobody else may be using the table.
     *
     * @param before only what was written before then
     */
    public void dropHistory(String table, Instant before) {
        history(table).stream().filter(path -> isOlder(path, before)).forEach(Lake::delete);
        dropLog(warehouse.resolve(table).resolve("_delta_log"), table, before);
    }

    /** The entries of a log before a checkpoint are not needed; where it has none that is new enough, one is written. */
    private void dropLog(Path log, String table, Instant before) {
        NavigableMap<Long, List<Path>> versions = new TreeMap<>();
        for (Path path : paths(log)) {
            Matcher name = LOG_ENTRY.matcher(path.getFileName().toString());
            if (name.matches()) {
                versions.computeIfAbsent(Long.valueOf(name.group(1)), v -> new ArrayList<>())
                        .add(path);
            }
        }
        // What is left begins somewhere and has no gap.
        long end = versions.lastKey();
        for (Map.Entry<Long, List<Path>> version : versions.entrySet()) {
            if (!version.getValue().stream().allMatch(path -> isOlder(path, before))) {
                end = Math.min(end, version.getKey());
            }
        }
        if (versions.headMap(end).isEmpty()) {
            return;
        }
        long checkpoint = versions.descendingMap().entrySet().stream()
                .filter(version -> version.getValue().stream()
                        .anyMatch(path -> path.toString().endsWith(".checkpoint.parquet")))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(-1L);
        if (checkpoint < end) {
            TableFiles.checkpoint(CONFIGURATION, path(table));
            checkpoint = versions.lastKey();
        }
        versions.headMap(Math.min(end, checkpoint)).values().stream()
                .flatMap(List::stream)
                .forEach(Lake::delete);
    }

    private static boolean isOlder(Path path, Instant before) {
        try {
            return Files.getLastModifiedTime(path).toInstant().isBefore(before);
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + path + " cannot be read", e);
        }
    }

    /** The deliveries of which a table holds rows; none when it does not exist. */
    public Set<String> slices(String table) {
        Set<String> slices = new TreeSet<>();
        if (exists(table)) {
            TableFiles.of(CONFIGURATION, path(table), partition -> slices.add(partition.get(SLICE)));
        }
        return slices;
    }

    /** Whether a table cannot be read as it was written: its log, or any of the files that it consists of. */
    public boolean isDamaged(String table) {
        try {
            for (String file :
                    TableFiles.of(CONFIGURATION, path(table), partition -> true).paths()) {
                TableFiles.verify(CONFIGURATION, file);
            }
            return false;
        } catch (IOException | RuntimeException e) {
            return true;
        }
    }

    private static List<Path> paths(Path folder) {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + folder + " cannot be read", e);
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + path + " cannot be removed", e);
        }
    }

    private static DataFrameWriter<Row> writer(Dataset<Row> rows, String mode, List<String> partitionedBy) {
        // Statistics hold real minimum and maximum values and count as data: none are taken of any column.
        return rows.write()
                .format("delta")
                .mode(mode)
                .option("delta.dataSkippingNumIndexedCols", "0")
                .option("delta.checkpointInterval", "50")
                .partitionBy(partitionedBy.toArray(String[]::new));
    }

    /** Where a table is read. */
    private Path folder(String table) {
        return isWritten(table) ? written.resolve(table) : warehouse.resolve(table);
    }

    /** Whether the table exists where it is written. */
    private boolean isWritten(String table) {
        return Files.isDirectory(written.resolve(table).resolve("_delta_log"));
    }

    /** Where a table is written. */
    private String path(String table) {
        return written.resolve(table).toUri().toString();
    }

    private static String in(String column, Collection<?> values) {
        return column
                + values.stream()
                        .map(value -> value instanceof Number
                                ? value.toString()
                                : "'" + value.toString().replace("'", "") + "'")
                        .collect(Collectors.joining(", ", " in (", ")"));
    }
}
