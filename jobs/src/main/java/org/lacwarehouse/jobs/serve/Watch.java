package org.lacwarehouse.jobs.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * What a monitoring system sees of the nights: {@code /metrics} in the words of Prometheus, and {@code /health}, which is
 * 200 as long as no night needs a person and 503 with one line when one does. No figure and no file name is told.
 */
public final class Watch implements Closeable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HttpServer server;
    private final ExecutorService answering = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "watch");
        thread.setDaemon(true);
        return thread;
    });
    private volatile String trouble = "";
    private volatile boolean running;
    private volatile double lastEnd = Double.NaN;
    private volatile double lastSeconds = Double.NaN;
    private volatile double next = Double.NaN;

    /**
     * Starts to answer.
     *
     * @param host the address to answer at
     * @param port the port; 0 for any that is free
     */
    public Watch(String host, int port) throws IOException {
        gauge("lac_night_running", "1 while a night runs", () -> running ? 1 : 0);
        gauge(
                "lac_night_needs_a_person",
                "1 when the last night failed or refused files",
                () -> trouble.isEmpty() ? 0 : 1);
        gauge("lac_night_last_end_seconds", "When the last night ended, in seconds since 1970", () -> lastEnd);
        gauge("lac_night_last_duration_seconds", "How long the last night took", () -> lastSeconds);
        gauge("lac_night_next_start_seconds", "When the next night begins, in seconds since 1970", () -> next);
        server = HttpServer.create(new InetSocketAddress(host, port), 0);
        server.createContext("/metrics", exchange -> answer(exchange, 200, registry.scrape()));
        server.createContext(
                "/health",
                exchange ->
                        answer(exchange, trouble.isEmpty() ? 200 : 503, trouble.isEmpty() ? "ok\n" : trouble + "\n"));
        server.setExecutor(answering);
        server.start();
    }

    private void gauge(String name, String words, Supplier<Number> value) {
        Gauge.builder(name, value).description(words).register(registry);
    }

    /** The port at which it answers. */
    public int port() {
        return server.getAddress().getPort();
    }

    void scheduled(Instant start) {
        next = start.toEpochMilli() / 1e3;
    }

    void began() {
        running = true;
    }

    /**
     * A night has ended.
     *
     * @param outcome how: completed, refusals, failed or stopped
     * @param words what a person has to know, in one line; empty when nothing is to be done
     */
    void ended(String outcome, Duration took, Instant end, String words) {
        running = false;
        trouble = words;
        lastSeconds = took.toMillis() / 1e3;
        lastEnd = end.toEpochMilli() / 1e3;
        Counter.builder("lac_nights")
                .description("Nights by how they ended")
                .tag("outcome", outcome)
                .register(registry)
                .increment();
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        answering.shutdownNow();
        registry.close();
    }
}
