package io.hotpool.server.route;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;

/**
 * What a request line, or the pseudo-headers of HTTP/2, point at (RFC 9112, 3.2).
 *
 * @param path origin-form with query, or {@code *}
 */
public record RequestTarget(Origin origin, String path) {

    /**
     * Absolute-form: what a client sends to a proxy.
     *
     * @throws Fault {@code bad_request}
     */
    public static RequestTarget absolute(String method, String target) {
        int colon = target.indexOf("://");
        String scheme = colon < 0 ? "" : target.substring(0, colon).toLowerCase(Locale.ROOT);
        if (target.startsWith("/")) {
            throw invalid(
                    "this is a proxy: the request line must hold a whole URL (GET http://host/path), or be CONNECT");
        }
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw invalid("the URL must begin with http:// or https://");
        }
        int start = colon + 3;
        int end = authorityEnd(target, start);
        String authority = target.substring(start, end);
        if (authority.indexOf('@') >= 0) {
            throw invalid("the URL must not hold user information (user@host)");
        }
        int standardPort = scheme.equals("https") ? 443 : 80;
        HostPort host = HostPort.parse(authority).orPort(standardPort);
        return new RequestTarget(new Origin(scheme, host.host(), host.port()), pathOf(method, target.substring(end)));
    }

    /** Authority-form: the target of CONNECT (RFC 9110, 9.3.6). */
    public static HostPort authority(String target) {
        HostPort host = HostPort.parse(target);
        if (host.port() == HostPort.NO_PORT) {
            throw invalid("CONNECT needs host:port");
        }
        return host;
    }

    /** Origin-form or asterisk-form, inside a tunnel. */
    public static String path(String method, String target) {
        if (target.equals("*") && method.equals("OPTIONS")) {
            return target;
        }
        if (!target.startsWith("/")) {
            throw invalid("the request target must be a path");
        }
        return pathOf(method, target);
    }

    private static int authorityEnd(String target, int start) {
        int i = start;
        while (i < target.length() && "/?#\\".indexOf(target.charAt(i)) < 0) {
            i++;
        }
        return i;
    }

    private static String pathOf(String method, String rest) {
        if (rest.isEmpty()) {
            return method.equals("OPTIONS") ? "*" : "/";
        }
        if (rest.charAt(0) == '\\' || rest.indexOf('#') >= 0) {
            throw invalid("the URL must not hold a fragment (#) or a backslash before the path");
        }
        return ascii(rest.charAt(0) == '?' ? "/" + rest : rest);
    }

    /** As browsers do, octets above 0x7F are percent-encoded; controls and blanks never come so far. */
    private static String ascii(String path) {
        boolean plain = true;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c == 0x7f) {
                throw invalid("the URL must not hold blanks or control characters");
            }
            plain &= c < 0x7f;
        }
        return plain ? path : percentEncoded(path);
    }

    private static String percentEncoded(String path) {
        StringBuilder out = new StringBuilder(path.length() + 32);
        for (byte octet : path.getBytes(StandardCharsets.ISO_8859_1)) {
            if (octet > 0) {
                out.append((char) octet);
            } else {
                out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(octet));
            }
        }
        return out.toString();
    }

    private static Fault invalid(String what) {
        return Fault.of(FaultKind.BAD_REQUEST, what);
    }
}
