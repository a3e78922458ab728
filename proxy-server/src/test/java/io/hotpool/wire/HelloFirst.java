package io.hotpool.wire;

import io.hotpool.wire.fixture.RawClient;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;

/** A TLS client whose ClientHello is in hand before anything is sent. */
final class HelloFirst {
    private final SSLEngine engine;
    private final byte[] hello;

    HelloFirst(SSLContext context, String name) throws IOException {
        engine = context.createSSLEngine(name, 443);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        hello = wrap();
    }

    byte[] bytes() {
        return hello;
    }

    private byte[] wrap() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteBuffer net = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        do {
            net.clear();
            engine.wrap(ByteBuffer.allocate(0), net);
            out.write(net.array(), 0, net.position());
        } while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP);
        return out.toByteArray();
    }

    /** The rest of the handshake over {@code client}, with certificate and name checked; the version agreed on. */
    String finish(RawClient client) throws IOException {
        ByteBuffer plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> engine.unwrap(record(client), plain);
                case NEED_WRAP -> client.send(wrap());
                case NEED_TASK -> engine.getDelegatedTask().run();
                default -> {
                    return engine.getSession().getProtocol();
                }
            }
        }
    }

    private static ByteBuffer record(RawClient client) throws IOException {
        byte[] head = client.in().readNBytes(5);
        if (head.length < 5) {
            throw new EOFException("in a handshake");
        }
        byte[] body = client.exactly((head[3] & 0xff) << 8 | head[4] & 0xff);
        return ByteBuffer.allocate(5 + body.length).put(head).put(body).flip();
    }
}
