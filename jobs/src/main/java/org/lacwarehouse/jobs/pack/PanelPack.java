package org.lacwarehouse.jobs.pack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.List;
import java.util.NavigableSet;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.pipeline.conf.Conf;

/**
 * The panel pack: the tables and charts of {@code conf/reports/*.yml} for a council and a month end, as one HTML page that
 * opens without a network, and as a workbook.
 */
public final class PanelPack {
    private final Conf conf;

    /** @param conf the configuration, which declares the tables and the measures */
    public PanelPack(Conf conf) {
        this.conf = conf;
    }

    /**
     * Writes the pack.
     *
     * @param database where the marts are
     * @param laCode the authority's three-digit code
     * @param asAt the month end
     * @param isPublic whether the copy that may be shared is written, from schema {@code mart_public} alone
     * @param folder where the files go; made if there is none
     * @return the files: the page and the workbook
     * @throws IllegalArgumentException when the marts hold no figures of the authority at that date
     */
    public List<Path> write(Database database, String laCode, LocalDate asAt, boolean isPublic, Path folder)
            throws SQLException, IOException {
        Pack pack = read(database, laCode, asAt, isPublic);
        Files.createDirectories(folder);
        String name = "panel-pack-" + laCode + "-" + asAt + (isPublic ? "-public" : "");
        String html = HtmlPack.write(pack);
        ByteArrayOutputStream sheets = new ByteArrayOutputStream();
        XlsxPack.write(pack, sheets);
        Path page = Files.writeString(folder.resolve(name + ".html"), html);
        Path workbook = Files.write(folder.resolve(name + ".xlsx"), sheets.toByteArray());
        return List.of(page, workbook);
    }

    /** The pack before it is written. */
    Pack read(Database database, String laCode, LocalDate asAt, boolean isPublic) throws SQLException {
        Catalogue catalogue = new Catalogue(conf);
        List<Layout.Section> layout = Layout.read(conf);
        try (Connection connection = database.connect()) {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            String schema = isPublic ? "mart_public" : "mart";
            if (!mayRead(connection, schema)) {
                throw new IllegalArgumentException("This account may not read schema " + schema + " of "
                        + database.shownUrl() + ", or no night has published it yet."
                        + (isPublic ? "" : " The copy that may be shared (--public) needs mart_public only."));
            }
            Source source = new Source(connection, catalogue, laCode, isPublic);
            String version = source.version();
            NavigableSet<LocalDate> ends = source.monthEnds();
            if (!ends.contains(asAt)) {
                throw new IllegalArgumentException("The marts hold no figures of " + laCode + " at " + asAt
                        + ". There are figures at " + ends.size() + " month ends from " + ends.first() + " to "
                        + ends.last() + "; the nearest " + nearest(ends, asAt) + ".");
            }
            Pack pack = new Builder(source, catalogue.contracts().codeLists(), asAt).build(layout, laCode);
            connection.rollback();
            if (!source.version().equals(version)) {
                throw new IllegalStateException(
                        "A night published the marts while the pack was being made; run the command again.");
            }
            return pack;
        }
    }

    private static String nearest(NavigableSet<LocalDate> ends, LocalDate asAt) {
        LocalDate before = ends.floor(asAt);
        LocalDate after = ends.ceiling(asAt);
        if (before == null || after == null) {
            return "is " + (before == null ? after : before);
        }
        return "are " + before + " and " + after;
    }

    private static boolean mayRead(Connection connection, String schema) throws SQLException {
        try (Statement statement = connection.createStatement();
                var row = statement.executeQuery("select coalesce(has_schema_privilege(to_regnamespace('" + schema
                        + "'), 'usage'), false) and coalesce(has_table_privilege(to_regclass('" + schema
                        + ".fact_measure'), 'select'), false)")) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
