package io.hotpool.pool.address;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** May this address be dialled? Asked with the very address that is about to be dialled, after resolution. */
@FunctionalInterface
public interface AddressPolicy {
    AddressPolicy ALLOW_ALL = (address, port) -> null;

    /** Null when allowed; else the reason, for people. Any thread. */
    @Nullable
    String refusal(InetAddress address, int port);
}
