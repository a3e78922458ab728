package io.hotpool.pool.address;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The policy of a forward proxy. Immutable. */
final class ProxyAddressPolicy implements AddressPolicy {
    private final List<InetSocketAddress> own;
    private final Set<Integer> ownPorts = new HashSet<>();
    private final boolean allowPrivate;

    ProxyAddressPolicy(Collection<InetSocketAddress> own, boolean allowPrivate) {
        this.own = List.copyOf(own);
        this.allowPrivate = allowPrivate;
        own.forEach(listener -> ownPorts.add(listener.getPort()));
    }

    @Override
    public @Nullable String refusal(InetAddress address, int port) {
        AddressClass kind = AddressClass.of(address);
        return switch (kind) {
            case LINK_LOCAL -> "link-local address";
            case METADATA -> "address of a cloud metadata service";
            case RESERVED -> allowPrivate ? ownListener(address, kind, port) : "reserved address";
            case PRIVATE -> allowPrivate ? ownListener(address, kind, port) : "private address";
            case LOOPBACK ->
                allowPrivate || ownPorts.contains(port) ? ownListener(address, kind, port) : "loopback address";
            case PUBLIC -> ownListener(address, kind, port);
        };
    }

    @Override
    public @Nullable String proxyRefusal(InetAddress address, int port) {
        return allowPrivate ? refusal(address, port) : new ProxyAddressPolicy(own, true).refusal(address, port);
    }

    private @Nullable String ownListener(InetAddress address, AddressClass kind, int port) {
        if (!ownPorts.contains(port)) {
            return refusedLoopback(kind);
        }
        InetAddress plain = AddressClass.plain(address);
        for (InetSocketAddress listener : own) {
            if (listener.getPort() == port && reaches(plain, listener.getAddress())) {
                return "own listener of hotpool";
            }
        }
        return refusedLoopback(kind);
    }

    private @Nullable String refusedLoopback(AddressClass kind) {
        return kind == AddressClass.LOOPBACK && !allowPrivate ? "loopback address" : null;
    }

    /** Would a connection to that address end at that listener? 0.0.0.0 and :: reach whatever listens on this machine. */
    private static boolean reaches(InetAddress address, InetAddress listener) {
        if (address.equals(listener)) {
            return true;
        }
        if (address.isAnyLocalAddress()) {
            return listener.isAnyLocalAddress() || AddressClass.of(listener) == AddressClass.LOOPBACK;
        }
        return listener.isAnyLocalAddress() && (address.isLoopbackAddress() || ofThisMachine(address));
    }

    private static boolean ofThisMachine(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return true; // not known: rather refuse
        }
    }
}
