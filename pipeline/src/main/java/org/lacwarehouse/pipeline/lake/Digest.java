package org.lacwarehouse.pipeline.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, the one hash by which files, configurations and nights are identified. */
public final class Digest {
    private Digest() {}

    /** A fresh SHA-256. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /**
     * The hash of the jar that a class comes from: what was computed by another build of the program is computed again. A
     * class folder, as in tests, has a constant one.
     */
    public static String ofCode(Class<?> part) {
        try {
            Path code = Path.of(
                    part.getProtectionDomain().getCodeSource().getLocation().toURI());
            return Files.isRegularFile(code)
                    ? HexFormat.of().formatHex(sha256().digest(Files.readAllBytes(code)))
                    : "classes";
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException("The program's own files cannot be read", e);
        }
    }

    /** The hash of texts in order, as 64 hexadecimal digits; where one text ends matters. */
    public static String of(String... texts) {
        MessageDigest sha = sha256();
        for (String text : texts) {
            sha.update(text.getBytes(StandardCharsets.UTF_8));
            sha.update((byte) 0);
        }
        return HexFormat.of().formatHex(sha.digest());
    }
}
