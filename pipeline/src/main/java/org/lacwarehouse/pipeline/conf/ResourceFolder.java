package org.lacwarehouse.pipeline.conf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads all files below a folder, whether it lies on disk or inside a jar of the class path. */
public final class ResourceFolder {
    private ResourceFolder() {}

    /**
     * The files of a class-path folder.
     *
     * @param marker a resource that lies directly in the folder and tells which of the class path's jars is meant
     * @return text by path below the folder, in path order
     */
    public static Map<String, String> onClassPath(String marker) {
        URL url = ResourceFolder.class.getClassLoader().getResource(marker);
        if (url == null) {
            throw new IllegalStateException("The program is incomplete: " + marker + " is missing from its class path");
        }
        try {
            URI uri = url.toURI();
            if (!uri.getScheme().equals("jar")) {
                return onDisk(Path.of(uri).getParent());
            }
            String jar = uri.getRawSchemeSpecificPart().replaceFirst("!.*$", "");
            try (FileSystem zip = FileSystems.newFileSystem(Path.of(new URI(jar)))) {
                return onDisk(zip.getPath(marker).getParent());
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException("Unreadable class path entry " + url, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files below a folder: text by path below it, in path order. */
    public static Map<String, String> onDisk(Path folder) throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
                String relative = folder.relativize(path).toString().replace('\\', '/');
                if (!relative.startsWith("target/") && !relative.contains("/.") && !relative.startsWith(".")) {
                    found.put(relative, Files.readString(path, StandardCharsets.UTF_8));
                }
            }
        }
        return found;
    }
}
