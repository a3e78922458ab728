package io.hotpool.pool.profile;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Sec-Fetch-Site (Fetch Metadata, 2.4): how the origin that asks is related to the one that is asked. */
final class FetchSite {
    /** A second level of at most this length under a two-letter top level is taken for a public suffix: co.uk. */
    private static final int SHORT_SECOND_LEVEL = 3;

    private FetchSite() {}

    /** By the client's Origin or Referer; null when it has neither. */
    static @Nullable String of(HeaderList client, Origin target) {
        String asking = client.get("Origin");
        if (asking == null) {
            asking = client.get("Referer");
        }
        if (asking == null) {
            return null;
        }
        URI uri;
        try {
            uri = new URI(asking.split("[?#]", 2)[0]);
        } catch (URISyntaxException e) {
            return "cross-site";
        }
        if (uri.getHost() == null || uri.getScheme() == null) {
            return "cross-site"; // an opaque origin: "null"
        }
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        boolean sameScheme = uri.getScheme().equalsIgnoreCase(target.scheme());
        if (sameScheme && host.equals(target.host()) && port(uri) == target.port()) {
            return "same-origin";
        }
        return sameScheme && (host.equals(target.host()) || sameSite(host, target)) ? "same-site" : "cross-site";
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    /** Without a list of public suffixes: equal in the last two labels, or three where the second looks like co.uk's. */
    private static boolean sameSite(String host, Origin target) {
        return !target.ipLiteral()
                && site(host).equals(site(target.host()))
                && site(host).indexOf('.') > 0;
    }

    private static String site(String host) {
        String[] labels = host.split("\\.");
        int n = labels.length;
        boolean publicSecondLevel =
                n > 2 && labels[n - 1].length() == 2 && labels[n - 2].length() <= SHORT_SECOND_LEVEL;
        int kept = publicSecondLevel ? 3 : 2;
        return n <= kept ? host : String.join(".", Arrays.copyOfRange(labels, n - kept, n));
    }
}
