package org.lacwarehouse.pipeline.landing;

import java.io.Serializable;
import java.util.List;

/**
 * How a dataset is to be read from a file, found out when the file was checked. Of {@code text}, {@code sheet} and
 * {@code table} the one that belongs to the format is given, the others are null.
 *
 * @param format the file's format
 * @param text how the text of a delimited file is written
 * @param sheet the name of the workbook's sheet
 * @param table which elements of an XML file are rows
 * @param columns each header cell in file order, in the form in which headers are compared; bronze keeps values under
 *     these names, and what they mean is the contract's to say whenever the rows are checked
 */
public record FileLayout(FileFormat format, Text text, String sheet, XmlTable table, List<String> columns)
        implements Serializable {
    /**
     * How delimited text is written.
     *
     * @param charset the name of its character set
     * @param delimiter what separates its fields
     * @param strictQuotes whether every quotation mark is where the CSV format has it; if not, no field runs over a line
     */
    public record Text(String charset, char delimiter, boolean strictQuotes) implements Serializable {}

    static FileLayout of(Text text) {
        return new FileLayout(FileFormat.TEXT, text, null, null, List.of());
    }

    static FileLayout ofSheet(String sheet) {
        return new FileLayout(FileFormat.WORKBOOK, null, sheet, null, List.of());
    }

    static FileLayout of(XmlTable table) {
        return new FileLayout(FileFormat.XML, null, null, table, List.of());
    }

    static FileLayout ofParquet() {
        return new FileLayout(FileFormat.PARQUET, null, null, null, List.of());
    }

    FileLayout with(List<String> names) {
        return new FileLayout(format, text, sheet, table, List.copyOf(names));
    }
}
