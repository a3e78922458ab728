package io.hotpool.server.intercept;

import java.util.List;

/**
 * What a TLS server takes.
 *
 * @param protocols of ALPN, the preferred one first
 * @param versions as the JDK names them
 */
public record TlsOffer(List<String> protocols, List<String> versions) {
    public static final TlsOffer STANDARD = new TlsOffer(List.of("h2", "http/1.1"), List.of("TLSv1.3", "TLSv1.2"));

    public TlsOffer {
        protocols = List.copyOf(protocols);
        versions = List.copyOf(versions);
    }
}
