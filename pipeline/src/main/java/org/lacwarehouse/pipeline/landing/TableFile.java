package org.lacwarehouse.pipeline.landing;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A table in a delivered file, read as a stream of rows whatever the format. Every method throws {@link IOException} for
 * anything that is wrong with the file, and nothing else; its message holds nothing of the file's content.
 */
public interface TableFile extends Closeable {
    /** The most characters that a value may have; a longer one is a sign of a broken or hostile file. */
    int LONGEST_CELL = 1 << 24;

    /** The header's cells as they are written; empty when the file holds nothing. */
    List<String> header() throws IOException;

    /** The next row below the header, blank ones included; null after the last. */
    TableRow next() throws IOException;

    /** The next row that holds anything, if there is one. */
    default Optional<TableRow> nextFilled() throws IOException {
        TableRow row = next();
        while (row != null && row.isBlank()) {
            row = next();
        }
        return Optional.ofNullable(row);
    }

    /** Opens a table of a file, the layout of which is known. */
    static TableFile open(Path path, FileLayout layout) throws IOException {
        return switch (layout.format()) {
            case TEXT -> DelimitedFile.open(path, layout.text());
            case WORKBOOK -> WorkbookFile.open(path, layout.sheet());
            case XML -> XmlFile.open(path, layout.table());
            case PARQUET -> ParquetTable.open(path);
        };
    }
}
