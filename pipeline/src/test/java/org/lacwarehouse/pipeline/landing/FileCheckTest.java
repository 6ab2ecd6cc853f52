package org.lacwarehouse.pipeline.landing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.contract.Contracts;

class FileCheckTest {
    private static final String HEADER = "CHILD,SEX,DOB,DUC\n";
    private static final Contracts CONTRACTS = Contracts.read(Conf.packaged());

    @TempDir
    Path folder;

    private Path landing;
    private Register register;

    @BeforeEach
    void begin() throws IOException {
        landing = Files.createDirectory(folder.resolve("landing"));
        register = Register.open(Files.createDirectory(folder.resolve("warehouse")));
    }

    @Test
    void aPlainFileIsAcceptedWithItsRowsCounted() throws IOException {
        Delivery delivery = check("uasc.csv", HEADER + "1,1,01/02/2008,\n2,2,01/02/2009,01/02/2027\n");

        assertThat(delivery.status()).isEqualTo(DeliveryStatus.LOADED);
        assertThat(delivery.rowsIn()).isEqualTo(2);
        assertThat(delivery.deliveryId()).matches("826\\.social_care\\.uasc\\.2024-03-31\\.[0-9a-f]{12}");
    }

    @Test
    void everyOrdinarySpellingOfTextIsReadTheSame() throws IOException {
        String text = "child;dob;SEX;Duc;note\r\n7;2008-02-01;M;;\"two\r\nlines; Zoë\"\r\n";
        Charset windows = Charset.forName("windows-1252");
        Map<String, byte[]> spellings = new LinkedHashMap<>();
        spellings.put("utf-8", text.getBytes(StandardCharsets.UTF_8));
        spellings.put("bom", ("\uFEFF" + text).getBytes(StandardCharsets.UTF_8));
        spellings.put("windows-1252", text.getBytes(windows));
        spellings.put("utf-16le", ("\uFEFF" + text).getBytes(StandardCharsets.UTF_16LE));
        spellings.put("utf-16be without a mark", text.getBytes(StandardCharsets.UTF_16BE));
        spellings.put("utf-16le without a mark", text.getBytes(StandardCharsets.UTF_16LE));
        spellings.put("cr", text.replace("\r\n", "\r").getBytes(StandardCharsets.UTF_8));
        spellings.put("tab", text.replace(';', '\t').getBytes(StandardCharsets.UTF_8));

        for (Map.Entry<String, byte[]> spelling : spellings.entrySet()) {
            Delivery delivery = check("uasc.csv", spelling.getValue());
            assertThat(delivery.status()).as(spelling.getKey()).isEqualTo(DeliveryStatus.LOADED);
            assertThat(delivery.reason())
                    .as(spelling.getKey())
                    .isEqualTo("not in the contract, kept in bronze: column 5");
            Map<String, String> row = rows(delivery).get(0);
            assertThat(row).as(spelling.getKey()).containsEntry("CHILD", "7").containsEntry("DOB", "2008-02-01");
            assertThat(row.get("NOTE")).as(spelling.getKey()).startsWith("two").endsWith("Zoë");
        }
    }

    @Test
    void theLineOfARowIsTheLineOnWhichItBegins() throws IOException {
        Delivery delivery = check("uasc.csv", "CHILD,SEX,DOB,DUC,note\n1,1,01/02/2008,,\"a\nb\"\n2,1,01/02/2008,,\n");

        List<Long> lines = new ArrayList<>();
        try (TableFile file = open(delivery)) {
            file.nextFilled().ifPresent(row -> lines.add(row.line()));
            file.nextFilled().ifPresent(row -> lines.add(row.line()));
        }
        assertThat(lines).containsExactly(2L, 4L);
    }

    @Test
    void trailingDelimitersAreNoColumns() throws IOException {
        Delivery delivery = check("uasc.csv", "CHILD,SEX,DOB,DUC,,\n1,1,01/02/2008,,,\n");

        assertThat(delivery.status()).isEqualTo(DeliveryStatus.LOADED);
        assertThat(rows(delivery).get(0)).containsOnlyKeys("CHILD", "SEX", "DOB");
    }

    @Test
    void fieldsWithoutAColumnAreKeptApart() throws IOException {
        Delivery delivery = check("uasc.csv", HEADER + "1,1,01/02/2008,,surplus\n");

        assertThat(rows(delivery).get(0)).containsEntry(TableRow.BEYOND_HEADER, "surplus");
    }

    @Test
    void aFileIsRecognisedByItsHeader() throws IOException {
        assertThat(check("children from abroad.csv", HEADER + "1,1,01/02/2008,\n")
                        .dataset())
                .isEqualTo("uasc");
    }

    @Test
    void rowsOfDelimitersAreNoRows() throws IOException {
        assertThat(check("uasc.csv", HEADER + "1,1,01/02/2008,\n,,,\n \n,,,\n").rowsIn())
                .isEqualTo(1);
        refused(
                HEADER + ",,,\n",
                "suspect: the file has a header and no rows; if that is right, accept it with --accept-shrinkage"
                        + " 826/social_care/uasc");
    }

