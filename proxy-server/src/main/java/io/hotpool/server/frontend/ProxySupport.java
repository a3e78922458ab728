package io.hotpool.server.frontend;

import io.hotpool.pool.http.BoundAuthentication;
import io.hotpool.pool.http.ResponseHead;

/**
 * A client that asked a proxy must not log in by NTLM or Negotiate unless that proxy says that it keeps the connection to the
 * origin for the client's own (RFC 4559, 6). This one does. The field is for this hop only.
 */
final class ProxySupport {
    private static final String NAME = "Proxy-Support";
    private static final int UNAUTHORIZED = 401;

    private ProxySupport() {}

    /** @return what Connection says with that */
    static String told(ResponseHead head, String connection) {
        if (head.status() != UNAUTHORIZED || !BoundAuthentication.offered(head)) {
            return connection;
        }
        head.headers().set(NAME, "Session-Based-Authentication");
        return connection.isEmpty() ? NAME : connection + ", " + NAME;
    }
}
