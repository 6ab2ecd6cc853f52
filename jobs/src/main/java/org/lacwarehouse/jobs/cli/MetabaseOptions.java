package org.lacwarehouse.jobs.cli;

import org.lacwarehouse.jobs.database.OpenDatabase;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.metabase.Content;
import org.lacwarehouse.marts.metabase.MartContent;
import org.lacwarehouse.marts.publish.Publication;
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

    @Mixin
    private ConfMixin conf;

    @Mixin
    private DatabaseOptions databaseOptions;

    String database() {
        return database;
    }

    /** The content for the marts that are published. */
    Content content() throws Exception {
        Catalogue catalogue = new Catalogue(conf.read());
        try (OpenDatabase open = databaseOptions.openExisting(warehouse.folder())) {
            return MartContent.of(catalogue, new Publication(open.database()).published());
        }
    }
}
