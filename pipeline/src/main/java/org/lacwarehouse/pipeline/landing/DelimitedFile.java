package org.lacwarehouse.pipeline.landing;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * A delimited text file, plain or gzipped, read as a stream of records: comma, semicolon or tab, any line ends, quoted
 * newlines, with or without a byte-order mark.
 */
public final class DelimitedFile implements Closeable, Iterable<CsvRecord> {
    /** The character sets that are tried, in order; the last takes any byte. */
    static final List<Charset> CHARSETS = List.of(StandardCharsets.UTF_8, Charset.forName("windows-1252"));

    private final Reader reader;
    private final CsvReader<CsvRecord> records;

    private DelimitedFile(Reader reader, CsvReader<CsvRecord> records) {
        this.reader = reader;
        this.records = records;
    }

    /** Opens a file that has been checked. */
    public static DelimitedFile open(Path path, FileLayout layout) throws IOException {
        return open(path, Charset.forName(layout.charset()), layout.delimiter(), layout.strictQuotes());
    }

    /**
     * Opens a file. Reading it may throw {@link UncheckedIOException}, or {@link CsvParseException} on a quotation mark
     * that is never closed and, when strict, on text that follows a closing one.
     */
    static DelimitedFile open(Path path, Charset charset, char delimiter, boolean strictQuotes) throws IOException {
        Reader reader = reader(path, charset);
        return new DelimitedFile(
                reader,
                CsvReader.builder()
                        .fieldSeparator(delimiter)
                        .allowExtraFields(true)
                        .allowMissingFields(true)
                        .allowExtraCharsAfterClosingQuote(!strictQuotes)
                        .allowUnclosedQuote(false)
                        .ofCsvRecord(reader));
    }

    /** The delimiter of a file: the one that occurs most often in its first line, outside quotes. */
    static char delimiter(Path path, Charset charset) throws IOException {
        int[] counts = new int[3];
        String candidates = ",;\t";
        boolean quoted = false;
        try (Reader in = reader(path, charset)) {
            for (int c = in.read(); c >= 0 && (quoted || (c != '\n' && c != '\r')); c = in.read()) {
                int which = candidates.indexOf(c);
                if (c == '"') {
                    quoted = !quoted;
                } else if (which >= 0 && !quoted) {
                    counts[which]++;
                }
            }
        }
        int best = counts[1] > counts[0] ? 1 : 0;
        return candidates.charAt(counts[2] > counts[best] ? 2 : best);
    }

    /** The character set that a byte-order mark announces, or null. */
    static Charset announced(Path path) throws IOException {
        try (InputStream in = bytes(path)) {
            byte[] start = in.readNBytes(3);
            int first = start.length > 0 ? start[0] & 0xff : -1;
            int second = start.length > 1 ? start[1] & 0xff : -1;
            if (first == 0xfe && second == 0xff || first == 0xff && second == 0xfe) {
                return StandardCharsets.UTF_16;
            }
            return null;
        }
    }

    private static Reader reader(Path path, Charset charset) throws IOException {
        Reader reader = new InputStreamReader(
                new BufferedInputStream(bytes(path), 1 << 16),
                charset.newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPLACE));
        return new SkipMark(reader);
    }

    private static InputStream bytes(Path path) throws IOException {
        InputStream in = Files.newInputStream(path);
        if (!path.toString().toLowerCase(Locale.ROOT).endsWith(".gz")) {
            return in;
        }
        try {
            return new GZIPInputStream(in, 1 << 16);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    @Override
    public Iterator<CsvRecord> iterator() {
        return records.iterator();
    }

    @Override
    public void close() throws IOException {
        records.close();
        reader.close();
    }

    /** Whether an error while reading means that the bytes are not of the character set that was tried. */
    static boolean isWrongCharset(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof CharacterCodingException) {
                return true;
            }
        }
        return false;
    }

    /** Whether a record holds nothing: spreadsheets leave rows of delimiters at the end of a file. */
    public static boolean isBlank(CsvRecord record) {
        return record.getFields().stream().allMatch(String::isBlank);
    }

    /**
     * A record's fields by column name: fields that are blank are left out, fields beyond the header are kept under the
     * name {@link #BEYOND_HEADER}.
     */
    public static void values(CsvRecord record, List<String> columns, Map<String, String> into) {
        List<String> fields = record.getFields();
        StringBuilder beyond = new StringBuilder();
        for (int i = 0; i < fields.size(); i++) {
            String field = fields.get(i);
            if (field.isBlank()) {
                continue;
            }
            if (i < columns.size()) {
                into.put(columns.get(i), field);
            } else {
                beyond.append(beyond.isEmpty() ? "" : " | ").append(field);
            }
        }
        if (!beyond.isEmpty()) {
            into.put(BEYOND_HEADER, beyond.toString());
        }
    }

    /** The name under which fields are kept for which the header has no column. */
    public static final String BEYOND_HEADER = "(beyond the header)";

    /** Swallows a byte-order mark, which Java's decoders hand on as a character. */
    private static final class SkipMark extends java.io.FilterReader {
        private boolean started;

        SkipMark(Reader in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int c = super.read();
            if (!started) {
                started = true;
                return c == '\uFEFF' ? super.read() : c;
            }
            return c;
        }

        @Override
        public int read(char[] buffer, int offset, int length) throws IOException {
            if (!started && length > 0) {
                int c = read();
                if (c < 0) {
                    return -1;
                }
                buffer[offset] = (char) c;
                return 1;
            }
            return super.read(buffer, offset, length);
        }
    }
}
