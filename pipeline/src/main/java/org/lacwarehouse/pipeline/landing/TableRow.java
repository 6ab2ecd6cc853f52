package org.lacwarehouse.pipeline.landing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A row of a delivered table.
 *
 * @param line where a person finds it: the line on which it begins, of a workbook the row's number, of a Parquet file
 *     its place, with the header counted as line 1; within a table it only ever grows
 * @param cells its values as text, in the order of the header; blank where there is none
 */
public record TableRow(long line, List<String> cells) {
    /** The name under which values are kept for which the header has no column. */
    public static final String BEYOND_HEADER = "(beyond the header)";

    /** Whether it holds nothing: spreadsheets leave rows of delimiters at the end of a file. */
    public boolean isBlank() {
        return cells.stream().allMatch(String::isBlank);
    }

    /**
     * Its values by column name: blank ones are left out, those beyond the header are kept under the name
     * {@link #BEYOND_HEADER}.
     */
    public Map<String, String> values(List<String> columns) {
        Map<String, String> values = new LinkedHashMap<>();
        StringBuilder beyond = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String cell = cells.get(i);
            if (cell.isBlank()) {
                continue;
            }
            if (i < columns.size()) {
                values.put(columns.get(i), cell);
            } else {
                beyond.append(beyond.isEmpty() ? "" : " | ").append(cell);
            }
        }
        if (!beyond.isEmpty()) {
            values.put(BEYOND_HEADER, beyond.toString());
        }
        return values;
    }
}
