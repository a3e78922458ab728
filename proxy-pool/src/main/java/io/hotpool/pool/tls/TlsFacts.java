package io.hotpool.pool.tls;

import org.jspecify.annotations.Nullable;

/**
 * What a finished handshake agreed on. Fired as a user event through the pipeline.
 *
 * @param version {@code TLSv1.3} or {@code TLSv1.2}
 * @param cipherSuite IANA name
 * @param alpn the protocol chosen, null when the server chose none
 * @param resumed by a ticket
 * @param helloForm the ClientHello handshake message that was sent first, header included, for fingerprints
 */
public record TlsFacts(
        String version, String cipherSuite, @Nullable String alpn, boolean resumed, byte[] clientHello) {}
