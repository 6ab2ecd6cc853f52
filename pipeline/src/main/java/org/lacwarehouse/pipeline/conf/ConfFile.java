package org.lacwarehouse.pipeline.conf;

/**
 * One configuration file.
 *
 * @param path its path below the configuration folder, with forward slashes, such as
 *     {@code sources/social_care/episodes.yml}
 * @param text its whole text
 */
public record ConfFile(String path, String text) {
    /** The file's name without folder and extension: {@code episodes}. */
    public String baseName() {
        String name = path.substring(path.lastIndexOf('/') + 1);
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** The name of the folder that holds the file: {@code social_care}; empty at the top. */
    public String folderName() {
        int end = path.lastIndexOf('/');
        return end < 0 ? "" : path.substring(path.lastIndexOf('/', end - 1) + 1, end);
    }

    /** An error about a line of this file, the first line being 1. */
    public ConfException error(int line, String message) {
        return new ConfException(path + ":" + line + ": " + message);
    }
}
