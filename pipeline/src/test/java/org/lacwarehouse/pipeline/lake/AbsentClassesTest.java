package org.lacwarehouse.pipeline.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AbsentClassesTest {
    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @AfterEach
    void asBefore() {
        Thread.currentThread().setContextClassLoader(before);
    }

    @Test
    void whatIsNotThereIsLookedForOnceAndWhatIsThereIsFound() throws ClassNotFoundException {
        List<String> asked = new ArrayList<>();
        Thread.currentThread().setContextClassLoader(new ClassLoader(before) {
            @Override
            public Class<?> loadClass(String name) throws ClassNotFoundException {
                asked.add(name);
                return super.loadClass(name);
            }
        });
        AbsentClasses.remember();
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        for (int turn = 0; turn < 2; turn++) {
            assertThatThrownBy(() -> loader.loadClass("org.nowhere.Nothing"))
                    .isInstanceOf(ClassNotFoundException.class)
                    .hasMessage("org.nowhere.Nothing");
            assertThat(loader.loadClass(Lake.class.getName())).isSameAs(Lake.class);
        }
        assertThat(asked).containsExactly("org.nowhere.Nothing", Lake.class.getName(), Lake.class.getName());
        AbsentClasses.remember();
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(loader);
    }
}
