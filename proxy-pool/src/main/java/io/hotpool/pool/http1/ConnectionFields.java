package io.hotpool.pool.http1;

import io.hotpool.pool.http.HeaderList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Fields that concern one connection (RFC 9110, 7.6.1) and are taken out of what is handed on. */
final class ConnectionFields {
    /** RFC 9110, 6.5.1: fields that a recipient must not take from trailers. */
    private static final Set<String> NOT_IN_TRAILERS = Set.of(
            "host",
            "content-length",
            "content-encoding",
            "content-type",
            "content-range",
            "trailer",
            "set-cookie",
            "cookie",
            "authorization",
            "www-authenticate",
            "proxy-authenticate",
            "proxy-authorization",
            "cache-control",
            "expect",
            "location");

    private ConnectionFields() {}

    /** Also makes Content-Length one field, or none beside Transfer-Encoding. */
    static void strip(HeaderList headers) {
        if (headers.contains("Transfer-Encoding")) {
            headers.remove("Content-Length");
        }
        List<String> lengths = headers.getAll("Content-Length");
        if (lengths.size() > 1 || lengths.size() == 1 && lengths.get(0).indexOf(',') >= 0) {
            headers.set("Content-Length", lengths.get(0).split(",")[0].trim());
        }
        List<String> nominations = headers.getAll("Connection");
        headers.removeIf((name, value) -> hopByHop(name) || nominated(nominations, name));
    }

    /** Content-Length cannot be nominated away: the framing of what is handed on depends on it. */
    private static boolean nominated(List<String> nominations, String name) {
        for (String tokens : nominations) {
            if (HeaderList.holdsToken(tokens, name) && !name.equalsIgnoreCase("Content-Length")) {
                return true;
            }
        }
        return false;
    }

    static void stripTrailers(HeaderList trailers) {
        trailers.removeIf((name, value) -> hopByHop(name) || NOT_IN_TRAILERS.contains(name.toLowerCase(Locale.ROOT)));
    }

    private static boolean hopByHop(String name) {
        return switch (name.length()) {
            case 2 -> name.equalsIgnoreCase("te");
            case 7 -> name.equalsIgnoreCase("upgrade");
            case 10 -> name.equalsIgnoreCase("connection") || name.equalsIgnoreCase("keep-alive");
            case 13 -> name.equalsIgnoreCase("proxy-support");
            case 16 -> name.equalsIgnoreCase("proxy-connection");
            case 17 -> name.equalsIgnoreCase("transfer-encoding");
            default -> false;
        };
    }
}
