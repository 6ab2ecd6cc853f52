package org.lacwarehouse.pipeline.landing;

/** Delimited text with a quotation mark where the CSV format has none. */
final class QuotationException extends UnreadableFileException {
    private static final long serialVersionUID = 1;

    QuotationException(Throwable cause) {
        super(
                "a quotation mark is opened and never closed, so that the rows after it cannot be told apart;"
                        + " correct the file",
                cause);
    }
}
