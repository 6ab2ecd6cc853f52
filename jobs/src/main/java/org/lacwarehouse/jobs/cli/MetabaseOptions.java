package org.lacwarehouse.jobs.cli;

import java.nio.file.Path;
import org.lacwarehouse.jobs.database.OpenDatabase;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.metabase.Content;
import org.lacwarehouse.marts.metabase.MartContent;
import org.lacwarehouse.marts.publish.Publication;
import org.lacwarehouse.pipeline.conf.Conf;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands for Metabase share: the marts that are shown, and what Metabase calls the connection to them. */
final class MetabaseOptions {
    @Option(
            names = "--database",
            paramLabel = "NAME",
            defaultValue = "LAC Warehouse",
            description =
                    "The display name that the connection to the PostgreSQL of the marts has in Metabase, where an"
                            + " administrator adds it. Default: ${DEFAULT-VALUE}.")
    private String database;

    @Mixin
    private WarehouseMixin warehouse;

    @Option(
            names = "--conf",
            paramLabel = "DIR",
            description =
                    "Folder of configuration files that replace or add to the packaged ones, as given to nightly.")
    private Path conf;

    @Mixin
    private DatabaseOptions databaseOptions;

    String database() {
        return database;
    }

    /** The content for the marts that are published. */
    Content content() throws Exception {
        Catalogue catalogue = new Catalogue(conf == null ? Conf.packaged() : Conf.withOverrides(conf));
        try (OpenDatabase open = databaseOptions.openExisting(warehouse.folder())) {
            return MartContent.of(catalogue, new Publication(open.database()).published());
        }
    }
}
