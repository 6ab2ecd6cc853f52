package org.lacwarehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.jobs.database.EmbeddedDatabase;
import org.lacwarehouse.jobs.database.OpenDatabase;
import org.lacwarehouse.marts.publish.Database;

class EmbeddedDatabaseTest {
    @TempDir
    Path warehouse;

    @Test
    void keepsItsDataAndItsPortAndLetsNobodyInWithoutThePassword() throws Exception {
        String url;
        try (OpenDatabase first = EmbeddedDatabase.open(warehouse)) {
            url = first.database().url();
            try (Connection connection = first.database().connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("create table kept as select 1 as one");
            }
            Database stranger = new Database(url, first.database().user(), null);
            assertThatThrownBy(stranger::connect)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password");
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(warehouse.resolve("postgres/password"))))
                    .isEqualTo("rw-------");
        }
        Database stopped = new Database(
                url,
                "postgres",
                Files.readString(warehouse.resolve("postgres/password")).strip());
        assertThatThrownBy(stopped::connect).isInstanceOf(SQLException.class);

        try (OpenDatabase second = EmbeddedDatabase.open(warehouse)) {
            assertThat(second.database().url()).isEqualTo(url);
            assertThat(Query.cell(second.database(), "select one from kept")).isEqualTo("1");
            // A second program finds the server running and uses it.
            assertThat(EmbeddedDatabase.open(warehouse).database().url()).isEqualTo(url);
        }
    }
}
