package io.hotpool.pool.tls;

import io.hotpool.pool.profile.BrowserProfile.Extension.EchGrease;
import java.util.List;
import java.util.random.RandomGenerator;
import org.bouncycastle.math.ec.rfc7748.X25519;

/** encrypted_client_hello as GREASE (RFC 9849, 6.2): looks like a real one, and no key can open it. */
final class EchGreaseWriter {
    private static final int OUTER = 0;

    private EchGreaseWriter() {}

    static byte[] write(EchGrease shape, List<Integer> payloadLengths, RandomGenerator random) {
        byte[] payload = new byte[pick(payloadLengths, random)];
        int aead = pick(shape.aeads(), random);
        int configId = random.nextInt(256);
        byte[] enc = encapsulatedKey(shape.encLength(), random);
        random.nextBytes(payload);
        return new WireOutput()
                .u8(OUTER)
                .u16(shape.kdf())
                .u16(aead)
                .u8(configId)
                .vector16(enc)
                .vector16(payload)
                .toByteArray();
    }

    /** A point of the curve, as a real encapsulated key is: half of all random strings are not. */
    private static byte[] encapsulatedKey(int length, RandomGenerator random) {
        byte[] key = new byte[length];
        random.nextBytes(key);
        if (length != X25519.POINT_SIZE) {
            return key;
        }
        byte[] point = new byte[X25519.POINT_SIZE];
        X25519.scalarMultBase(key, 0, point, 0);
        return point;
    }

    private static int pick(List<Integer> from, RandomGenerator random) {
        return from.get(random.nextInt(from.size()));
    }
}
