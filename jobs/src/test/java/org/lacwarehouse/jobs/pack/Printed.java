package org.lacwarehouse.jobs.pack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.poi.ss.usermodel.Cell;
import org.apache.poi.ss.usermodel.CellType;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.ss.usermodel.Sheet;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;

/** A table as it is printed: its cells by row and column heading; a cell is a text, in a workbook a number, too. */
record Printed(Map<String, Map<String, Object>> rows) {
    private static final Pattern TABLE = Pattern.compile(
            "<caption>(.*?)<small>.*?</small></caption>\\s*<thead><tr>(.*?)</tr></thead>(.*?)</table>", Pattern.DOTALL);
    private static final Pattern ROW = Pattern.compile("<tr class=\"[a-z]*\">(.*?)</tr>", Pattern.DOTALL);
    private static final Pattern CELL = Pattern.compile("<t[hd][^>]*>(.*?)</t[hd]>", Pattern.DOTALL);

    /** A cell by row and column heading, whichever way round the table stands; null when there is none. */
    Object cell(String one, String other) {
        Map<String, Object> row = rows.containsKey(one) ? rows.get(one) : rows.get(other);
        return row == null ? null : row.get(rows.containsKey(one) ? other : one);
    }

    /** All tables of a page by caption. */
    static Map<String, Printed> page(Path file) throws IOException {
        return page(Files.readString(file));
    }

    /** All tables of the text of a page by caption. */
    static Map<String, Printed> page(String html) {
        Map<String, Printed> tables = new LinkedHashMap<>();
        Matcher table = TABLE.matcher(html);
        while (table.find()) {
            List<String> headings = cells(table.group(2));
            Map<String, Map<String, Object>> rows = new LinkedHashMap<>();
            Matcher row = ROW.matcher(table.group(3));
            while (row.find()) {
                List<String> cells = cells(row.group(1));
                Map<String, Object> line = new LinkedHashMap<>();
                for (int i = 1; i < cells.size(); i++) {
                    line.put(headings.get(i), cells.get(i));
                }
                rows.put(cells.get(0), line);
            }
            tables.put(text(table.group(1)), new Printed(rows));
        }
        return tables;
    }

    /** All tables of a workbook by caption. */
    static Map<String, Printed> workbook(Path file) throws IOException {
        Map<String, Printed> tables = new LinkedHashMap<>();
        try (XSSFWorkbook workbook = new XSSFWorkbook(Files.newInputStream(file))) {
            for (Sheet sheet : workbook) {
                for (int r = 0; r < sheet.getLastRowNum(); r++) {
                    Row above = sheet.getRow(r);
                    Row headings = sheet.getRow(r + 1);
                    // A caption stands over a row of headings, which has an empty or a text cell at its left.
                    if (above == null
                            || headings == null
                            || above.getCell(0) == null
                            || headings.getCell(1) == null
                            || above.getCell(1) != null) {
                        continue;
                    }
                    Map<String, Map<String, Object>> rows = new LinkedHashMap<>();
                    for (int n = r + 2;
                            sheet.getRow(n) != null && sheet.getRow(n).getCell(1) != null;
                            n++) {
                        Map<String, Object> line = new LinkedHashMap<>();
                        for (int i = 1; i < sheet.getRow(n).getLastCellNum(); i++) {
                            Cell cell = sheet.getRow(n).getCell(i);
                            line.put(
                                    headings.getCell(i).getStringCellValue(),
                                    cell.getCellType() == CellType.NUMERIC
                                            ? (Object) cell.getNumericCellValue()
                                            : cell.getStringCellValue());
                        }
                        rows.put(sheet.getRow(n).getCell(0).getStringCellValue(), line);
                    }
                    tables.put(
                            above.getCell(0).getStringCellValue().replace(" (c: counts of 1 to 5 are suppressed)", ""),
                            new Printed(rows));
                }
            }
        }
        return tables;
    }

    private static List<String> cells(String html) {
        List<String> cells = new ArrayList<>();
        Matcher cell = CELL.matcher(html);
        while (cell.find()) {
            cells.add(text(cell.group(1)));
        }
        return cells;
    }

    private static String text(String html) {
        return html.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }
}
