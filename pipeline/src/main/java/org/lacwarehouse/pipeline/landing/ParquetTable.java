package org.lacwarehouse.pipeline.landing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.commons.io.input.BoundedInputStream;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** A Parquet file with plain columns, read without Spark, one row group at a time. */
final class ParquetTable implements TableFile {
    private static final String MAGIC = "PAR1";
    private static final String ENCRYPTED = "PARE";
    private static final int MAGIC_LENGTH = 4;

    private static final long MOST_ROWS = 100_000_000;
    private static final long LARGEST_GROUP = 1L << 30;
    private static final int LARGEST_PAGE = 64 << 20;

    private final ParquetFileReader reader;
    private final MessageType schema;
    private final List<ParquetColumn> columns;
    private final MessageColumnIO io;
    private RecordReader<Group> records;
    private long left;
    private long line = 1;

    private ParquetTable(ParquetFileReader reader, List<ParquetColumn> columns) {
        this.reader = reader;
        this.schema = reader.getFileMetaData().getSchema();
        this.columns = columns;
        this.io = new ColumnIOFactory().getColumnIO(schema);
    }

    /** Opens a file after a look at its structure, so that nothing in it makes the reader reserve memory without end. */
    static ParquetTable open(Path path) throws IOException {
        checkMagic(path);
        ParquetFileReader reader = null;
        try {
            reader = ParquetFileReader.open(
                    new LocalInputFile(path),
                    ParquetReadOptions.builder(new PlainParquetConfiguration()).build());
            List<ParquetColumn> columns = columns(reader.getFileMetaData().getSchema());
            try (FileChannel file =
                    FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
                long rows = 0;
                for (BlockMetaData group : reader.getRowGroups()) {
                    rows += check(file, group, columns.size());
                    if (rows > MOST_ROWS) {
                        throw new UnreadableFileException(
                                "the file says that it has more than " + MOST_ROWS + " rows, which no table here has");
                    }
                }
            }
            return new ParquetTable(reader, columns);
        } catch (IOException | RuntimeException e) {
            close(reader);
            throw unreadable(e);
        } catch (Error e) {
            close(reader);
            throw e;
        }
    }

    private static void close(ParquetFileReader reader) throws IOException {
        if (reader != null) {
            reader.close();
        }
    }

    private static void checkMagic(Path path) throws IOException {
        if (Files.size(path) < 3 * MAGIC_LENGTH) {
            throw unreadable(null);
        }
        byte[] start = new byte[MAGIC_LENGTH];
        byte[] end = new byte[MAGIC_LENGTH];
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            file.readFully(start);
            file.seek(file.length() - MAGIC_LENGTH);
            file.readFully(end);
        }
        if (new String(end, StandardCharsets.ISO_8859_1).equals(ENCRYPTED)) {
            throw new UnreadableFileException("the Parquet file is encrypted; send it without encryption");
        }
        if (!new String(start, StandardCharsets.ISO_8859_1).equals(MAGIC)
                || !new String(end, StandardCharsets.ISO_8859_1).equals(MAGIC)) {
            throw unreadable(null);
        }
    }

    private static List<ParquetColumn> columns(MessageType schema) throws IOException {
        List<ParquetColumn> columns = new ArrayList<>();
        for (Type type : schema.getFields()) {
            int number = columns.size() + 1;
            if (!type.isPrimitive() || type.isRepetition(Type.Repetition.REPEATED)) {
                throw new UnreadableFileException(
                        "column " + number + " holds lists or structures; send a table of plain columns");
            }
            columns.add(ParquetColumn.of(type.asPrimitiveType(), number));
        }
        return columns;
    }

    /** Compares what a row group says of itself with what is there, page by page; returns its rows. */
    private static long check(FileChannel file, BlockMetaData group, int columns) throws IOException {
        long bytes = 0;
        if (group.getRowCount() < 0 || group.getColumns().size() != columns) {
            throw unreadable(null);
        }
        for (ColumnChunkMetaData chunk : group.getColumns()) {
            bytes += chunk.getTotalSize();
            if (chunk.getStartingPos() < MAGIC_LENGTH
                    || chunk.getTotalSize() < 0
                    || chunk.getTotalSize() > file.size() - chunk.getStartingPos()
                    || chunk.getValueCount() != group.getRowCount()) {
                throw unreadable(null);
            }
            if (bytes > LARGEST_GROUP) {
                throw new UnreadableFileException(
                        "the file's row groups are larger than 1 GB; write it with smaller ones");
            }
            checkPages(file, chunk);
        }
        return group.getRowCount();
    }

    private static void checkPages(FileChannel file, ColumnChunkMetaData chunk) throws IOException {
        long position = chunk.getStartingPos();
        long end = position + chunk.getTotalSize();
        long values = 0;
        while (position < end && values < chunk.getValueCount()) {
            file.position(position);
            BoundedInputStream in = BoundedInputStream.builder()
                    .setInputStream(new BufferedInputStream(
                            new BoundedStream(Channels.newInputStream(file), 1 << 20, "a page's description"), 256))
                    .get();
            PageHeader page = readHeader(in);
            if (page.getCompressed_page_size() < 0
                    || page.getUncompressed_page_size() < 0
                    || page.getCompressed_page_size() > end - position) {
                throw unreadable(null);
            }
            if (page.getUncompressed_page_size() > LARGEST_PAGE || page.getCompressed_page_size() > LARGEST_PAGE) {
                throw new UnreadableFileException(
                        "the file has pages larger than " + (LARGEST_PAGE >> 20) + " MB; write it with smaller ones");
            }
            int here = valuesOf(page);
            if (here < 0) {
                throw unreadable(null);
            }
            values += here;
            position += in.getCount() + page.getCompressed_page_size();
        }
        if (values != chunk.getValueCount()) {
            throw unreadable(null);
        }
    }

    private static PageHeader readHeader(InputStream in) throws IOException {
        return Util.readPageHeader(in);
    }

    private static int valuesOf(PageHeader page) {
        DataPageHeader first = page.getData_page_header();
        if (first != null) {
            return first.getNum_values();
        }
        return page.getData_page_header_v2() == null
                ? 0
                : page.getData_page_header_v2().getNum_values();
    }

    private static UnreadableFileException unreadable(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnreadableFileException known) {
                return known;
            }
        }
        return new UnreadableFileException(
                "the file is not the Parquet file that its name says, or is damaged; send it again", error);
    }

    @Override
    public List<String> header() {
        return schema.getFields().stream().map(Type::getName).toList();
    }

    @Override
    public TableRow next() throws IOException {
        try {
            while (left == 0) {
                PageReadStore pages = reader.readNextRowGroup();
                if (pages == null) {
                    return null;
                }
                left = pages.getRowCount();
                records = io.getRecordReader(pages, new GroupRecordConverter(schema));
            }
            left--;
            line++;
            Group row = records.read();
            List<String> cells = new ArrayList<>(columns.size());
            for (int i = 0; i < columns.size(); i++) {
                cells.add(
                        row.getFieldRepetitionCount(i) == 0
                                ? ""
                                : columns.get(i).text(row, i));
            }
            return new TableRow(line, cells);
        } catch (IOException | RuntimeException e) {
            throw unreadable(e);
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
