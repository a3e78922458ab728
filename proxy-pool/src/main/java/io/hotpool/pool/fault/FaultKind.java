package io.hotpool.pool.fault;

import java.util.Locale;

/**
 * Every way in which hotpool itself ends an exchange: one table, used for the answer to the client, metrics, logs and the
 * retry rule. The label (lower case name) is an interface: {@code kind} in problem documents, {@code Proxy-Status} and
 * metrics.
 *
 * <p>{@code proxyError} is the RFC 9209, section 2.3 error type that names it.
 */
public enum FaultKind {
    // What the client sent.
    BAD_REQUEST(400, Side.CLIENT, false, "http_request_error", "The request is not valid"),
    BAD_DIRECTIVE(400, Side.CLIENT, false, "http_request_error", "A hotpool directive is not valid"),
    DIRECTIVE_FORBIDDEN(403, Side.CLIENT, false, "http_request_denied", "A hotpool directive is not allowed here"),
    TARGET_FORBIDDEN(403, Side.CLIENT, false, "http_request_denied", "The target is refused by policy"),
    CLIENT_FORBIDDEN(403, Side.CLIENT, false, "http_request_denied", "This client may not use the proxy"),
    PROXY_AUTHENTICATION(407, Side.CLIENT, false, "http_request_denied", "Proxy authentication is required"),
    REQUEST_TIMEOUT(408, Side.CLIENT, false, "http_request_error", "The request did not arrive in time"),
    BODY_TOO_LARGE(413, Side.CLIENT, false, "http_request_error", "The request body is too large"),
    URI_TOO_LONG(414, Side.CLIENT, false, "http_request_error", "The request line is too long"),
    MISDIRECTED(421, Side.CLIENT, false, "http_request_error", "The request is for another host than its tunnel"),
    RATE_LIMITED(429, Side.CLIENT, false, "http_request_denied", "A rate or concurrency limit is reached"),
    HEADER_TOO_LARGE(431, Side.CLIENT, false, "http_request_error", "The request headers are too large"),
    NOT_IMPLEMENTED(501, Side.CLIENT, false, "http_request_error", "This form of request is not supported"),
    VERSION_NOT_SUPPORTED(505, Side.CLIENT, false, "http_request_error", "This HTTP version is not supported"),
    LOOP_DETECTED(508, Side.CLIENT, false, "proxy_loop_detected", "The request came back to the proxy"),
    CLIENT_GONE(499, Side.CLIENT, false, "connection_terminated", "The client went away"),
    // The proxy's own state.
    POOL_EXHAUSTED(503, Side.PROXY, false, "connection_limit_reached", "No connection became free in time"),
    DRAINING(503, Side.PROXY, false, "proxy_internal_response", "The proxy is shutting down"),
    CIRCUIT_OPEN(
            503,
            Side.PROXY,
            false,
            "destination_unavailable",
            "The host has been failing; it is left alone for a time"),
    ADDRESS_DENIED(502, Side.PROXY, false, "destination_ip_prohibited", "Every address of the host is denied"),
    LOCAL_ADDRESS(500, Side.PROXY, false, "proxy_configuration_error", "A configured local address cannot be used"),
    INTERNAL(500, Side.PROXY, false, "proxy_internal_error", "hotpool failed"),
    // On the way to the origin; nothing was sent yet.
    VALIDATION_FAILED(
            502,
            Side.ORIGIN,
            false,
            "destination_unavailable",
            "No connection answered the validating request as expected"),
    DNS_FAILED(502, Side.ORIGIN, false, "dns_error", "The host name could not be resolved"),
    CONNECT_REFUSED(502, Side.ORIGIN, true, "connection_refused", "The origin refused the connection"),
    CONNECT_FAILED(502, Side.ORIGIN, true, "destination_ip_unroutable", "The origin could not be reached"),
    CONNECT_TIMEOUT(504, Side.ORIGIN, true, "connection_timeout", "The connection was not ready in time"),
    TLS_CERTIFICATE(502, Side.ORIGIN, false, "tls_certificate_error", "The origin's certificate is not trusted"),
    TLS_FAILED(502, Side.ORIGIN, true, "tls_protocol_error", "The TLS handshake with the origin failed"),
    UPSTREAM_PROXY(502, Side.ORIGIN, false, "destination_unavailable", "The upstream proxy refused or failed"),
    // After the request may have left.
    UPSTREAM_CLOSED(502, Side.ORIGIN, true, "connection_terminated", "The origin closed the connection"),
    UPSTREAM_RESET(502, Side.ORIGIN, false, "connection_terminated", "The origin reset the stream"),
    UPSTREAM_TRUNCATED(502, Side.ORIGIN, false, "http_response_incomplete", "The origin's answer was cut"),
    UPSTREAM_PROTOCOL(502, Side.ORIGIN, false, "http_protocol_error", "The origin broke the protocol"),
    UPSTREAM_DECODING(502, Side.ORIGIN, false, "http_response_content_coding", "The origin's content coding is broken"),
    RESPONSE_TIMEOUT(504, Side.ORIGIN, false, "http_response_timeout", "The origin did not answer in time"),
    BODY_TIMEOUT(504, Side.ORIGIN, false, "http_response_timeout", "The answer's body stopped arriving"),
    EXCHANGE_TIMEOUT(504, Side.ORIGIN, false, "http_response_timeout", "The deadline of the exchange passed");

    /** Who has to change something for it to go away. */
    public enum Side {
        CLIENT,
        PROXY,
        ORIGIN
    }

    private final int status;
    private final Side side;
    private final boolean blamesAddress;
    private final String proxyError;
    private final String title;
    private final String label;

    FaultKind(int status, Side side, boolean blamesAddress, String proxyError, String title) {
        this.status = status;
        this.side = side;
        this.blamesAddress = blamesAddress;
        this.proxyError = proxyError;
        this.title = title;
        this.label = name().toLowerCase(Locale.ROOT);
    }

    /** HTTP status of the answer, if one can still be sent. */
    public int status() {
        return status;
    }

    public Side side() {
        return side;
    }

    /** True when it is evidence against the address that was dialled. */
    public boolean blamesAddress() {
        return blamesAddress;
    }

    /** RFC 9209 error type. */
    public String proxyError() {
        return proxyError;
    }

    /** One sentence for people, the same for every occurrence. */
    public String title() {
        return title;
    }

    /** Name in problem documents, logs and metrics: {@code dns_failed}. */
    public String label() {
        return label;
    }

    /** True for ends that are nobody's failure to look into: the client left. */
    public boolean quiet() {
        return this == CLIENT_GONE;
    }
}
