package org.lacwarehouse.jobs.cli;

import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.lacwarehouse.jobs.Main;
import org.lacwarehouse.jobs.database.OpenDatabase;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.powerbi.PowerBiProject;
import org.lacwarehouse.marts.publish.Publication;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the marts as a Power BI project. */
@Command(
        name = "powerbi",
        mixinStandardHelpOptions = true,
        description =
                "Writes a Power BI project over the published marts: a semantic model with every table, relationship"
                        + " and certified measure, and a report. A report that is there already stays as it is; the model is"
                        + " written anew.")
public final class PowerBiCommand implements Callable<Integer> {
    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The folder to write to.")
    private Path out;

    @Mixin
    private WarehouseMixin warehouse;

    @Mixin
    private ConfMixin conf;

    @Mixin
    private DatabaseOptions databaseOptions;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Catalogue catalogue = new Catalogue(conf.read());
        try (OpenDatabase database = databaseOptions.openExisting(warehouse.folder())) {
            PowerBiProject project = new PowerBiProject(catalogue, new Publication(database.database()).published());
            Properties where = Driver.parseURL(database.database().url(), null);
            boolean isReportWritten = project.write(out, server(where), PGProperty.PG_DBNAME.getOrDefault(where));
            spec.commandLine()
                    .getOut()
                    .println((isReportWritten
                                    ? "Written to "
                                    : "The model is written anew; the report that was there stays as it is. All in ")
                            + out + ": open " + PowerBiProject.NAME + ".pbip with Power BI Desktop.");
            return Main.OK;
        }
    }

    /** The first server of a JDBC URL, as Power BI names it. */
    private static String server(Properties where) {
        String host = PGProperty.PG_HOST.getOrDefault(where).split(",")[0];
        String port = PGProperty.PG_PORT.getOrDefault(where).split(",")[0];
        return port.equals("5432") ? host : host + ":" + port;
    }
}
