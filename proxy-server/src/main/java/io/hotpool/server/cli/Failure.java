package io.hotpool.server.cli;

/** A command cannot do what it was asked to; the message says why and what to do next. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exit;

    /** Something is not there or does not work: exit code 1. */
    public Failure(String message) {
        this(message, 1);
    }

    private Failure(String message, int exit) {
        super(message);
        this.exit = exit;
    }

    /** What was given is wrong by itself, whatever the rest of the world does: exit code 2. */
    static Failure usage(String message) {
        return new Failure(message, 2);
    }

    int exit() {
        return exit;
    }
}
