package io.hotpool.pool.shard;

import io.hotpool.pool.ClientCertificate;
import io.hotpool.pool.Egress;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.profile.BrowserProfile;
import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What makes two connections exchangeable: scheme, host, port (and with them the SNI), profile, way out, session,
 * verification and form of hello. Never the address alone: two hosts on one address are two keys.
 *
 * @param profile compared by identity: a reloaded profile of the same name is another one
 * @param http1Only the hello offers http/1.1 alone: WebSocket, and requests bound to HTTP/1.1
 * @param certificate of the client, for an origin that asks; null: none
 * @param address the one address to connect to; null: any of the host's
 */
public record PoolKey(
        Origin origin,
        BrowserProfile profile,
        Egress egress,
        String session,
        boolean verify,
        boolean http1Only,
        @Nullable InetAddress address,
        @Nullable ClientCertificate certificate) {

    PoolKey(
            Origin origin,
            BrowserProfile profile,
            Egress egress,
            String session,
            boolean verify,
            boolean http1Only,
            @Nullable InetAddress address) {
        this(origin, profile, egress, session, verify, http1Only, address, null);
    }

    /** TLS tickets are shared by connections with an equal scope only. */
    public Object ticketScope() {
        return new TicketScope(session, egress, verify, certificate);
    }

    private record TicketScope(
            String session,
            Egress egress,
            boolean verify,
            @Nullable ClientCertificate certificate) {}

    /** The same for a hello that offers HTTP/1.1 alone. */
    PoolKey http1() {
        return http1Only ? this : new PoolKey(origin, profile, egress, session, verify, true, address, certificate);
    }

    /** May the origin choose HTTP/2 on such a connection? */
    boolean mayBeShared() {
        return origin.secure() && !http1Only && profile.alpn().contains("h2");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PoolKey key
                && profile == key.profile
                && http1Only == key.http1Only
                && verify == key.verify
                && origin.equals(key.origin)
                && session.equals(key.session)
                && egress.equals(key.egress)
                && Objects.equals(address, key.address)
                && Objects.equals(certificate, key.certificate);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * origin.hashCode() + session.hashCode()) + System.identityHashCode(profile);
    }
}
