package io.hotpool.server;

import io.hotpool.server.cli.HotpoolCommand;
import java.security.Security;

/** Entry point of the daemon and its command line. */
public final class Main {
    private static final String LEAK_SAMPLING = "io.netty.leakDetection.samplingInterval";

    private Main() {}

    public static void main(String[] args) {
        // The pool keeps answers by its own rules; the JVM's cache below them would only delay a change.
        Security.setProperty("networkaddress.cache.ttl", "0");
        watchFewBuffers();
        System.exit(HotpoolCommand.run(args));
    }

    /**
     * Netty records who made every 128th buffer, to tell of those that leak; at a few buffers per request the stack traces are
     * 3 % of a request's CPU. A leak that matters still shows with one in 8192. Before the first buffer.
     */
    private static void watchFewBuffers() {
        if (System.getProperty(LEAK_SAMPLING) == null) {
            System.setProperty(LEAK_SAMPLING, "8192");
        }
    }
}
