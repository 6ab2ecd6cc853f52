package org.lacwarehouse.pipeline.lake;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * A class loader that finds what its parent finds, and remembers what is not there. Spark's compiler tries every name that
 * generated code mentions in several packages, each time in all jars of the class path, and most of them are in none. Only
 * for programs to which no classes are added while they run.
 */
final class AbsentClasses extends ClassLoader {
    static {
        registerAsParallelCapable();
    }

    private static AbsentClasses shared;

    private final Set<String> absent = ConcurrentHashMap.newKeySet();

    AbsentClasses(ClassLoader parent) {
        super(parent);
    }

    /**
     * From now on this thread, and the threads that it starts, look classes up so, all with the same loader: Spark keeps
     * the code that it has compiled by class loader.
     */
    static synchronized void remember() {
        if (shared == null) {
            shared = new AbsentClasses(Thread.currentThread().getContextClassLoader());
        }
        Thread.currentThread().setContextClassLoader(shared);
    }

    /**
     * Has every task of a session do the same. By itself a task has a class loader of its session, so that code which the
     * driver has compiled for a plan would be compiled again by the tasks, and again by those of the next session.
     */
    public static final class InTasks implements SparkPlugin, ExecutorPlugin {
        @Override
        public DriverPlugin driverPlugin() {
            return null;
        }

        @Override
        public ExecutorPlugin executorPlugin() {
            return this;
        }

        @Override
        public void onTaskStart() {
            remember();
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (absent.contains(name)) {
            throw new ClassNotFoundException(name);
        }
        try {
            return getParent().loadClass(name);
        } catch (ClassNotFoundException e) {
            absent.add(name);
            throw e;
        }
    }
}
