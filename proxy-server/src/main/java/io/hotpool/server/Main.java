package io.hotpool.server;

/** Entry point of the daemon and its command line. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(2);
    }
}
