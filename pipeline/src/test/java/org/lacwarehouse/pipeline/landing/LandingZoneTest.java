package org.lacwarehouse.pipeline.landing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.pipeline.TestLanding;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.contract.Contracts;

class LandingZoneTest {
    private static final String UASC = "CHILD,SEX,DOB,DUC\n1,1,01/02/2008,\n";

    @TempDir
    Path folder;

    private Path landing;
    private Path warehouse;

    @BeforeEach
    void begin() throws IOException {
        landing = Files.createDirectory(folder.resolve("landing"));
        warehouse = Files.createDirectory(folder.resolve("warehouse"));
    }

    @Test
    void aFolderWithoutReadyIsLeftAlone() throws IOException {
        Path extract = put("826/social_care/2024-03-31/uasc.csv", UASC);
        Files.delete(extract.resolve("_READY"));
        assertThat(scan().arrivals()).isEmpty();

        Files.write(extract.resolve("_READY"), new byte[0]);
        assertThat(scan().arrivals()).extracting(Arrival::file).containsExactly("826/social_care/2024-03-31/uasc.csv");
    }

    @Test
    void filesAreReadOldestExtractFirst() throws IOException {
        put("887/social_care/2024-03-31/uasc.csv", UASC);
        put("826/social_care/2024-04-30/uasc.csv", UASC);

        assertThat(scan().arrivals()).extracting(Arrival::authority).containsExactly("887", "826");
    }

    @Test
    void whatIsNotPartOfTheLayoutIsSaidAndNotRead() throws IOException {
        put("826/social_care/31-03-2024/uasc.csv", UASC);
        put("medway/social_care/2024-03-31/uasc.csv", UASC);
        Path extract = put("826/social_care/2024-03-31/uasc.csv", UASC);
        Path secret = Files.writeString(folder.resolve("secret.csv"), UASC);
        Files.createSymbolicLink(extract.resolve("header.csv"), secret);
        Files.createSymbolicLink(landing.resolve("887"), folder);

        LandingZone.Scan scan = scan();

        assertThat(scan.arrivals()).extracting(Arrival::file).containsExactly("826/social_care/2024-03-31/uasc.csv");
        assertThat(scan.ignored())
                .anyMatch(
                        line -> line.startsWith("826/social_care/31-03-2024: the folder's name is not an extract date"))
                .anyMatch(line -> line.startsWith("medway: not a three-digit authority code"))
                .anyMatch(line -> line.startsWith("826/social_care/2024-03-31/header.csv: a symbolic link"))
                .anyMatch(line -> line.startsWith("887: a symbolic link"));
    }

    @Test
    void onlyOrdinaryFilesCount() throws IOException, InterruptedException {
        Path extract = put("826/social_care/2024-03-31/uasc.csv", UASC);
        Files.createDirectory(extract.resolve("header.csv"));
        assertThat(new ProcessBuilder("mkfifo", extract.resolve("episodes.csv").toString())
                        .start()
                        .waitFor())
                .isZero();
        Path linked = put("826/social_care/2024-04-30/uasc.csv", UASC);
        Files.delete(linked.resolve("_READY"));
        Files.createSymbolicLink(linked.resolve("_READY"), extract.resolve("_READY"));
        Path folderReady = put("826/social_care/2024-05-31/uasc.csv", UASC);
        Files.delete(folderReady.resolve("_READY"));
        Files.createDirectory(folderReady.resolve("_READY"));
        Files.createSymbolicLink(landing.resolve("826/housing"), landing.resolve("826/social_care"));

        LandingZone.Scan scan = scan();

        assertThat(scan.arrivals()).extracting(Arrival::file).containsExactly("826/social_care/2024-03-31/uasc.csv");
        assertThat(scan.ignored())
                .containsExactlyInAnyOrder(
                        "826/housing: a symbolic link; put the file itself into the folder",
                        "826/social_care/2024-03-31/episodes.csv: not an ordinary file",
                        "826/social_care/2024-03-31/header.csv: not an ordinary file",
                        "826/social_care/2024-04-30/_READY: not an ordinary file, so the folder does not count as complete",
                        "826/social_care/2024-05-31/_READY: not an ordinary file, so the folder does not count as"
                                + " complete");
    }

    @Test
    void aFolderThatBecomesALinkAfterTheLookIsNotFollowed() throws IOException {
        Path extract = put("826/social_care/2024-03-31/uasc.csv", UASC);
        LandingZone.Scan scan = scan();
        Path elsewhere = Files.move(extract, folder.resolve("elsewhere"));
        Files.createSymbolicLink(extract, elsewhere);

        FileCheck check = new FileCheck(Contracts.read(Conf.packaged()), Register.open(warehouse), 0.5, Set.of());
        Delivery delivery = check.check(scan.arrivals().get(0)).get(0);

        assertThat(delivery.reason())
                .isEqualTo("a symbolic link leads to the file; put the file itself into the landing zone");
        assertThat(LandingZone.isAsItWas(landing, delivery)).isFalse();
    }

    @Test
    void aFileThatHasGoneIsRefusedAndKnownToHaveChanged() throws IOException {
        put("826/social_care/2024-03-31/uasc.csv", UASC);
        LandingZone.Scan scan = scan();
        Files.delete(landing.resolve("826/social_care/2024-03-31/uasc.csv"));

        FileCheck check = new FileCheck(Contracts.read(Conf.packaged()), Register.open(warehouse), 0.5, Set.of());
        Delivery delivery = check.check(scan.arrivals().get(0)).get(0);

        assertThat(delivery.status()).isEqualTo(DeliveryStatus.REFUSED);
        assertThat(LandingZone.isAsItWas(landing, delivery)).isFalse();
    }

