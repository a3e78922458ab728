package io.hotpool.pool;

import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.profile.BrowserProfile;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
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
 * @param certificate shown to an origin that asks for one; null: none
 * @param downstream the client's connection, to which NTLM and Negotiate bind one of the pool's; null: nobody's
 * @param validation only over a connection on which a request for that path was answered as expected; null: over any
 */
public record ExchangeOptions(
        BrowserProfile profile,
        String session,
        HeaderMode headers,
        @Nullable Protocol protocol,
        @Nullable InetAddress address,
        boolean verify,
        @Nullable Duration timeout,
        Egress egress,
        @Nullable Validation validation,
        @Nullable ClientCertificate certificate,
        @Nullable Downstream downstream) {

    public enum HeaderMode {
        /** Names, order and casing as the client sent them. */
        PRESERVE,
        /** As the profile's browser sends that kind of request. */
        ALIGN
    }

    /**
     * What a connection has to have answered before it is handed out. A result holds for {@code health_check_interval}.
     *
     * @param path origin-form
     * @param expect words as in {@link PoolConfig.Health}; empty: those of the configuration for that host
     */
    public record Validation(String path, List<String> expect) {
        public Validation {
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("validation: " + path + " (begins with /)");
            }
            expect = List.copyOf(expect);
            if (!expect.stream().allMatch(PoolConfig.Health::expectation)) {
                throw new IllegalArgumentException("validation: " + expect + " (any, 2xx, 204)");
            }
        }

        public static Validation of(String path, String... expect) {
            return new Validation(path, List.of(expect));
        }
    }

    public ExchangeOptions {
        Objects.requireNonNull(profile);
        Objects.requireNonNull(session);
        Objects.requireNonNull(headers);
        Objects.requireNonNull(egress);
    }

    public static ExchangeOptions of(BrowserProfile profile) {
        return new ExchangeOptions(
                profile, "", HeaderMode.ALIGN, null, null, true, null, Egress.DIRECT, null, null, null);
    }

    public ExchangeOptions withProfile(BrowserProfile profile) {
        return new ExchangeOptions(
                profile,
                session,
                headers,
                protocol,
                address,
                verify,
                timeout,
                egress,
                validation,
                certificate,
                downstream);
    }

    public ExchangeOptions withSession(String session) {
        return new ExchangeOptions(
                profile,
                session,
                headers,
                protocol,
                address,
                verify,
                timeout,
                egress,
                validation,
                certificate,
                downstream);
    }

    public ExchangeOptions withHeaders(HeaderMode headers) {
        return new ExchangeOptions(
                profile,
                session,
                headers,
                protocol,
                address,
                verify,
                timeout,
                egress,
                validation,
                certificate,
                downstream);
    }

    public ExchangeOptions withProtocol(@Nullable Protocol protocol) {
        return new ExchangeOptions(
                profile,
                session,
                headers,
                protocol,
                address,
                verify,
                timeout,
                egress,
                validation,
                certificate,
                downstream);
    }

    public ExchangeOptions withVerify(boolean verify) {
        return new ExchangeOptions(
                profile,
                session,
                headers,
                protocol,
                address,
                verify,
                timeout,
                egress,
                validation,
                certificate,
                downstream);
    }

    public ExchangeOptions withTimeout(@Nullable Duration timeout) {
        return new ExchangeOptions(
                profile,
                session,
                headers,
                protocol,
                address,
                verify,
                timeout,
                egress,
                validation,
                certificate,
                downstream);
    }

    public ExchangeOptions withAddress(@Nullable InetAddress address) {
        return new ExchangeOptions(
                profile,
                session,
                headers,
                protocol,
                address,
                verify,
                timeout,
                egress,
                validation,
                certificate,
                downstream);
    }

    public ExchangeOptions withValidation(@Nullable Validation validation) {
        return new ExchangeOptions(
                profile,
                session,
                headers,
                protocol,
                address,
                verify,
                timeout,
                egress,
                validation,
                certificate,
                downstream);
    }

    public ExchangeOptions withEgress(Egress egress) {
        return new ExchangeOptions(
                profile,
                session,
                headers,
                protocol,
                address,
                verify,
                timeout,
                egress,
                validation,
                certificate,
                downstream);
    }

    public ExchangeOptions withCertificate(@Nullable ClientCertificate certificate) {
        return new ExchangeOptions(
                profile,
                session,
                headers,
                protocol,
                address,
                verify,
                timeout,
                egress,
                validation,
                certificate,
                downstream);
    }

    public ExchangeOptions withDownstream(@Nullable Downstream downstream) {
        return new ExchangeOptions(
                profile,
                session,
                headers,
                protocol,
                address,
                verify,
                timeout,
                egress,
                validation,
                certificate,
                downstream);
    }
}
