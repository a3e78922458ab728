package io.hotpool.server.intercept;

import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.Future;

/** Server-side TLS contexts whose leaf certificate was minted for a name. Bounded, one minting in flight per name. */
public interface LeafCertificates {
    /**
     * @param host a name (A-label) or an IP literal without brackets
     * @param loop completes there, at once when the context is cached
     * @return ALPN h2 and http/1.1
     */
    Future<SslContext> contextFor(String host, EventLoop loop);

    /** The root certificate in PEM. */
    String rootPem();

    /** The root certificate in DER. */
    byte[] rootDer();
}
