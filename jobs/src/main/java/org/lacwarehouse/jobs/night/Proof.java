package org.lacwarehouse.jobs.night;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Row;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.pipeline.erasure.Erasure;
import org.lacwarehouse.pipeline.erasure.Traces;
import org.lacwarehouse.pipeline.lake.Lake;

/**
 * Looks everywhere for an erased child: the rows of all Delta tables, all other files of the warehouse by their bytes, and
 * the tables of PostgreSQL. It trusts nothing that the erasure did.
 */
final class Proof {
    /** The layers that consist of Delta tables. */
    static final List<String> LAYERS = List.of("bronze", "silver", "vault", "quarantine", "gold");

    /** The embedded database's own files, which are looked at through the database, and what is removed with the session. */
    private static final Set<String> NOT_LOOKED_AT = Set.of("postgres", "scratch");

    private final Lake lake;
    private final Path warehouse;
    private final Database database;
    private final Erasure erasure;
    private final Traces traces;
    private final Set<String> places = new TreeSet<>();
    private int files;
    private int published;

    Proof(Lake lake, Path warehouse, Database database, Erasure erasure, Traces traces) {
        this.lake = lake;
        this.warehouse = warehouse;
        this.database = database;
        this.erasure = erasure;
        this.traces = traces;
    }

    /** Looks; returns what was looked through, in words. */
    String look() throws IOException, SQLException {
        List<String> tables =
                LAYERS.stream().flatMap(layer -> lake.tables(layer).stream()).toList();
        places.addAll(erasure.left(traces, tables));
        for (String table : tables) {
            lake.history(table).forEach(path -> places.add(name(path) + " (no table uses it)"));
        }
        lookThroughFiles(tables);
        lookThroughDatabase();
        return String.format(
                Locale.UK, "%,d Delta tables, %,d files, %,d PostgreSQL tables", tables.size(), files, published);
    }

    /** Where the child was found; never a value. */
    Set<String> places() {
        return places;
    }

    private String name(Path path) {
        return warehouse.relativize(path).toString();
    }

    private void lookThroughFiles(List<String> tables) throws IOException {
        Set<Path> folders = new TreeSet<>();
        tables.forEach(table -> folders.add(warehouse.resolve(table)));
        Files.walkFileTree(warehouse, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return folder.getParent().equals(warehouse)
                                && NOT_LOOKED_AT.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.equals(Erasure.marker(warehouse))) {
                    look(file, folders);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void look(Path file, Set<Path> tables) throws IOException {
        files++;
        if (traces.areIn(name(file))) {
            places.add("the name of a file in " + name(file.getParent()));
        }
        if (!file.toString().endsWith(".parquet")) {
            TextLines.find(file, traces::areIn).forEach(line -> places.add(name(file) + " line " + line.number()));
        } else if (file.getParent().endsWith("_delta_log")) {
            Traces looked = traces;
            if (!lake.spark()
                    .read()
                    .parquet(file.toUri().toString())
                    .filter((FilterFunction<Row>) row -> looked.areIn(row.toString()))
                    .isEmpty()) {
                places.add(name(file));
            }
        } else if (tables.stream().noneMatch(file::startsWith)) {
            places.add(name(file) + " (no table uses it)");
        }
    }

    private void lookThroughDatabase() throws SQLException {
        try (Connection connection = database.connect()) {
            List<String> tables = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "select format('%I.%I', schemaname, tablename) from pg_tables"
                                    + " where schemaname like 'mart%' or schemaname in ('audit', 'batch') order by 1")) {
                while (row.next()) {
                    tables.add(row.getString(1));
                }
            }
            // With a fetch size and in a transaction the driver hands rows on as they come.
            connection.setAutoCommit(false);
            for (String table : tables) {
                published++;
                try (Statement statement = connection.createStatement()) {
                    statement.setFetchSize(1000);
                    try (ResultSet row = statement.executeQuery("select t::text from " + table + " t")) {
                        while (row.next()) {
                            if (traces.areIn(row.getString(1))) {
                                places.add("PostgreSQL " + table);
                            }
                        }
                    }
                }
            }
        }
    }
}
