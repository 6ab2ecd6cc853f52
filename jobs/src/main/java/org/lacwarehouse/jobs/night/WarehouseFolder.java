package org.lacwarehouse.jobs.night;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;

/** The warehouse folder, readable by its owner only, and the key of its pseudonyms, which is never inside it. */
public final class WarehouseFolder {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path path;

    /** Opens the folder, making it if there is none. */
    public WarehouseFolder(Path path) {
        this.path = path.toAbsolutePath().normalize();
        try {
            if (!Files.isDirectory(this.path)) {
                if (this.path.getParent() != null) {
                    Files.createDirectories(this.path.getParent());
                }
                Files.createDirectory(this.path, OWNER_FOLDER);
            }
            Files.setPosixFilePermissions(this.path, PosixFilePermissions.fromString("rwx------"));
            for (String personal : List.of("register", "bronze", "vault", "quarantine", "silver", "scratch")) {
                if (!Files.isDirectory(this.path.resolve(personal))) {
                    Files.createDirectory(this.path.resolve(personal), OWNER_FOLDER);
                }
            }
            Files.createDirectories(this.path.resolve("logs"));
            Files.createDirectories(this.path.resolve("reports"));
        } catch (IOException e) {
            throw new UncheckedIOException("The warehouse folder " + path + " cannot be made: " + e.getMessage(), e);
        }
    }

    /** The folder. */
    public Path path() {
        return path;
    }

    /**
     * Takes the warehouse for one night.
     *
     * @return gives it back when closed; null when another night has it
     */
    public Closeable tryLock() throws IOException {
        FileChannel file =
                FileChannel.open(path.resolve("register/lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (file.tryLock() != null) {
                return file;
            }
        } catch (OverlappingFileLockException e) {
            // Held by this very program: the same as being held by another.
        }
        file.close();
        return null;
    }

    /** The folder for what Spark spills while a night lasts. */
    Path scratch() {
        return path.resolve("scratch");
    }

    /** Removes what a night that was killed has left in the scratch folder. */
    void clearScratch() throws IOException {
        List<Path> left;
        try (Stream<Path> paths = Files.walk(scratch())) {
            left = paths.filter(found -> !found.equals(scratch()))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
        for (Path found : left) {
            Files.delete(found);
        }
    }

    /** Sends the program's log to a file of the folder. */
    public void log() {
        System.setProperty("lac.log", path.resolve("logs/lac-warehouse.log").toString());
    }

    /**
     * The pseudonyms of this installation. The key is taken from LAC_PSEUDONYM_KEY, from the file named by
     * LAC_PSEUDONYM_KEY_FILE, or from the file {@code <warehouse>.key} beside the folder, which is made when the warehouse
     * is new.
     *
     * @throws IllegalStateException when the key is not the one with which the warehouse was begun: every child would
     *     become another
     */
    public Pseudonyms pseudonyms(Map<String, String> environment) {
        try {
            Path fingerprint = path.resolve("register/key-fingerprint");
            Pseudonyms pseudonyms = new Pseudonyms(key(environment, !Files.exists(fingerprint)));
            if (!Files.exists(fingerprint)) {
                Files.createDirectories(fingerprint.getParent());
                Files.writeString(fingerprint, pseudonyms.fingerprint());
            } else if (!Files.readString(fingerprint).equals(pseudonyms.fingerprint())) {
                throw new IllegalStateException("The pseudonym key is not the one that the warehouse " + path
                        + " was begun with; give that key again, or begin a new warehouse folder");
            }
            return pseudonyms;
        } catch (IOException e) {
            throw new UncheckedIOException("The pseudonym key cannot be read: " + e.getMessage(), e);
        }
    }

    private byte[] key(Map<String, String> environment, boolean isNew) throws IOException {
        String text = environment.get("LAC_PSEUDONYM_KEY");
        if (text != null) {
            return text.strip().getBytes(StandardCharsets.UTF_8);
        }
        if (environment.get("LAC_PSEUDONYM_KEY_FILE") != null) {
            return Files.readString(Path.of(environment.get("LAC_PSEUDONYM_KEY_FILE")))
                    .strip()
                    .getBytes(StandardCharsets.UTF_8);
        }
        Path file = path.resolveSibling(path.getFileName() + ".key");
        if (!Files.exists(file)) {
            if (!isNew) {
                throw new IllegalStateException("The pseudonym key " + file + " of the warehouse " + path
                        + " is gone; put it back, or give the key in LAC_PSEUDONYM_KEY or LAC_PSEUDONYM_KEY_FILE");
            }
            byte[] random = new byte[32];
            new SecureRandom().nextBytes(random);
            Files.createFile(file, OWNER_FILE);
            Files.writeString(file, HexFormat.of().formatHex(random) + "\n");
        }
        return Files.readString(file).strip().getBytes(StandardCharsets.UTF_8);
    }
}
