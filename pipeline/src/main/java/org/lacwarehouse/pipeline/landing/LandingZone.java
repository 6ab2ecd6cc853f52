package org.lacwarehouse.pipeline.landing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.lacwarehouse.pipeline.lake.Digest;

/**
 * The landing zone: {@code <landing>/<authority>/<source>/<extract date>/<file>}. A folder counts once it holds
 * {@code _READY}; symbolic links are never followed.
 */
public final class LandingZone {
    /**
     * What a look at the landing zone found.
     *
     * @param arrivals files not read before, oldest extract date first
     * @param unchanged files whose bytes had been read from the same place before, though they were touched since
     * @param ignored folders and links that are not part of the layout, each with the reason
     */
    public record Scan(List<Arrival> arrivals, List<Delivery> unchanged, List<String> ignored) {}

    /**
     * Which files are looked at again although they are known.
     *
     * @param held those that no contract described before
     * @param folders those of these folders, such as {@code 826/social_care/2024-03-31}
     * @param refused those of these datasets that were refused, such as {@code 826/social_care/episodes}
     */
    public record Again(boolean held, Set<String> folders, Set<String> refused) {
        /** None. */
        public static final Again NONE = new Again(false, Set.of(), Set.of());

        private boolean includes(String file, List<Delivery> known) {
            return folders.contains(file.substring(0, file.lastIndexOf('/')))
                    || known.stream()
                            .anyMatch(delivery -> held && delivery.status() == DeliveryStatus.HELD
                                    || delivery.status() == DeliveryStatus.REFUSED
                                            && refused.contains(delivery.slice()));
        }
    }

    private static final String READY = "_READY";

    private final Path landing;

    /** @param landing the landing zone's folder */
    public LandingZone(Path landing) {
        this.landing = landing;
    }

    /**
     * Looks for files that the register does not know; only those are opened, to hash them.
     *
     * @param again the known files that are looked at again
     */
    public Scan scan(Register register, Again again) {
        List<Arrival> arrivals = new ArrayList<>();
        List<Delivery> unchanged = new ArrayList<>();
        List<String> ignored = new ArrayList<>();
        for (Path authority : folders(landing, ignored)) {
            if (!authority.getFileName().toString().matches("\\d{3}|national")) {
                ignored.add(name(authority) + ": not a three-digit authority code or `national`");
                continue;
            }
            for (Path source : folders(authority, ignored)) {
                for (Path extract : folders(source, ignored)) {
                    Optional<LocalDate> date = date(extract.getFileName().toString());
                    if (date.isEmpty()) {
                        ignored.add(name(extract) + ": the folder's name is not an extract date like 2024-03-31");
                    } else if (date.get().getYear() < 1990 || date.get().getYear() > 2049) {
                        ignored.add(name(extract) + ": the year of the extract date is not one from 1990 to 2049");
                    } else if (isReady(extract, ignored)) {
                        files(extract, ignored)
                                .forEach(file -> look(file, ignored, date.get(), register, again, arrivals, unchanged));
                    }
                }
            }
        }
        arrivals.sort(Comparator.comparing(Arrival::extractDate).thenComparing(Arrival::file));
        return new Scan(arrivals, unchanged, ignored);
    }

    private void look(
            Path path,
            List<String> ignored,
            LocalDate date,
            Register register,
            Again again,
            List<Arrival> arrivals,
            List<Delivery> unchanged) {
        try {
            String file = name(path);
            BasicFileAttributes attributes =
                    Files.readAttributes(inside(landing, file), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            long bytes = attributes.size();
            long modified = attributes.lastModifiedTime().toMillis();
            List<Delivery> known = register.byFile(file);
            if (again.includes(file, known)) {
                known = List.of();
            }
            if (!known.isEmpty() && known.stream().allMatch(d -> d.bytes() == bytes && d.modified() == modified)) {
                return;
            }
            String sha256 = sha256(path);
            // A file that was refused is judged anew when it is sent again: what it was measured against may have
            // changed.
            if (!known.isEmpty()
                    && known.stream()
                            .allMatch(d -> d.status() != DeliveryStatus.REFUSED && sha256.equals(d.sha256()))) {
                known.forEach(before -> unchanged.add(unchanged(before, bytes, modified)));
                return;
            }
            Path below = landing.relativize(path);
            arrivals.add(new Arrival(
                    path,
                    file,
                    below.getName(0).toString(),
                    below.getName(1).toString(),
                    date,
                    bytes,
                    modified,
                    sha256));
        } catch (IOException e) {
            ignored.add(
                    name(path) + ": the file cannot be opened (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static Delivery unchanged(Delivery before, long bytes, long modified) {
        return new Delivery(
                before.deliveryId(),
                before.authority(),
                before.source(),
                before.dataset(),
                before.extractDate(),
                before.file(),
                bytes,
                modified,
                before.sha256(),
                DeliveryStatus.UNCHANGED,
                "the same bytes were read before",
                0,
                null);
    }

    /** Whether a file still has the size and time of change that it had when it was looked at. */
    public static boolean isAsItWas(Path landing, Delivery delivery) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(
                    inside(landing, delivery.file()), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile()
                    && attributes.size() == delivery.bytes()
                    && attributes.lastModifiedTime().toMillis() == delivery.modified();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Where a file of the landing zone lies.
     *
     * @param file its path below the landing zone
     * @throws IOException when it is not there, or when a symbolic link on the way leads somewhere else
     */
    public static Path inside(Path landing, String file) throws IOException {
        Path path = landing.resolve(file);
        if (!path.toRealPath().equals(landing.toRealPath().resolve(file))) {
            throw new UnreadableFileException(
                    "a symbolic link leads to the file; put the file itself into the landing zone");
        }
        return path;
    }

    private boolean isReady(Path extract, List<String> ignored) {
        Path ready = extract.resolve(READY);
        if (Files.exists(ready, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(ready, LinkOption.NOFOLLOW_LINKS)) {
            ignored.add(name(ready) + ": not an ordinary file, so the folder does not count as complete");
            return false;
        }
        return Files.exists(ready, LinkOption.NOFOLLOW_LINKS);
    }

    private String name(Path path) {
        return landing.relativize(path).toString().replace('\\', '/');
    }

    private List<Path> folders(Path parent, List<String> ignored) {
        return children(parent, ignored).stream()
                .filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                .toList();
    }

    private List<Path> files(Path parent, List<String> ignored) {
        List<Path> files = new ArrayList<>();
        for (Path path : children(parent, ignored)) {
            if (path.getFileName().toString().matches("[._].*") || Files.isSymbolicLink(path)) {
                continue;
            }
            if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                files.add(path);
            } else {
                ignored.add(name(path) + ": not an ordinary file");
            }
        }
        return files;
    }

    private List<Path> children(Path parent, List<String> ignored) {
        try (Stream<Path> found = Files.list(parent)) {
            List<Path> children = found.sorted().toList();
            for (Path child : children) {
                if (Files.isSymbolicLink(child)) {
                    ignored.add(name(child) + ": a symbolic link; put the file itself into the folder");
                }
            }
            return children;
        } catch (IOException | UncheckedIOException e) {
            if (parent.equals(landing)) {
                throw new IllegalStateException("The landing zone " + landing + " cannot be read", e);
            }
            ignored.add(name(parent) + ": the folder cannot be opened; see who may read it");
            return List.of();
        }
    }

    private static Optional<LocalDate> date(String name) {
        try {
            return Optional.of(LocalDate.parse(name));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static String sha256(Path path) throws IOException {
        MessageDigest sha = Digest.sha256();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sha.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(sha.digest());
    }
}
