package org.lacwarehouse.jobs.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.lacwarehouse.marts.publish.Database;

/**
 * PostgreSQL inside the warehouse folder, for those who have no server: data under {@code <warehouse>/postgres}, a
 * password that only the folder's owner can read, the same port every time where that port is free. A server that is
 * already running for the folder is used as it is.
 */
public final class EmbeddedDatabase {
    private static final String USER = "postgres";
    private static final String NAME = "postgres";

    private final Path folder;
    /** The server, when this program has started it. */
    private EmbeddedPostgres started;

    private EmbeddedDatabase(Path folder) {
        this.folder = folder;
    }

    /** Starts the server of a warehouse, or finds it running. */
    public static OpenDatabase open(Path warehouse) {
        try {
            return new EmbeddedDatabase(warehouse.toAbsolutePath().resolve("postgres")).open();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The embedded PostgreSQL under " + warehouse.resolve("postgres") + " does not start: "
                            + e.getMessage(),
                    e);
        }
    }

    private OpenDatabase open() throws IOException {
        Files.createDirectories(folder);
        String password = password();
        Database database;
        if (server().isPresent()) {
            database = waitFor(database(runningPort(), password));
            if (!isAlive(owner())) {
                own();
            }
        } else {
            database = start(password);
            own();
        }
        if (!Files.exists(folder.resolve("protected"))) {
            protect(database, password);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopIfOwned(database)));
        return new OpenDatabase(
                database,
                "user " + USER + ", password in " + folder.resolve("password") + "; the command `database --warehouse "
                        + folder.getParent() + "` keeps the server running for BI tools",
                () -> stopIfOwned(database));
    }

    /** Makes this program the one that stops the server, though another may have started it. */
    public static OpenDatabase openAndOwn(Path warehouse) {
        OpenDatabase database = open(warehouse);
        try {
            new EmbeddedDatabase(warehouse.toAbsolutePath().resolve("postgres")).own();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return database;
    }

    private Database start(String password) throws IOException {
        Files.deleteIfExists(folder.resolve("data/postmaster.pid"));
        started = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setServerConfig("shared_buffers", "128MB")
                // A warehouse can be built again from its deliveries: what a power cut may cost is one night's work.
                .setServerConfig("synchronous_commit", "off")
                .setServerConfig("max_wal_size", "2GB")
                .setServerConfig("log_min_messages", "fatal")
                .setOutputRedirector(
                        ProcessBuilder.Redirect.to(folder.resolve("server.log").toFile()))
                .setErrorRedirector(
                        ProcessBuilder.Redirect.to(folder.resolve("server.log").toFile()))
                .setPort(port())
                .setConnectConfig("password", password)
                .start();
        Files.writeString(folder.resolve("port"), String.valueOf(started.getPort()));
        return database(started.getPort(), password);
    }

    private static Database database(int port, String password) {
        return new Database("jdbc:postgresql://localhost:" + port + "/" + NAME, USER, password);
    }

    /** The password, made on first use and readable by the owner only. */
    private String password() throws IOException {
        Path file = folder.resolve("password");
        if (!Files.exists(file)) {
            byte[] random = new byte[16];
            new SecureRandom().nextBytes(random);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, HexFormat.of().formatHex(random) + "\n");
        }
        return Files.readString(file).strip();
    }

    /** The port of the last time if it is free, else any free one. */
    private int port() throws IOException {
        Path file = folder.resolve("port");
        if (Files.exists(file)) {
            int last = Integer.parseInt(Files.readString(file).strip());
            try (ServerSocket probe = new ServerSocket(last, 1, InetAddress.getLoopbackAddress())) {
                return probe.getLocalPort();
            } catch (IOException e) {
                // Taken by another program today.
            }
        }
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    /** The port on which the server of this folder says that it listens. */
    private int runningPort() throws IOException {
        return Integer.parseInt(
                Files.readAllLines(folder.resolve("data/postmaster.pid")).get(3).strip());
    }

    /** A server that is just starting, or recovering from a crash, answers in a while. */
    private Database waitFor(Database database) throws IOException {
        for (int turn = 0; ; turn++) {
            try (Connection connection = database.connect()) {
                return database;
            } catch (SQLException e) {
                if (turn == 60) {
                    throw new IOException(
                            "a server is running for this folder and does not answer: " + e.getMessage(), e);
                }
            }
            try {
                TimeUnit.SECONDS.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for the server", e);
            }
        }
    }

    /** The server's process by its lock file, when it is alive. */
    private Optional<ProcessHandle> server() throws IOException {
        Path lock = folder.resolve("data/postmaster.pid");
        if (!Files.exists(lock)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(lock);
        return lines.size() < 4
                ? Optional.empty()
                : ProcessHandle.of(Long.parseLong(lines.get(0).strip())).filter(ProcessHandle::isAlive);
    }

    private void own() throws IOException {
        Files.writeString(
                folder.resolve("owner"), String.valueOf(ProcessHandle.current().pid()));
    }

    private long owner() throws IOException {
        Path owner = folder.resolve("owner");
        return Files.exists(owner) ? Long.parseLong(Files.readString(owner).strip()) : -1;
    }

    private static boolean isAlive(long process) {
        return process > 0
                && ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false);
    }

    /**
     * Stops the server if it is ours to stop, or if whoever started it was killed; sessions that are still open are ended,
     * as nobody else keeps it running.
     */
    private synchronized void stopIfOwned(Database database) {
        try {
            Optional<ProcessHandle> server = server();
            boolean ours = owner() == ProcessHandle.current().pid() || !isAlive(owner());
            if (server.isEmpty() || !ours) {
                return;
            }
            if (started != null) {
                started.close();
                return;
            }
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                        + " where backend_type = 'client backend' and pid <> pg_backend_pid()");
            } catch (SQLException e) {
                // It no longer takes connections, so there are none to end.
            }
            server.get().destroy();
            server.get().onExit().get(30, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The embedded PostgreSQL under " + folder + " does not stop", e);
        }
    }

    /** From the first start on, nobody connects without the password. */
    private void protect(Database database, String password) throws IOException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            // What is random need not be stretched, which both sides do at every connection.
            statement.execute("set scram_iterations = 1");
            statement.execute("alter user " + USER + " password '" + password + "'");
            Files.writeString(
                    folder.resolve("data/pg_hba.conf"),
                    "local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\nhost all all ::1/128"
                            + " scram-sha-256\n");
            statement.execute("select pg_reload_conf()");
            Files.createFile(folder.resolve("protected"));
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }
}
