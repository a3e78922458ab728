package io.hotpool.server.frontend;

import io.hotpool.server.route.Directives;
import io.hotpool.server.route.HostPort;
import io.hotpool.server.route.Trail;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a CONNECT, or a SOCKS5 request, laid down for all requests inside.
 *
 * @param target where the tunnel leads; for CONNECT to an address, the name that server_name gave it
 * @param address the address to dial where the client named one
 * @param scheme {@code https} after TLS, else {@code http}
 * @param trail empty: the client is no hotpool
 * @param directives of its headers, of the user name and of the user's defaults
 */
record ConnectScope(
        HostPort target,
        @Nullable InetAddress address,
        String scheme,
        Directives directives,
        String user,
        Trail trail) {

    ConnectScope secured(HostPort target, @Nullable InetAddress address) {
        return new ConnectScope(target, address, "https", directives, user, trail);
    }
}
