package io.hotpool.server;

import io.hotpool.server.cli.HotpoolCommand;
import java.security.Security;

/** Entry point of the daemon and its command line. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // The pool keeps answers by its own rules; the JVM's cache below them would only delay a change.
        Security.setProperty("networkaddress.cache.ttl", "0");
        System.exit(HotpoolCommand.run(args));
    }
}
