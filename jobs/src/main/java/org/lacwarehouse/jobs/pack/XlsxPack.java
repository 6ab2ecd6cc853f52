package org.lacwarehouse.jobs.pack;

import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.poi.common.usermodel.HyperlinkType;
import org.apache.poi.ss.usermodel.BorderStyle;
import org.apache.poi.ss.usermodel.FillPatternType;
import org.apache.poi.ss.usermodel.Font;
import org.apache.poi.ss.usermodel.HorizontalAlignment;
import org.apache.poi.ss.usermodel.Hyperlink;
import org.apache.poi.ss.usermodel.PrintSetup;
import org.apache.poi.ss.usermodel.VerticalAlignment;
import org.apache.poi.ss.util.CellRangeAddress;
import org.apache.poi.ss.util.CellReference;
import org.apache.poi.ss.util.WorkbookUtil;
import org.apache.poi.xddf.usermodel.XDDFColor;
import org.apache.poi.xddf.usermodel.XDDFLineProperties;
import org.apache.poi.xddf.usermodel.XDDFSolidFillProperties;
import org.apache.poi.xddf.usermodel.chart.AxisCrossBetween;
import org.apache.poi.xddf.usermodel.chart.AxisCrosses;
import org.apache.poi.xddf.usermodel.chart.AxisPosition;
import org.apache.poi.xddf.usermodel.chart.BarDirection;
import org.apache.poi.xddf.usermodel.chart.ChartTypes;
import org.apache.poi.xddf.usermodel.chart.DisplayBlanks;
import org.apache.poi.xddf.usermodel.chart.LegendPosition;
import org.apache.poi.xddf.usermodel.chart.MarkerStyle;
import org.apache.poi.xddf.usermodel.chart.XDDFBarChartData;
import org.apache.poi.xddf.usermodel.chart.XDDFCategoryAxis;
import org.apache.poi.xddf.usermodel.chart.XDDFChartData;
import org.apache.poi.xddf.usermodel.chart.XDDFDataSourcesFactory;
import org.apache.poi.xddf.usermodel.chart.XDDFLineChartData;
import org.apache.poi.xddf.usermodel.chart.XDDFValueAxis;
import org.apache.poi.xssf.usermodel.XSSFCell;
import org.apache.poi.xssf.usermodel.XSSFCellStyle;
import org.apache.poi.xssf.usermodel.XSSFChart;
import org.apache.poi.xssf.usermodel.XSSFClientAnchor;
import org.apache.poi.xssf.usermodel.XSSFColor;
import org.apache.poi.xssf.usermodel.XSSFFont;
import org.apache.poi.xssf.usermodel.XSSFRow;
import org.apache.poi.xssf.usermodel.XSSFSheet;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;

/**
 * The panel pack as a workbook: a sheet a section, numbers as the mart holds them with a format that rounds them, charts
 * that Excel draws from the sheet "Chart data".
 */
final class XlsxPack {
    private static final String CHART_DATA = "Chart data";
    private static final byte[][] COLOURS = {
        {0x12, 0x43, 0x6d},
        {(byte) 0xd5, 0x5e, 0x00},
        {0x00, (byte) 0x80, 0x5e},
        {(byte) 0xa0, 0x39, (byte) 0x8a},
        {0x56, (byte) 0xb4, (byte) 0xe9},
        {0x6b, 0x4f, 0x00}
    };
    private static final MarkerStyle[] MARKERS = {MarkerStyle.CIRCLE, MarkerStyle.SQUARE, MarkerStyle.TRIANGLE};
    private static final int CHART_ROWS = 16;
    /** How many columns a sentence below a table runs over. */
    private static final int NOTE_COLUMNS = 8;

    private final Pack pack;
    private final XSSFWorkbook workbook;
    private final Map<String, XSSFCellStyle> styles = new HashMap<>();
    private XSSFSheet chartData;
    private int chartRow;

    private XlsxPack(Pack pack, XSSFWorkbook workbook) {
        this.pack = pack;
        this.workbook = workbook;
    }

    /** Writes the workbook. */
    static void write(Pack pack, OutputStream out) throws IOException {
        try (XSSFWorkbook workbook = new XSSFWorkbook()) {
            new XlsxPack(pack, workbook).fill();
            workbook.getProperties()
                    .getCoreProperties()
                    .setTitle(pack.authority() + ": children in care and care leavers, " + Wording.date(pack.asAt()));
            workbook.getProperties().getCoreProperties().setCreator("LAC Warehouse");
            workbook.write(out);
        }
    }

