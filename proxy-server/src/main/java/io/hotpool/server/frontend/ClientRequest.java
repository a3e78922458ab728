package io.hotpool.server.frontend;

import io.hotpool.pool.http.HeaderList;

/**
 * A request as a client sent it, without its body; syntax and framing are valid, its meaning is not yet judged.
 *
 * @param version {@code HTTP/1.0}, {@code HTTP/1.1} or {@code HTTP/2}
 * @param target the request target; from HTTP/2 always {@code :path}
 * @param authority {@code :authority} of HTTP/2; empty from HTTP/1, where Host says it
 * @param headers every field, hop-by-hop ones included
 * @param bodyLength as in {@link io.hotpool.pool.http.RequestHead}
 */
record ClientRequest(
        String version, String method, String target, String authority, HeaderList headers, long bodyLength) {
    static final String HTTP_1_0 = "HTTP/1.0";
    static final String HTTP_1_1 = "HTTP/1.1";
    static final String HTTP_2 = "HTTP/2";

    boolean http2() {
        return version.equals(HTTP_2);
    }

    boolean connect() {
        return method.equals("CONNECT");
    }

    /** Of HTTP/1: may another request follow (RFC 9112, 9.3)? Proxy-Connection is what old clients say instead. */
    boolean keepsConnection() {
        boolean close =
                headers.containsToken("Connection", "close") || headers.containsToken("Proxy-Connection", "close");
        boolean keep = headers.containsToken("Connection", "keep-alive")
                || headers.containsToken("Proxy-Connection", "keep-alive");
        return !close && (version.equals(HTTP_1_1) || keep);
    }
}
