package org.lacwarehouse.pipeline.landing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.poi.openxml4j.exceptions.OpenXML4JException;
import org.apache.poi.openxml4j.opc.OPCPackage;
import org.apache.poi.openxml4j.opc.PackageAccess;
import org.apache.poi.openxml4j.util.ZipSecureFile;
import org.apache.poi.ss.util.CellReference;
import org.apache.poi.xssf.eventusermodel.XSSFReader;

/**
 * A sheet of a workbook as a stream of rows. Apache POI opens the package and finds its parts; the sheet itself is read
 * here, because POI hands rows to a callback where they are needed one by one.
 */
final class WorkbookFile implements TableFile {
    /** A cell with a formula the result of which was never stored; not blank, so that no date is taken to be open. */
    static final String WITHOUT_RESULT = "(formula without a result)";

    private static final int MOST_ROWS = 1 << 20;
    private static final int MOST_COLUMNS = 1 << 14;
    private static final int MOST_PARTS = 5000;
    private static final long LARGEST_SHEET = 4L << 30;
    private static final long LARGEST_TEXTS = 256L << 20;
    private static final long LARGEST_OTHER = 32L << 20;
    private static final double SMALLEST_RATIO = 1 / 500.0;

    static {
        ZipSecureFile.setMinInflateRatio(SMALLEST_RATIO);
        ZipSecureFile.setMaxEntrySize(LARGEST_SHEET);
        ZipSecureFile.setMaxFileCount(MOST_PARTS);
    }

    private final OPCPackage archive;
    private final SafeXml xml;
    private final List<String> texts;
    private final WorkbookFormats formats;
    private final List<String> header = new ArrayList<>();
    private long line;

    private WorkbookFile(OPCPackage archive, SafeXml xml, List<String> texts, WorkbookFormats formats) {
        this.archive = archive;
        this.xml = xml;
        this.texts = texts;
        this.formats = formats;
    }

