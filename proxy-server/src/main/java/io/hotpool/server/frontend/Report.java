package io.hotpool.server.frontend;

import io.hotpool.pool.OpenExchange.Timing;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.HeaderList;
import io.netty.util.NetUtil;
import java.util.Locale;

/** The {@code X-Hotpool-*} fields of a response: how its exchange was carried. */
final class Report {
    private Report() {}

    static void addTo(HeaderList headers, ConnectionFacts connection, Timing timing) {
        add(headers, "Ja3", connection.ja3());
        add(headers, "Ja4", connection.ja4());
        add(headers, "H2", connection.akamai());
        add(headers, "Profile", connection.profile());
        add(headers, "Connection", Long.toString(connection.id()));
        add(headers, "Reused", Boolean.toString(timing.reused()));
        add(headers, "Resumed", Boolean.toString(connection.resumed()));
        if (connection.address() != null) {
            add(headers, "Ip", NetUtil.toAddressString(connection.address()));
        }
        add(headers, "Protocol", connection.protocol().label());
        add(headers, "Timing", serverTiming(timing));
    }

    private static void add(HeaderList headers, String name, String value) {
        if (!value.isEmpty()) {
            headers.add("X-Hotpool-" + name, value);
        }
    }

    /** Server-Timing's syntax, milliseconds. */
    private static String serverTiming(Timing timing) {
        return String.format(
                Locale.ROOT,
                "dns;dur=%.3f, tcp;dur=%.3f, tls;dur=%.3f, wait;dur=%.3f, ttfb;dur=%.3f",
                timing.dnsNanos() / 1e6,
                timing.tcpNanos() / 1e6,
                timing.tlsNanos() / 1e6,
                timing.waitNanos() / 1e6,
                timing.ttfbNanos() / 1e6);
    }
}