    @Test
    void aQuotationMarkInsideAFieldIsReadAndOneThatSwallowsRowsIsNot() throws IOException {
        String row = "1,1,01/02/2008,\n";
        assertThat(check("uasc.csv", "CHILD,SEX,DOB,DUC,note\n1,1,01/02/2008,,\"Danny\" the boy\n" + row)
                        .rowsIn())
                .isEqualTo(2);
        refused(
                HEADER + "\"1,1,01/02/2008,\n" + row.repeat(5),
                "a quotation mark is opened and never closed, so that the rows after it cannot be told apart; correct the"
                        + " file");
        refused(
                HEADER + row + "\"1,1,01/02/2008,\n" + row + "2\"x,1,01/02/2008,\n" + row,
                "line 3: a quotation mark makes the row run on over the next lines; correct the file");
    }

    @Test
    void aFileWithoutAHeaderNeverShowsItsDataAsColumnNames() throws IOException {
        Delivery delivery = check("identity.csv", "AA1,Secret,Secret,15/06/2012,9990000018,,QZ1 1AA\n");

        assertThat(delivery.status()).isEqualTo(DeliveryStatus.REFUSED);
        assertThat(delivery.reason()).isEqualTo("the header lacks the required column CHILD");
        assertThat(check("Secret Name.csv", "A,B\n1,2\n").dataset()).isEqualTo("unrecognised");
    }

    @Test
    void whatNoContractDescribesIsHeld() throws IOException {
        assertThat(check("notes.csv", "A,B\n1,2\n").status()).isEqualTo(DeliveryStatus.HELD);
        assertThat(check("notes.docx", "A,B\n1,2\n").status()).isEqualTo(DeliveryStatus.HELD);
        assertThat(check("uasc.docx", "A,B\n1,2\n").reason())
                .isEqualTo("only .csv, .csv.gz, .xlsx, .xml and .parquet files are read; send it as one of these");
    }

    @Test
    void faultyFilesAreRefusedWithOneClearLine() throws IOException {
        refused("", "the file is empty: it has no header line");
        refused(
                HEADER,
                "suspect: the file has a header and no rows; if that is right, accept it with --accept-shrinkage"
                        + " 826/social_care/uasc");
        refused("SEX,DOB,DUC\n1,01/02/2008,\n", "the header lacks the required column CHILD");
        refused("CHILD,SEX,DOB,child\n1,1,01/02/2008,2\n", "the header has the column CHILD more than once");
        refused("PK\u0003\u0004\u0000,x\n1,2\n", "the file is not the delimited text that its name says");
    }

    @Test
    void aTruncatedGzipIsRefusedAndAWholeOneRead() throws IOException {
        byte[] first = gzip((HEADER + "1,1,01/02/2008,\n".repeat(5000)).getBytes(StandardCharsets.UTF_8));
        byte[] second = gzip("2,1,01/02/2008,\n".repeat(3).getBytes(StandardCharsets.UTF_8));
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        String cut = "the file ends before its compressed data does; send it again";
        String damaged = "the file is not the gzip file that its name says, or is damaged; send it again";

        assertThat(check("uasc.csv.gz", first).rowsIn()).isEqualTo(5000);
        assertThat(check("uasc.csv.gz", both).rowsIn()).isEqualTo(5003);
        assertThat(check("uasc.csv.gz", Arrays.copyOf(first, first.length - 20)).reason())
                .isEqualTo(cut);
        // Cut inside the header of its second member.
        assertThat(check("uasc.csv.gz", Arrays.copyOf(both, first.length + 5)).status())
                .isEqualTo(DeliveryStatus.REFUSED);
        assertThat(check("uasc.csv.gz", HEADER.getBytes(StandardCharsets.UTF_8)).reason())
                .isEqualTo(damaged);
        byte[] flipped = first.clone();
        flipped[first.length - 6] ^= 1;
        assertThat(check("uasc.csv.gz", flipped).reason()).isEqualTo(damaged);
    }

    @Test
    void aGzipBombIsRefusedAndTextThatPacksWellIsNot() throws IOException {
        assertThat(check("uasc.csv.gz", gzip(new byte[80 << 20])).reason())
                .isEqualTo("the file unpacks to more than 300 times its size, as no table does; send it without"
                        + " compression");
        byte[] plain = (HEADER + "1,1,01/02/2008,\n".repeat(100_000)).getBytes(StandardCharsets.UTF_8);
        assertThat(check("uasc.csv.gz", gzip(plain)).rowsIn()).isEqualTo(100_000);
    }

