package org.lacwarehouse.marts.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Connections that threads use in turn; a new one costs the server a process and both sides 4096 hashes of the password. */
final class Connections implements AutoCloseable {
    private final Database database;
    private final Queue<Connection> free = new ConcurrentLinkedQueue<>();

    Connections(Database database) {
        this.database = database;
    }

    /** What is done with a connection. */
    interface Work {
        void with(Connection connection) throws SQLException;
    }

    /** Does the work with a connection that no other thread uses meanwhile. One that fails is not used again. */
    void use(Work work) throws SQLException {
        Connection taken = free.poll();
        Connection connection = taken == null ? database.connect() : taken;
        boolean isSound = false;
        try {
            work.with(connection);
            isSound = true;
        } finally {
            if (isSound) {
                free.add(connection);
            } else {
                connection.close();
            }
        }
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection = free.poll(); connection != null; connection = free.poll()) {
            connection.close();
        }
    }
}
