package org.lacwarehouse.pipeline.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaConcurrentModificationException;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeTest {
    private static final StructType SCHEMA = new StructType()
            .add("value", DataTypes.StringType, false)
            .add("list", DataTypes.createArrayType(DataTypes.StringType, false))
            .add("delivery_id", DataTypes.StringType);

    @TempDir
    static Path folder;

    private static SparkSession spark;
    private static Lake lake;

    @BeforeAll
    static void start() {
        spark = Sessions.local(folder.resolve("scratch"));
        lake = new Lake(() -> spark, folder.resolve("warehouse"));
    }

    @AfterAll
    static void stop() {
        Sessions.stop(spark);
    }

    @Test
    void slicesAreReplacedAndTheOthersStay() {
        lake.replaceSlices("silver/slices", rows("a 1", "a 2", "b 1", "i=c%/d 1"), List.of("a", "b", "i=c%/d"));
        assertThat(read("silver/slices")).containsExactly("1 a", "1 b", "1 i=c%/d", "2 a");

        lake.replaceSlices("silver/slices", rows("a 3", "e 1"), List.of("a", "e"));
        assertThat(read("silver/slices")).containsExactly("1 b", "1 e", "1 i=c%/d", "3 a");

        lake.replaceSlices("silver/slices", rows(), List.of("b"));
        assertThat(read("silver/slices")).containsExactly("1 e", "1 i=c%/d", "3 a");

        lake.dropSlices("silver/slices", List.of("i=c%/d"));
        assertThat(read("silver/slices")).containsExactly("1 e", "3 a");
        assertThat(lake.slices("silver/slices")).containsExactly("a", "e");
    }

    @Test
    void anOverwrittenTableHoldsOnlyWhatWasWritten() {
        lake.overwrite("gold/whole", rows("a 1", "b 1"), "delivery_id");
        lake.overwrite("gold/whole", rows("b 2", "c 2"), "delivery_id");
        assertThat(read("gold/whole")).containsExactly("2 b", "2 c");
        lake.overwrite("gold/whole", rows(), "delivery_id");
        assertThat(read("gold/whole")).isEmpty();
    }

    @Test
    void otherColumnsAndOtherPartitionsAreTakenOver() {
        lake.overwrite("gold/columns", rows("a 1", "b 1"), "delivery_id");
        lake.replaceSlices("gold/columns", rows("b 2").withColumn("more", functions.lit(7)), List.of("b"));
        assertThat(lake.read("gold/columns").select("value", "more").collectAsList())
                .containsExactlyInAnyOrder(RowFactory.create("1", null), RowFactory.create("2", 7));

        lake.overwrite("gold/columns", rows("c 3").drop("list"));
        assertThat(lake.read("gold/columns").columns()).containsExactly("value", "delivery_id");
        assertThat(read("gold/columns")).containsExactly("3 c");

        lake.overwrite("gold/columns", rows("c 3").drop("list").withColumn("value", functions.lit(4)), "value");
        assertThat(read("gold/columns")).containsExactly("4 c");
    }

    /** Delta itself would ask Spark for the files that there are, with every commit. */
    @Test
    void replacingTakesOneSparkJobHoweverManyCommitsThereWereAndDeltaReadsWhatIsThere() throws Exception {
        lake.replaceSlices("silver/often", rows("a 0", "b 0"), List.of("a", "b"));
        Jobs jobs = new Jobs();
        spark.sparkContext().addSparkListener(jobs);
        for (int commit = 1; commit < 49; commit++) {
            lake.replaceSlices("silver/often", rows("a " + commit), List.of("a"));
        }
        spark.sparkContext().listenerBus().waitUntilEmpty();
        assertThat(jobs.started).isEqualTo(48);
        spark.sparkContext().removeSparkListener(jobs);

        // Across a checkpoint, and as a program does that has just been started.
        for (int commit = 49; commit < 53; commit++) {
            DeltaLog.clearCache();
            lake.replaceSlices("silver/often", rows("a " + commit), List.of("a"));
        }
        String path = folder.resolve("warehouse/silver/often").toUri().toString();
        assertThat(shown(spark.read().format("delta").load(path))).containsExactly("0 b", "52 a");
        assertThat(shown(spark.read().format("delta").option("versionAsOf", 20).load(path)))
                .containsExactly("0 b", "20 a");
        assertThat(read("silver/often")).containsExactly("0 b", "52 a");
        assertThat(lake.history("silver/often"))
                .filteredOn(file -> file.toString().endsWith(".parquet"))
                .hasSize(52);
    }

    @Test
    void rowsOutsideOfWhatTheyReplaceAreRefused() {
        lake.replaceSlices("silver/outside", rows("a 1", "b 1"), List.of("a", "b"));
        assertThatThrownBy(() -> lake.replaceSlices("silver/outside", rows("a 2", "b 2"), List.of("a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("belong outside of what they replace: delivery_id in ('a')");
        assertThat(read("silver/outside")).containsExactly("1 a", "1 b");
    }

    /** What was killed between the first two things that it does leaves a log in which nothing is. */
    @Test
    void aTableThatWasOnlyBegunIsWritten() throws Exception {
        Files.createDirectories(folder.resolve("warehouse/gold/begun/_delta_log"));
        lake.overwrite("gold/begun", rows("a 1"), "delivery_id");
        lake.overwrite("gold/begun", rows("a 2"), "delivery_id");
        assertThat(read("gold/begun")).containsExactly("2 a");
    }

    /** Whoever was first wins, the other is told. */
    @Test
    void whatIsCommittedMeanwhileIsAConflict() {
        lake.replaceSlices("silver/meanwhile", rows("a 1", "b 1"), List.of("a", "b"));
        Dataset<Row> slow = rows("a 2")
                .mapPartitions(
                        (MapPartitionsFunction<Row, Row>) rows -> {
                            Thread other =
                                    new Thread(() -> lake.replaceSlices("silver/meanwhile", rows("b 3"), List.of("b")));
                            other.start();
                            other.join();
                            return rows;
                        },
                        Encoders.row(SCHEMA));
        assertThatThrownBy(() -> lake.replaceSlices("silver/meanwhile", slow, List.of("a")))
                .isInstanceOf(DeltaConcurrentModificationException.class);
        assertThat(read("silver/meanwhile")).containsExactly("1 a", "3 b");
    }

    private static Dataset<Row> rows(String... slicesAndValues) {
        return spark.createDataFrame(
                Arrays.stream(slicesAndValues)
                        .map(row -> row.split(" "))
                        .map(row -> RowFactory.create(row[1], new String[] {"x"}, row[0]))
                        .toList(),
                SCHEMA);
    }

    private static List<String> read(String table) {
        return shown(lake.read(table));
    }

    private static List<String> shown(Dataset<Row> rows) {
        return Stream.of((Row[]) rows.select("value", "delivery_id").collect())
                .map(row -> row.get(0) + " " + row.get(1))
                .sorted()
                .toList();
    }

    private static final class Jobs extends SparkListener {
        private int started;

        @Override
        public void onJobStart(SparkListenerJobStart job) {
            started++;
        }
    }
}
