package org.lacwarehouse.pipeline.bronze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.pipeline.TestLanding;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.contract.Contracts;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.lake.Sessions;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.FileCheck;
import org.lacwarehouse.pipeline.landing.LandingZone;
import org.lacwarehouse.pipeline.landing.Register;

class BronzeTest {
    private static final String UASC = "CHILD,SEX,DOB,DUC\n1,1,01/02/2008,\n2,2,02/02/2009,\n3,2,02/02/2009,\n";

    @TempDir
    Path folder;

    @Test
    void whatChangesOrGoesAfterTheCheckIsLeftOutAndTheRestIsStored() throws IOException {
        Path landing = folder.resolve("landing");
        TestLanding.put(landing, "826/social_care/2024-03-31/uasc.csv", UASC);
        TestLanding.put(
                landing,
                "826/social_care/2024-03-31/return.xml",
                "<r><CHILD><HEADER><CHILDID>1</CHILDID><SEX>1</SEX><DOB>01/02/2008</DOB><ETHNIC>WBRI</ETHNIC><UPN/>"
                        + "<AREVIEW><REVIEW>01/05/2023</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW></HEADER>"
                        + "</CHILD></r>");
        TestLanding.put(landing, "826/social_care/2024-04-30/uasc.csv", UASC);
        TestLanding.put(landing, "826/social_care/2024-05-31/uasc.csv", UASC);
        TestLanding.put(landing, "826/social_care/2024-06-30/uasc.csv", UASC);
        Register register = Register.open(folder.resolve("warehouse"));
        FileCheck check = new FileCheck(Contracts.read(Conf.packaged()), register, 0.5, Set.of());
        List<Delivery> checked = new LandingZone(landing)
                .scan(register, LandingZone.Again.NONE).arrivals().stream()
                        .map(check::check)
                        .flatMap(List::stream)
                        .toList();
        assertThat(checked).hasSize(6);

        Files.delete(landing.resolve("826/social_care/2024-04-30/uasc.csv"));
        Files.writeString(landing.resolve("826/social_care/2024-05-31/uasc.csv"), UASC.substring(0, 36));
        Files.writeString(landing.resolve("826/social_care/2024-06-30/uasc.csv"), UASC.replace("2,2,", "2,\"2,"));
        SparkSession spark = Sessions.local(Path.of("target/spark"));
        Lake lake = new Lake(() -> spark, folder.resolve("warehouse"));
        Bronze bronze = new Bronze(lake);

        List<Delivery> stored = bronze.store(landing, checked);

        assertThat(stored)
                .extracting(Delivery::file, Delivery::dataset)
                .containsExactlyInAnyOrder(
                        tuple("826/social_care/2024-03-31/return.xml", "header"),
                        tuple("826/social_care/2024-03-31/return.xml", "reviews"),
                        tuple("826/social_care/2024-03-31/uasc.csv", "uasc"));
        assertThat(lake.read("bronze/social_care")
                        .selectExpr("concat_ws(' ', split(delivery_id, '[.]')[2], line_number, raw['CHILD'],"
                                + " raw['CHILDID'], raw['REVIEW'])")
                        .collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactlyInAnyOrder("uasc 2 1", "uasc 3 2", "uasc 4 3", "header 2 1", "reviews 2 1 01/05/2023");
    }
}
