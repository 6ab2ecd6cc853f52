package org.lacwarehouse.pipeline.landing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
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

    private static final String READY = "_READY";

    private final Path landing;

    /** @param landing the landing zone's folder */
    public LandingZone(Path landing) {
        this.landing = landing;
    }

    /**
     * Looks for files that the register does not know; only those are opened, to hash them.
     *
     * @param againHeld whether files are looked at again that no contract described before
     */
    public Scan scan(Register register, boolean againHeld) {
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
                    } else if (Files.exists(extract.resolve(READY))) {
                        files(extract, ignored)
                                .forEach(file ->
                                        look(file, ignored, date.get(), register, againHeld, arrivals, unchanged));
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
            boolean againHeld,
            List<Arrival> arrivals,
            List<Delivery> unchanged) {
        try {
            String file = name(path);
            long bytes = Files.size(path);
            long modified = Files.getLastModifiedTime(path).toMillis();
            Delivery known = register.byFile(file)
                    .filter(delivery -> !(againHeld && delivery.status() == DeliveryStatus.HELD))
                    .orElse(null);
            if (known != null && known.bytes() == bytes && known.modified() == modified) {
                return;
            }
            String sha256 = sha256(path);
            // A file that was refused is judged anew when it is sent again: what it was measured against may have
            // changed.
            if (known != null && known.status() != DeliveryStatus.REFUSED && sha256.equals(known.sha256())) {
                unchanged.add(new Delivery(
                        known.deliveryId(),
                        known.authority(),
                        known.source(),
                        known.dataset(),
                        known.extractDate(),
                        file,
                        bytes,
                        modified,
                        sha256,
                        DeliveryStatus.UNCHANGED,
                        "the same bytes were read before",
                        0,
                        null));
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

    /** Whether a file still has the size and time of change that it had when it was looked at. */
    public static boolean isAsItWas(Path landing, Delivery delivery) {
        Path path = landing.resolve(delivery.file());
        try {
            return Files.size(path) == delivery.bytes()
                    && Files.getLastModifiedTime(path).toMillis() == delivery.modified();
        } catch (IOException e) {
            return false;
        }
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
        return children(parent, ignored).stream()
                .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                .filter(path -> !path.getFileName().toString().matches("[._].*"))
                .toList();
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
        } catch (IOException e) {
            throw new UncheckedIOException("The landing zone's folder " + parent + " cannot be read", e);
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
        try (InputStream in = Files.newInputStream(path)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sha.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(sha.digest());
    }
}