    /**
     * Reads a workbook's parts to their ends, each compared with its checksum.
     *
     * @return the name of the sheet that is called like the dataset, else of the first sheet that is not hidden
     */
    static String check(Path path, String dataset) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
            start = in.readNBytes(8);
        }
        if (start.length == 8
                && Arrays.equals(start, 0, 4, new byte[] {(byte) 0xd0, (byte) 0xcf, 0x11, (byte) 0xe0}, 0, 4)) {
            throw new UnreadableFileException("the workbook has a password, or is in the old .xls format;"
                    + " save it as .xlsx without a password");
        }
        try (ZipFile zip = new ZipFile(path.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            for (int i = 0; entries.hasMoreElements(); i++) {
                check(zip, entries.nextElement(), i);
            }
        } catch (IOException | RuntimeException e) {
            throw unreadable(e);
        }
        OPCPackage archive = openPackage(path);
        try {
            return new WorkbookParts(new XSSFReader(archive)).sheetFor(dataset);
        } catch (OpenXML4JException | IOException | RuntimeException e) {
            throw unreadable(e);
        } finally {
            archive.revert();
        }
    }

    private static void check(ZipFile zip, ZipEntry entry, int number) throws IOException {
        if (number >= MOST_PARTS) {
            throw new UnreadableFileException("the workbook has more than " + MOST_PARTS + " parts");
        }
        String name = entry.getName();
        if (name.equals("[Content_Types].xml") || name.endsWith(".rels")) {
            // What POI itself parses: it writes into the log what it cannot read, content and all.
            try (SafeXml xml = new SafeXml(new BoundedStream(zip.getInputStream(entry), LARGEST_OTHER, "a part"))) {
                while (xml.next() != SafeXml.Event.DONE) {
                    // To the end.
                }
            }
        }
        boolean isLarge = name.startsWith("xl/worksheets/") && name.endsWith(".xml") || name.startsWith("xl/media/");
        long most = isLarge ? LARGEST_SHEET : name.endsWith("sharedStrings.xml") ? LARGEST_TEXTS : LARGEST_OTHER;
        CheckedInputStream in =
                new CheckedInputStream(new BoundedStream(zip.getInputStream(entry), most, "a part"), new CRC32());
        byte[] buffer = new byte[1 << 16];
        long bytes = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            bytes += read;
            if (bytes > (1 << 20) && bytes * SMALLEST_RATIO > entry.getCompressedSize()) {
                throw new UnreadableFileException(
                        "a part of the workbook unpacks to more than 500 times its size, as none does that people fill");
            }
        }
        if (entry.getCrc() != in.getChecksum().getValue()) {
            throw new UnreadableFileException(
                    "the workbook is damaged: a part does not match its checksum; send it again");
        }
    }

    /** Opens a sheet of a workbook that has been checked. */
    static WorkbookFile open(Path path, String sheet) throws IOException {
        OPCPackage archive = openPackage(path);
        try {
            WorkbookParts parts = new WorkbookParts(new XSSFReader(archive));
            WorkbookFormats formats = parts.formats(LARGEST_OTHER);
            WorkbookFile file = new WorkbookFile(
                    archive,
                    new SafeXml(new BoundedStream(parts.sheet(sheet), LARGEST_SHEET, "a sheet")),
                    parts.texts(LARGEST_TEXTS),
                    formats);
            file.nextFilled().ifPresent(row -> file.header.addAll(row.cells()));
            return file;
        } catch (OpenXML4JException | IOException | RuntimeException e) {
            archive.revert();
            throw unreadable(e);
        } catch (Error e) {
            archive.revert();
            throw e;
        }
    }

    private static OPCPackage openPackage(Path path) throws IOException {
        try {
            return OPCPackage.open(path.toFile(), PackageAccess.READ);
        } catch (OpenXML4JException | RuntimeException e) {
            throw unreadable(e);
        }
    }

    private static UnreadableFileException unreadable(Exception error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnreadableFileException known) {
                return known;
            }
        }
        return new UnreadableFileException(
                "the file is not the .xlsx workbook that its name says, or is damaged; save it again as .xlsx", error);
    }

    @Override
    public List<String> header() {
        return header;
    }

    @Override
    public TableRow next() throws IOException {
        try {
            while (true) {
                switch (xml.next()) {
                    case START -> {
                        if (xml.name().equals("row") && xml.depth() == 3) {
                            return row();
                        }
                    }
                    case DONE -> {
                        return null;
                    }
                    default -> {}
                }
            }
        } catch (IOException | RuntimeException e) {
            throw unreadable(e);
        }
    }

    private TableRow row() throws IOException {
        String number = xml.attribute("r");
        long here = number == null ? line + 1 : whole(number, MOST_ROWS);
        if (here <= line || here > MOST_ROWS) {
            throw new UnreadableFileException(
                    "the sheet's rows are not in order after row " + line + "; save it again");
        }
        line = here;
        List<String> cells = new ArrayList<>();
        while (xml.next() != SafeXml.Event.END || xml.depth() >= 3) {
            // Only START is of interest: of every element that begins here cell() reads the end as well.
            if (xml.depth() == 4 && isStartOfCell()) {
                cell(cells);
            }
        }
        return new TableRow(line, cells);
    }

    private boolean isStartOfCell() {
        return xml.isStart() && xml.name().equals("c");
    }

    private void cell(List<String> cells) throws IOException {
        String place = xml.attribute("r");
        String type = xml.attribute("t");
        String style = xml.attribute("s");
        int column = cells.size();
        if (place != null) {
            String letters = place.replaceAll("[^A-Za-z].*", "");
            if (letters.isEmpty() || letters.length() > 3) {
                throw new UnreadableFileException("row " + line + ": a cell has no place; save the workbook again");
            }
            column = CellReference.convertColStringToIndex(letters);
        }
        if (column < cells.size() || column >= MOST_COLUMNS) {
            throw new UnreadableFileException("row " + line + ": the cells are not in order; save the workbook again");
        }
        StringBuilder value = new StringBuilder();
        String inline = null;
        boolean hasFormula = false;
        int depth = xml.depth();
        SafeXml.Event event = xml.next();
        while (event != SafeXml.Event.END || xml.depth() >= depth) {
            if (event == SafeXml.Event.START) {
                switch (xml.name()) {
                    case "v" -> xml.textInto(value);
                    case "is" -> inline = WorkbookParts.richText(xml);
                    case "f" -> {
                        hasFormula = true;
                        xml.skip();
                    }
                    default -> xml.skip();
                }
            }
            event = xml.next();
        }
        String text = inline == null ? text(type == null ? "n" : type, style, value.toString(), hasFormula) : inline;
        if (!text.isBlank()) {
            while (cells.size() < column) {
                cells.add("");
            }
            cells.add(text);
        }
    }

    private String text(String type, String style, String value, boolean hasFormula) throws IOException {
        return switch (type) {
            case "s" -> shared(value);
            case "str", "inlineStr", "e" -> value;
            case "b" -> value;
            case "d" -> value.replaceFirst("T00:00(:00(\\.0+)?)?Z?$", "");
            default -> {
                if (value.isBlank()) {
                    yield hasFormula ? WITHOUT_RESULT : "";
                }
                yield formats.text(value.strip(), style == null ? 0 : (int) whole(style, Integer.MAX_VALUE));
            }
        };
    }

    private String shared(String number) throws IOException {
        if (number.isBlank()) {
            return "";
        }
        long place = whole(number, Integer.MAX_VALUE);
        if (place >= texts.size()) {
            throw new UnreadableFileException(
                    "row " + line + ": a cell refers to a text that the workbook does not hold; save it again");
        }
        return texts.get((int) place);
    }

    private long whole(String number, long most) throws IOException {
        try {
            long parsed = Long.parseLong(number.strip());
            if (parsed >= 0 && parsed <= most) {
                return parsed;
            }
        } catch (NumberFormatException e) {
            throw new UnreadableFileException(
                    "the sheet is damaged after row " + line + "; save the workbook again", e);
        }
        throw new UnreadableFileException("the sheet is damaged after row " + line + "; save the workbook again");
    }

    @Override
    public void close() throws IOException {
        try {
            xml.close();
        } finally {
            archive.revert();
        }
    }
}
