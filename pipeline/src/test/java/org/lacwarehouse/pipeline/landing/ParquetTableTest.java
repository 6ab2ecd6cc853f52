package org.lacwarehouse.pipeline.landing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.NanoTime;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetTableTest {
    private static final String NOT_PARQUET =
            "the file is not the Parquet file that its name says, or is damaged; send it again";

    @TempDir
    Path folder;

    private TestDeliveries deliveries;

    @BeforeEach
    void begin() throws IOException {
        deliveries = new TestDeliveries(folder);
    }

    @Test
    void everyTypeBecomesPlainText() throws IOException {
        LocalDateTime noon = LocalDateTime.of(2008, 2, 1, 12, 0);
        long midnightMicros = LocalDate.of(2008, 2, 1).atStartOfDay().toEpochSecond(ZoneOffset.UTC) * 1_000_000;
        value("required binary NOTE (STRING)", (row, i) -> row.add(i, "Zoë\n2"), "Zoë\n2");
        value("required binary NOTE", (row, i) -> row.add(i, "007"), "007");
        value("required int32 NOTE", (row, i) -> row.add(i, 12), "12");
        value("required int64 NOTE", (row, i) -> row.add(i, 9_990_000_018L), "9990000018");
        value("required int32 NOTE (INTEGER(32,false))", (row, i) -> row.add(i, -1), "4294967295");
        value("required double NOTE", (row, i) -> row.add(i, 12.0), "12");
        value("required double NOTE", (row, i) -> row.add(i, 1e15), "1000000000000000");
        value("required float NOTE", (row, i) -> row.add(i, 0.1f), "0.1");
        value("required double NOTE", (row, i) -> row.add(i, Double.NaN), "NaN");
        value("required boolean NOTE", (row, i) -> row.add(i, true), "1");
        value("required boolean NOTE", (row, i) -> row.add(i, false), "0");
        value("required int64 NOTE (DECIMAL(18,2))", (row, i) -> row.add(i, 1250L), "12.5");
        value(
                "required fixed_len_byte_array(2) NOTE (DECIMAL(4,2))",
                (row, i) -> row.add(i, Binary.fromConstantByteArray(new byte[] {3, (byte) 0xe2})),
                "9.94");
        value(
                "required int32 NOTE (DATE)",
                (row, i) -> row.add(i, (int) noon.toLocalDate().toEpochDay()),
                "2008-02-01");
        value("required int64 NOTE (TIMESTAMP(MICROS,true))", (row, i) -> row.add(i, midnightMicros), "2008-02-01");
        value(
                "required int64 NOTE (TIMESTAMP(MILLIS,false))",
                (row, i) -> row.add(i, noon.toEpochSecond(ZoneOffset.UTC) * 1000),
                "2008-02-01 12:00:00");
        value("required int96 NOTE", (row, i) -> row.add(i, new NanoTime(2_454_498, 0)), "2008-02-01");
        value("optional int32 NOTE", (row, i) -> {}, null);
    }

    @Test
    void rowsOfSeveralGroupsAndCodecsAreReadInOrder() throws IOException {
        for (CompressionCodecName codec : List.of(
                CompressionCodecName.UNCOMPRESSED,
                CompressionCodecName.SNAPPY,
                CompressionCodecName.GZIP,
                CompressionCodecName.ZSTD)) {
            byte[] bytes = table(codec, 5000);
            Delivery delivery = deliveries.check("uasc.parquet", bytes);
            List<TableRow> rows = deliveries.read(delivery);
            assertThat(rows).hasSize(5000);
            assertThat(rows.get(4999)).isEqualTo(new TableRow(5001, List.of("4999", "1", "2008-02-01", "note 4999")));
        }
    }

    @Test
    void nestedColumnsAndTypesWithoutATextAreRefused() throws IOException {
        refused("repeated binary NOTE (STRING)", "column 2 holds lists or structures; send a table of plain columns");
        refused(
                "required group NOTE { required int32 A; }",
                "column 2 holds lists or structures; send a table of plain columns");
        refused(
                "required fixed_len_byte_array(12) NOTE (INTERVAL)",
                "column 2 has a type that is not read; send text, numbers, dates, timestamps or yes/no values");
    }

    @Test
    void whatIsNoReadableParquetIsRefused() throws IOException {
        byte[] whole = table(CompressionCodecName.SNAPPY, 10);
        deliveries.refused("uasc.parquet", "CHILD,SEX\n1,1\n2,2\n", NOT_PARQUET);
        deliveries.refused("uasc.parquet", "", NOT_PARQUET);
        deliveries.refused("uasc.parquet", Arrays.copyOf(whole, whole.length - 9), NOT_PARQUET);
        byte[] encrypted = whole.clone();
        encrypted[encrypted.length - 1] = 'E';
        deliveries.refused("uasc.parquet", encrypted, "the Parquet file is encrypted; send it without encryption");
        byte[] footer = whole.clone();
        ByteBuffer.wrap(footer, footer.length - 8, 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(Integer.MAX_VALUE);
        deliveries.refused("uasc.parquet", footer, NOT_PARQUET);
        byte[] data = whole.clone();
        Arrays.fill(data, 4, 60, (byte) 0x7f);
        deliveries.refused("uasc.parquet", data, NOT_PARQUET);
    }

    private void value(String column, BiConsumer<Group, Integer> add, String text) throws IOException {
        Path file = write(column, CompressionCodecName.UNCOMPRESSED, 1, (row, number) -> {
            row.add(0, "1");
            add.accept(row, 1);
        });
        Delivery delivery = deliveries.check("uasc.parquet", Files.readAllBytes(file));
        assertThat(deliveries.rows(delivery).get(0).get("NOTE")).as(column).isEqualTo(text);
    }

    private void refused(String column, String reason) throws IOException {
        Path file = write(column, CompressionCodecName.UNCOMPRESSED, 0, (row, number) -> {});
        deliveries.refused("uasc.parquet", Files.readAllBytes(file), reason);
    }

    private byte[] table(CompressionCodecName codec, int rows) throws IOException {
        return table(folder, codec, rows);
    }

    static byte[] table(Path folder, CompressionCodecName codec, int rows) throws IOException {
        String columns = "required binary SEX (STRING); required int32 DOB (DATE); optional binary NOTE (STRING)";
        Path file = write(folder, columns, codec, rows, (row, number) -> {
            row.add(0, String.valueOf(number));
            row.add(1, "1");
            row.add(2, (int) LocalDate.of(2008, 2, 1).toEpochDay());
            row.add(3, "note " + number);
        });
        return Files.readAllBytes(file);
    }

    private Path write(String columns, CompressionCodecName codec, int rows, BiConsumer<Group, Integer> fill)
            throws IOException {
        return write(folder, columns, codec, rows, fill);
    }

    private static Path write(
            Path folder, String columns, CompressionCodecName codec, int rows, BiConsumer<Group, Integer> fill)
            throws IOException {
        String end = columns.endsWith("}") ? "}" : ";}";
        MessageType schema =
                MessageTypeParser.parseMessageType("message m {required binary CHILD (STRING); " + columns + end);
        Path file = Files.createTempDirectory(folder, "parquet").resolve("table.parquet");
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new LocalOutputFile(file))
                .withConf(new PlainParquetConfiguration())
                .withType(schema)
                .withCompressionCodec(codec)
                .withRowGroupSize(16 << 10)
                .withPageSize(1 << 10)
                .build()) {
            for (int i = 0; i < rows; i++) {
                Group row = new SimpleGroup(schema);
                fill.accept(row, i);
                writer.write(row);
            }
        }
        assertThat(new String(Files.readAllBytes(file), 0, 4, StandardCharsets.ISO_8859_1))
                .isEqualTo("PAR1");
        return file;
    }
}
