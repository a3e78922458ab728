package io.hotpool.pool.fingerprint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Digests as lower-case hex. */
final class Hashes {
    private Hashes() {}

    static String md5(String text) {
        return hex("MD5", text);
    }

    /** First 12 digits of SHA-256; zeros for nothing, as JA4 has it. */
    static String sha256Short(String text) {
        return text.isEmpty() ? "000000000000" : hex("SHA-256", text).substring(0, 12);
    }

    private static String hex(String algorithm, String text) {
        try {
            byte[] digest = MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.ISO_8859_1));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(algorithm + " is in every JDK", e);
        }
    }
}
