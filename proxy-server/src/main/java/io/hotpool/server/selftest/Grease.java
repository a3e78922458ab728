package io.hotpool.server.selftest;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.profile.BrowserProfile;
import java.util.ArrayList;
import java.util.List;

/** Code points with GREASE (RFC 8701) reduced to where it stands. */
final class Grease {
    private Grease() {}

    /** A list that may be changed. */
    static List<Integer> placed(List<Integer> codes) {
        List<Integer> placed = new ArrayList<>(codes);
        placed.replaceAll(code -> ClientHello.isGrease(code) ? BrowserProfile.GREASE : code);
        return placed;
    }
}