    @Test
    void aFileOfSeveralDatasetsIsKnownAsAWhole() throws IOException {
        put("826/social_care/2024-03-31/return.xml", XmlFileTest.RETURN);
        read();
        assertThat(Register.open(warehouse).loaded()).hasSize(9);
        assertThat(scan().arrivals()).isEmpty();

        Path file = landing.resolve("826/social_care/2024-03-31/return.xml");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L));
        assertThat(scan().unchanged()).hasSize(9);

        Files.writeString(file, "<rows><row><CHILD>1</CHILD><SEX>1</SEX><DOB>01/02/2008</DOB><DUC/></row></rows>");
        assertThat(scan().arrivals()).hasSize(1);
        read();
        assertThat(Register.open(warehouse).byFile("826/social_care/2024-03-31/return.xml"))
                .extracting(Delivery::dataset)
                .containsExactly("uasc");
        assertThat(scan().arrivals()).isEmpty();
    }

    @Test
    void aFileIsReadOnceAndRecordedAsUnchangedWhenTouched() throws IOException {
        put("826/social_care/2024-03-31/uasc.csv", UASC);
        read();
        assertThat(scan().arrivals()).isEmpty();
        assertThat(scan().unchanged()).isEmpty();

        Path file = landing.resolve("826/social_care/2024-03-31/uasc.csv");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L));
        assertThat(scan().arrivals()).isEmpty();
        assertThat(scan().unchanged()).extracting(Delivery::status).containsExactly(DeliveryStatus.UNCHANGED);

        Files.writeString(file, UASC + "2,1,01/02/2008,\n");
        assertThat(scan().arrivals()).hasSize(1);
    }

    @Test
    void aRefusedFileIsJudgedAnewWhenItIsSentAgain() throws IOException {
        put("826/social_care/2024-03-31/uasc.csv", "CHILD,SEX,DOB,DUC\n");
        read();
        assertThat(scan().arrivals()).isEmpty();

        Files.setLastModifiedTime(
                landing.resolve("826/social_care/2024-03-31/uasc.csv"), FileTime.fromMillis(1_700_000_000_000L));
        assertThat(scan().arrivals()).hasSize(1);
    }

    @Test
    void heldFilesAreLookedAtAgainWhenAsked() throws IOException {
        put("826/pets/2024-03-31/pets.csv", "A\n1\n");
        read();

        assertThat(new LandingZone(landing)
                        .scan(Register.open(warehouse), LandingZone.Again.NONE)
                        .arrivals())
                .isEmpty();
        assertThat(new LandingZone(landing)
                        .scan(Register.open(warehouse), new LandingZone.Again(true, Set.of(), Set.of()))
                        .arrivals())
                .hasSize(1);
    }

    @Test
    void theSnapshotInForceDoesNotDependOnTheOrderOfArrival() throws IOException {
        List<String> dates = new ArrayList<>(List.of("2023-12-31", "2024-01-31", "2024-03-31"));
        for (int order = 0; order < 3; order++) {
            Collections.rotate(dates, 1);
            landing = Files.createDirectory(folder.resolve("landing" + order));
            warehouse = Files.createDirectory(folder.resolve("warehouse" + order));
            for (String date : dates) {
                put("826/social_care/" + date + "/uasc.csv", UASC);
                read();
            }
            Register register = Register.open(warehouse);
            assertThat(inForce(register, "2023-12-30")).isEmpty();
            assertThat(inForce(register, "2023-12-31")).contains(LocalDate.of(2023, 12, 31));
            assertThat(inForce(register, "2024-03-30")).contains(LocalDate.of(2024, 1, 31));
            assertThat(inForce(register, "2025-01-01")).contains(LocalDate.of(2024, 3, 31));
            assertThat(register.asAt(null)).isEqualTo(Map.of("826", LocalDate.of(2024, 3, 31)));
            assertThat(register.asAt(LocalDate.of(2024, 2, 15))).isEqualTo(Map.of("826", LocalDate.of(2024, 2, 15)));
            assertThat(register.asAt(LocalDate.of(2023, 1, 1))).isEmpty();
        }
    }

    @Test
    void nationalDataThatIsAllNewerIsUsedFromTheOldestOn() throws IOException {
        for (String date : List.of("2025-05-31", "2024-05-31")) {
            put(
                    "national/reference/" + date + "/postcodes.csv",
                    "POSTCODE,EASTING,NORTHING,LA_CODE\nQA1 1AA,1,2,826\n");
            read();
        }
        Register register = Register.open(warehouse);

        assertThat(register.inForce("national", "reference", "postcodes", LocalDate.of(2018, 3, 31)))
                .map(Delivery::extractDate)
                .contains(LocalDate.of(2024, 5, 31));
        assertThat(register.inForce("national", "reference", "postcodes", LocalDate.of(2026, 3, 31)))
                .map(Delivery::extractDate)
                .contains(LocalDate.of(2025, 5, 31));
    }

    private static Optional<LocalDate> inForce(Register register, String date) {
        return register.inForce("826", "social_care", "uasc", LocalDate.parse(date))
                .map(Delivery::extractDate);
    }

    private void read() {
        Register register = Register.open(warehouse);
        FileCheck check = new FileCheck(Contracts.read(Conf.packaged()), register, 0.5, Set.of());
        register.addDeliveries(new LandingZone(landing)
                .scan(register, LandingZone.Again.NONE).arrivals().stream()
                        .map(check::check)
                        .flatMap(List::stream)
                        .toList());
    }

    private LandingZone.Scan scan() {
        return new LandingZone(landing).scan(Register.open(warehouse), LandingZone.Again.NONE);
    }

    private Path put(String path, String text) throws IOException {
        return TestLanding.put(landing, path, text);
    }
}