    private void fill() {
        XSSFSheet about = sheet("About");
        about.setColumnWidth(0, 110 * 256);
        List<XSSFSheet> sheets =
                pack.sections().stream().map(s -> sheet(name(s))).toList();
        chartData = workbook.createSheet(CHART_DATA);
        chartData.setColumnWidth(0, 50 * 256);
        about(about);
        for (int i = 0; i < sheets.size(); i++) {
            section(sheets.get(i), pack.sections().get(i));
        }
        definitions();
        // The data of the charts stand last.
        workbook.setSheetOrder(CHART_DATA, workbook.getNumberOfSheets() - 1);
        workbook.setActiveSheet(0);
    }

    private static String name(Pack.Section section) {
        return WorkbookUtil.createSafeSheetName(section.letter() + " " + section.title());
    }

    private XSSFSheet sheet(String name) {
        XSSFSheet sheet = workbook.createSheet(name);
        sheet.setDisplayGridlines(false);
        sheet.getPrintSetup().setPaperSize(PrintSetup.A4_PAPERSIZE);
        sheet.getPrintSetup().setLandscape(true);
        sheet.setFitToPage(true);
        sheet.getPrintSetup().setFitHeight((short) 0);
        sheet.getFooter().setCenter("&A, page &P of &N");
        return sheet;
    }

    private void about(XSSFSheet sheet) {
        int at = 0;
        text(sheet, at++, 0, pack.authority() + ": children in care and care leavers", "title");
        text(
                sheet,
                at++,
                0,
                "Panel pack as at " + Wording.date(pack.asAt()) + (pack.isPublic() ? ", public copy" : ""),
                "bold");
        text(
                sheet,
                at++,
                0,
                pack.isPublic()
                        ? "This copy may be shared. Counts of 1 to 5 are suppressed and shown as c, and so are figures from which"
                                + " they could be worked out."
                        : "For the council's own use: small numbers are shown.",
                "wrap");
        text(
                sheet,
                at++,
                0,
                "In the tables: – no figure, the reason is below the table; z nobody to whom it applies"
                        + (pack.isPublic() ? "; c suppressed" : "")
                        + ". Cells hold the figures exactly as the marts do; what is shown is rounded.",
                "wrap");
        at++;
        text(sheet, at++, 0, "Contents", "heading");
        for (Pack.Section section : pack.sections()) {
            XSSFCell cell = text(sheet, at++, 0, section.letter() + ". " + section.title(), "link");
            Hyperlink link = workbook.getCreationHelper().createHyperlink(HyperlinkType.DOCUMENT);
            link.setAddress("'" + name(section).replace("'", "''") + "'!A1");
            cell.setHyperlink(link);
        }
        at++;
        text(sheet, at++, 0, "What this pack does not show", "heading");
        if (pack.gaps().isEmpty()) {
            text(sheet, at++, 0, "Every table of the pack is filled.", "wrap");
        }
        for (Pack.Gap gap : pack.gaps()) {
            text(
                    sheet,
                    at++,
                    0,
                    gap.id() + " " + gap.title() + ": " + gap.reason().replace("– ", ""),
                    "wrap");
        }
        at++;
        text(sheet, at++, 0, "Sources and dates", "heading");
        for (String line : pack.sources()) {
            text(sheet, at++, 0, line, "wrap");
        }
        text(sheet, at, 0, "Version of the marts: " + pack.version() + ".", "wrap");
    }

    private void section(XSSFSheet sheet, Pack.Section section) {
        sheet.setColumnWidth(0, 60 * 256);
        IntStream.rangeClosed(1, 13).forEach(column -> sheet.setColumnWidth(column, 16 * 256));
        int at = 0;
        text(sheet, at++, 0, section.letter() + ". " + section.title(), "title");
        text(sheet, at++, 0, section.about(), "note");
        for (Pack.Table table : section.tables()) {
            at++;
            text(sheet, at++, 0, table.id() + " " + table.title(), "heading");
            for (Pack.Part part : table.parts()) {
                at = part(sheet, at, table, part) + 1;
            }
        }
    }

    private int part(XSSFSheet sheet, int from, Pack.Table table, Pack.Part part) {
        int at = from;
        text(
                sheet,
                at++,
                0,
                table.id() + " " + part.caption()
                        + (pack.isPublic() && !part.rows().isEmpty() ? " (c: counts of 1 to 5 are suppressed)" : ""),
                "bold");
        if (!part.rows().isEmpty()) {
            text(sheet, at, 0, part.corner(), "head");
            for (int i = 0; i < part.columns().size(); i++) {
                text(sheet, at, i + 1, part.columns().get(i), "headNumber");
            }
            at++;
            for (Pack.Row row : part.rows()) {
                boolean isTotal = row.kind() == Pack.Row.Kind.TOTAL;
                text(
                        sheet,
                        at,
                        0,
                        row.name(),
                        isTotal ? "bold" : row.kind() == Pack.Row.Kind.BESIDE ? "beside" : "row");
                for (int i = 0; i < row.cells().size(); i++) {
                    cell(sheet, at, i + 1, row.cells().get(i));
                }
                at++;
            }
        }
        for (String note : part.notes()) {
            text(sheet, at++, 0, part.rows().isEmpty() ? "Not shown: " + note.replaceFirst("^– ", "") : note, "note");
        }
        for (Pack.Chart chart : part.charts()) {
            chart(sheet, at, chart);
            at += CHART_ROWS;
            text(sheet, at++, 0, chart.words(), "note");
        }
        return at;
    }

