package io.hotpool.pool.http1;

import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a connection is a proxy that takes requests in absolute-form (RFC 9112, 3.2.2), not the origin.
 *
 * @param authorization value of Proxy-Authorization; null: none
 */
public record ForwardForm(@Nullable String authorization) {
    /** Set on the channel before {@link Http1Connection#attach}. */
    public static final AttributeKey<ForwardForm> KEY = AttributeKey.valueOf(ForwardForm.class, "form");

    @Override
    public String toString() {
        return "absolute-form";
    }
}
