package io.hotpool.pool.tls;

import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A profile's hello for {@code www.example.com}, with random bytes for keys and tickets. */
final class SampleHello {
    private static final Map<Integer, Integer> SHARE_LENGTHS =
            Map.of(0x11ec, 1216, 29, 32, 30, 56, 23, 65, 24, 97, 25, 133, 256, 256);

    private SampleHello() {}

    /** In one TLS record. */
    static byte[] records(BrowserProfile profile, Random random, Set<HelloForm> forms) {
        byte[] record = record(message(profile, random, forms));
        record[2] = (byte) profile.tls().recordVersion();
        return record;
    }

    static byte[] message(BrowserProfile profile, Random random, Set<HelloForm> forms) {
        return message(profile, random, forms, 208, 48);
    }

    /**
     * @param ticket length of the ticket of a resumed connection
     * @param binder length of its binder: that of the hash
     */
    static byte[] message(BrowserProfile profile, Random random, Set<HelloForm> forms, int ticket, int binder) {
        byte[] clientRandom = new byte[32];
        byte[] sessionId = new byte[profile.tls().sessionId()];
        random.nextBytes(clientRandom);
        random.nextBytes(sessionId);
        boolean resumed = forms.contains(HelloForm.RESUMED);
        byte[] identities = resumed ? identities(random, ticket) : null;
        byte[] binders = resumed ? binders(binder) : new byte[0];
        HelloInput input = new HelloInput(
                clientRandom,
                sessionId,
                "www.example.com",
                shares(profile, random),
                new byte[0],
                identities,
                binders.length,
                forms);
        byte[] body = new ClientHelloWriter(profile.tls(), random).first(input).encode(binders.length);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        int length = body.length + binders.length;
        message.writeBytes(new byte[] {1, (byte) (length >> 16), (byte) (length >> 8), (byte) length});
        message.writeBytes(body);
        message.writeBytes(binders);
        return message.toByteArray();
    }

    private static Map<Integer, byte[]> shares(BrowserProfile profile, Random random) {
        Map<Integer, byte[]> shares = new HashMap<>();
        Extension.KeyShares groups = (Extension.KeyShares) profile.extension(51).orElseThrow();
        for (int group : groups.groups()) {
            if (group != BrowserProfile.GREASE) {
                byte[] share = new byte[SHARE_LENGTHS.get(group)];
                random.nextBytes(share);
                shares.put(group, share);
            }
        }
        return shares;
    }

    /** One ticket and its age, with the length of the list (RFC 8446, 4.2.11). */
    private static byte[] identities(Random random, int ticket) {
        byte[] identities = new byte[2 + 2 + ticket + 4];
        random.nextBytes(identities);
        ByteBuffer.wrap(identities).putShort((short) (2 + ticket + 4)).putShort((short) ticket);
        return identities;
    }

    private static byte[] binders(int length) {
        byte[] binders = new byte[2 + 1 + length];
        ByteBuffer.wrap(binders).putShort((short) (1 + length)).put((byte) length);
        return binders;
    }

    private static byte[] record(byte[] message) {
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes(new byte[] {22, 3, 1, (byte) (message.length >> 8), (byte) message.length});
        record.writeBytes(message);
        return record.toByteArray();
    }
}
