package org.lacwarehouse.pipeline.landing;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.poi.openxml4j.exceptions.OpenXML4JException;
import org.apache.poi.ss.usermodel.BuiltinFormats;
import org.apache.poi.xssf.eventusermodel.XSSFReader;

/** What a workbook says about its sheets, texts and number formats. */
final class WorkbookParts {
    private record Sheet(String name, String id, boolean isHidden) {}

    private final XSSFReader reader;
    private final List<Sheet> sheets = new ArrayList<>();
    private boolean from1904;

    WorkbookParts(XSSFReader reader) throws IOException, OpenXML4JException {
        this.reader = reader;
        try (SafeXml xml = new SafeXml(reader.getWorkbookData())) {
            for (SafeXml.Event event = xml.next(); event != SafeXml.Event.DONE; event = xml.next()) {
                if (event == SafeXml.Event.START && xml.name().equals("sheet")) {
                    String state = xml.attribute("state");
                    sheets.add(new Sheet(
                            xml.attribute("name"), xml.attribute("id"), state != null && !state.equals("visible")));
                } else if (event == SafeXml.Event.START && xml.name().equals("workbookPr")) {
                    from1904 = isTrue(xml.attribute("date1904"));
                }
            }
        }
        sheets.removeIf(sheet -> sheet.name() == null || sheet.id() == null);
    }

    /** The name of the sheet that is called like the dataset, else of the first sheet that is not hidden. */
    String sheetFor(String dataset) throws IOException {
        return sheets.stream()
                .map(Sheet::name)
                .filter(name -> name.strip().equalsIgnoreCase(dataset))
                .findFirst()
                .or(() -> sheets.stream()
                        .filter(sheet -> !sheet.isHidden())
                        .map(Sheet::name)
                        .findFirst())
                .orElseThrow(() -> new UnreadableFileException("the workbook has no sheet that is not hidden"));
    }

    /** The content of a sheet. */
    InputStream sheet(String name) throws IOException, OpenXML4JException {
        Sheet found = sheets.stream()
                .filter(sheet -> sheet.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UnreadableFileException("the workbook no longer has the sheet that it had"));
        return reader.getSheet(found.id());
    }

    /** The texts that cells refer to by number. */
    List<String> texts(long largest) throws IOException, OpenXML4JException {
        List<String> texts = new ArrayList<>();
        InputStream part = reader.getSharedStringsData();
        if (part == null) {
            return texts;
        }
        try (SafeXml xml = new SafeXml(new BoundedStream(part, largest, "the part with the workbook's texts"))) {
            for (SafeXml.Event event = xml.next(); event != SafeXml.Event.DONE; event = xml.next()) {
                if (event == SafeXml.Event.START && xml.name().equals("si")) {
                    texts.add(richText(xml));
                }
            }
        }
        return texts;
    }

    /** The text of the element that has just begun: its runs one after the other, without hints on pronunciation. */
    static String richText(SafeXml xml) throws IOException {
        StringBuilder text = new StringBuilder();
        int depth = xml.depth();
        SafeXml.Event event = xml.next();
        while (event != SafeXml.Event.END || xml.depth() >= depth) {
            if (event == SafeXml.Event.START) {
                switch (xml.name()) {
                    case "t" -> xml.textInto(text);
                    case "r" -> {}
                    default -> xml.skip();
                }
            }
            event = xml.next();
        }
        return text.toString();
    }

    /** How each style of a cell shows numbers. */
    WorkbookFormats formats(long largest) throws IOException, OpenXML4JException {
        Map<Integer, String> own = new HashMap<>();
        List<Integer> styles = new ArrayList<>();
        InputStream part = reader.getStylesData();
        if (part != null) {
            try (SafeXml xml = new SafeXml(new BoundedStream(part, largest, "the part with the workbook's styles"))) {
                boolean isCellStyle = false;
                for (SafeXml.Event event = xml.next(); event != SafeXml.Event.DONE; event = xml.next()) {
                    if (event == SafeXml.Event.START) {
                        switch (xml.name()) {
                            case "numFmt" -> own.put(number(xml.attribute("numFmtId")), xml.attribute("formatCode"));
                            case "cellXfs" -> isCellStyle = true;
                            case "xf" -> {
                                if (isCellStyle) {
                                    styles.add(number(xml.attribute("numFmtId")));
                                }
                            }
                            default -> {}
                        }
                    } else if (event == SafeXml.Event.END && xml.name().equals("cellXfs")) {
                        isCellStyle = false;
                    }
                }
            }
        }
        return new WorkbookFormats(
                styles.stream()
                        .map(id -> WorkbookFormats.shown(id, own.getOrDefault(id, BuiltinFormats.getBuiltinFormat(id))))
                        .toList(),
                from1904);
    }

    private static int number(String text) {
        try {
            return text == null ? 0 : Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static boolean isTrue(String text) {
        return text != null && (text.equals("1") || text.equalsIgnoreCase("true"));
    }
}
