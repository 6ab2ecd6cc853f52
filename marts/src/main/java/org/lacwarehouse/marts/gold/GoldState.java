package org.lacwarehouse.marts.gold;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which version of each gold table exists, of each authority: a small file that is replaced whole after each table. And what
 * the last versions of the marts were made from.
 */
public final class GoldState {
    private static final int VERSIONS_KEPT = 10;

    private final Path file;
    private final Path versions;
    private final String program;
    private final Map<String, String> digests;

    /** @param program changes whenever the program that builds the tables changes */
    public GoldState(Path warehouse, String program) {
        this.file = warehouse.resolve("register/gold.properties");
        this.versions = warehouse.resolve("register/versions");
        this.program = program;
        this.digests = read(file);
    }

    private static Map<String, String> read(Path file) {
        Map<String, String> digests = new TreeMap<>();
        if (Files.exists(file)) {
            try {
                for (String line : Files.readAllLines(file)) {
                    // A line that is cut off tells nothing: what it was about is made anew.
                    int end = line.indexOf('=');
                    if (end >= 0) {
                        digests.put(line.substring(0, end), line.substring(end + 1));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException("The state of the gold tables cannot be read: " + file, e);
            }
        }
        return digests;
    }

    private static void write(Map<String, String> digests, Path file) {
        try {
            Path written = file.resolveSibling(file.getFileName() + ".tmp");
            Files.writeString(
                    written,
                    digests.entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                            .collect(Collectors.joining()));
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("The state of the gold tables cannot be written: " + file, e);
        }
    }

    String program() {
        return program;
    }

    synchronized String digest(String name) {
        return digests.getOrDefault(name, "");
    }

    /** Notes that a table has to be built again. */
    public void forget(String table) {
        record(Map.of(table, "gone"));
    }

    /** Notes digests under their names. */
    synchronized void record(Map<String, String> tables) {
        digests.putAll(tables);
        write(digests, file);
    }

    /** Keeps what a version of the marts was made from, and of the versions before it the last ones. */
    void keep(String version, Map<String, String> contents) {
        try {
            Files.createDirectories(versions);
            write(contents, versions.resolve(version));
            try (Stream<Path> kept = Files.list(versions)) {
                for (Path old : kept.sorted(Comparator.comparing(
                                        (Path file) -> file.toFile().lastModified())
                                .reversed())
                        .skip(VERSIONS_KEPT)
                        .toList()) {
                    Files.delete(old);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("What the marts are made from cannot be kept: " + versions, e);
        }
    }

    /** What a version of the marts was made from; nothing when that is not known. */
    Map<String, String> contents(String version) {
        return read(versions.resolve(version));
    }
}
