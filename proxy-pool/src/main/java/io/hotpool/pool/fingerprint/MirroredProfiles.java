package io.hotpool.pool.fingerprint;

import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import io.hotpool.pool.profile.BrowserProfile.TlsShape;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Profiles made of what clients sent: clients of one shape get one profile, the very object, and so share connections and
 * tickets; others never do. Bounded; thread-safe.
 */
public final class MirroredProfiles {
    private static final int MOST_FAMILIES = 500;
    private static final int PRE_SHARED_KEY = 41;

    private final Map<MirroredFamily.Key, MirroredFamily> families = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * The profile of a client by its hello and, where it speaks HTTP/2, its opening.
     *
     * @param standard lends what a hello does not tell: where fields that HTTP/1.1 needs are put, and their casing
     * @throws MalformedInputException when hotpool cannot send such a hello or opening; the message says what it cannot
     */
    public synchronized BrowserProfile profile(
            ClientHello hello, @Nullable Http2Opening opening, BrowserProfile standard) {
        TlsShape shape = HelloShape.of(hello);
        Http2Shape http2 = opening == null ? standard.http2() : OpeningShape.of(opening);
        if (hello.extension(PRE_SHARED_KEY).isPresent()) {
            Optional<MirroredFamily> fresh = families.values().stream()
                    .filter(family -> family.resumes(shape))
                    .reduce((old, recent) -> recent);
            if (fresh.isPresent()) {
                fresh.get().resumed(shape);
                return fresh.get().profile(shape, http2, standard);
            }
        }
        MirroredFamily family = families.computeIfAbsent(MirroredFamily.Key.of(shape), key -> new MirroredFamily());
        family.seen(shape);
        forgetOldest();
        return family.profile(shape, http2, standard);
    }

    private void forgetOldest() {
        Iterator<MirroredFamily> oldest = families.values().iterator();
        if (families.size() > MOST_FAMILIES) {
            oldest.next();
            oldest.remove();
        }
    }
}
