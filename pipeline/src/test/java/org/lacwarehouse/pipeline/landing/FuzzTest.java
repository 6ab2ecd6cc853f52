package org.lacwarehouse.pipeline.landing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of damaged files of each format: whatever the damage, a file is accepted, refused or held with a reason of one
 * line that repeats none of its content; and what is accepted gives the rows that were counted. The seeds are fixed.
 */
@Timeout(60)
class FuzzTest {
    private static final String SECRET = "Quxbottom";

    @TempDir
    Path folder;

    private TestDeliveries deliveries;

    @BeforeEach
    void begin() throws IOException {
        deliveries = new TestDeliveries(folder);
    }

    @Test
    void text() throws IOException {
        String text = "CHILD,SEX,DOB,DUC,note\r\n"
                + "1,1,01/02/2008,,\"a \"\"%s\"\"\r\nb\"\r\n2,2,02/02/2009,,é\n"
                        .formatted(SECRET)
                        .repeat(4);
        fuzz("uasc.csv", text.getBytes(StandardCharsets.UTF_8), 1, 2000);
        fuzz("uasc.csv", text.getBytes(StandardCharsets.UTF_16), 2, 1000);
    }

    @Test
    void gzip() throws IOException {
        byte[] text = ("CHILD,SEX,DOB,DUC\n" + (SECRET + ",1,01/02/2008,\n2,2,02/02/2009,\n").repeat(50))
                .getBytes(StandardCharsets.UTF_8);
        fuzz("uasc.csv.gz", FileCheckTest.gzip(text), 3, 1500);
        Random random = new Random(4);
        for (int i = 0; i < 300; i++) {
            read("uasc.csv.gz", FileCheckTest.gzip(mutated(text, random)));
        }
    }

    @Test
    void xml() throws IOException {
        byte[] xml = XmlFileTest.RETURN.replace("UN3", SECRET).getBytes(StandardCharsets.UTF_8);
        fuzz("ssda903.xml", xml, 5, 2000);
        fuzz("episodes.xml", xml, 6, 500);
    }

    @Test
    void workbook() throws IOException {
        byte[] workbook = WorkbookFileTest.small();
        fuzz("uasc.xlsx", workbook, 7, 700);
        Map<String, byte[]> parts = WorkbookFileTest.parts(workbook);
        Random random = new Random(8);
        List<String> names = new ArrayList<>(parts.keySet());
        for (int i = 0; i < 1500; i++) {
            Map<String, byte[]> damaged = new LinkedHashMap<>(parts);
            // The sheet and its texts are what most of the reading is about.
            String name = i % 2 == 0 ? "xl/worksheets/sheet1.xml" : names.get(random.nextInt(names.size()));
            damaged.put(name, mutated(parts.get(name), random));
            read("uasc.xlsx", TestDeliveries.zip(damaged));
        }
    }

    @Test
    void parquet() throws IOException {
        for (CompressionCodecName codec : List.of(CompressionCodecName.UNCOMPRESSED, CompressionCodecName.SNAPPY)) {
            fuzz("uasc.parquet", ParquetTableTest.table(folder, codec, 60), 9, 1000);
        }
    }

    @Test
    void nonsenseUnderEveryName() throws IOException {
        Random random = new Random(10);
        for (String name : List.of("uasc.csv", "uasc.csv.gz", "uasc.xlsx", "uasc.xml", "uasc.parquet", "other.xml")) {
            for (int i = 0; i < 200; i++) {
                byte[] bytes = new byte[random.nextInt(600)];
                random.nextBytes(bytes);
                read(name, bytes);
            }
            // Whole files under the name of another format.
            read(name, WorkbookFileTest.small());
            read(name, XmlFileTest.RETURN.getBytes(StandardCharsets.UTF_8));
            read(name, ParquetTableTest.table(folder, CompressionCodecName.SNAPPY, 3));
            read(name, FileCheckTest.gzip("CHILD,SEX,DOB,DUC\n1,1,01/02/2008,\n".getBytes(StandardCharsets.UTF_8)));
        }
    }

    private void fuzz(String name, byte[] whole, long seed, int times) throws IOException {
        assertThat(read(name, whole)).contains(DeliveryStatus.LOADED);
        Set<DeliveryStatus> seen = new HashSet<>();
        Random random = new Random(seed);
        for (int i = 0; i < times; i++) {
            seen.addAll(read(name, mutated(whole, random)));
        }
        assertThat(seen).contains(DeliveryStatus.REFUSED);
    }

    private Set<DeliveryStatus> read(String name, byte[] bytes) throws IOException {
        Set<DeliveryStatus> seen = new HashSet<>();
        List<Delivery> found = deliveries.checkAll(name, bytes);
        assertThat(found).isNotEmpty();
        for (Delivery delivery : found) {
            seen.add(delivery.status());
            assertThat(delivery.reason()).doesNotContain(SECRET).doesNotContainPattern("[\\n\\r]");
            if (delivery.status() == DeliveryStatus.LOADED) {
                deliveries.read(delivery);
            } else {
                assertThat(delivery.reason()).isNotBlank().hasSizeLessThan(300);
            }
        }
        return seen;
    }

    private static byte[] mutated(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        for (int i = random.nextInt(3); i >= 0 && bytes.length > 1; i--) {
            int from = random.nextInt(bytes.length);
            int length = 1 + random.nextInt(Math.min(bytes.length - from, 1 + random.nextInt(40)));
            int other = random.nextInt(bytes.length - length + 1);
            switch (random.nextInt(8)) {
                case 0 -> bytes[from] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes = Arrays.copyOf(bytes, from);
                case 2 -> bytes = joined(bytes, from, noise(random, length), from);
                case 3 ->
                    bytes = joined(bytes, from + length, Arrays.copyOfRange(bytes, from, from + length), from + length);
                case 4 -> {
                    byte[] chunk = Arrays.copyOfRange(bytes, from, from + length);
                    System.arraycopy(bytes, other, bytes, from, length);
                    System.arraycopy(chunk, 0, bytes, other, length);
                }
                case 5 -> bytes = joined(bytes, from, new byte[0], from + length);
                // The header, where every format says what follows.
                case 6 -> bytes[random.nextInt(Math.min(bytes.length, 64))] = (byte) random.nextInt(256);
                // The end, where some formats say what came before.
                default ->
                    bytes[bytes.length - 1 - random.nextInt(Math.min(bytes.length, 300))] = (byte) random.nextInt(256);
            }
        }
        return bytes;
    }

    private static byte[] noise(Random random, int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }

    private static byte[] joined(byte[] bytes, int until, byte[] middle, int from) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(bytes, 0, until);
        all.writeBytes(middle);
        all.write(bytes, from, bytes.length - from);
        return all.toByteArray();
    }
}
