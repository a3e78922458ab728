package io.hotpool.pool.address;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** May this address be dialled? Asked with the very address that is about to be dialled, after resolution. */
@FunctionalInterface
public interface AddressPolicy {
    AddressPolicy ALLOW_ALL = (address, port) -> null;

    /**
     * What a proxy needs: never its own listeners, link-local addresses or cloud metadata; private ones by choice.
     *
     * @param own listeners of this process, as bound; a wildcard stands for every address of the machine
     */
    static AddressPolicy of(Collection<InetSocketAddress> own, boolean allowPrivate) {
        return new ProxyAddressPolicy(own, allowPrivate);
    }

    /** Null when allowed; else the reason, for people. Any thread. */
    @Nullable
    String refusal(InetAddress address, int port);

    /** The same for an upstream proxy that the owner's configuration names: private addresses are its own affair. */
    default @Nullable String proxyRefusal(InetAddress address, int port) {
        return refusal(address, port);
    }
}
