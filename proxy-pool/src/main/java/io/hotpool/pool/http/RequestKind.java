package io.hotpool.pool.http;

import java.util.Locale;

/**
 * What a browser would be doing with a request. Decides its header set and order, and in HTTP/2 its priority. The labels
 * are the keys of {@code headers.kinds} and {@code http2.priorities} in a profile file.
 */
public enum RequestKind {
    NAVIGATE,
    IFRAME,
    STYLE,
    SCRIPT,
    IMAGE,
    FONT,
    FETCH,
    XHR,
    ICON,
    MEDIA,
    WEBSOCKET;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
