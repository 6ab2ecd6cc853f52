package org.lacwarehouse.pipeline.landing;

import java.io.Serializable;
import java.util.List;

/**
 * How a delimited file is to be read, found out when it was checked.
 *
 * @param charset the name of its character set
 * @param delimiter what separates its fields
 * @param strictQuotes whether every quotation mark is where the CSV format has it; if not, no field runs over a line
 * @param columns the standard column name of each header cell in file order; for an extra column its own header
 */
public record FileLayout(String charset, char delimiter, boolean strictQuotes, List<String> columns)
        implements Serializable {}
