package io.hotpool.server.learn;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A ClientHello and the occasion it was sent on.
 *
 * @param second the one after a HelloRetryRequest; null where there was none
 * @param retried the connection before it ended without an answer
 */
public record SeenHello(ClientHello first, @Nullable ClientHello second, boolean retried) {
    private static final List<String> HTTP1 = List.of("http/1.1");

    public static SeenHello of(ClientHello hello) {
        return new SeenHello(hello, null, false);
    }

    /** The forms that the hello itself shows; empty: a first one. */
    Set<HelloForm> forms() {
        EnumSet<HelloForm> forms = EnumSet.noneOf(HelloForm.class);
        if (first.extension(HelloExtensions.PRE_SHARED_KEY).isPresent()) {
            forms.add(HelloForm.RESUMED);
        }
        if (first.extension(HelloExtensions.SESSION_TICKET)
                .filter(e -> e.data().length > 0)
                .isPresent()) {
            forms.add(HelloForm.RESUMED_TLS12);
        }
        if (alpn().equals(HTTP1)) {
            forms.add(HelloForm.WEBSOCKET);
        }
        if (retried) {
            forms.add(HelloForm.RETRY);
        }
        return forms;
    }

    List<String> alpn() {
        return first.extension(HelloExtensions.ALPN)
                .map(HelloExtensions::protocols)
                .orElse(List.of());
    }
}
