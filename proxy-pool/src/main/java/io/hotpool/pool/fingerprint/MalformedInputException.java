package io.hotpool.pool.fingerprint;

/** Captured bytes that are not what they should be; the message says where. */
public final class MalformedInputException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    MalformedInputException(String message) {
        super(message);
    }
}
