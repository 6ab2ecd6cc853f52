package org.lacwarehouse.pipeline.lake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.FileAction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.immutable.Map$;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.OptionConverters;

/**
 * Files of a Delta table replaced by others in one commit. Delta's {@code DataFrameWriter} does the same, but to learn
 * what files there are it puts the table's state together with Spark, which costs ten times what the rows of a small
 * table do. Here Delta Kernel reads the log, and all else is Delta's: how files are written, what a commit checks and
 * says, checkpoints and checksums.
 */
final class FilesReplaced {
    private FilesReplaced() {}

    /**
     * Writes rows, and commits them in the place of what there is.
     *
     * @param table the URI of the table, which exists
     * @param replaced which files go, by their partition values; rows may only belong where files go
     * @param condition the same as the table's history is to say it; none when all go
     * @return false, and nothing is done, when the table has other columns than the rows or is partitioned otherwise
     */
    static boolean in(
            String table,
            Dataset<Row> rows,
            List<String> partitionedBy,
            Predicate<Map<String, String>> replaced,
            Optional<String> condition) {
        DeltaLog log = DeltaLog.forTable(rows.sparkSession(), table);
        OptimisticTransaction transaction = log.startTransaction(Option.empty(), Option.empty());
        Seq<String> partitions = CollectionConverters.asScala(partitionedBy).toSeq();
        if (!columns(transaction.metadata().schema()).equals(columns(rows.schema()))
                || !transaction.metadata().partitionColumns().equals(partitions)) {
            return false;
        }
        // Whatever anybody else commits meanwhile is a conflict.
        transaction.readWholeTable();
        List<Action> actions = new ArrayList<>();
        for (FileAction file : CollectionConverters.asJava(transaction.writeFiles(rows))) {
            if (file instanceof AddFile added && !replaced.test(CollectionConverters.asJava(added.partitionValues()))) {
                throw new IllegalArgumentException("Rows for " + table + " belong outside of what they replace: "
                        + condition.orElse("everything"));
            }
            actions.add(file);
        }
        TableFiles.removals(
                        rows.sparkSession().sparkContext().hadoopConfiguration(),
                        table,
                        transaction.readVersion(),
                        replaced)
                .forEach(removal -> actions.add(Action.fromJson(removal)));
        transaction.commitIfNeeded(
                CollectionConverters.asScala(actions).toSeq(),
                new DeltaOperations.Write(
                        SaveMode.Overwrite,
                        Option.apply(partitions),
                        OptionConverters.toScala(condition),
                        Option.empty(),
                        Option.empty(),
                        Option.empty(),
                        Option.empty(),
                        Option.empty(),
                        Option.empty()),
                Map$.MODULE$.empty());
        return true;
    }

    private static Map<String, DataType> columns(StructType schema) {
        return Stream.of(schema.asNullable().fields())
                .collect(Collectors.toMap(StructField::name, StructField::dataType));
    }
}
