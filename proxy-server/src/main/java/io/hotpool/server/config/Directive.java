package io.hotpool.server.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a client may steer by {@code X-Hotpool-*} header or in its user name. */
public enum Directive {
    PROFILE,
    SESSION,
    SCHEME,
    PROTOCOL,
    HEADERS,
    TIMEOUT,
    REPORT,
    IP,
    UPSTREAM,
    VALIDATE;

    /** {@code profile}: the header's name without its prefix, in lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static String[] names() {
        return Arrays.stream(values()).map(Directive::label).toArray(String[]::new);
    }

    static List<String> quotedNames() {
        return Arrays.stream(values()).map(d -> '"' + d.label() + '"').toList();
    }
}
