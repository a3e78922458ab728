package io.hotpool.server.route;

import io.hotpool.pool.Egress;
import io.hotpool.pool.ExchangeOptions.HeaderMode;
import io.hotpool.pool.http.Protocol;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of hotpool for a request or a tunnel. A null component was not asked for.
 *
 * @param profile a name, an alias, {@code random} or {@code match}; not yet looked up
 * @param scheme {@code http} or {@code https}
 * @param upstream the way out, a client's choice
 * @param ip connect to this address of the host
 * @param validate only over a connection that answered a request for this path
 */
public record Directives(
        @Nullable String profile,
        @Nullable String session,
        @Nullable String scheme,
        @Nullable Protocol protocol,
        @Nullable HeaderMode headers,
        @Nullable Duration timeout,
        @Nullable Boolean report,
        @Nullable InetAddress ip,
        @Nullable Egress upstream,
        @Nullable String validate) {

    public static final Directives NONE = new Directives(null, null, null, null, null, null, null, null, null, null);

    public static Directives ofProfile(@Nullable String profile) {
        return profile == null ? NONE : new Directives(profile, null, null, null, null, null, null, null, null, null);
    }

    public Directives withSession(@Nullable String session) {
        return new Directives(profile, session, scheme, protocol, headers, timeout, report, ip, upstream, validate);
    }

    /** These, completed by what {@code lower} says where they say nothing. */
    public Directives over(Directives lower) {
        if (lower == NONE) {
            return this;
        }
        if (this == NONE) {
            return lower;
        }
        return new Directives(
                first(profile, lower.profile),
                first(session, lower.session),
                first(scheme, lower.scheme),
                first(protocol, lower.protocol),
                first(headers, lower.headers),
                first(timeout, lower.timeout),
                first(report, lower.report),
                first(ip, lower.ip),
                first(upstream, lower.upstream),
                first(validate, lower.validate));
    }

    private static <T> @Nullable T first(@Nullable T a, @Nullable T b) {
        return a != null ? a : b;
    }
}
