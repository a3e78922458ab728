package io.hotpool.pool.tls;

import com.sun.management.OperatingSystemMXBean;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.pool.testing.TestCertificates.Authority;
import io.hotpool.pool.tls.TlsClientFixture.Connection;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a full and a resumed TLS 1.3 handshake cost in CPU, the whole client process counted, against {@code openssl s_server}
 * in a process of its own. Not a test: run it by hand from an IDE or with the test classpath.
 */
final class HandshakeCost {
    private static final int WARM_UP = 300;
    private static final int MEASURED = 300;

    private HandshakeCost() {}

    public static void main(String[] arguments) throws Exception {
        Authority authority = TestCertificates.authority("Cost CA");
        Path folder = Files.createTempDirectory("hotpool-cost");
        try (TlsClientFixture client = new TlsClientFixture(authority);
                OpensslServer server =
                        OpensslServer.start(folder, authority.leaf(TlsClientFixture.HOST), "-rev", "-tls1_3")) {
            for (String name : new String[] {"chromium-156", "firefox-153"}) {
                BrowserProfile profile = TlsClientFixture.profile(name);
                handshakes(client, profile, server.port(), true, WARM_UP);
                handshakes(client, profile, server.port(), false, WARM_UP);
                for (int round = 0; round < 2; round++) {
                    double full = handshakes(client, profile, server.port(), false, MEASURED);
                    double resumed = handshakes(client, profile, server.port(), true, MEASURED);
                    System.out.printf("%-14s full %.2f ms, resumed %.2f ms of CPU%n", name, full, resumed);
                }
            }
        }
        System.exit(0);
    }

    private static double handshakes(TlsClientFixture client, BrowserProfile profile, int port, boolean resume, int n)
            throws Exception {
        OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long before = process.getProcessCpuTime();
        for (int i = 0; i < n; i++) {
            String scope = resume ? "same" : "own-" + System.nanoTime();
            Connection connection = client.connect(new TlsRequest(
                    profile, Origin.https(TlsClientFixture.HOST, port), TlsRequest.Form.FIRST, scope, true));
            connection.facts();
            connection.send("ping\n");
            connection.awaitBytes(5);
            connection.close();
        }
        return (process.getProcessCpuTime() - before) / 1e6 / n;
    }
}
