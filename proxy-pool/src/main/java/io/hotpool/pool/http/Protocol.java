package io.hotpool.pool.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The HTTP version spoken on a connection. */
public enum Protocol {
    H1("http/1.1", "HTTP/1.1"),
    H2("h2", "HTTP/2");

    private final String alpn;
    private final String text;

    Protocol(String alpn, String text) {
        this.alpn = alpn;
        this.text = text;
    }

    /** ALPN protocol id (RFC 7301). */
    public String alpn() {
        return alpn;
    }

    /** For people: {@code HTTP/2}. */
    public String text() {
        return text;
    }

    /** Label in directives and metrics: {@code h1}, {@code h2}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** By label; null when unknown. */
    public static @Nullable Protocol ofLabel(String label) {
        return label.equalsIgnoreCase("h1") ? H1 : label.equalsIgnoreCase("h2") ? H2 : null;
    }
}
