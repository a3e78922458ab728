package io.hotpool.pool;

import io.hotpool.pool.http.Origin;
import java.util.Objects;

/**
 * An order to have connections ready before anybody asks for them.
 *
 * @param options profile, session, protocol, address, verification and egress of the requests that are to come: together
 *     with the origin they say who will be able to use the connections
 * @param count so many shall be open, those that are open already included
 */
public record Prewarm(Origin origin, ExchangeOptions options, int count) {
    public static final int MOST = 10_000;

    public Prewarm {
        Objects.requireNonNull(origin);
        Objects.requireNonNull(options);
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException("count: " + count + " (1 to " + MOST + ")");
        }
    }
}
