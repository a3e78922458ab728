package io.hotpool.pool.tls;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import org.bouncycastle.tls.AbstractTlsKeyExchange;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.crypto.TlsSecret;

/**
 * Any handshake message, sent by way of the one hook that hands out the message under construction: {@code
 * TlsKeyExchange.generateClientKeyExchange}. The message buffer is a {@link ByteArrayOutputStream} that starts with type and
 * length; the length is filled in, and the transcript updated, when it is sent.
 */
final class RawHandshakeMessage extends AbstractTlsKeyExchange {
    private final int type;
    private final byte[] body;

    RawHandshakeMessage(int type, byte[] body) {
        super(0);
        this.type = type;
        this.body = body;
    }

    @Override
    public void generateClientKeyExchange(OutputStream output) {
        ByteArrayOutputStream message = (ByteArrayOutputStream) output;
        message.reset();
        message.write(type);
        message.write(0);
        message.write(0);
        message.write(0);
        message.writeBytes(body);
    }

    @Override
    public void skipServerCredentials() {}

    @Override
    public void processServerCredentials(TlsCredentials credentials) {}

    @Override
    public void processClientCredentials(TlsCredentials credentials) {}

    @Override
    public TlsSecret generatePreMasterSecret() {
        throw new IllegalStateException("not a key exchange");
    }
}
