package io.hotpool.pool.profile;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHello.RawExtension;
import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.profile.BrowserProfile.TlsShape;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The parts of a hello that fingerprints look at, straight from a profile's lists. */
final class ShapeHello {
    private ShapeHello() {}

    static ClientHello of(TlsShape shape, RawExtension... more) {
        List<RawExtension> extensions = new ArrayList<>();
        shape.extensions().forEach(e -> extensions.add(new RawExtension(e.type(), body(e))));
        extensions.addAll(List.of(more));
        return new ClientHello(
                0x0301,
                0,
                0x0303,
                new byte[32],
                new byte[shape.sessionId()],
                shape.cipherSuites(),
                List.of(0),
                extensions);
    }

    private static byte[] body(Extension extension) {
        if (extension instanceof Extension.Fixed fixed) {
            return fixed.data();
        }
        if (extension instanceof Extension.Codes codes) {
            byte[] list = codes(codes.codes());
            return prefixed(list, codes.type() == 43 ? 1 : 2);
        }
        if (extension instanceof Extension.Protocols protocols) {
            ByteArrayOutputStream list = new ByteArrayOutputStream();
            protocols.protocols().forEach(p -> list.writeBytes(prefixed(p.getBytes(StandardCharsets.US_ASCII), 1)));
            return prefixed(list.toByteArray(), 2);
        }
        return new byte[0];
    }

    private static byte[] codes(List<Integer> codes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int code : codes) {
            out.write(code >> 8);
            out.write(code);
        }
        return out.toByteArray();
    }

    private static byte[] prefixed(byte[] bytes, int lengthSize) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (lengthSize == 2) {
            out.write(bytes.length >> 8);
        }
        out.write(bytes.length);
        out.writeBytes(bytes);
        return out.toByteArray();
    }
}
