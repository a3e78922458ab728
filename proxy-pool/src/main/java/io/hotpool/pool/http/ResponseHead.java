package io.hotpool.pool.http;

/**
 * A response, or an interim response (1xx), without its body.
 *
 * @param status 100 to 599
 * @param reason reason phrase as sent in HTTP/1, empty from HTTP/2
 * @param headers hop-by-hop fields taken out; Content-Length and Content-Encoding as the origin sent them; names as sent
 *     (lower case from HTTP/2)
 * @param bodyLength n: exactly n bytes will follow (0 for HEAD, 204, 304); {@link RequestHead#UNKNOWN_LENGTH}: until
 *     {@code end}
 */
public record ResponseHead(int status, String reason, HeaderList headers, long bodyLength, Protocol protocol) {
    public ResponseHead {
        if (status < 100 || status > 999) {
            throw new IllegalArgumentException("status: " + status);
        }
    }

    public boolean informational() {
        return status < 200;
    }

    public ResponseHead withHeaders(HeaderList headers, long bodyLength) {
        return new ResponseHead(status, reason, headers, bodyLength, protocol);
    }
}
