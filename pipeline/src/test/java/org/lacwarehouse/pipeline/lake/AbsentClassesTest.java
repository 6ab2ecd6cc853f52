package org.lacwarehouse.pipeline.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.metrics.source.CodegenMetrics;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AbsentClassesTest {
    @TempDir
    Path folder;

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @AfterEach
    void asBefore() {
        Thread.currentThread().setContextClassLoader(before);
    }

    @Test
    void whatIsNotThereIsLookedForOnceAndWhatIsThereIsFound() throws ClassNotFoundException {
        List<String> asked = new ArrayList<>();
        ClassLoader loader = new AbsentClasses(new ClassLoader(before) {
            @Override
            public Class<?> loadClass(String name) throws ClassNotFoundException {
                asked.add(name);
                return super.loadClass(name);
            }
        });
        for (int turn = 0; turn < 2; turn++) {
            assertThatThrownBy(() -> loader.loadClass("org.nowhere.Nothing"))
                    .isInstanceOf(ClassNotFoundException.class)
                    .hasMessage("org.nowhere.Nothing");
            assertThat(loader.loadClass(Lake.class.getName())).isSameAs(Lake.class);
        }
        assertThat(asked).containsExactly("org.nowhere.Nothing", Lake.class.getName(), Lake.class.getName());
    }

    @Test
    void whatIsCompiledForAPlanServesItsTasksAndTheNextSession() {
        long before = compiled();
        long first = compiledByASession();
        assertThat(first).isGreaterThan(before);
        assertThat(compiledByASession()).isEqualTo(first);
    }

    private long compiledByASession() {
        SparkSession spark = Sessions.local(folder);
        try {
            assertThat(spark.range(100)
                            .where(functions.col("id").mod(17).equalTo(3))
                            .groupBy(functions.col("id").mod(2))
                            .count()
                            .sort(functions.col("count"))
                            .collectAsList())
                    .hasSize(2);
            return compiled();
        } finally {
            Sessions.stop(spark);
        }
    }

    private static long compiled() {
        return CodegenMetrics.METRIC_COMPILATION_TIME().getCount();
    }
}
