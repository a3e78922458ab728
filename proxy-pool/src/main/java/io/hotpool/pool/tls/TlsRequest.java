package io.hotpool.pool.tls;

import io.hotpool.pool.ClientCertificate;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.profile.BrowserProfile;
import org.jspecify.annotations.Nullable;

/**
 * One handshake to be made.
 *
 * @param origin what is verified and, unless it is an IP literal, sent as server_name
 * @param form which hello: {@link Form#FIRST}, as for a WebSocket, or after a retried connection
 * @param ticketScope tickets are shared by handshakes with an equal scope only; covers session, egress and verification
 * @param certificate of the client, for a server that asks; null: none
 * @param verify check the certificate and the name; false only by explicit configuration
 */
public record TlsRequest(
        BrowserProfile profile,
        Origin origin,
        Form form,
        Object ticketScope,
        boolean verify,
        @Nullable ClientCertificate certificate) {

    public TlsRequest(BrowserProfile profile, Origin origin, Form form, Object ticketScope, boolean verify) {
        this(profile, origin, form, ticketScope, verify, null);
    }

    public enum Form {
        FIRST,
        /** ALPN http/1.1 only: WebSocket, and requests bound to HTTP/1.1 by directive. */
        HTTP1_ONLY,
        RETRY
    }
}
