package io.hotpool.server.frontend;

import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/**
 * The streams of a client's connection, of which everyone gets its turn. Netty's default goes by the priorities of RFC 7540,
 * which browsers still send and RFC 9113 (5.3.2) has given up: a big answer held up those that depend on it, and the tree of
 * dependencies fails over a browser's now and then, which ends the connection (netty issue 10525).
 */
final class EvenHanded {
    private EvenHanded() {}

    static Http2Connection streams() {
        Http2Connection streams = new DefaultHttp2Connection(true);
        streams.remote()
                .flowController(
                        new DefaultHttp2RemoteFlowController(streams, new UniformStreamByteDistributor(streams)));
        return streams;
    }
}
