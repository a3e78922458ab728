package io.hotpool.pool.tls;

/** Code points of the TLS extensions that need more than being written (IANA, TLS ExtensionType Values). */
final class ExtensionTypes {
    static final int SERVER_NAME = 0;
    static final int STATUS_REQUEST = 5;
    static final int SUPPORTED_GROUPS = 10;
    static final int SIGNATURE_ALGORITHMS = 13;
    static final int ALPN = 16;
    static final int PADDING = 21;
    static final int EXTENDED_MASTER_SECRET = 23;
    static final int COMPRESS_CERTIFICATE = 27;
    static final int RECORD_SIZE_LIMIT = 28;
    static final int DELEGATED_CREDENTIAL = 34;
    static final int SESSION_TICKET = 35;
    static final int PRE_SHARED_KEY = 41;
    static final int EARLY_DATA = 42;
    static final int SUPPORTED_VERSIONS = 43;
    static final int COOKIE = 44;
    static final int PSK_KEY_EXCHANGE_MODES = 45;
    static final int KEY_SHARE = 51;
    static final int APPLICATION_SETTINGS_OLD = 17513;
    static final int APPLICATION_SETTINGS = 17613;
    static final int RENEGOTIATION_INFO = 0xff01;
    static final int ENCRYPTED_CLIENT_HELLO = 0xfe0d;

    private ExtensionTypes() {}
}
