package org.lacwarehouse.pipeline.erasure;

import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Row;
import org.lacwarehouse.pipeline.silver.Silver;

/**
 * Whether a bronze row, with its {@code person_id}, is about the child: by the council's own id, or by the person of another system. Rows of a dataset
 * that has no contract now say neither in a way that is known, and are about the child when they hold a trace.
 *
 * @param traces of the child
 * @param columns the names under which a row may have the council's own child id
 * @param kind whom the rows are about
 * @param outcome what the filter gives for a row about the child
 */
record AboutChild(Traces traces, Set<String> columns, Kind kind, boolean outcome) implements FilterFunction<Row> {
    /** Whom the rows of a dataset are about. */
    enum Kind {
        /** People of another system. */
        PEOPLE,
        /** The council's own children, or nobody. */
        NOT_PEOPLE,
        /** It is not known: the dataset has no contract now. */
        UNKNOWN
    }

    @Override
    public boolean call(Row row) {
        return isAboutChild(row) == outcome;
    }

    private boolean isAboutChild(Row row) {
        Map<String, String> raw = row.getJavaMap(row.fieldIndex("raw"));
        if (names(raw)) {
            return true;
        }
        return switch (kind) {
            case PEOPLE -> traces.people().contains(row.<String>getAs(Silver.PERSON));
            case NOT_PEOPLE -> false;
            case UNKNOWN -> traces.areIn(String.join("\n", raw.values()));
        };
    }

    private boolean names(Map<String, String> raw) {
        return columns.stream()
                .map(raw::get)
                .anyMatch(text -> text != null && text.strip().equals(traces.child()));
    }
}
