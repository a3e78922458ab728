package io.hotpool.server.capture;

import java.util.Locale;

/**
 * What the pages ask a browser for, besides the requests that they are made of.
 *
 * @param fresh first connections
 * @param resumed repeated ones, with a session
 * @param retries connections that ask for another key share
 * @param tls12 names that know TLS 1.2 only, each visited twice
 * @param broken names, for each protocol, whose first connection ends without an answer to its second request
 * @param webSockets connections for a WebSocket
 */
public record Steps(int fresh, int resumed, int retries, int tls12, int broken, int webSockets) {
    /** Pages: over HTTP/2 and HTTP/1.1, without and with cookies. */
    static final int PAGES = 4;

    private static final int LEAST = 8;

    /** @throws IllegalArgumentException with fewer connections than are needed to see what varies */
    public static Steps of(int fresh) {
        if (fresh < LEAST) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "at least %d connections are needed, %d were asked for", LEAST, fresh));
        }
        return new Steps(fresh, Math.min(fresh, 8), 4, 2, 1, 2);
    }

    int total() {
        return fresh + resumed + retries + 2 * tls12 + 2 * broken + webSockets + PAGES;
    }
}
