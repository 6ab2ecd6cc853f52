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
        Optional<Database> running = running(password);
        if (running.isPresent()) {
            return ready(running.get(), this::stopIfAbandoned);
        }
        boolean isNew = !Files.exists(folder.resolve("data/PG_VERSION"));
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(true)
                .setServerConfig("shared_buffers", "128MB")
                // A warehouse can be built again from its deliveries: what a power cut may cost is one night's speed.
                .setServerConfig("synchronous_commit", "off")
                .setServerConfig("max_wal_size", "2GB")
                .setServerConfig("log_min_messages", "fatal")
                .setOutputRedirector(
                        ProcessBuilder.Redirect.to(folder.resolve("server.log").toFile()))
                .setErrorRedirector(
                        ProcessBuilder.Redirect.to(folder.resolve("server.log").toFile()))
                .setPort(port())
                .setConnectConfig("password", password);
        if (Files.exists(folder.resolve("data/postmaster.pid"))) {
            Files.delete(folder.resolve("data/postmaster.pid"));
        }
        EmbeddedPostgres server = builder.start();
        Database database = database(server.getPort(), password);
        if (isNew) {
            protect(database, password);
        }
        Files.writeString(folder.resolve("port"), String.valueOf(server.getPort()));
        Files.writeString(
                folder.resolve("owner"), String.valueOf(ProcessHandle.current().pid()));
        return ready(database, () -> {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private OpenDatabase ready(Database database, Runnable onClose) {
        return new OpenDatabase(
                database,
                "user " + USER + ", password in " + folder.resolve("password") + "; the command `database --warehouse "
                        + folder.getParent() + "` keeps the server running for BI tools",
                onClose);
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

    /** The server of this folder that another process started, when it answers. */
    private Optional<Database> running(String password) throws IOException {
        if (server().isEmpty()) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(folder.resolve("data/postmaster.pid"));
        Database database = database(Integer.parseInt(lines.get(3).strip()), password);
        try (Connection connection = database.connect()) {
            return connection.isValid(5) ? Optional.of(database) : Optional.empty();
        } catch (SQLException e) {
            return Optional.empty();
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

    /** A server whose starter was killed belongs to nobody: whoever used it last stops it. */
    private void stopIfAbandoned() {
        try {
            Path owner = folder.resolve("owner");
            boolean owned = Files.exists(owner)
                    && ProcessHandle.of(Long.parseLong(Files.readString(owner).strip()))
                            .map(ProcessHandle::isAlive)
                            .orElse(false);
            if (!owned) {
                server().ifPresent(process -> {
                    process.destroy();
                    process.onExit().join();
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From the first start on, nobody connects without the password. */
    private void protect(Database database, String password) throws IOException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("alter user " + USER + " password '" + password + "'");
            Files.writeString(
                    folder.resolve("data/pg_hba.conf"),
                    "local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\nhost all all ::1/128"
                            + " scram-sha-256\n");
            statement.execute("select pg_reload_conf()");
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }
}
