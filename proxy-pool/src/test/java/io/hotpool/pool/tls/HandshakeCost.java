package io.hotpool.pool.tls;

import io.hotpool.pool.http.Origin;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.pool.testing.TestCertificates.Authority;
import io.hotpool.pool.tls.TlsClientFixture.Connection;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * What a full and a resumed handshake cost in CPU of the client, against {@code openssl s_server} in a
 * process of its own. Not a test: {@code scripts/bench/handshakes} runs it.
 */
final class HandshakeCost {
    private static final int ROUNDS = 5;

    private HandshakeCost() {}

    /** @param arguments handshakes of a round; 200 where there are none */
    public static void main(String[] arguments) throws Exception {
        int count = arguments.length == 0 ? 200 : Integer.parseInt(arguments[0]);
        Authority authority = TestCertificates.authority("Cost CA");
        Path folder = Files.createTempDirectory("hotpool-cost");
        System.out.printf("%d rounds of %d handshakes, P-256 certificate; CPU of the client%n", ROUNDS, count);
        for (String version : new String[] {"-tls1_3", "-tls1_2"}) {
            try (TlsClientFixture client = new TlsClientFixture(authority);
                    OpensslServer server =
                            OpensslServer.start(folder, authority.leaf(TlsClientFixture.HOST), "-rev", version)) {
                for (String name : new String[] {"chromium-156", "firefox-153", "safari-26.0.1"}) {
                    measure(client, TlsClientFixture.profile(name), version, server.port(), count);
                }
            }
        }
        System.exit(0);
    }

    /** Full and resumed rounds take turns, so that a disturbance meets both; the median counts. */
    private static void measure(TlsClientFixture client, BrowserProfile profile, String version, int port, int count)
            throws Exception {
        if (version.equals("-tls1_2") && profile.extension(35).isEmpty()) {
            System.out.printf("%-14s %s  does not resume TLS 1.2%n", profile.name(), version);
            return;
        }
        double[] full = new double[ROUNDS];
        double[] resumed = new double[ROUNDS];
        handshakes(client, profile, port, true, count);
        handshakes(client, profile, port, false, count);
        for (int round = 0; round < ROUNDS; round++) {
            full[round] = handshakes(client, profile, port, false, count);
            resumed[round] = handshakes(client, profile, port, true, count);
        }
        Arrays.sort(full);
        Arrays.sort(resumed);
        double a = full[ROUNDS / 2];
        double b = resumed[ROUNDS / 2];
        System.out.printf(
                "%-14s %s  full %.2f ms (%.2f to %.2f)  resumed %.2f ms (%.2f to %.2f)  resumed/full %.2f%n",
                profile.name(), version, a, full[0], full[ROUNDS - 1], b, resumed[0], resumed[ROUNDS - 1], b / a);
    }

    private static double handshakes(TlsClientFixture client, BrowserProfile profile, int port, boolean resume, int n)
            throws Exception {
        double before = othersCpuMillis();
        for (int i = 0; i < n; i++) {
            String scope = resume ? "same" : "own-" + System.nanoTime();
            Connection connection = client.connect(new TlsRequest(
                    profile, Origin.https(TlsClientFixture.HOST, port), TlsRequest.Form.FIRST, scope, true));
            connection.facts();
            connection.send("ping\n");
            while (connection.received() < 5) {
                LockSupport.parkNanos(100_000);
            }
            connection.close();
        }
        return (othersCpuMillis() - before) / n;
    }

    /** Of the loop and of the threads that compute; this one only waits. */
    private static double othersCpuMillis() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (long id : threads.getAllThreadIds()) {
            nanos += id == Thread.currentThread().getId() ? 0 : Math.max(0, threads.getThreadCpuTime(id));
        }
        return nanos / 1e6;
    }
}
