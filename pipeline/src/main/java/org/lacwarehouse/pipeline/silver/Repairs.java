package org.lacwarehouse.pipeline.silver;

import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Documented repairs of the rows of one dataset, applied after its rows have been checked one by one and the same key
 * has been settled. A contract names the repairs it wants.
 */
interface Repairs {
    /** The repairs a contract may name. */
    Map<String, Repairs> BY_NAME = Map.of("care_episodes", new CareEpisodeRepairs());

    /**
     * Repairs rows.
     *
     * @param judged all rows of a dataset as {@link RowJudge} left them
     * @return the same rows; outcome, faults, flags and values may have changed and {@link #addedColumns} been added
     */
    Dataset<Row> repair(Dataset<Row> judged);

    /** Silver columns that the repairs add: the values as delivered where they were changed. */
    List<String> addedColumns();
}
