package io.hotpool.server.config;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.spec.InvalidKeySpecException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** How passwords of users are kept: {@code pbkdf2-sha256$rounds$salt$hash}, salt and hash in base64url. */
public final class PasswordHash {
    private static final int ROUNDS = 210_000;
    private static final int MOST_ROUNDS = 10_000_000;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BITS = 256;
    private static final Pattern TEXT =
            Pattern.compile("pbkdf2-sha256\\$(\\d{1,8})\\$([A-Za-z0-9_-]{16,86})\\$([A-Za-z0-9_-]{43})");

    static final ValueType<String> TYPE = new ScalarType<>(
            given -> Scalars.string(given).filter(PasswordHash::valid),
            Scalars::quoted,
            "a hash written by `hotpool passwd`",
            Map.of("type", "string", "pattern", "^" + TEXT.pattern() + "$"),
            true);

    private PasswordHash() {}

    public static String of(char[] password) {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        return "pbkdf2-sha256$" + ROUNDS + "$" + base64(salt) + "$" + base64(derive(password, salt, ROUNDS));
    }

    /** Takes tens of milliseconds on purpose: never on an event loop, and remember what matched. */
    public static boolean matches(String hash, char[] password) {
        Matcher match = TEXT.matcher(hash);
        if (!match.matches()) {
            return false;
        }
        byte[] salt = Base64.getUrlDecoder().decode(match.group(2));
        byte[] wanted = Base64.getUrlDecoder().decode(match.group(3));
        return MessageDigest.isEqual(wanted, derive(password, salt, Integer.parseInt(match.group(1))));
    }

    private static boolean valid(String text) {
        Matcher match = TEXT.matcher(text);
        return match.matches()
                && Optional.of(Integer.parseInt(match.group(1)))
                        .filter(rounds -> rounds >= 1 && rounds <= MOST_ROUNDS)
                        .isPresent();
    }

    private static byte[] derive(char[] password, byte[] salt, int rounds) {
        try {
            PBEKeySpec spec = new PBEKeySpec(password, salt, rounds, HASH_BITS);
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (NoSuchAlgorithmException | InvalidKeySpecException e) {
            throw new IllegalStateException("every JDK has PBKDF2WithHmacSHA256", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
