package org.lacwarehouse.jobs.night;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.lake.Digest;
import org.lacwarehouse.pipeline.landing.LandingZone;
import org.lacwarehouse.pipeline.landing.Register;

/** Identifies what a night is asked to do, so that an interrupted one is recognised when it is started again. */
final class Plan {
    private Plan() {}

    /**
     * A digest of the options, the configuration, the program, and every file that has been or is about to
     * be read: the same before and after those files have been read.
     */
    static String request(NightOptions options, Conf conf, String program, Register register, LandingZone.Scan scan) {
        Map<String, String> files = new TreeMap<>(register.files());
        scan.arrivals().forEach(arrival -> files.put(arrival.file(), arrival.sha256()));
        List<String> settings = List.of(
                "months " + options.months(),
                "as at " + options.asAt(),
                "replay " + new TreeSet<>(options.replay()),
                "accept shrinkage " + new TreeSet<>(options.acceptShrinkage()));
        return Digest.of(settings.toString(), conf.digest(), program, files.toString());
    }
}
