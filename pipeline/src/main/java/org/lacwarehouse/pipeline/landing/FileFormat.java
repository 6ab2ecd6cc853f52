package org.lacwarehouse.pipeline.landing;

import java.util.Locale;
import java.util.Optional;

/** The formats that are read. */
public enum FileFormat {
    /** Delimited text, plain or gzipped. */
    TEXT,
    /** A workbook as spreadsheet programs write it since 2007. */
    WORKBOOK,
    /** The DfE return's XML form, or rows below a root element. */
    XML,
    /** Apache Parquet. */
    PARQUET;

    /** The endings of file names that are read, for messages. */
    static final String ENDINGS = ".csv, .csv.gz, .xlsx, .xml and .parquet";

    /** The format that a file's name says. */
    static Optional<FileFormat> of(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
            return Optional.of(TEXT);
        }
        if (name.endsWith(".xlsx")) {
            return Optional.of(WORKBOOK);
        }
        if (name.endsWith(".xml")) {
            return Optional.of(XML);
        }
        return name.endsWith(".parquet") ? Optional.of(PARQUET) : Optional.empty();
    }
}
