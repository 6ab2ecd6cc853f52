package org.lacwarehouse.marts.gold;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which version of each gold table exists, of each authority: a small file that is replaced whole after each table. */
public final class GoldState {
    private final Path file;
    private final String program;
    private final Map<String, String> digests = new TreeMap<>();

    /** @param program changes whenever the program that builds the tables changes */
    public GoldState(Path warehouse, String program) {
        this.file = warehouse.resolve("register/gold.properties");
        this.program = program;
        if (Files.exists(file)) {
            try {
                for (String line : Files.readAllLines(file)) {
                    digests.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("The state of the gold tables cannot be read: " + file, e);
            }
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
        try {
            Path written = file.resolveSibling("gold.properties.tmp");
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
}
