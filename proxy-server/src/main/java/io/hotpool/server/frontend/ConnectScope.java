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
 * @param hello what the client showed of itself in TLS, for the mirror; null: nothing was kept
 * @param directives of its headers, of the user name and of the user's defaults
 */
record ConnectScope(
        HostPort target,
        @Nullable InetAddress address,
        String scheme,
        @Nullable ClientShape hello,
        Directives directives,
        String user,
        Trail trail) {

    static ConnectScope clear(HostPort target, Directives directives, String user, Trail trail) {
        return new ConnectScope(target, null, "http", null, directives, user, trail);
    }

    ConnectScope secured(HostPort target, @Nullable InetAddress address) {
        return new ConnectScope(target, address, "https", hello, directives, user, trail);
    }

    ConnectScope withHello(ClientShape hello) {
        return new ConnectScope(target, address, scheme, hello, directives, user, trail);
    }

    ConnectScope withDirectives(Directives directives) {
        return new ConnectScope(target, address, scheme, hello, directives, user, trail);
    }
}
