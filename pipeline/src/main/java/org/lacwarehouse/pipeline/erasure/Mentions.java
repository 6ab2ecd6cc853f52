package org.lacwarehouse.pipeline.erasure;

import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Row;
import org.lacwarehouse.pipeline.lake.Lake;

/**
 * Whether a row of any table mentions the child, in whatever column. Rows that another authority delivered are its own:
 * the same person may be known there, and is another's to erase.
 *
 * @param traces of the child
 * @param columns the names under which a bronze row may have the council's own child id
 * @param isBronze whether the table is one of bronze
 * @param isSliced whether its rows say which delivery they are from
 */
record Mentions(Traces traces, Set<String> columns, boolean isBronze, boolean isSliced) implements FilterFunction<Row> {
    @Override
    public boolean call(Row row) {
        if (isSliced && !row.<String>getAs(Lake.SLICE).startsWith(traces.authority() + ".")) {
            return false;
        }
        if (isBronze) {
            Map<String, String> raw = row.getJavaMap(row.fieldIndex("raw"));
            if (columns.stream()
                    .map(raw::get)
                    .anyMatch(text -> text != null && text.strip().equals(traces.child()))) {
                return true;
            }
        }
        return traces.areIn(row.toString());
    }
}
