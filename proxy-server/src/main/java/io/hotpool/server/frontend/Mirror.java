package io.hotpool.server.frontend;

import io.hotpool.pool.fingerprint.MalformedInputException;
import io.hotpool.pool.fingerprint.MirroredProfiles;
import io.hotpool.pool.profile.BrowserProfile;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code fingerprint.mirror}: the origin sees the client's own TLS and HTTP/2. Where a client shows what hotpool cannot send,
 * or could not keep its word for, the standard profile is used, and the log says why. Thread-safe.
 */
final class Mirror {
    private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);
    private static final int MOST_REASONS = 100;

    private final MirroredProfiles profiles = new MirroredProfiles();
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** The client's profile; {@code standard} where it cannot be mirrored. */
    BrowserProfile profile(ClientShape client, BrowserProfile standard) {
        return client.profile(standard, profile -> made(client, profile));
    }

    private BrowserProfile made(ClientShape client, BrowserProfile standard) {
        try {
            return profiles.profile(client.hello(), client.opening(), standard);
        } catch (MalformedInputException e) {
            tell(String.valueOf(e.getMessage()), standard);
            return standard;
        }
    }

    private void tell(String reason, BrowserProfile standard) {
        if (told.size() < MOST_REASONS && told.add(reason)) {
            LOG.warn("a client is not mirrored, origins see {} instead: {}", standard.name(), reason);
        }
    }
}
