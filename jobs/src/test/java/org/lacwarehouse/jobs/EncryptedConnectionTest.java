package org.lacwarehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.sql.SQLException;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.jobs.audit.Audit;
import org.lacwarehouse.marts.publish.Database;

/** TLS to a real server, whose certificate is verified as the README says. */
class EncryptedConnectionTest {
    private static final String PASSWORD = "only for tests";

    @TempDir
    Path folder;

    @Test
    void aServerIsSpokenToOnlyWhenItsCertificateIsTheOneThatIsTrusted() throws Exception {
        Path certificate = certificate("server");
        Path other = certificate("other");
        try (EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setServerConfig("ssl", "on")
                .setServerConfig("ssl_cert_file", certificate.toString())
                .setServerConfig("ssl_key_file", folder.resolve("server.key").toString())
                .start()) {
            String url =
                    "jdbc:postgresql://localhost:" + server.getPort() + "/postgres?sslmode=verify-full&sslrootcert=";

            Database trusted = new Database(url + certificate, "postgres", null);
            assertThat(Query.cell(trusted, "select ssl from pg_stat_ssl where pid = pg_backend_pid()"))
                    .isEqualTo("t");
            try (Audit audit = Audit.open(trusted)) {
                assertThat(audit.lock()).isTrue();
            }
            assertThatThrownBy(() -> Query.cell(new Database(url + other, "postgres", null), "select 1"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("SSL error");
            Database otherName = new Database(trusted.url().replace("localhost", "127.0.0.1"), "postgres", null);
            assertThatThrownBy(() -> Query.cell(otherName, "select 1"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("127.0.0.1");
        }
    }

    /** Makes a certificate for localhost that signs itself, and its key beside it; returns its file. */
    private Path certificate(String name) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        try (InputStream said = keytool.getInputStream()) {
            said.transferTo(OutputStream.nullOutputStream());
        }
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Path key = folder.resolve(name + ".key");
        Files.writeString(
                key,
                pem("PRIVATE KEY", keys.getKey(name, PASSWORD.toCharArray()).getEncoded()));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        return Files.writeString(
                folder.resolve(name + ".crt"),
                pem("CERTIFICATE", keys.getCertificate(name).getEncoded()));
    }

    private static String pem(String kind, byte[] content) {
        String lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        return "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n";
    }
}
