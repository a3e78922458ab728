package io.hotpool.pool.http;

import java.util.Objects;

/**
 * A request without its body. Hop-by-hop fields and directives are already taken out.
 *
 * <p>It has two stages, and only {@link #headers()} differs. <b>Asked</b>, as the pool's door takes it: the fields that the
 * client sent, without those that follow from the rest of the head (see {@code headers}). <b>Dressed</b>, as {@link
 * UpstreamConnection#open} takes it: every field in its final place and casing for the protocol of that connection, to be
 * written verbatim. For HTTP/1.1 that includes Host, Connection ({@code keep-alive} or {@code Upgrade}), Upgrade, and
 * Content-Length or {@code Transfer-Encoding: chunked}; for HTTP/2 content-length and the cookie as one field (a profile
 * may split it into crumbs); pseudo-header fields are the connection's. A {@code HeaderDresser} makes the second from the
 * first.
 *
 * @param origin where it goes: what is dialled and verified
 * @param authority value of Host or {@code :authority}
 * @param path origin-form target with query (RFC 9112, 3.2.1), or {@code *}
 * @param headers when asked: without Host, Content-Length, Transfer-Encoding, Connection, Proxy-*, Keep-Alive, Upgrade, TE
 *     other than {@code trailers}
 * @param bodyLength 0: no body; n: n bytes will follow; {@link #UNKNOWN_LENGTH}: until {@code end} is called
 * @param upgrade the token of an HTTP/1.1 upgrade ({@code websocket}), or empty
 */
public record RequestHead(
        String method,
        Origin origin,
        String authority,
        String path,
        HeaderList headers,
        long bodyLength,
        RequestKind kind,
        String upgrade) {
    public static final long UNKNOWN_LENGTH = -1;

    public RequestHead {
        Objects.requireNonNull(method);
        Objects.requireNonNull(origin);
        Objects.requireNonNull(authority);
        Objects.requireNonNull(path);
        Objects.requireNonNull(headers);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(upgrade);
        if (bodyLength < UNKNOWN_LENGTH) {
            throw new IllegalArgumentException("bodyLength: " + bodyLength);
        }
    }

    /** A GET as a person would type it into the address bar. */
    public static RequestHead get(Origin origin, String path) {
        return new RequestHead("GET", origin, origin.authority(), path, new HeaderList(), 0, RequestKind.NAVIGATE, "");
    }

    public RequestHead withHeaders(HeaderList headers, RequestKind kind) {
        return new RequestHead(method, origin, authority, path, headers, bodyLength, kind, upgrade);
    }

    public RequestHead withOrigin(Origin origin, String authority) {
        return new RequestHead(method, origin, authority, path, headers, bodyLength, kind, upgrade);
    }

    public boolean hasBody() {
        return bodyLength != 0;
    }

    public boolean upgrades() {
        return !upgrade.isEmpty();
    }

    /** RFC 9110, 9.2.1. */
    public boolean safe() {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "TRACE" -> true;
            default -> false;
        };
    }

    /** RFC 9110, 9.2.2. */
    public boolean idempotent() {
        return safe() || method.equals("PUT") || method.equals("DELETE");
    }
}
