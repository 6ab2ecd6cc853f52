package org.lacwarehouse.pipeline.landing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.contract.Contracts;

/** Delivers files of one authority and date, and reads them as the night does. */
final class TestDeliveries {
    private static final Contracts CONTRACTS = Contracts.read(Conf.packaged());
    private static final String EXTRACT = "826/social_care/2024-03-31/";

    private final Path landing;
    private final Register register;

    TestDeliveries(Path folder) throws IOException {
        landing = folder.resolve("landing");
        register = Register.open(folder.resolve("warehouse"));
        Files.createDirectories(landing.resolve(EXTRACT));
    }

    /** Where a file of that name lies. */
    Path path(String name) {
        return landing.resolve(EXTRACT + name);
    }

    List<Delivery> checkAll(String name, byte[] bytes) throws IOException {
        Files.write(path(name), bytes);
        return checkAll(name);
    }

    List<Delivery> checkAll(String name) throws IOException {
        return new FileCheck(CONTRACTS, register, 0.5, Set.of())
                .check(new Arrival(
                        path(name),
                        EXTRACT + name,
                        "826",
                        "social_care",
                        LocalDate.of(2024, 3, 31),
                        Files.size(path(name)),
                        0,
                        "0".repeat(64)));
    }

    Delivery check(String name, byte[] bytes) throws IOException {
        List<Delivery> deliveries = checkAll(name, bytes);
        assertThat(deliveries).hasSize(1);
        return deliveries.get(0);
    }

    Delivery check(String name, String text) throws IOException {
        return check(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The rows of a delivery as text by column name, counted against what the check found. */
    List<Map<String, String>> rows(Delivery delivery) throws IOException {
        return read(delivery).stream()
                .map(row -> row.values(delivery.layout().columns()))
                .toList();
    }

    List<TableRow> read(Delivery delivery) throws IOException {
        assertThat(delivery.status()).as(delivery.reason()).isEqualTo(DeliveryStatus.LOADED);
        List<TableRow> rows = new ArrayList<>();
        try (TableFile file = TableFile.open(LandingZone.inside(landing, delivery.file()), delivery.layout())) {
            for (Optional<TableRow> row = file.nextFilled(); row.isPresent(); row = file.nextFilled()) {
                assertThat(row.get().line())
                        .isGreaterThan(
                                rows.isEmpty() ? 0 : rows.get(rows.size() - 1).line());
                rows.add(row.get());
            }
        }
        assertThat(rows).hasSize(Math.toIntExact(delivery.rowsIn()));
        return rows;
    }

    void refused(String name, byte[] bytes, String reason) throws IOException {
        Delivery delivery = check(name, bytes);
        assertThat(delivery.reason()).isEqualTo(reason);
        assertThat(delivery.status()).isEqualTo(DeliveryStatus.REFUSED);
    }

    void refused(String name, String text, String reason) throws IOException {
        refused(name, text.getBytes(StandardCharsets.UTF_8), reason);
    }

    /** A zip file of parts. */
    static byte[] zip(Map<String, byte[]> parts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> part : parts.entrySet()) {
                zip.putNextEntry(new ZipEntry(part.getKey()));
                zip.write(part.getValue());
            }
        }
        return bytes.toByteArray();
    }
}
