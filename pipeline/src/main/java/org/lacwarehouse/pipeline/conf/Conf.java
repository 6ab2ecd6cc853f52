package org.lacwarehouse.pipeline.conf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lacwarehouse.pipeline.lake.Digest;

/**
 * Everything an analyst may edit: contracts, code lists, measures, settings. The files are packaged with the program;
 * a folder given with {@code --conf} lies over them, file by file: a file of the same path replaces the packaged one, a
 * file of a new path is added.
 */
public final class Conf {
    private static final String MARKER = "conf/application.yml";

    private final Map<String, String> texts;

    private Conf(Map<String, String> texts) {
        this.texts = texts;
    }

    /** The configuration as packaged. */
    public static Conf packaged() {
        return new Conf(ResourceFolder.onClassPath(MARKER));
    }

    /**
     * The packaged configuration with a folder laid over it.
     *
     * @throws ConfException when the folder cannot be read
     */
    public static Conf withOverrides(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new ConfException(folder + ": this configuration folder does not exist; give an existing folder with"
                    + " --conf, or leave --conf away to use the packaged configuration");
        }
        Map<String, String> merged = new TreeMap<>(packaged().texts);
        try {
            merged.putAll(ResourceFolder.onDisk(folder));
        } catch (IOException e) {
            throw new ConfException(folder + ": this configuration folder cannot be read (" + e.getMessage() + ")");
        }
        return new Conf(merged);
    }

    /** All files below a folder with an extension, in path order. */
    public List<ConfFile> files(String folder, String extension) {
        return texts.entrySet().stream()
                .filter(e -> e.getKey().startsWith(folder + "/") && e.getKey().endsWith("." + extension))
                .map(e -> new ConfFile(e.getKey(), e.getValue()))
                .toList();
    }

    /**
     * One file.
     *
     * @throws ConfException when there is none of that path
     */
    public ConfFile file(String path) {
        String text = texts.get(path);
        if (text == null) {
            throw new ConfException(path + ": this configuration file is missing");
        }
        return new ConfFile(path, text);
    }

    /** Changes whenever any file changes: the part of a night's identity that the configuration contributes. */
    public String digest() {
        return Digest.of(texts.toString());
    }
}
