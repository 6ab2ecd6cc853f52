package org.lacwarehouse.jobs;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.lacwarehouse.marts.publish.Database;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * Gives tests a real PostgreSQL: the one named by LAC_TEST_JDBC_URL (with LAC_TEST_JDBC_USER and LAC_TEST_JDBC_PASSWORD),
 * else a container where a Docker engine answers, else an embedded server. When none works the tests fail. Each parameter
 * of type {@link Database} is a new, empty database.
 */
public final class PostgresKit implements ParameterResolver {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static Database server;

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Database.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return newDatabase();
    }

    /** A new, empty database. */
    static synchronized Database newDatabase() {
        if (server == null) {
            server = start();
        }
        String name = "test_" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "The tests need PostgreSQL, and " + server + " does not take a database", e);
        }
        return new Database(
                server.url().replaceFirst("/[^/?]*(\\?|$)", "/" + name + "$1"), server.user(), server.password());
    }

    private static Database start() {
        String url = System.getenv("LAC_TEST_JDBC_URL");
        if (url != null) {
            return new Database(url, System.getenv("LAC_TEST_JDBC_USER"), System.getenv("LAC_TEST_JDBC_PASSWORD"));
        }
        if (DockerClientFactory.instance().isDockerAvailable()) {
            PostgreSQLContainer container = new PostgreSQLContainer("postgres:17-alpine");
            container.start();
            return new Database(container.getJdbcUrl(), container.getUsername(), container.getPassword());
        }
        try {
            EmbeddedPostgres embedded = EmbeddedPostgres.start();
            return new Database("jdbc:postgresql://localhost:" + embedded.getPort() + "/postgres", "postgres", null);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The tests need PostgreSQL: give LAC_TEST_JDBC_URL, a Docker engine, or a"
                            + " machine on which the embedded server starts",
                    e);
        }
    }
}
