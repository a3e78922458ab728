package io.hotpool.pool.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Chains that were found good for a host a short time ago. Bounded; thread-safe. */
final class VerifiedChains {
    private static final int MOST = 4096;

    private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();
    private final InstantSource clock;
    private final Duration lifetime;

    private record Entry(Instant keptUntil, Instant validUntil) {}

    VerifiedChains(InstantSource clock, Duration lifetime) {
        this.clock = clock;
        this.lifetime = lifetime;
    }

    /** SHA-256 over the chain and the host. */
    static String key(List<byte[]> chain, String host) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] certificate : chain) {
                digest.update(new WireOutput().u24(certificate.length).toByteArray());
                digest.update(certificate);
            }
            return HexFormat.of().formatHex(digest.digest()) + host;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Until when the chain is valid; null when it has to be verified. */
    @Nullable
    Instant validUntil(String key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return null;
        }
        if (!clock.instant().isBefore(entry.keptUntil)) {
            entries.remove(key, entry);
            return null;
        }
        return entry.validUntil;
    }

    void add(String key, Instant validUntil) {
        Instant until = clock.instant().plus(lifetime);
        entries.put(key, new Entry(until.isBefore(validUntil) ? until : validUntil, validUntil));
        Iterator<String> any = entries.keySet().iterator();
        while (entries.size() > MOST && any.hasNext()) {
            any.next();
            any.remove();
        }
    }
}
