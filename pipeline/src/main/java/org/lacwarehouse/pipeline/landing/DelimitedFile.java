package org.lacwarehouse.pipeline.landing;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.BufferedInputStream;
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
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A delimited text file, plain or gzipped: comma, semicolon or tab, any line ends, quoted newlines, with or without a
 * byte-order mark.
 */
final class DelimitedFile implements TableFile {
    /** The character sets that are tried, in order; the last takes any byte. */
    private static final List<Charset> CHARSETS = List.of(StandardCharsets.UTF_8, Charset.forName("windows-1252"));

    private static final String DELIMITERS = ",;\t";

    private final Reader reader;
    private final CsvReader<CsvRecord> csv;
    private final Iterator<CsvRecord> records;
    private final boolean strictQuotes;
    private final List<String> header;
    private long line;

    private DelimitedFile(Reader reader, CsvReader<CsvRecord> csv, boolean strictQuotes) throws IOException {
        this.reader = reader;
        this.csv = csv;
        this.records = csv.iterator();
        this.strictQuotes = strictQuotes;
        TableRow first = nextFilled().orElse(new TableRow(0, List.of()));
        // A packed, scanned or otherwise binary file reads as text with control characters.
        if (first.cells().stream().anyMatch(cell -> cell.chars().anyMatch(c -> c < ' ' || c == 0xFFFD))) {
            throw new UnreadableFileException("the file is not the delimited text that its name says");
        }
        header = new ArrayList<>(first.cells());
        while (!header.isEmpty() && header.get(header.size() - 1).isBlank()) {
            header.remove(header.size() - 1);
        }
    }

    /**
     * Opens a file as text that is written in a certain way. Reading it throws {@link CharacterCodingException} when its
     * bytes are not of that character set, and {@link QuotationException} on a quotation mark that is never closed and,
     * when strict, on text that follows a closing one.
     */
    static DelimitedFile open(Path path, FileLayout.Text text) throws IOException {
        Reader reader = reader(path, Charset.forName(text.charset()));
        try {
            return new DelimitedFile(
                    reader,
                    CsvReader.builder()
                            .fieldSeparator(text.delimiter())
                            .allowExtraFields(true)
                            .allowMissingFields(true)
                            .allowExtraCharsAfterClosingQuote(!text.strictQuotes())
                            .allowUnclosedQuote(false)
                            .maxBufferSize(LONGEST_CELL)
                            .ofCsvRecord(reader),
                    text.strictQuotes());
        } catch (IOException | RuntimeException | Error e) {
            reader.close();
            throw e;
        }
    }

    @Override
    public List<String> header() {
        return header;
    }

    @Override
    public TableRow next() throws IOException {
        CsvRecord row;
        try {
            row = records.hasNext() ? records.next() : null;
        } catch (UncheckedIOException e) {
            throw ioException(e);
        } catch (CsvParseException e) {
            throw ioException(e);
        }
        if (row == null) {
            return null;
        }
        line = row.getStartingLineNumber();
        if (!strictQuotes && row.getFields().stream().anyMatch(field -> field.contains("\n") || field.contains("\r"))) {
            throw new UnreadableFileException(
                    "line " + line + ": a quotation mark makes the row run on over the next lines; correct the file");
        }
        return new TableRow(line, row.getFields());
    }

    private IOException ioException(RuntimeException error) {
        String why = "";
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnreadableFileException || cause instanceof CharacterCodingException) {
                return (IOException) cause;
            }
            why = cause.getMessage() == null ? "" : cause.getMessage();
        }
        if (error instanceof UncheckedIOException unchecked) {
            return unchecked.getCause();
        }
        if (why.contains("max")) {
            return new UnreadableFileException(
                    "the row after line " + line
                            + " has too many or too long fields; see whether a quotation mark is opened there and never closed");
        }
        return new QuotationException(error);
    }

    @Override
    public void close() throws IOException {
        csv.close();
        reader.close();
    }

    /** The character sets that a file may be in, the likeliest first. */
    static List<Charset> charsets(Path path) throws IOException {
        byte[] start;
        try (InputStream in = bytes(path)) {
            start = in.readNBytes(64);
        }
        if (start.length >= 2
                && (start[0] == (byte) 0xfe && start[1] == (byte) 0xff
                        || start[0] == (byte) 0xff && start[1] == (byte) 0xfe)) {
            return List.of(StandardCharsets.UTF_16);
        }
        return unmarked(start).map(List::of).orElse(CHARSETS);
    }

    /** UTF-16 without a byte-order mark: a header in Latin letters has a zero in every second byte, as no other text. */
    private static Optional<Charset> unmarked(byte[] start) {
        int[] zeros = new int[2];
        for (int i = 0; i < start.length; i++) {
            zeros[i % 2] += start[i] == 0 ? 1 : 0;
        }
        int half = start.length / 2;
        if (half > 1 && zeros[1] == half && zeros[0] == 0) {
            return Optional.of(StandardCharsets.UTF_16LE);
        }
        return half > 1 && zeros[0] >= half && zeros[1] == 0
                ? Optional.of(StandardCharsets.UTF_16BE)
                : Optional.empty();
    }

    /** The delimiter of a file: the one that occurs most often outside quotes in the first line that holds anything. */
    static char delimiter(Path path, Charset charset) throws IOException {
        int[] counts = new int[DELIMITERS.length()];
        boolean quoted = false;
        boolean begun = false;
        try (Reader in = reader(path, charset)) {
            for (int c = in.read(); c >= 0 && (quoted || !begun || (c != '\n' && c != '\r')); c = in.read()) {
                int which = DELIMITERS.indexOf(c);
                if (c == '"') {
                    quoted = !quoted;
                } else if (which >= 0 && !quoted) {
                    counts[which]++;
                } else if (!begun && (c == '\n' || c == '\r')) {
                    counts = new int[DELIMITERS.length()];
                }
                begun |= which < 0 && !Character.isWhitespace(c);
            }
        }
        int best = counts[1] > counts[0] ? 1 : 0;
        return DELIMITERS.charAt(counts[2] > counts[best] ? 2 : best);
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
        InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS);
        boolean packed = path.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
        return packed ? Gunzip.open(new BufferedInputStream(in, 1 << 16)) : in;
    }

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
