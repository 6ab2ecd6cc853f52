package org.lacwarehouse.pipeline.privacy;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Turns a council's own child id into the pseudonym that all layers after bronze use: HMAC-SHA-256 under the
 * installation's key, 32 hexadecimal digits. The same child has the same pseudonym every night, and another one in every
 * other installation; without the key it cannot be traced back.
 */
public final class Pseudonyms implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final String ALGORITHM = "HmacSHA256";

    private final byte[] key;
    private transient Mac mac;

    /** @param key the secret key, at least 16 bytes */
    public Pseudonyms(byte[] key) {
        if (key.length < 16) {
            throw new IllegalArgumentException("The pseudonym key is too short: at least 16 bytes are needed");
        }
        this.key = Arrays.copyOf(key, key.length);
    }

    /** The pseudonym of a child of an authority. */
    public String childId(String authority, String child) {
        return code(authority + "|" + child, 16);
    }

    /**
     * The pseudonym of whom a row of another system is about. Rows with the same number, name and date of birth are about
     * the same person; who that is, is for the matching to say.
     *
     * @param source the system
     * @param parts number, forename, surname and date of birth in the form in which they are compared, blank where missing
     */
    public String personId(String authority, String source, List<String> parts) {
        return code(authority + "|" + source + "|" + String.join("\u0000", parts), 16);
    }

    /** A hash of a row's values under the key, so that nobody without it can try values out. */
    public String rowHash(List<String> values) {
        return code("row|" + String.join("\u0000", values), 16);
    }

    /** Tells one key from another without giving it away; kept beside the data that was written with it. */
    public String fingerprint() {
        return code("fingerprint of the key", 8);
    }

    private synchronized String code(String text, int bytes) {
        if (mac == null) {
            try {
                mac = Mac.getInstance(ALGORITHM);
                mac.init(new SecretKeySpec(key, ALGORITHM));
            } catch (NoSuchAlgorithmException | InvalidKeyException e) {
                throw new IllegalStateException("Every Java platform has HMAC-SHA-256", e);
            }
        }
        byte[] code = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(code, 0, bytes);
    }
}
