package io.hotpool.server.selftest;

import io.hotpool.pool.profile.BrowserProfile.Extension.EchGrease;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A GREASE encrypted_client_hello (RFC 9849, 6.2) against what a browser draws from. */
final class EchComparison {
    private EchComparison() {}

    static List<Difference> compare(EchGrease promised, List<Integer> payloads, byte[] data) {
        List<Difference> differences = new ArrayList<>();
        ByteBuffer body = ByteBuffer.wrap(data);
        try {
            expect(differences, "tls.ech.type", List.of(0), body.get()); // outer
            expect(differences, "tls.ech.kdf", List.of(promised.kdf()), body.getShort());
            expect(differences, "tls.ech.aead", promised.aeads(), body.getShort());
            body.get(); // config id: any
            int encLength = body.getShort();
            expect(differences, "tls.ech.enc_length", List.of(promised.encLength()), encLength);
            body.position(body.position() + encLength);
            int payloadLength = body.getShort();
            expect(differences, "tls.ech.payload_length", payloads, payloadLength);
            expect(differences, "tls.ech.rest", List.of(payloadLength), body.remaining());
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            differences.add(new Difference("tls.ech", "encrypted_client_hello of an outer hello", Bytes.hex(data)));
        }
        return differences;
    }

    private static void expect(List<Difference> differences, String what, List<Integer> any, int seen) {
        if (!any.contains(seen)) {
            differences.add(new Difference(what, any, seen));
        }
    }
}