    private void cell(XSSFSheet sheet, int row, int column, Pack.Cell cell) {
        if (cell.value() == null) {
            text(sheet, row, column, cell.text(), (cell.unit().equals("text") ? "words" : "symbol") + cell.tone());
            return;
        }
        XSSFCell made = at(sheet, row, column);
        made.setCellValue(cell.value());
        made.setCellStyle(style("number " + cell.unit() + " " + cell.tone()));
    }

    private void chart(XSSFSheet sheet, int row, Pack.Chart chart) {
        int first = chartRow;
        text(chartData, chartRow, 0, chart.title(), "head");
        for (int i = 0; i < chart.labels().size(); i++) {
            text(chartData, chartRow, i + 1, chart.labels().get(i), "headNumber");
        }
        chartRow++;
        for (Pack.Series series : chart.series()) {
            text(chartData, chartRow, 0, series.name(), "row");
            for (int i = 0; i < series.values().size(); i++) {
                if (series.values().get(i) != null) {
                    XSSFCell cell = at(chartData, chartRow, i + 1);
                    cell.setCellValue(series.values().get(i));
                    cell.setCellStyle(style("number " + chart.unit() + " "));
                }
            }
            chartRow++;
        }
        chartRow++;

        XSSFClientAnchor anchor = new XSSFClientAnchor(0, 0, 0, 0, 0, row, 7, row + CHART_ROWS - 1);
        XSSFChart drawn = sheet.createDrawingPatriarch().createChart(anchor);
        drawn.getGraphicFrame()
                .getCTGraphicalObjectFrame()
                .getNvGraphicFramePr()
                .getCNvPr()
                .setDescr(chart.words());
        drawn.setTitleText(chart.title());
        drawn.setTitleOverlay(false);
        drawn.displayBlanksAs(DisplayBlanks.GAP);
        if (chart.series().size() > 1) {
            drawn.getOrAddLegend().setPosition(LegendPosition.BOTTOM);
        }
        XDDFCategoryAxis across = drawn.createCategoryAxis(AxisPosition.BOTTOM);
        XDDFValueAxis up = drawn.createValueAxis(AxisPosition.LEFT);
        up.setTitle(Wording.unit(chart.unit()));
        up.setCrosses(AxisCrosses.AUTO_ZERO);
        up.setCrossBetween(AxisCrossBetween.BETWEEN);
        boolean isNegative = chart.series().stream()
                .flatMap(series -> series.values().stream())
                .anyMatch(value -> value != null && value < 0);
        if (!isNegative) {
            up.setMinimum(0);
        }
        up.setNumberFormat(format(chart.unit()));
        boolean isLine = chart.kind().equals("line");
        XDDFChartData data = drawn.createData(isLine ? ChartTypes.LINE : ChartTypes.BAR, across, up);
        data.setVaryColors(false);
        int columns = chart.labels().size();
        for (int i = 0; i < chart.series().size(); i++) {
            int line = first + 1 + i;
            XDDFChartData.Series series = data.addSeries(
                    XDDFDataSourcesFactory.fromStringCellRange(
                            chartData, new CellRangeAddress(first, first, 1, columns)),
                    XDDFDataSourcesFactory.fromNumericCellRange(
                            chartData, new CellRangeAddress(line, line, 1, columns)));
            series.setTitle(chart.series().get(i).name(), new CellReference(CHART_DATA, line, 0, true, true));
            XDDFSolidFillProperties fill = new XDDFSolidFillProperties(XDDFColor.from(COLOURS[i % COLOURS.length]));
            if (series instanceof XDDFLineChartData.Series drawnLine) {
                drawnLine.setSmooth(false);
                drawnLine.setMarkerStyle(MARKERS[i % MARKERS.length]);
                XDDFLineProperties properties = new XDDFLineProperties(fill);
                properties.setWidth(2.25);
                drawnLine.setLineProperties(properties);
            } else {
                series.setFillProperties(fill);
            }
        }
        if (data instanceof XDDFBarChartData bars) {
            bars.setBarDirection(BarDirection.COL);
        }
        drawn.plot(data);
    }

