package io.hotpool.pool.tls;

import java.io.IOException;
import java.io.OutputStream;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.TlsContext;

/** A ClientHello that writes the bytes decided elsewhere; for all else it is BouncyCastle's own. */
final class RawClientHello extends ClientHello {
    private final byte[] body;

    RawClientHello(ClientHello original, Hello hello, int bindersSize) {
        super(
                original.getVersion(),
                original.getRandom(),
                original.getSessionID(),
                null,
                original.getCipherSuites(),
                original.getExtensions(),
                bindersSize);
        this.body = hello.encode(bindersSize);
    }

    @Override
    public void encode(TlsContext context, OutputStream output) throws IOException {
        output.write(body);
    }
}
