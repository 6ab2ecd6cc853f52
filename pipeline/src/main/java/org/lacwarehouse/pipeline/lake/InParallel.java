package org.lacwarehouse.pipeline.lake;

import java.util.Collection;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Runs independent pieces of Spark work side by side: as many as there are cores, more buys nothing. */
public final class InParallel {
    private InParallel() {}

    /** Does the work for each item and returns when all are done; throws the first failure. */
    public static <T> void each(Collection<T> items, Consumer<T> work) {
        ExecutorService pool =
                Executors.newFixedThreadPool(Math.min(4, Runtime.getRuntime().availableProcessors()));
        try {
            Throwable failure = null;
            for (Future<?> future : items.stream()
                    .map(item -> pool.submit(() -> work.accept(item)))
                    .toList()) {
                try {
                    future.get();
                } catch (java.util.concurrent.ExecutionException e) {
                    failure = failure == null ? e.getCause() : failure;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    failure = e;
                    break;
                }
            }
            if (failure instanceof RuntimeException runtime) {
                throw runtime;
            }
            if (failure != null) {
                throw new CompletionException(failure);
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
