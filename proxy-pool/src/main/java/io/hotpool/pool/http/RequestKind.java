package io.hotpool.pool.http;

import java.util.Locale;

/**
 * What a browser would be doing with a request. Decides its header set and order, and in HTTP/2 its priority. The labels
 * are the keys of {@code headers.http1}, {@code headers.http2} and {@code http2.priorities} in a profile file.
 */
public enum RequestKind {
    /** A document in the address bar or by a link. */
    NAVIGATE,
    /** A document that answers a submitted form: a navigation with a body. */
    FORM,
    IFRAME,
    STYLE,
    SCRIPT,
    IMAGE,
    FONT,
    FETCH,
    XHR,
    /** The OPTIONS before a cross-origin request (Fetch, 4.8). */
    PREFLIGHT,
    ICON,
    MEDIA,
    WEBSOCKET;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind whose facts a profile uses where it has none of this kind; {@link #NAVIGATE} is its own nearest. */
    public RequestKind nearest() {
        return switch (this) {
            case XHR, PREFLIGHT, WEBSOCKET, SCRIPT -> FETCH;
            case ICON, MEDIA -> IMAGE;
            default -> NAVIGATE;
        };
    }
}
