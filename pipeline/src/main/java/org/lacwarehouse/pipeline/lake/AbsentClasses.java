package org.lacwarehouse.pipeline.lake;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A class loader that finds what its parent finds, and remembers what is not there. Spark's compiler tries every name that
 * generated code mentions in several packages, each time in all jars of the class path, and most of them are in none. Only
 * for programs to which no classes are added while they run.
 */
public final class AbsentClasses extends ClassLoader {
    static {
        registerAsParallelCapable();
    }

    private final Set<String> absent = ConcurrentHashMap.newKeySet();

    private AbsentClasses(ClassLoader parent) {
        super(parent);
    }

    /** From now on this thread, and the threads that it starts, look classes up so. */
    public static void remember() {
        ClassLoader current = Thread.currentThread().getContextClassLoader();
        if (!(current instanceof AbsentClasses)) {
            Thread.currentThread().setContextClassLoader(new AbsentClasses(current));
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
