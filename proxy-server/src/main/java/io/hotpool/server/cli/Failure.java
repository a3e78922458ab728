package io.hotpool.server.cli;

/** A command cannot do what it was asked to; the message says why and what to do next. Exit code 1. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Failure(String message) {
        super(message);
    }
}
