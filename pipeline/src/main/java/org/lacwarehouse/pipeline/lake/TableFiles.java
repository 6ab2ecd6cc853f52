package org.lacwarehouse.pipeline.lake;

import io.delta.kernel.Snapshot;
import io.delta.kernel.TableManager;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.defaults.internal.json.JsonUtils;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.actions.SingleAction;
import io.delta.kernel.utils.CloseableIterator;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * What the present version of a Delta table consists of, as Delta Kernel reads it from the log. Delta's reader for Spark
 * asks Spark for the same, which takes up to three jobs a table: a third of what a night of small tables costs.
 *
 * @param schema the columns
 * @param paths the data files
 */
record TableFiles(StructType schema, List<String> paths) {
    /**
     * Reads the log.
     *
     * @param table the URI of the table
     * @param wanted which files are wanted, by their partition values
     */
    static TableFiles of(Configuration conf, String table, Predicate<Map<String, String>> wanted) {
        Engine engine = DefaultEngine.create(conf);
        Snapshot snapshot = TableManager.loadSnapshot(table).build(engine);
        StructType schema = (StructType)
                DataType.fromJson(((SnapshotImpl) snapshot).getMetadata().getSchemaString());
        List<String> paths = new ArrayList<>();
        scan(
                engine,
                snapshot,
                wanted,
                file -> paths.add(InternalScanFileUtils.getAddFileStatus(file).getPath()));
        return new TableFiles(schema, paths);
    }

    /**
     * What a commit has to say for files to be no part of the table any more.
     *
     * @param table the URI of the table
     * @param version the version whose files are meant
     * @param unwanted which files, by their partition values
     * @return an entry of the log, in JSON, for each file
     */
    static List<String> removals(
            Configuration conf, String table, long version, Predicate<Map<String, String>> unwanted) {
        Engine engine = DefaultEngine.create(conf);
        Snapshot snapshot = TableManager.loadSnapshot(table).atVersion(version).build(engine);
        Optional<Long> now = Optional.of(System.currentTimeMillis());
        List<String> removals = new ArrayList<>();
        scan(engine, snapshot, unwanted, file -> {
            AddFile added = new AddFile(file.getStruct(InternalScanFileUtils.ADD_FILE_ORDINAL));
            removals.add(
                    JsonUtils.rowToJson(SingleAction.createRemoveFileSingleAction(added.toRemoveFileRow(true, now))));
        });
        return removals;
    }

    private static void scan(
            Engine engine, Snapshot snapshot, Predicate<Map<String, String>> wanted, Consumer<Row> action) {
        try (CloseableIterator<FilteredColumnarBatch> batches =
                snapshot.getScanBuilder().build().getScanFiles(engine)) {
            while (batches.hasNext()) {
                try (CloseableIterator<Row> files = batches.next().getRows()) {
                    while (files.hasNext()) {
                        Row file = files.next();
                        if (wanted.test(InternalScanFileUtils.getPartitionValues(file))) {
                            action.accept(file);
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The log of the table " + snapshot.getPath() + " cannot be read", e);
        }
    }

    /** Writes a checkpoint of the present version of a table: what came before it in the log is not needed then. */
    static void checkpoint(Configuration conf, String table) {
        Engine engine = DefaultEngine.create(conf);
        try {
            TableManager.loadSnapshot(table).build(engine).writeCheckpoint(engine);
        } catch (IOException e) {
            throw new UncheckedIOException("The log of the table " + table + " cannot be written", e);
        }
    }

    /**
     * Reads a data file through, so that its checksums are compared, and its footer.
     *
     * @throws IOException when it is not what was written
     */
    static void verify(Configuration conf, String file) throws IOException {
        Path path = new Path(file);
        try (InputStream bytes = path.getFileSystem(conf).open(path)) {
            bytes.transferTo(OutputStream.nullOutputStream());
        }
        ParquetFileReader.open(HadoopInputFile.fromPath(path, conf)).close();
    }
}
