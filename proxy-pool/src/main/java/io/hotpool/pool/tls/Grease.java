package io.hotpool.pool.tls;

import io.hotpool.pool.profile.BrowserProfile;
import java.util.random.RandomGenerator;

/**
 * The GREASE values of one hello (RFC 8701): one draw per slot. The group of supported_groups and of key_share is one slot;
 * the two extensions never have the same value, all else is independent.
 */
record Grease(int cipher, int group, int firstExtension, int lastExtension, int version, int signature) {

    static Grease draw(RandomGenerator random) {
        int first = value(random);
        int last = value(random);
        return new Grease(
                value(random),
                value(random),
                first,
                last == first ? last ^ 0x1010 : last,
                value(random),
                value(random));
    }

    static boolean isPlaceholder(int code) {
        return code == BrowserProfile.GREASE;
    }

    /** True for the sixteen reserved values. */
    static boolean isReserved(int code) {
        return (code & 0x0f0f) == 0x0a0a && (code >>> 8) == (code & 0xff);
    }

    /** The value of the slot for lists inside the extension of {@code type}. */
    int inExtension(int type) {
        return switch (type) {
            case ExtensionTypes.SUPPORTED_GROUPS, ExtensionTypes.KEY_SHARE -> group;
            case ExtensionTypes.SUPPORTED_VERSIONS -> version;
            default -> signature;
        };
    }

    private static int value(RandomGenerator random) {
        int octet = random.nextInt(16) << 4 | 0x0a;
        return octet << 8 | octet;
    }
}
