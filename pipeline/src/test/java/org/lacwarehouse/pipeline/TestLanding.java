package org.lacwarehouse.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.lacwarehouse.pipeline.bronze.Bronze;
import org.lacwarehouse.pipeline.contract.Contracts;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.DeliveryStatus;
import org.lacwarehouse.pipeline.landing.FileCheck;
import org.lacwarehouse.pipeline.landing.LandingZone;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.silver.Silver;

/** Puts files into a landing zone, each folder complete, and takes them to silver as the night does. */
public final class TestLanding {
    private TestLanding() {}

    /** Writes a file by its path below the landing zone; returns its folder. */
    public static Path put(Path landing, String path, String text) throws IOException {
        Path file = landing.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.write(file.getParent().resolve("_READY"), new byte[0]);
        return file.getParent();
    }

    /** Reads what has arrived into bronze and checks its rows into silver; all files must be accepted, and are returned. */
    public static List<Delivery> read(Path landing, Register register, Contracts contracts, Lake lake, Silver silver) {
        FileCheck check = new FileCheck(contracts, register, 0.5, Set.of());
        List<Delivery> accepted = new LandingZone(landing)
                .scan(register, LandingZone.Again.NONE).arrivals().stream()
                        .map(check::check)
                        .flatMap(List::stream)
                        .toList();
        assertThat(accepted).extracting(Delivery::status).containsOnly(DeliveryStatus.LOADED);
        new Bronze(lake).store(landing, accepted);
        register.addDeliveries(accepted);
        register.addOutcomes(silver.check(Silver.unchecked(register, contracts), register));
        return accepted;
    }
}
