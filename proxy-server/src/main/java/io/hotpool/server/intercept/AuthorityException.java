package io.hotpool.server.intercept;

/** The local CA cannot be used as it is: a start-up problem, told to the person who starts hotpool. */
public final class AuthorityException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AuthorityException(String message) {
        super(message);
    }

    AuthorityException(String message, Throwable cause) {
        super(message, cause);
    }
}
