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
    private static final int CHANGE_CIPHER_SPEC_RECORD = 6;
    private static final byte[] NOTHING = new byte[0];

    private final BrowserProtocol protocol;
    private byte[] held = NOTHING;

    HandshakeEngine(BrowserProtocol protocol) {
        this.protocol = protocol;
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
        return step(protocol::start);
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
