package org.lacwarehouse.pipeline.lake;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

/** Runs independent pieces of Spark work side by side: as many as there are cores, more buys nothing. */
public final class InParallel {
    private InParallel() {}

    /** Does the work for each item and returns when all are done; throws the first failure. */
    public static <T> void each(Collection<T> items, Consumer<T> work) {
        inOrder(items, item -> List.of(), work);
    }

    /**
     * Does the work for each item as soon as it has been done for those that the item needs, and returns when all are
     * done; throws the first failure, after which nothing is begun that needs what failed.
     *
     * @param items each after the items that it needs
     * @param needs the items that must be done before; others than {@code items} count as done
     */
    public static <T> void inOrder(Collection<T> items, Function<T, Collection<T>> needs, Consumer<T> work) {
        ExecutorService pool =
                Executors.newFixedThreadPool(Math.min(4, Runtime.getRuntime().availableProcessors()));
        try {
            Map<T, CompletableFuture<Void>> begun = new LinkedHashMap<>();
            for (T item : items) {
                CompletableFuture<?>[] before = needs.apply(item).stream()
                        .filter(begun::containsKey)
                        .map(begun::get)
                        .toArray(CompletableFuture<?>[]::new);
                begun.put(item, CompletableFuture.allOf(before).thenRunAsync(() -> work.accept(item), pool));
            }
            Throwable failure = null;
            for (CompletableFuture<Void> each : begun.values()) {
                try {
                    each.get();
                } catch (ExecutionException e) {
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
