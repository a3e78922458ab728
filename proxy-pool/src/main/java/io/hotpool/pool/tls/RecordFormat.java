package io.hotpool.pool.tls;

/** The numbers of the record protocol (RFC 8446, section 5). */
final class RecordFormat {
    static final int HEADER = 5;
    static final int VERSION = 0x0303;
    static final int CHANGE_CIPHER_SPEC = 20;
    static final int ALERT = 21;
    static final int HANDSHAKE = 22;
    static final int APPLICATION_DATA = 23;

    static final int MAX_PLAINTEXT = 1 << 14;
    /** RFC 8446, 5.2. */
    static final int MAX_CIPHERTEXT_13 = MAX_PLAINTEXT + 256;
    /** RFC 5246, 6.2.3. */
    static final int MAX_CIPHERTEXT_12 = MAX_PLAINTEXT + 2048;

    static final int WARNING = 1;
    static final int FATAL = 2;
    static final int CLOSE_NOTIFY = 0;

    /** Records in a row without any content, or control messages without data in between, before it is an attack. */
    static final int MAX_IDLE_RECORDS = 32;

    private RecordFormat() {}
}
