package io.hotpool.pool.tls;

import io.netty.channel.ChannelHandler;

/**
 * Makes TLS clients that look like a browser. One per pool; thread-safe.
 */
public interface UpstreamTls extends AutoCloseable {
    /**
     * A handler for the head of a connected (or connecting) channel's pipeline. It sends the ClientHello when the channel is
     * active, verifies the peer and then fires a {@link TlsFacts} as user event; from then on it passes decrypted {@code
     * ByteBuf}s up and encrypts what is written. When the handshake fails it fires the {@link
     * io.hotpool.pool.fault.Fault} through {@code exceptionCaught} exactly once and closes the channel. It has no timer: the
     * connector's deadline closes the channel.
     *
     * <p>A clean close_notify appears as {@code ChannelInputShutdownEvent} before the channel goes inactive; a connection
     * that ends without one does not fire it.
     */
    ChannelHandler handlerFor(TlsRequest request);

    @Override
    void close();
}
