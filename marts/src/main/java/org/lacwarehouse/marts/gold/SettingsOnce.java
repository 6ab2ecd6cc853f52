package org.lacwarehouse.marts.gold;

import java.util.Iterator;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.internal.SQLConf;

/**
 * Rows that are made with Spark's settings at hand. In a task, Spark 4.2 puts all of its settings together anew for each
 * element of an array that a higher-order function such as {@code filter} looks at; with looking them up, that was a
 * sixth to a fifth of a profile of building marts, of which this saves a part.
 */
public final class SettingsOnce implements Iterator<InternalRow> {
    private final Iterator<InternalRow> rows;
    private final SQLConf settings = SQLConf.get();

    private SettingsOnce(Iterator<InternalRow> rows) {
        this.rows = rows;
    }

    /** The same rows, planned. */
    public static Dataset<Row> of(Dataset<Row> rows) {
        RDD<InternalRow> made = ((org.apache.spark.sql.classic.Dataset<Row>) rows)
                .queryExecution()
                .toRdd()
                .toJavaRDD()
                .mapPartitions(part -> (Iterator<InternalRow>) new SettingsOnce(part))
                .rdd();
        return ((SparkSession) rows.sparkSession()).internalCreateDataFrame(made, rows.schema(), false);
    }

    @Override
    public boolean hasNext() {
        return SQLConf.withExistingConf(settings, rows::hasNext);
    }

    @Override
    public InternalRow next() {
        return SQLConf.withExistingConf(settings, rows::next);
    }
}
