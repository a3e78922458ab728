package io.hotpool.pool;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A way out. Connections of different ways are never exchanged for each other.
 *
 * @param proxy null: straight to the origin
 * @param byClient a client named the proxy: the address policy holds for it as for any target. One of the
 *     configuration may be on loopback or in a private network
 * @param via the pools ({@link HotPool#name}) that a tunnel came through, as the Via of a CONNECT lists them: for the proxy,
 *     never for an origin; empty: none
 */
public record Egress(@Nullable UpstreamProxy proxy, boolean byClient, String via) {
    public static final Egress DIRECT = new Egress(null, false, "");

    public Egress {
        Objects.requireNonNull(via);
    }

    /** By the owner's configuration. */
    public static Egress of(@Nullable UpstreamProxy proxy) {
        return proxy == null ? DIRECT : new Egress(proxy, false, "");
    }

    public static Egress byClient(UpstreamProxy proxy) {
        return new Egress(proxy, true, "");
    }

    /** Only where there is somebody to tell. */
    public Egress withVia(String via) {
        return proxy == null ? this : new Egress(proxy, byClient, via);
    }

    public boolean direct() {
        return proxy == null;
    }

    /** Are names of origins resolved elsewhere? Then nothing is known of their addresses here. */
    public boolean resolvesNames() {
        return proxy != null && proxy.kind().resolvesNames();
    }

    /** As it is shown: {@code direct}, or the proxy without its credentials. */
    @Override
    public String toString() {
        return proxy == null ? "direct" : proxy.toString();
    }
}
