package org.lacwarehouse.jobs.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.lacwarehouse.jobs.Main;
import org.springframework.scheduling.support.CronExpression;

/** Nights of every outcome, one each second; what they do is not the point here. */
class ScheduleTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final BlockingQueue<Integer> outcomes = new ArrayBlockingQueue<>(10);
    private final BlockingQueue<String> begun = new ArrayBlockingQueue<>(10);

    @Test
    void healthAndMetricsSayHowTheNightsGoAndThatAPersonIsNeeded() throws Exception {
        try (Watch watch = new Watch("127.0.0.1", 0)) {
            Schedule schedule = schedule("* * * * * *", watch);
            CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> run(schedule));
            assertThat(get(watch, "health")).isEqualTo("200 ok\n");

            outcomes.put(Main.OK);
            next();
            next();
            assertThat(get(watch, "metrics"))
                    .contains("lac_nights_total{outcome=\"completed\"} 1.0")
                    .contains("lac_night_running 1.0")
                    .contains("lac_night_needs_a_person 0.0");
            outcomes.put(Main.REFUSALS);
            next();
            assertThat(get(watch, "health")).startsWith("503 The last night refused files");
            outcomes.put(-1);
            next();
            assertThat(get(watch, "health")).isEqualTo("503 The database has gone; start it\n");
            outcomes.put(Main.OK);
            next();
            assertThat(get(watch, "health")).isEqualTo("200 ok\n");
            outcomes.put(Main.OK);
            schedule.stop();

            assertThat(code.get(30, TimeUnit.SECONDS)).isEqualTo(Main.OK);
            assertThat(get(watch, "metrics"))
                    .contains("lac_nights_total{outcome=\"failed\"} 1.0")
                    .contains("lac_nights_total{outcome=\"refusals\"} 1.0")
                    .contains("lac_night_running 0.0");
            assertThat(said.toString(StandardCharsets.UTF_8))
                    .contains("A person is needed: The database has gone; start it")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void aScheduleThatWaitsEndsAtOnce() throws Exception {
        try (Watch watch = new Watch("127.0.0.1", 0)) {
            Schedule schedule = schedule("0 0 0 1 1 *", watch);
            CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> run(schedule));
            schedule.stop();

            assertThat(code.get(30, TimeUnit.SECONDS)).isEqualTo(Main.OK);
            assertThat(begun).doesNotContain("begun");
        }
    }

    private Schedule schedule(String cron, Watch watch) {
        return new Schedule(
                CronExpression.parse(cron),
                new Schedule.Nightly() {
                    @Override
                    public int run() throws Exception {
                        begun.put("begun");
                        int outcome = outcomes.take();
                        if (outcome < 0) {
                            throw new IllegalStateException("The database has gone; start it");
                        }
                        return outcome;
                    }

                    @Override
                    public void stop() {
                        begun.add("stopped");
                    }
                },
                watch,
                new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    private static int run(Schedule schedule) {
        try {
            return schedule.run();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until the next night has begun, so that all about the one before has been said. */
    private void next() throws InterruptedException {
        assertThat(begun.poll(30, TimeUnit.SECONDS)).isEqualTo("begun");
    }

    private static String get(Watch watch, String path) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + watch.port() + "/" + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return path.equals("metrics") ? answer.body() : answer.statusCode() + " " + answer.body();
    }
}
