package io.hotpool.server;

import io.hotpool.pool.address.AddressPolicy;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.config.HotpoolConfig.PrivateTargets;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The address policy of the configuration of the moment. Refuses everything until the daemon knows its own listeners. */
final class LivePolicy implements AddressPolicy {
    private volatile AddressPolicy current = (address, port) -> "hotpool is starting";

    void follow(HotpoolConfig config, List<InetSocketAddress> ownListeners) {
        current = AddressPolicy.of(ownListeners, allowsPrivate(config));
    }

    private static boolean allowsPrivate(HotpoolConfig config) {
        PrivateTargets choice = config.proxy().allowPrivateTargets();
        boolean loopbackOnly = config.proxy().listen().stream()
                .allMatch(address -> address.getAddress().isLoopbackAddress());
        return choice == PrivateTargets.TRUE || choice == PrivateTargets.AUTO && loopbackOnly;
    }

    @Override
    public @Nullable String proxyRefusal(InetAddress address, int port) {
        return current.proxyRefusal(address, port);
    }

    @Override
    public @Nullable String refusal(InetAddress address, int port) {
        return current.refusal(address, port);
    }
}
