package org.lacwarehouse.pipeline.landing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.poi.hssf.usermodel.HSSFWorkbook;
import org.apache.poi.ss.usermodel.Cell;
import org.apache.poi.ss.usermodel.CellStyle;
import org.apache.poi.ss.usermodel.FormulaError;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.ss.usermodel.Sheet;
import org.apache.poi.ss.usermodel.Workbook;
import org.apache.poi.xssf.usermodel.XSSFRichTextString;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkbookFileTest {
    private static final List<String> HEADER = List.of("CHILD", "SEX", "DOB", "DUC", "note");
    private static final String NOT_A_WORKBOOK =
            "the file is not the .xlsx workbook that its name says, or is damaged; save it again as .xlsx";

    @TempDir
    Path folder;

    private TestDeliveries deliveries;

    @BeforeEach
    void begin() throws IOException {
        deliveries = new TestDeliveries(folder);
    }

    @Test
    void valuesAreTheTextThatPeopleSee() throws IOException {
        try (XSSFWorkbook workbook = new XSSFWorkbook()) {
            Sheet sheet = workbook.createSheet("uasc");
            header(sheet, 0, 0);
            Object[] notes = {
                12.0, 9990000018.0, 0.1 + 0.2, 1e15, -3.5, true, false, "007", "=1+1", FormulaError.NA, 0.0, 1e-7
            };
            for (int i = 0; i < notes.length; i++) {
                Row row = sheet.createRow(i + 1);
                row.createCell(0).setCellValue("0" + i);
                Cell cell = row.createCell(4);
                if (notes[i] instanceof Double number) {
                    cell.setCellValue(number);
                } else if (notes[i] instanceof Boolean flag) {
                    cell.setCellValue(flag);
                } else if (notes[i] instanceof FormulaError error) {
                    cell.setCellErrorValue(error.getCode());
                } else {
                    cell.setCellValue((String) notes[i]);
                }
            }
            List<Map<String, String>> rows = deliveries.rows(deliveries.check("uasc.xlsx", bytes(workbook)));
            assertThat(rows)
                    .extracting(row -> row.get("NOTE"))
                    .containsExactly(
                            "12",
                            "9990000018",
                            "0.3",
                            "1000000000000000",
                            "-3.5",
                            "1",
                            "0",
                            "007",
                            "=1+1",
                            "#N/A",
                            "0",
                            "0.0000001");
            assertThat(rows.get(0)).containsEntry("CHILD", "00");
        }
    }

    @Test
    void dateCellsAreDatesInBothCalendars() throws IOException {
        for (boolean from1904 : List.of(false, true)) {
            try (XSSFWorkbook workbook = new XSSFWorkbook()) {
                workbook.getCTWorkbook().getWorkbookPr().setDate1904(from1904);
                Sheet sheet = workbook.createSheet("uasc");
                header(sheet, 0, 0);
                dated(sheet, 1, "dd/mm/yyyy", LocalDateTime.of(2008, 2, 29, 0, 0));
                dated(sheet, 2, "dd/mm/yyyy", LocalDateTime.of(2008, 2, 29, 14, 30));
                dated(sheet, 3, "dd/mm/yyyy hh:mm", LocalDateTime.of(2008, 2, 29, 14, 30));
                dated(sheet, 4, "[$-809]d mmmm yyyy;@", LocalDateTime.of(2024, 12, 31, 0, 0));
                dated(sheet, 5, "yyyy-mm-dd hh:mm:ss", LocalDateTime.of(2024, 12, 31, 0, 0));
                dated(sheet, 6, "0.00", LocalDateTime.of(2024, 12, 31, 0, 0));
                dated(sheet, 7, "hh:mm", LocalDateTime.of(2024, 12, 31, 0, 0));
                sheet.getRow(7).getCell(2).setCellValue(0.75);

                assertThat(deliveries.rows(deliveries.check("uasc.xlsx", bytes(workbook))))
                        .extracting(row -> row.get("DOB"))
                        .containsExactly(
                                "2008-02-29",
                                "2008-02-29",
                                "2008-02-29 14:30:00",
                                "2024-12-31",
                                "2024-12-31",
                                from1904 ? "44195" : "45657",
                                "18:00:00");
            }
        }
    }

    @Test
    void daysThatOnlySpreadsheetsKnowAreNoDates() {
        WorkbookFormats formats = new WorkbookFormats(List.of(WorkbookFormats.Shown.DATE), false);

        assertThat(formats.text("0", 0)).isEqualTo("1900-01-00");
        assertThat(formats.text("59", 0)).isEqualTo("1900-02-28");
        assertThat(formats.text("60", 0)).isEqualTo("1900-02-29");
        assertThat(formats.text("61", 0)).isEqualTo("1900-03-01");
        assertThat(formats.text("1E-2000000000", 7)).isEqualTo("0");
        assertThat(formats.text("9".repeat(1_000_000), 7)).hasSize(1_000_000);
    }

    @Test
    void formulasGiveTheirResultAndNeverABlankWhereThereIsNone() throws IOException {
        try (XSSFWorkbook workbook = new XSSFWorkbook()) {
            Sheet sheet = workbook.createSheet("uasc");
            header(sheet, 0, 0);
            Row row = sheet.createRow(1);
            row.createCell(0).setCellFormula("\"A\"&\"1\"");
            row.createCell(4).setCellFormula("6*7");
            workbook.getCreationHelper().createFormulaEvaluator().evaluateAll();
            Row uncalculated = sheet.createRow(2);
            uncalculated.createCell(0).setCellValue("2");
            uncalculated.createCell(3).setCellFormula("TODAY()");

            List<Map<String, String>> rows = deliveries.rows(deliveries.check("uasc.xlsx", bytes(workbook)));
            assertThat(rows.get(0)).containsEntry("CHILD", "A1").containsEntry("NOTE", "42");
            assertThat(rows.get(1)).containsEntry("DUC", WorkbookFile.WITHOUT_RESULT);
        }
    }

    @Test
    void theSheetIsTheOneNamedLikeTheDatasetElseTheFirstThatIsNotHidden() throws IOException {
        try (XSSFWorkbook workbook = new XSSFWorkbook()) {
            workbook.createSheet("notes").createRow(0).createCell(0).setCellValue("x");
            workbook.setSheetHidden(0, true);
            Sheet first = workbook.createSheet("export");
            header(first, 0, 0);
            first.createRow(1).createCell(0).setCellValue("first");
            workbook.setActiveSheet(1);
            assertThat(deliveries.rows(deliveries.check("uasc.xlsx", bytes(workbook))))
                    .containsExactly(Map.of("CHILD", "first"));
            assertThat(deliveries.check("anything.xlsx", bytes(workbook)).dataset())
                    .isEqualTo("uasc");

            Sheet named = workbook.createSheet("UASC ");
            header(named, 0, 0);
            named.createRow(1).createCell(0).setCellValue("named");
            workbook.setSheetHidden(2, true);
            assertThat(deliveries.rows(deliveries.check("uasc.xlsx", bytes(workbook))))
                    .containsExactly(Map.of("CHILD", "named"));
        }
    }

    @Test
    void blankRowsAndColumnsAroundTheTableDoNotMatterAndLinesAreRowNumbers() throws IOException {
        try (XSSFWorkbook workbook = new XSSFWorkbook()) {
            Sheet sheet = workbook.createSheet("uasc");
            header(sheet, 3, 2);
            sheet.createRow(7).createCell(2).setCellValue(new XSSFRichTextString("A\n1"));
            CellStyle style = workbook.createCellStyle();
            sheet.createRow(9).createCell(5).setCellStyle(style);
            sheet.createRow(12).createCell(2).setCellValue("A2");

            Delivery delivery = deliveries.check("uasc.xlsx", bytes(workbook));
            assertThat(deliveries.read(delivery)).extracting(TableRow::line).containsExactly(8L, 13L);
            assertThat(deliveries.rows(delivery)).containsExactly(Map.of("CHILD", "A\n1"), Map.of("CHILD", "A2"));
        }
    }

    @Test
    void textIsReadFromRunsAndInlineStringsWithoutPronunciation() throws IOException {
        Map<String, byte[]> parts = parts(small());
        parts.put(
                "xl/sharedStrings.xml",
                """
                <sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
                <si><t>CHILD</t></si><si><r><t>A</t></r><r><rPr><b/></rPr><t xml:space="preserve"> 1</t></r>
                <rPh sb="0" eb="1"><t>no</t></rPh></si></sst>"""
                        .getBytes(StandardCharsets.UTF_8));
        parts.put(
                "xl/worksheets/sheet1.xml",
                """
                <worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
                <row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>DO</t></is></c></row>
                <row><c t="s"><v>1</v></c><c t="inlineStr"><is><r><t>01/02/</t></r><r><t>2008</t></r></is></c></row>
                <row r="9"><c r="A9" t="inlineStr"><is><t>2</t></is></c><c r="B9" t="d"><v>2008-02-01T00:00:00</v></c></row>
                </sheetData></worksheet>"""
                        .replace(">DO<", ">DOB<")
                        .getBytes(StandardCharsets.UTF_8));

        Delivery delivery = deliveries.check("uasc.xlsx", TestDeliveries.zip(parts));
        assertThat(deliveries.rows(delivery))
                .containsExactly(
                        Map.of("CHILD", "A 1", "DOB", "01/02/2008"), Map.of("CHILD", "2", "DOB", "2008-02-01"));
        assertThat(deliveries.read(delivery)).extracting(TableRow::line).containsExactly(2L, 9L);
    }

    @Test
    void whatIsNoReadableWorkbookIsRefused() throws IOException {
        byte[] whole = small();
        deliveries.refused("uasc.xlsx", "CHILD,SEX\n1,1\n", NOT_A_WORKBOOK);
        deliveries.refused("uasc.xlsx", "", NOT_A_WORKBOOK);
        deliveries.refused("uasc.xlsx", Arrays.copyOf(whole, whole.length / 2), NOT_A_WORKBOOK);
        deliveries.refused("uasc.xlsx", TestDeliveries.zip(Map.of("a.txt", new byte[3])), NOT_A_WORKBOOK);
        try (Workbook old = new HSSFWorkbook()) {
            old.createSheet();
            deliveries.refused(
                    "uasc.xlsx",
                    bytes(old),
                    "the workbook has a password, or is in the old .xls format; save it as .xlsx without a password");
        }
        Map<String, byte[]> parts = parts(whole);
        parts.put("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row>".getBytes(StandardCharsets.UTF_8));
        deliveries.refused(
                "uasc.xlsx", TestDeliveries.zip(parts), "line 1: the XML is broken or cut off; send the file again");
    }

    @Test
    void aFlippedBitIsFoundByTheChecksum() throws IOException {
        byte[] bytes = small();
        Map<String, byte[]> parts = parts(bytes);
        String sheet = new String(parts.get("xl/worksheets/sheet1.xml"), StandardCharsets.UTF_8);
        assertThat(sheet).contains("<v>");
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(parts.get("xl/worksheets/sheet1.xml"));
        byte[] other = bytes.clone();
        for (int i = 0; i < other.length - 4; i++) {
            if (java.nio.ByteBuffer.wrap(other, i, 4)
                            .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                            .getInt()
                    == (int) crc.getValue()) {
                other[i] ^= 1;
            }
        }
        assertThat(other).isNotEqualTo(bytes);
        deliveries.refused(
                "uasc.xlsx", other, "the workbook is damaged: a part does not match its checksum; send it again");
    }

    @Test
    void bombsAndEntitiesAreRefused() throws IOException {
        Map<String, byte[]> parts = parts(small());
        byte[] sheet = parts.get("xl/worksheets/sheet1.xml");
        parts.put("xl/worksheets/sheet1.xml", new byte[40 << 20]);
        deliveries.refused(
                "uasc.xlsx",
                TestDeliveries.zip(parts),
                "a part of the workbook unpacks to more than 500 times its size, as none does that people fill");

        String text = new String(sheet, StandardCharsets.UTF_8);
        parts.put(
                "xl/worksheets/sheet1.xml",
                text.replace("<worksheet", "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]><worksheet")
                        .getBytes(StandardCharsets.UTF_8));
        deliveries.refused(
                "uasc.xlsx",
                TestDeliveries.zip(parts),
                "the XML has a document type (DOCTYPE), which is never read; send it without");

        parts.put("xl/worksheets/sheet1.xml", sheet);
        byte[] noise = new byte[40 << 20];
        new java.util.Random(1).nextBytes(noise);
        parts.put("xl/styles.xml", noise);
        deliveries.refused(
                "uasc.xlsx",
                TestDeliveries.zip(parts),
                "a part is longer than is ever needed; the file is broken or hostile");
    }

    private static void header(Sheet sheet, int row, int column) {
        Row header = sheet.createRow(row);
        for (int i = 0; i < HEADER.size(); i++) {
            header.createCell(column + i).setCellValue(HEADER.get(i));
        }
    }

    private static void dated(Sheet sheet, int number, String format, LocalDateTime date) {
        Row row = sheet.createRow(number);
        row.createCell(0).setCellValue(number);
        Cell cell = row.createCell(2);
        cell.setCellValue(date);
        CellStyle style = sheet.getWorkbook().createCellStyle();
        style.setDataFormat(sheet.getWorkbook().createDataFormat().getFormat(format));
        cell.setCellStyle(style);
    }

    /** A workbook with two rows. */
    static byte[] small() throws IOException {
        try (XSSFWorkbook workbook = new XSSFWorkbook()) {
            Sheet sheet = workbook.createSheet("uasc");
            header(sheet, 0, 0);
            for (int i = 1; i <= 2; i++) {
                dated(sheet, i, "dd/mm/yyyy", LocalDate.of(2008, 2, i).atStartOfDay());
                sheet.getRow(i).createCell(4).setCellValue("a note " + i);
            }
            return bytes(workbook);
        }
    }

    private static byte[] bytes(Workbook workbook) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        workbook.write(bytes);
        return bytes.toByteArray();
    }

    static Map<String, byte[]> parts(byte[] workbook) throws IOException {
        Map<String, byte[]> parts = new LinkedHashMap<>();
        try (InputStream bytes = new ByteArrayInputStream(workbook);
                ZipInputStream zip = new ZipInputStream(bytes)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                parts.put(entry.getName(), zip.readAllBytes());
            }
        }
        return parts;
    }
}