    private void definitions() {
        XSSFSheet sheet = sheet("Definitions");
        List<String> headings =
                List.of("Measure", "Identifier", "What it means", "Numerator", "Denominator", "Figures");
        int[] widths = {38, 26, 70, 50, 40, 30};
        for (int i = 0; i < widths.length; i++) {
            sheet.setColumnWidth(i, widths[i] * 256);
            text(sheet, 0, i, headings.get(i), "head");
        }
        sheet.createFreezePane(0, 1);
        int at = 1;
        for (Pack.Definition definition : pack.definitions()) {
            text(sheet, at, 0, definition.name(), "wrap");
            text(sheet, at, 1, definition.id(), "wrap");
            text(sheet, at, 2, definition.words(), "wrap");
            text(sheet, at, 3, definition.numerator(), "wrap");
            text(sheet, at, 4, definition.denominator(), "wrap");
            text(sheet, at, 5, definition.period(), "wrap");
            at++;
        }
    }

    private static XSSFCell at(XSSFSheet sheet, int row, int column) {
        XSSFRow line = sheet.getRow(row) == null ? sheet.createRow(row) : sheet.getRow(row);
        return line.createCell(column);
    }

    private XSSFCell text(XSSFSheet sheet, int row, int column, String text, String style) {
        XSSFCell cell = at(sheet, row, column);
        cell.setCellValue(text);
        XSSFCellStyle made = style(style);
        cell.setCellStyle(made);
        int width = sheet.getColumnWidth(column) / 256;
        if (style.equals("note")) {
            width = 0;
            for (int i = 0; i < NOTE_COLUMNS; i++) {
                width += sheet.getColumnWidth(i) / 256;
            }
            sheet.addMergedRegion(new CellRangeAddress(row, row, 0, NOTE_COLUMNS - 1));
        }
        // Bold and wide letters take more than the average one that a column's width is measured in.
        int lines = made.getWrapText() ? (int) Math.ceil(text.length() * 1.05 / width) : 1;
        float height = (made.getFont().getFontHeightInPoints() + 4) * Math.max(1, lines);
        if (cell.getRow().getHeightInPoints() < height) {
            cell.getRow().setHeightInPoints(height);
        }
        return cell;
    }

    private static String format(String unit) {
        return switch (unit) {
            case "percent" -> "0\"%\"";
            case "points" -> "0\" points\"";
            case "mean" -> "0.0";
            default -> "#,##0";
        };
    }

    private XSSFCellStyle style(String name) {
        return styles.computeIfAbsent(name, this::make);
    }

    private XSSFCellStyle make(String name) {
        XSSFCellStyle style = workbook.createCellStyle();
        Font font = workbook.createFont();
        style.setVerticalAlignment(VerticalAlignment.TOP);
        if (name.startsWith("number ")) {
            style.setDataFormat(workbook.createDataFormat().getFormat(format(name.split(" ")[1])));
            style.setAlignment(HorizontalAlignment.RIGHT);
        }
        if (name.startsWith("symbol") || name.startsWith("headNumber")) {
            style.setAlignment(HorizontalAlignment.RIGHT);
        }
        if (name.startsWith("words")) {
            style.setIndention((short) 1);
        }
        if (name.endsWith("good")) {
            fill(style, 0xd9ede4);
        } else if (name.endsWith("bad")) {
            fill(style, 0xfbe3d3);
        }
        switch (name) {
            case "title" -> {
                font.setBold(true);
                font.setFontHeightInPoints((short) 18);
            }
            case "heading" -> {
                font.setBold(true);
                font.setFontHeightInPoints((short) 14);
            }
            case "bold" -> font.setBold(true);
            case "head", "headNumber" -> {
                font.setBold(true);
                fill(style, 0xf3f6f9);
                style.setWrapText(true);
                style.setBorderBottom(BorderStyle.MEDIUM);
            }
            case "row", "wrap" -> style.setWrapText(true);
            case "beside" -> {
                style.setIndention((short) 1);
                style.setWrapText(true);
            }
            case "note" -> {
                font.setItalic(true);
                style.setWrapText(true);
            }
            case "link" -> {
                font.setUnderline(Font.U_SINGLE);
                ((XSSFFont) font).setColor(new XSSFColor(new byte[] {0x1d, 0x5a, (byte) 0x8f}, null));
            }
            default -> {
                // The cells of tables look as above.
            }
        }
        style.setFont(font);
        return style;
    }

    private static void fill(XSSFCellStyle style, int colour) {
        style.setFillForegroundColor(
                new XSSFColor(new byte[] {(byte) (colour >> 16), (byte) (colour >> 8), (byte) colour}, null));
        style.setFillPattern(FillPatternType.SOLID_FOREGROUND);
    }
}
