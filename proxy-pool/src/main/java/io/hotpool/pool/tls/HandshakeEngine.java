package io.hotpool.pool.tls;

import io.hotpool.pool.fault.Fault;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one handshake: records in, records out. Blocks for the time of its arithmetic; confined to one thread
 * at a time.
 */
final class HandshakeEngine {
    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int HANDSHAKE = 22;
    /** Where the minor version stands in a record. */
    private static final int RECORD_VERSION = 2;

    private static final int CHANGE_CIPHER_SPEC_RECORD = 6;
    private static final byte[] NOTHING = new byte[0];

    private final BrowserProtocol protocol;
    private final int recordVersion;
    private byte[] held = NOTHING;

    /** @param recordVersion of the record around the first hello */
    HandshakeEngine(BrowserProtocol protocol, int recordVersion) {
        this.protocol = protocol;
        this.recordVersion = recordVersion;
    }

    /**
     * What one step led to.
     *
     * @param output records to be sent, an alert with a fault too
     * @param outcome not null with the step that completes the handshake
     * @param fault not null when it failed; no further step may be made
     */
    record Step(
            byte[] output,
            @Nullable HandshakeOutcome outcome,
            @Nullable Fault fault) {}

    Step start() {
        Step hello = step(protocol::start);
        // BouncyCastle always writes 0x0301 into the record of a first hello.
        if (hello.output().length > RECORD_VERSION && hello.output()[0] == HANDSHAKE) {
            hello.output()[RECORD_VERSION] = (byte) recordVersion;
        }
        return hello;
    }

    /** @param record exactly one */
    Step receive(byte[] record) {
        return step(() -> protocol.offerInput(record));
    }

    /** To go on with the records of a suite that the own layer does not have. */
    BrowserProtocol protocol() {
        return protocol;
    }

    private interface Action {
        void run() throws IOException;
    }

    private Step step(Action action) {
        Fault fault = null;
        try {
            action.run();
        } catch (IOException | RuntimeException e) {
            fault = HandshakeFaults.of(e);
        }
        HandshakeOutcome outcome = fault == null ? protocol.outcome() : null;
        return new Step(output(fault != null || outcome != null), outcome, fault);
    }

    /**
     * BouncyCastle writes the compatibility change_cipher_spec (RFC 8446, D.4) as soon as it has the ServerHello; browsers
     * send it together with what follows.
     */
    private byte[] output(boolean last) {
        byte[] all = Arrays.copyOf(held, held.length + protocol.getAvailableOutputBytes());
        protocol.readOutput(all, held.length, all.length - held.length);
        boolean loneChange = all.length == CHANGE_CIPHER_SPEC_RECORD && all[0] == CHANGE_CIPHER_SPEC;
        held = loneChange && !last ? all : NOTHING;
        return loneChange && !last ? NOTHING : all;
    }
}
