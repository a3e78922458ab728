package io.hotpool.pool;

import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.profile.BrowserProfile;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one exchange is to be carried: everything beside the request itself.
 *
 * @param profile the browser that the origin shall see
 * @param session isolates connections, tickets and sticky addresses; empty: the shared ones
 * @param headers whether the profile's browser orders and completes the header fields
 * @param protocol h1 or h2 only; null: what the profile negotiates
 * @param address connect to this address of the host; null: the pool chooses
 * @param verify check certificate and name of the origin
 * @param timeout for the whole exchange, from its start to the last byte; null: none
 * @param egress the way out
 */
public record ExchangeOptions(
        BrowserProfile profile,
        String session,
        HeaderMode headers,
        @Nullable Protocol protocol,
        @Nullable InetAddress address,
        boolean verify,
        @Nullable Duration timeout,
        Egress egress) {

    public enum HeaderMode {
        /** Names, order and casing as the client sent them. */
        PRESERVE,
        /** As the profile's browser sends that kind of request. */
        ALIGN
    }

    public ExchangeOptions {
        Objects.requireNonNull(profile);
        Objects.requireNonNull(session);
        Objects.requireNonNull(headers);
        Objects.requireNonNull(egress);
    }

    public static ExchangeOptions of(BrowserProfile profile) {
        return new ExchangeOptions(profile, "", HeaderMode.ALIGN, null, null, true, null, Egress.DIRECT);
    }

    public ExchangeOptions withSession(String session) {
        return new ExchangeOptions(profile, session, headers, protocol, address, verify, timeout, egress);
    }

    public ExchangeOptions withHeaders(HeaderMode headers) {
        return new ExchangeOptions(profile, session, headers, protocol, address, verify, timeout, egress);
    }

    public ExchangeOptions withProtocol(@Nullable Protocol protocol) {
        return new ExchangeOptions(profile, session, headers, protocol, address, verify, timeout, egress);
    }

    public ExchangeOptions withVerify(boolean verify) {
        return new ExchangeOptions(profile, session, headers, protocol, address, verify, timeout, egress);
    }

    public ExchangeOptions withTimeout(@Nullable Duration timeout) {
        return new ExchangeOptions(profile, session, headers, protocol, address, verify, timeout, egress);
    }

    public ExchangeOptions withAddress(@Nullable InetAddress address) {
        return new ExchangeOptions(profile, session, headers, protocol, address, verify, timeout, egress);
    }

    public ExchangeOptions withEgress(Egress egress) {
        return new ExchangeOptions(profile, session, headers, protocol, address, verify, timeout, egress);
    }
}
