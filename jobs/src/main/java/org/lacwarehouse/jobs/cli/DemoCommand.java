package org.lacwarehouse.jobs.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.lacwarehouse.jobs.audit.Audit;
import org.lacwarehouse.jobs.database.OpenDatabase;
import org.lacwarehouse.jobs.generate.Generator;
import org.lacwarehouse.jobs.night.Night;
import org.lacwarehouse.jobs.night.NightOptions;
import org.lacwarehouse.jobs.night.WarehouseFolder;
import org.lacwarehouse.jobs.report.Figures;
import org.lacwarehouse.pipeline.conf.Conf;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the whole of it on a made-up council. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Makes up a council of about 400 children looked after with 6 years of history, runs a night on it,"
                        + " and shows the headline figures. Run it again to see a night with nothing new.")
public final class DemoCommand implements Callable<Integer> {
    private static final LocalDate AS_AT = LocalDate.of(2026, 3, 31);

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "demo",
            description = "Folder for the landing zone and the warehouse. Default: ${DEFAULT-VALUE}.")
    private Path dir;

    @Mixin
    private DatabaseOptions databaseOptions;

    @Override
    public Integer call() throws Exception {
        PrintStream out = System.out;
        Path landing = dir.resolve("landing");
        Path warehouse = dir.resolve("warehouse");
        if (!Files.exists(landing.resolve("national/reference/" + AS_AT + "/_READY"))) {
            out.println("Making up a council in " + landing);
            new Generator(landing, 400, 6, AS_AT, 1).write(List.of("826"));
            publish(landing);
        }
        new WarehouseFolder(warehouse).log();
        try (OpenDatabase database = databaseOptions.open(warehouse)) {
            Night.Result result = new Night(
                            new NightOptions(landing, warehouse, null, 60, Conf::packaged), database.database(), out)
                    .run();
            try (Audit audit = Audit.open(database.database())) {
                table(out, audit.headlines());
            }
            out.println("JDBC URL:   " + database.database().shownUrl() + ", schema mart");
            if (!database.hint().isEmpty()) {
                out.println("            " + database.hint());
            }
            out.println("Run report: " + result.report());
            return result.exitCode();
        }
    }

    /** Lays the excerpt of DfE's published files that the program carries into the landing zone. */
    private static void publish(Path landing) throws IOException {
        Set<Path> folders = new TreeSet<>();
        for (Resource file : new PathMatchingResourcePatternResolver()
                .getResources("classpath*:demo/national/benchmarks/*/*.csv.gz")) {
            String path = file.getURI().toString();
            Path to = landing.resolve(path.substring(path.lastIndexOf("national/")));
            folders.add(Files.createDirectories(to.getParent()));
            try (InputStream in = file.getInputStream()) {
                Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        for (Path folder : folders) {
            Files.write(folder.resolve("_READY"), new byte[0]);
        }
    }

    private static void table(PrintStream out, List<Audit.Headline> headlines) {
        String authority = "";
        for (Audit.Headline headline : headlines) {
            if (!headline.authority().equals(authority)) {
                authority = headline.authority();
                out.println();
                out.printf(
                        "%-52s %12s %12s %12s %12s%n",
                        headline.authorityName() + " (made-up records)",
                        headline.periodEnd(),
                        headline.periodEnd().minusYears(1),
                        "neighbours",
                        "England");
            }
            out.printf(
                    Locale.UK,
                    "%-52s %12s %12s %12s %12s%n",
                    headline.measureName(),
                    Figures.text(headline.value(), headline.unit()),
                    Figures.text(headline.yearBefore(), headline.unit()),
                    Figures.text(headline.neighbourMean(), headline.unit()),
                    Figures.text(headline.england(), headline.unit()));
        }
        out.println();
    }
}
