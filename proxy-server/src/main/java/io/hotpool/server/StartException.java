package io.hotpool.server;

/** The daemon cannot start although its configuration is right; the message says why and what to do next. */
public final class StartException extends Exception {
    private static final long serialVersionUID = 1;

    public StartException(String message, Throwable cause) {
        super(message, cause);
    }

    public StartException(String message) {
        super(message);
    }
}
