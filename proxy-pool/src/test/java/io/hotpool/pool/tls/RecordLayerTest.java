package io.hotpool.pool.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The two ends of one connection, each the other's peer. */
class RecordLayerTest {
    private static final byte[] A = new byte[32];
    private static final byte[] B = new byte[32];

    static {
        Arrays.fill(A, (byte) 1);
        Arrays.fill(B, (byte) 2);
    }

    private final Received received = new Received();

    static Stream<Arguments> pairs() {
        return Stream.of(AeadSuite.values())
                .flatMap(suite -> Stream.of(
                        Arguments.of(suite, client13(suite), server13(suite)),
                        Arguments.of(suite, client12(suite), server12(suite))));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void what_one_end_seals_the_other_opens(AeadSuite suite, RecordLayer client, RecordLayer server) throws Exception {
        byte[] data = new byte[16384];
        new Random(3).nextBytes(data);
        for (int length : new int[] {1, 17, 1400, 16384}) {
            for (boolean direct : new boolean[] {true, false}) {
                received.data.clear();
                server.open(seal(client, Arrays.copyOf(data, length), direct), received);
                assertThat(received.data).containsExactly(Arrays.copyOf(data, length));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void a_changed_bit_is_a_bad_record(AeadSuite suite, RecordLayer client, RecordLayer server) {
        ByteBuf record = seal(client, new byte[100], true);
        record.setByte(60, record.getByte(60) ^ 1);

        assertThat(refusal(server, record)).isEqualTo(AlertDescription.bad_record_mac);
        assertThat(record.refCnt()).isZero();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void a_record_is_good_once_and_in_its_place(AeadSuite suite, RecordLayer client, RecordLayer server)
            throws Exception {
        ByteBuf first = seal(client, new byte[10], false);
        ByteBuf replayed = first.copy();
        server.open(first, received);

        assertThat(refusal(server, replayed)).isEqualTo(AlertDescription.bad_record_mac);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void alerts_end_the_connection(AeadSuite suite, RecordLayer client, RecordLayer server) throws Exception {
        server.open(client.alert(ByteBufAllocator.DEFAULT, 1, 0), received);
        assertThat(received.closed).isTrue();
        server.open(client.alert(ByteBufAllocator.DEFAULT, 2, 40), received);
        assertThat(received.aborted).isEqualTo(40);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void a_flood_of_empty_records_is_refused(AeadSuite suite, RecordLayer client, RecordLayer server) throws Exception {
        for (int i = 0; i < 32; i++) {
            server.open(seal(client, new byte[0], true), received);
        }
        assertThat(refusal(server, seal(client, new byte[0], true))).isEqualTo(AlertDescription.unexpected_message);
    }

    @ParameterizedTest
    @EnumSource(AeadSuite.class)
    void a_key_update_changes_the_reading_key_and_is_answered_when_asked(AeadSuite suite) throws Exception {
        Tls13Records client = client13(suite);
        PeerRecords server = new PeerRecords(suite);

        client.open(server.record(22, 24, 0, 0, 1, 1), received);
        server.nextWriteKey();
        assertThat(received.replies).hasSize(1);
        assertThat(server.open(received.replies.remove(0))).containsExactly(24, 0, 0, 1, 0, 22);
        server.nextReadKey();

        client.open(server.record(23, 'h', 'i'), received);
        assertThat(received.data).containsExactly(new byte[] {'h', 'i'});
        assertThat(server.open(seal(client, new byte[] {'y', 'o'}, true))).containsExactly('y', 'o', 23);
    }

    @Test
    void a_key_update_that_is_not_the_end_of_its_record_is_refused() {
        PeerRecords server = new PeerRecords(AeadSuite.AES_128_GCM);

        assertThat(refusal(client13(AeadSuite.AES_128_GCM), server.record(22, 24, 0, 0, 1, 0, 24, 0, 0, 1, 0)))
                .isEqualTo(AlertDescription.unexpected_message);
    }

    @Test
    void a_peer_that_asks_for_key_updates_and_does_not_read_gets_one_answer() throws Exception {
        Tls13Records client = client13(AeadSuite.AES_128_GCM);
        PeerRecords server = new PeerRecords(AeadSuite.AES_128_GCM);
        for (int i = 0; i < 100; i++) {
            client.open(server.record(22, 24, 0, 0, 1, 1), received);
            server.nextWriteKey();
            client.open(server.record(23, 'x'), received);
            received.replyWaits = true;
        }
        assertThat(received.data).hasSize(100);
        assertThat(received.replies).hasSize(1);
        server.open(received.replies.remove(0));
        server.nextReadKey();
        assertThat(server.open(seal(client, new byte[] {'y'}, true))).containsExactly('y', 23);
    }

    @Test
    void a_flood_of_key_updates_is_refused() throws Exception {
        Tls13Records client = client13(AeadSuite.AES_128_GCM);
        PeerRecords server = new PeerRecords(AeadSuite.AES_128_GCM);
        for (int i = 0; i < 32; i++) {
            client.open(server.record(22, 24, 0, 0, 1, 0), received);
            server.nextWriteKey();
        }

        assertThat(refusal(client, server.record(22, 24, 0, 0, 1, 0))).isEqualTo(AlertDescription.unexpected_message);
    }

    @Test
    void a_ticket_may_come_in_pieces_but_nothing_may_come_between() throws Exception {
        Tls13Records client = client13(AeadSuite.AES_128_GCM);
        PeerRecords server = new PeerRecords(AeadSuite.AES_128_GCM);
        client.open(server.record(22, 4, 0, 0), received);
        client.open(server.record(22, 3, 7), received);
        client.open(server.record(22, 8, 9), received);
        assertThat(received.tickets).containsExactly(new byte[] {7, 8, 9});

        client.open(server.record(22, 4, 0), received);
        assertThat(refusal(client, server.record(23, 'x'))).isEqualTo(AlertDescription.unexpected_message);
    }

    @Test
    void a_client_is_asked_for_nothing_after_the_handshake() {
        PeerRecords server = new PeerRecords(AeadSuite.AES_128_GCM);
        assertThat(refusal(client13(AeadSuite.AES_128_GCM), server.record(22, 13, 0, 0, 0)))
                .isEqualTo(AlertDescription.unexpected_message);
    }

    @Test
    void a_record_of_padding_alone_is_refused() {
        PeerRecords server = new PeerRecords(AeadSuite.AES_128_GCM);
        assertThat(refusal(client13(AeadSuite.AES_128_GCM), server.record(0, 0, 0, 0)))
                .isEqualTo(AlertDescription.unexpected_message);
    }

    @Test
    void padding_is_taken_off() throws Exception {
        PeerRecords server = new PeerRecords(AeadSuite.AES_128_GCM);
        client13(AeadSuite.AES_128_GCM).open(server.record(0, 'a', 'b', 23, 0, 0), received);

        assertThat(received.data).containsExactly(new byte[] {'a', 'b'});
    }

    @Test
    void a_record_in_the_clear_is_refused() {
        assertThat(refusal(client13(AeadSuite.AES_128_GCM), Unpooled.wrappedBuffer(new byte[] {21, 3, 3, 0, 2, 2, 40})))
                .isEqualTo(AlertDescription.unexpected_message);
    }

    @Test
    void a_renegotiation_is_refused() {
        Tls12Records server = server12(AeadSuite.AES_128_GCM);
        Tls12Records client = client12(AeadSuite.AES_128_GCM);
        ByteBuf record = server.alert(ByteBufAllocator.DEFAULT, 0, 0);
        record.release();

        assertThat(refusal(client, server12Record(22, new byte[] {0, 0, 0, 0})))
                .isEqualTo(AlertDescription.no_renegotiation);
    }

    private static ByteBuf server12Record(int type, byte[] content) {
        try {
            javax.crypto.Cipher cipher = javax.crypto.Cipher.getInstance("AES/GCM/NoPadding");
            byte[] nonce = new byte[12];
            Arrays.fill(nonce, 0, 4, (byte) 2);
            nonce[11] = 1;
            cipher.init(
                    1,
                    new javax.crypto.spec.SecretKeySpec(Arrays.copyOf(B, 16), "AES"),
                    new javax.crypto.spec.GCMParameterSpec(128, nonce));
            cipher.updateAAD(new byte[] {0, 0, 0, 0, 0, 0, 0, 1, (byte) type, 3, 3, 0, (byte) content.length});
            byte[] sealed = cipher.doFinal(content);
            return Unpooled.wrappedBuffer(new WireOutput()
                    .u8(type)
                    .u16(0x0303)
                    .u16(8 + sealed.length)
                    .raw(Arrays.copyOfRange(nonce, 4, 12))
                    .raw(sealed)
                    .toByteArray());
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private short refusal(RecordLayer layer, ByteBuf record) {
        TlsFatalAlert alert = catchThrowableOfType(TlsFatalAlert.class, () -> layer.open(record, received));
        assertThat(alert).as("refused").isNotNull();
        return alert.getAlertDescription();
    }

    private static ByteBuf seal(RecordLayer layer, byte[] data, boolean direct) {
        ByteBuf prepared = layer.prepare(ByteBufAllocator.DEFAULT, data.length);
        ByteBuf record = layer.seal(ByteBufAllocator.DEFAULT, prepared.writeBytes(data));
        if (direct) {
            return record;
        }
        ByteBuf heap = Unpooled.buffer(record.readableBytes()).writeBytes(record);
        record.release();
        return heap;
    }

    private static Tls13Records client13(AeadSuite suite) {
        return new Tls13Records(new RecordKeys.Tls13(suite, Hkdf.SHA256, A, B), 16384);
    }

    private static Tls13Records server13(AeadSuite suite) {
        return new Tls13Records(new RecordKeys.Tls13(suite, Hkdf.SHA256, B, A), 16384);
    }

    private static Tls12Records client12(AeadSuite suite) {
        return new Tls12Records(keys12(suite, A, B), 16384);
    }

    private static Tls12Records server12(AeadSuite suite) {
        return new Tls12Records(keys12(suite, B, A), 16384);
    }

    private static RecordKeys.Tls12 keys12(AeadSuite suite, byte[] write, byte[] read) {
        int key = suite.keySize();
        int iv = suite.fixedIv12();
        return new RecordKeys.Tls12(
                suite,
                Arrays.copyOf(write, key),
                Arrays.copyOf(write, iv),
                Arrays.copyOf(read, key),
                Arrays.copyOf(read, iv));
    }

    /** A server's end that can send anything. */
    private static final class PeerRecords {
        private final AeadSuite suite;
        private byte[] writeSecret = B;
        private byte[] readSecret = A;
        private AeadDirection write;
        private AeadDirection read;

        PeerRecords(AeadSuite suite) {
            this.suite = suite;
            write = direction(javax.crypto.Cipher.ENCRYPT_MODE, writeSecret);
            read = direction(javax.crypto.Cipher.DECRYPT_MODE, readSecret);
        }

        private AeadDirection direction(int mode, byte[] secret) {
            return new AeadDirection(
                    suite,
                    mode,
                    Hkdf.SHA256.expandLabel(secret, "key", new byte[0], suite.keySize()),
                    Hkdf.SHA256.expandLabel(secret, "iv", new byte[0], 12),
                    0);
        }

        void nextWriteKey() {
            writeSecret = Hkdf.SHA256.expandLabel(writeSecret, "traffic upd", new byte[0], 32);
            write = direction(javax.crypto.Cipher.ENCRYPT_MODE, writeSecret);
        }

        void nextReadKey() {
            readSecret = Hkdf.SHA256.expandLabel(readSecret, "traffic upd", new byte[0], 32);
            read = direction(javax.crypto.Cipher.DECRYPT_MODE, readSecret);
        }

        /** @param type appended to the content; 0: the content is the whole plaintext */
        ByteBuf record(int type, int... content) {
            int length = content.length + (type == 0 ? 0 : 1);
            ByteBuf record = Unpooled.buffer(5 + length + 16);
            byte[] header = {23, 3, 3, (byte) (length + 16 >> 8), (byte) (length + 16)};
            record.writeBytes(header);
            for (int b : content) {
                record.writeByte(b);
            }
            if (type != 0) {
                record.writeByte(type);
            }
            try {
                write.crypt(record, 5, length, write.maskedNonce(), header);
            } catch (java.security.GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
            return record.setIndex(0, 5 + length + 16);
        }

        /** The plaintext, type included. */
        byte[] open(ByteBuf record) throws Exception {
            byte[] header = new byte[5];
            record.getBytes(0, header);
            int length = read.crypt(record, 5, record.readableBytes() - 5, read.maskedNonce(), header);
            byte[] plain = new byte[length];
            record.getBytes(5, plain);
            record.release();
            return plain;
        }
    }

    private static final class Received implements RecordLayer.Events {
        private final List<byte[]> data = new ArrayList<>();
        private final List<byte[]> tickets = new ArrayList<>();
        private final List<ByteBuf> replies = new ArrayList<>();
        private boolean replyWaits;
        private boolean closed;
        private int aborted = -1;

        @Override
        public void data(ByteBuf plaintext) {
            byte[] bytes = new byte[plaintext.readableBytes()];
            plaintext.readBytes(bytes);
            plaintext.release();
            data.add(bytes);
        }

        @Override
        public void reply(ByteBuf records) {
            replies.add(records);
        }

        @Override
        public boolean replyWaits() {
            return replyWaits;
        }

        @Override
        public void ticket(byte[] message) {
            tickets.add(message);
        }

        @Override
        public void closed() {
            closed = true;
        }

        @Override
        public void aborted(int alert) {
            aborted = alert;
        }
    }
}
