package io.hotpool.pool;

import io.netty.util.NetUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A proxy that connections are made through. Equal when kind, place and credentials are.
 *
 * @param host lower case, a name or an IP literal without brackets
 */
public record UpstreamProxy(
        Kind kind, String host, int port, @Nullable Credentials credentials) {

    public enum Kind {
        /** CONNECT over clear TCP. */
        HTTP(80),
        /** CONNECT over TLS to the proxy. */
        HTTPS(443),
        /** SOCKS 5 (RFC 1928); names are resolved here. */
        SOCKS5(1080),
        /** SOCKS 5; names are resolved by the proxy. */
        SOCKS5H(1080);

        private final int port;

        Kind(int port) {
            this.port = port;
        }

        public String scheme() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Does the proxy learn names, and look up their addresses itself? */
        public boolean resolvesNames() {
            return this != SOCKS5;
        }

        public boolean socks() {
            return this == SOCKS5 || this == SOCKS5H;
        }

        private static @Nullable Kind of(String scheme) {
            return Arrays.stream(values())
                    .filter(kind -> kind.scheme().equals(scheme.toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElse(null);
        }
    }

    /** A user name and a password; never shown. */
    public record Credentials(String user, String password) {
        public Credentials {
            if (user.isEmpty()) {
                throw new IllegalArgumentException("the user name of an upstream proxy is empty");
            }
        }

        @Override
        public String toString() {
            return "***";
        }
    }

    public UpstreamProxy {
        Objects.requireNonNull(kind);
        host = host.toLowerCase(Locale.ROOT);
        if (!validHost(host)) {
            throw new IllegalArgumentException("the host of an upstream proxy must be a name or an IP address");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("the port of an upstream proxy must be a number from 1 to 65535");
        }
        if (credentials != null && kind.socks() && tooLongForSocks(credentials)) {
            throw new IllegalArgumentException("user name and password for SOCKS may have 255 bytes each");
        }
        if (credentials != null && !kind.socks() && credentials.user().indexOf(':') >= 0) {
            throw new IllegalArgumentException("a user name for an HTTP proxy may not hold a colon (RFC 7617, 2)");
        }
    }

    private static boolean validHost(String host) {
        return NetUtil.isValidIpV6Address(host) && host.indexOf('%') < 0
                || host.matches("[a-z0-9_]([a-z0-9_.-]{0,252}[a-z0-9_.])?");
    }

    private static boolean tooLongForSocks(Credentials credentials) {
        return credentials.user().getBytes(StandardCharsets.UTF_8).length > 255
                || credentials.password().isEmpty()
                || credentials.password().getBytes(StandardCharsets.UTF_8).length > 255;
    }

    /**
     * {@code http://user:password@proxy.example:3128}; user name and password percent-encoded where they hold what a URL
     * cannot.
     *
     * @throws IllegalArgumentException with a text that shows nothing of the URL
     */
    public static UpstreamProxy parse(String url) {
        int colon = url.indexOf("://");
        Kind kind = colon < 0 ? null : Kind.of(url.substring(0, colon));
        if (kind == null) {
            throw new IllegalArgumentException("an upstream proxy is http://, https://, socks5:// or socks5h://"
                    + " with a host and, where it is not the standard one, a port");
        }
        String rest = url.substring(colon + 3);
        String authority = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
        int at = authority.lastIndexOf('@');
        if (authority.substring(at + 1).matches(".*[/?#\\s].*")) {
            throw new IllegalArgumentException("the URL of an upstream proxy has no path, query or fragment");
        }
        Credentials credentials = at < 0 ? null : credentials(authority.substring(0, at));
        return at(kind, authority.substring(at + 1), credentials);
    }

    private static UpstreamProxy at(Kind kind, String place, @Nullable Credentials credentials) {
        int end = place.startsWith("[") ? place.indexOf(']') + 1 : Math.max(place.indexOf(':'), 0);
        boolean ported = place.startsWith("[") ? end > 0 && end < place.length() : place.indexOf(':') >= 0;
        String host = ported ? place.substring(0, end) : place;
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return new UpstreamProxy(kind, bare, ported ? port(place.substring(end)) : kind.port, credentials);
    }

    private static int port(String text) {
        return text.matches(":[0-9]{1,5}") ? Integer.parseInt(text.substring(1)) : 0;
    }

    private static Credentials credentials(String info) {
        int colon = info.indexOf(':');
        return colon < 0
                ? new Credentials(decoded(info), "")
                : new Credentials(decoded(info.substring(0, colon)), decoded(info.substring(colon + 1)));
    }

    /** RFC 3986, 2.1, as UTF-8. */
    private static String decoded(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                bytes.write(escaped(text, i));
                i += 2;
            } else {
                int end = Character.isHighSurrogate(c) && i + 1 < text.length() ? i + 2 : i + 1;
                bytes.writeBytes(text.substring(i, end).getBytes(StandardCharsets.UTF_8));
                i = end - 1;
            }
        }
        String result = bytes.toString(StandardCharsets.UTF_8);
        if (result.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw new IllegalArgumentException("control characters in the credentials of an upstream proxy");
        }
        return result;
    }

    private static int escaped(String text, int at) {
        int high = at + 2 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
        int low = at + 2 < text.length() ? Character.digit(text.charAt(at + 2), 16) : -1;
        if (high < 0 || low < 0) {
            throw new IllegalArgumentException(
                    "a % in the credentials of an upstream proxy is followed by two hexadecimal digits");
        }
        return high << 4 | low;
    }

    /** Always {@code host:port}. */
    public String hostPort() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** As it is shown: the credentials are three stars. */
    @Override
    public String toString() {
        return kind.scheme() + "://" + (credentials == null ? "" : "***@") + hostPort();
    }
}
