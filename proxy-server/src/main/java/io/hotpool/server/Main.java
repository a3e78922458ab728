package io.hotpool.server;

import io.hotpool.server.cli.HotpoolCommand;

/** Entry point of the daemon and its command line. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(HotpoolCommand.run(args));
    }
}
