package io.hotpool.pool.tls;

/**
 * What the own record layer starts with when the handshake is done.
 */
sealed interface RecordKeys {
    AeadSuite suite();

    /** Traffic secrets (RFC 8446, 7.1); both sequence numbers are 0. */
    record Tls13(AeadSuite suite, Hkdf hkdf, byte[] writeSecret, byte[] readSecret) implements RecordKeys {}

    /** Keys and implicit nonces (RFC 5246, 6.3); both sequence numbers are 1, after the Finished messages. */
    record Tls12(AeadSuite suite, byte[] writeKey, byte[] writeIv, byte[] readKey, byte[] readIv)
            implements RecordKeys {}
}