    static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        }
        return bytes.toByteArray();
    }

    @Test
    void aFieldLongerThanAnyIsRefusedAndAVeryLongOneRead() throws IOException {
        String row = "1,1,01/02/2008,,";
        assertThat(check("uasc.csv", "CHILD,SEX,DOB,DUC,note\n" + row + "x".repeat(5_000_000) + "\n")
                        .rowsIn())
                .isEqualTo(1);
        refused(
                "CHILD,SEX,DOB,DUC,note\n" + row + "\n" + row + "x".repeat(TableFile.LONGEST_CELL + 1) + "\n",
                "the row after line 2 has too many or too long fields; see whether a quotation mark is opened there and"
                        + " never closed");
        refused(
                HEADER + ",".repeat(20_000) + "\n",
                "the row after line 1 has too many or too long fields; see whether a quotation mark is opened there and"
                        + " never closed");
    }

    @Test
    void blankLinesBeforeTheHeaderDoNotMatter() throws IOException {
        Delivery delivery = check("uasc.csv", "\r\n;;;\r\nCHILD;SEX;DOB;DUC\r\n1;1;01/02/2008;\r\n");

        assertThat(delivery.status()).as(delivery.reason()).isEqualTo(DeliveryStatus.LOADED);
        assertThat(rows(delivery)).containsExactly(Map.of("CHILD", "1", "SEX", "1", "DOB", "01/02/2008"));
    }

    @Test
    void aLongListOfExtraColumnsIsCutShort() throws IOException {
        StringBuilder header = new StringBuilder("CHILD,SEX,DOB,DUC");
        for (int i = 0; i < 30; i++) {
            header.append(",extra").append(i);
        }
        assertThat(check("uasc.csv", header + "\n1,1,01/02/2008,\n").reason())
                .startsWith("not in the contract, kept in bronze: columns 5, 6, 7,")
                .endsWith("23, 24 and 10 more");
    }

    @Test
    void fewerThanHalfTheRowsOfTheSnapshotInForceIsSuspect() throws IOException {
        FileCheck check = new FileCheck(CONTRACTS, register, 0.5, Set.of());
        String row = "1,1,01/02/2008,\n";

        assertThat(check(check, arrival("uasc.csv", "2024-03-31", HEADER + row.repeat(10)))
                        .status())
                .isEqualTo(DeliveryStatus.LOADED);
        assertThat(check(check, arrival("uasc.csv", "2024-04-30", HEADER + row.repeat(5)))
                        .status())
                .isEqualTo(DeliveryStatus.LOADED);
        assertThat(check(check, arrival("uasc.csv", "2024-05-31", HEADER + row.repeat(2)))
                        .reason())
                .isEqualTo("suspect: 2 rows, where the snapshot of 2024-04-30 has 5; if that is right, accept it with"
                        + " --accept-shrinkage 826/social_care/uasc");
        FileCheck accepting = new FileCheck(CONTRACTS, register, 0.5, Set.of("826/social_care/uasc"));
        assertThat(check(accepting, arrival("uasc.csv", "2024-03-31", HEADER + row.repeat(10)))
                        .status())
                .isEqualTo(DeliveryStatus.LOADED);
        assertThat(check(accepting, arrival("uasc.csv", "2024-05-31", HEADER)).status())
                .isEqualTo(DeliveryStatus.LOADED);
        // A late file is compared with the snapshot before it, and there is none.
        assertThat(check(check, arrival("uasc.csv", "2024-02-29", HEADER + row)).status())
                .isEqualTo(DeliveryStatus.LOADED);
    }

    private void refused(String text, String reason) throws IOException {
        Delivery delivery = check("uasc.csv", text);
        assertThat(delivery.status()).isEqualTo(DeliveryStatus.REFUSED);
        assertThat(delivery.reason()).isEqualTo(reason);
    }

    private Delivery check(String name, String text) throws IOException {
        return check(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private Delivery check(String name, byte[] bytes) throws IOException {
        return check(new FileCheck(CONTRACTS, register, 0.5, Set.of()), arrival(name, "2024-03-31", bytes));
    }

    private static Delivery check(FileCheck check, Arrival arrival) {
        List<Delivery> deliveries = check.check(arrival);
        assertThat(deliveries).hasSize(1);
        return deliveries.get(0);
    }

    private Arrival arrival(String name, String date, String text) throws IOException {
        return arrival(name, date, text.getBytes(StandardCharsets.UTF_8));
    }

    private Arrival arrival(String name, String date, byte[] bytes) throws IOException {
        Path extract = landing.resolve("826/social_care").resolve(date);
        Files.createDirectories(extract);
        Files.write(extract.resolve(name), bytes);
        Files.write(extract.resolve("_READY"), new byte[0]);
        return new LandingZone(landing)
                        .scan(Register.open(Files.createTempDirectory(folder, "none")), LandingZone.Again.NONE)
                        .arrivals()
                        .stream()
                        .filter(arrival -> arrival.path().endsWith(name)
                                && arrival.extractDate().toString().equals(date))
                        .findFirst()
                        .orElseThrow();
    }

    private TableFile open(Delivery delivery) throws IOException {
        return TableFile.open(landing.resolve(delivery.file()), delivery.layout());
    }

    private List<Map<String, String>> rows(Delivery delivery) throws IOException {
        List<Map<String, String>> rows = new ArrayList<>();
        try (TableFile file = open(delivery)) {
            for (Optional<TableRow> row = file.nextFilled(); row.isPresent(); row = file.nextFilled()) {
                rows.add(row.get().values(delivery.layout().columns()));
            }
        }
        return rows;
    }
}
