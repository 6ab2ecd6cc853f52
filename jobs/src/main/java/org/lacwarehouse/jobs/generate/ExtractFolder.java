package org.lacwarehouse.jobs.generate;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** The folder of one extract of one source while it is written. A dataset without a row gets no file. */
final class ExtractFolder implements AutoCloseable {
    private final Path folder;
    private final List<Table> tables = new ArrayList<>();

    ExtractFolder(Path landing, String authority, String source, LocalDate extractDate) throws IOException {
        this.folder = landing.resolve(authority).resolve(source).resolve(extractDate.toString());
        Files.deleteIfExists(folder.resolve("_READY"));
        Files.createDirectories(folder);
    }

    /** One dataset's file. */
    static final class Table implements AutoCloseable {
        private final Path file;
        private final String[] header;
        private CsvWriter writer;

        private Table(Path file, String[] header) throws IOException {
            this.file = file;
            this.header = header;
            Files.deleteIfExists(file);
        }

        void row(String... cells) throws IOException {
            if (writer == null) {
                writer = CsvWriter.builder().build(file, StandardCharsets.UTF_8);
                writer.writeRecord(header);
            }
            writer.writeRecord(cells);
        }

        @Override
        public void close() throws IOException {
            if (writer != null) {
                writer.close();
            }
        }
    }

    Table table(String dataset, String... header) throws IOException {
        Table table = new Table(folder.resolve(dataset + ".csv"), header);
        tables.add(table);
        return table;
    }

    /** Puts a file here as it is. */
    void file(String dataset, byte[] bytes) throws IOException {
        Files.write(folder.resolve(dataset + ".csv"), bytes);
    }

    /** Says that the extract is complete. */
    void ready() throws IOException {
        close();
        Files.write(folder.resolve("_READY"), new byte[0]);
    }

    @Override
    public void close() throws IOException {
        for (Table table : tables) {
            table.close();
        }
        tables.clear();
    }

    /** A date as social care writes it. */
    static String dayFirst(LocalDate date) {
        if (date == null) {
            return "";
        }
        String iso = date.toString();
        return iso.substring(8) + "/" + iso.substring(5, 7) + "/" + iso.substring(0, 4);
    }

    /** A date as every other source writes it. */
    static String iso(LocalDate date) {
        return date == null ? "" : date.toString();
    }
}
