package org.lacwarehouse.pipeline.erasure;

import java.util.Map;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Row;
import org.lacwarehouse.pipeline.silver.Silver;

/**
 * Whether a bronze row is about the child: by the council's own id, or by the person of another system. Rows of a dataset
 * that has no contract now do not say who a person is in a way that is known; they are about the child when they hold a
 * trace.
 *
 * @param traces of the child
 * @param outcome what the filter gives for a row about the child
 */
record AboutChild(Traces traces, boolean outcome) implements FilterFunction<Row> {
    @Override
    public boolean call(Row row) {
        return isAboutChild(row) == outcome;
    }

    private boolean isAboutChild(Row row) {
        if (traces.child().equals(row.<String>getAs("child"))) {
            return true;
        }
        if (row.<Boolean>getAs("has_contract")) {
            String person = row.getAs(Silver.PERSON);
            return person != null && traces.people().contains(person);
        }
        Map<String, String> raw = row.getJavaMap(row.fieldIndex("raw"));
        return traces.areIn(String.join("\n", raw.values()));
    }
}
