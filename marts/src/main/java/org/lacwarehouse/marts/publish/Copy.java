package org.lacwarehouse.marts.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.util.LongAccumulator;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** PostgreSQL's COPY of what Spark reads. */
final class Copy {
    private Copy() {}

    /** Copies the rows of a gold table into a table, part by part; returns how many there were. */
    static long rows(Dataset<Row> rows, Database target, String table) {
        LongAccumulator copied = rows.sparkSession().sparkContext().longAccumulator();
        DataType[] types =
                Stream.of(rows.schema().fields()).map(StructField::dataType).toArray(DataType[]::new);
        ((org.apache.spark.sql.classic.Dataset<Row>) rows)
                .queryExecution()
                .toRdd()
                .toJavaRDD()
                .foreachPartition(partition -> copied.add(part(partition, types, target, table)));
        return copied.value();
    }

    private static long part(Iterator<InternalRow> rows, DataType[] types, Database target, String table)
            throws SQLException {
        if (!rows.hasNext()) {
            return 0;
        }
        long copied = 0;
        try (Connection connection = target.connect()) {
            CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy " + table + " from stdin");
            CopyText text = new CopyText(types);
            try {
                while (rows.hasNext()) {
                    text.append(rows.next());
                    copied++;
                    if (text.length() > 1 << 16 || !rows.hasNext()) {
                        copy.writeToCopy(text.bytes(), 0, text.length());
                        text.clear();
                    }
                }
                copy.endCopy();
            } finally {
                if (copy.isActive()) {
                    copy.cancelCopy();
                }
            }
        }
        return copied;
    }
}
