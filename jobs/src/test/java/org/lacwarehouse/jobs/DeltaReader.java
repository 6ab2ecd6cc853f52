package org.lacwarehouse.jobs;

import io.delta.kernel.Scan;
import io.delta.kernel.TableManager;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.utils.CloseableIterator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** Reads a Delta table without Spark. */
final class DeltaReader {
    private DeltaReader() {}

    /** The rows of a table, the cells of each joined by a blank. */
    static List<String> rows(Path table) throws IOException {
        Engine engine = DefaultEngine.create(new Configuration());
        Scan scan = TableManager.loadSnapshot(table.toUri().toString())
                .build(engine)
                .getScanBuilder()
                .build();
        Row state = scan.getScanState(engine);
        List<String> rows = new ArrayList<>();
        try (CloseableIterator<FilteredColumnarBatch> files = scan.getScanFiles(engine)) {
            while (files.hasNext()) {
                try (CloseableIterator<Row> file = files.next().getRows()) {
                    while (file.hasNext()) {
                        read(engine, state, file.next(), rows);
                    }
                }
            }
        }
        return rows;
    }

    private static void read(Engine engine, Row state, Row file, List<String> rows) throws IOException {
        CloseableIterator<ColumnarBatch> physical = engine.getParquetHandler()
                .readParquetFiles(
                        Utils.singletonCloseableIterator(InternalScanFileUtils.getAddFileStatus(file)),
                        ScanStateRow.getPhysicalDataReadSchema(state),
                        Optional.empty())
                .map(FileReadResult::getData);
        try (CloseableIterator<FilteredColumnarBatch> batches =
                Scan.transformPhysicalData(engine, state, file, physical)) {
            while (batches.hasNext()) {
                try (CloseableIterator<Row> read = batches.next().getRows()) {
                    while (read.hasNext()) {
                        rows.add(cells(read.next()));
                    }
                }
            }
        }
    }

    private static String cells(Row row) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < row.getSchema().length(); i++) {
            cells.add(
                    row.isNullAt(i)
                            ? "null"
                            : cell(row, i, row.getSchema().at(i).getDataType()));
        }
        return String.join(" ", cells);
    }

    private static String cell(Row row, int i, DataType type) {
        if (type instanceof IntegerType) {
            return String.valueOf(row.getInt(i));
        }
        if (type instanceof LongType) {
            return String.valueOf(row.getLong(i));
        }
        if (type instanceof DoubleType) {
            // As PostgreSQL writes it.
            double value = row.getDouble(i);
            return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
        }
        if (type instanceof BooleanType) {
            return row.getBoolean(i) ? "t" : "f";
        }
        if (type instanceof DateType) {
            return LocalDate.ofEpochDay(row.getInt(i)).toString();
        }
        if (type instanceof DecimalType) {
            return row.getDecimal(i).toPlainString();
        }
        return row.getString(i);
    }
}
