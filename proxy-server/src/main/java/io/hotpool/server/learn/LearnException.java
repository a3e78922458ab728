package io.hotpool.server.learn;

/** What was given or seen cannot become a profile; the message names what, and what would. */
public final class LearnException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LearnException(String message) {
        super(message);
    }
}
