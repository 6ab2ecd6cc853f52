package org.lacwarehouse.pipeline.landing;

import java.io.Serializable;
import java.util.List;

/**
 * How a delimited file is to be read, found out when it was checked.
 *
 * @param charset the name of its character set
 * @param delimiter what separates its fields
 * @param strictQuotes whether every quotation mark is where the CSV format has it; if not, no field runs over a line
 * @param columns each header cell in file order, in the form in which headers are compared; bronze keeps values under
 *     these names, and what they mean is the contract's to say whenever the rows are checked
 */
public record FileLayout(String charset, char delimiter, boolean strictQuotes, List<String> columns)
        implements Serializable {}
