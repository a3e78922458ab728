package io.hotpool.pool.http;

import io.netty.util.NetUtil;
import java.util.Locale;
import java.util.Objects;

/**
 * Scheme, host and port of a server (RFC 6454). The host is lower case, an A-label or an IP literal without brackets.
 *
 * @param scheme {@code http} or {@code https}; {@code tcp} for an opaque tunnel
 * @param port 1 to 65535
 */
public record Origin(String scheme, String host, int port) {
    public Origin {
        Objects.requireNonNull(scheme);
        host = host.toLowerCase(Locale.ROOT);
        if (host.isEmpty() || host.startsWith("[")) {
            throw new IllegalArgumentException("host: '" + host + "' (a name or an IP literal without brackets)");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (1 to 65535)");
        }
    }

    public static Origin https(String host, int port) {
        return new Origin("https", host, port);
    }

    public static Origin http(String host, int port) {
        return new Origin("http", host, port);
    }

    public boolean secure() {
        return scheme.equals("https");
    }

    public boolean ipLiteral() {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    /** {@code host} or {@code host:port}; the port is left out where it is the scheme's default. IPv6 in brackets. */
    public String authority() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        boolean standard = secure() ? port == 443 : scheme.equals("http") && port == 80;
        return standard ? name : name + ":" + port;
    }

    /** Always {@code host:port}. */
    public String hostPort() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public String toString() {
        return scheme + "://" + authority();
    }
}
