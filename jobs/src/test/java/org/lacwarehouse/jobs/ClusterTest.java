package org.lacwarehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.jobs.generate.Generator;
import org.lacwarehouse.marts.publish.Database;

/** A night on a Spark cluster of a master and two workers, each a program of its own, of which one is lost on the way. */
@Tag("cluster")
@ExtendWith(PostgresKit.class)
class ClusterTest {
    @TempDir
    Path folder;

    private final List<Process> cluster = new ArrayList<>();

    @AfterEach
    void stopTheCluster() throws InterruptedException {
        for (Process process : cluster) {
            kill(process);
        }
    }

    @Test
    void theMartsAreThoseOfALocalNightThoughAWorkerIsLost(Database onCluster, Database local) throws Exception {
        Path landing = folder.resolve("landing");
        new Generator(landing, 30, 2, LocalDate.of(2024, 3, 31), 3).write(List.of("826", "887"));
        int port = freePort();
        String master = "spark://127.0.0.1:" + port;
        cluster.add(spark(
                "master",
                "org.apache.spark.deploy.master.Master",
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--webui-port",
                "0"));
        awaitPort(port);
        Process first = worker("worker-1", master);
        worker("worker-2", master);

        Process night = night(landing, "cluster", onCluster, "--master", master);
        Path halfWay = folder.resolve("cluster/gold/fact_placement/_delta_log");
        while (!Files.exists(halfWay)) {
            assertThat(night.waitFor(50, TimeUnit.MILLISECONDS))
                    .as("the night ended before a worker could be lost; see " + Files.readString(said("cluster")))
                    .isFalse();
        }
        kill(first);
        assertThat(night.waitFor()).as(Files.readString(said("cluster"))).isEqualTo(Main.OK);
        try (var executors = Files.walk(folder.resolve("worker-2-work"))) {
            assertThat(executors.filter(path -> path.endsWith("stderr")))
                    .as("executors of the other worker")
                    .isNotEmpty();
        }

        assertThat(night(landing, "local", local).waitFor()).isEqualTo(Main.OK);
        assertThat(Query.contents(onCluster)).hasSizeGreaterThan(45).isEqualTo(Query.contents(local));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Waits until something listens; the master is a program that is just starting. */
    private void awaitPort(int port) throws InterruptedException, IOException {
        while (true) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                return;
            } catch (IOException notYet) {
                assertThat(cluster.get(0).waitFor(100, TimeUnit.MILLISECONDS))
                        .as(Files.readString(said("master")))
                        .isFalse();
            }
        }
    }

    private Process worker(String name, String master) throws IOException {
        Process worker = spark(
                name,
                "org.apache.spark.deploy.worker.Worker",
                master,
                "--host",
                "127.0.0.1",
                "--cores",
                "1",
                "--memory",
                "2g",
                "--webui-port",
                "0",
                "--work-dir",
                Files.createDirectories(folder.resolve(name + "-work")).toString());
        cluster.add(worker);
        return worker;
    }

    /** A part of the cluster, from the same jars as the program. */
    private Process spark(String name, String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said(name).toFile());
        // A worker looks for the folder of a Spark installation; the jars that it starts programs with are named by
        // these.
        Files.createDirectories(folder.resolve("spark/jars"));
        builder.environment().put("SPARK_HOME", folder.resolve("spark").toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_DIRS", folder.resolve("spark").toString());
        return builder.start();
    }

    private Process night(Path landing, String warehouse, Database database, String... more) throws IOException {
        return NightProgram.of(
                        landing,
                        folder.resolve(warehouse),
                        database,
                        "-Xmx2g -Dspark.driver.host=127.0.0.1 -Dspark.executor.memory=1500m -Dspark.executor.cores=1",
                        more)
                .redirectOutput(said(warehouse).toFile())
                .start();
    }

    private Path said(String name) {
        return folder.resolve(name + ".txt");
    }

    /** Ends a program and all that it has started, as when a machine is lost. */
    private static void kill(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }
}
