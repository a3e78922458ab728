package io.hotpool.pool.tls;

import static io.hotpool.pool.tls.TlsClientFixture.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.pool.testing.TestCertificates.Authority;
import io.hotpool.pool.testing.TestCertificates.Identity;
import io.hotpool.pool.tls.InteropPeers.Listening;
import io.hotpool.pool.tls.InteropPeers.Peer;
import io.hotpool.pool.tls.TlsClientFixture.Connection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the profiles offer, taken up by every TLS implementation at hand: suites, groups (by HelloRetryRequest where there is
 * no share), versions, ALPN, tickets. The matrix is printed whole: a cell is {@code ok}, {@code -} where the browser does not
 * offer it, or a failure; a peer that is not here has a line that says why.
 */
@Timeout(240)
class InteropMatrixTest {
    private static final List<String> PROFILES = List.of("chromium-156", "firefox-153", "safari-26.0.1");
    private static final Authority CA = TestCertificates.authority("Interop CA");
    private static final Identity EC = CA.leaf(HOST);
    private static final Identity RSA = CA.rsaLeaf(HOST);

    @TempDir
    Path folder;

    private final TlsClientFixture client = new TlsClientFixture(CA);
    private final Map<String, List<String>> matrix = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void whatever_a_profile_offers_works_when_the_peer_takes_it() throws Exception {
        int present = 0;
        for (Peer peer : InteropPeers.all(folder, EC, RSA)) {
            Optional<String> absent = peer.absent();
            if (absent.isPresent()) {
                matrix.put(peer.name() + "  SKIPPED: " + absent.get(), List.of());
                continue;
            }
            present++;
            for (InteropPeers.Feature feature : peer.features()) {
                try (Listening listening = peer.listen(feature)) {
                    row(peer, feature, listening.port());
                } catch (IOException e) {
                    failures.add(peer.name() + ", " + feature.label() + ": " + e);
                    matrix.put(peer.name() + "  " + feature.label() + "  NOT STARTED: " + e, List.of());
                }
            }
        }
        print();
        assertThat(failures).isEmpty();
        assertThat(present).as("peers").isGreaterThanOrEqualTo(2);
    }

    private void row(Peer peer, InteropPeers.Feature feature, int port) {
        List<String> cells = new ArrayList<>();
        for (String name : PROFILES) {
            BrowserProfile profile = TlsClientFixture.profile(name);
            String cell = offers(profile, feature) ? tried(profile, feature, port) : "-";
            if (cell.startsWith("FAILED")) {
                failures.add(peer.name() + ", " + feature.label() + ", " + name + ": " + cell);
            }
            cells.add(cell);
        }
        matrix.put(peer.name() + "  " + feature.label(), cells);
    }

    private static boolean offers(BrowserProfile profile, InteropPeers.Feature feature) {
        return switch (feature.kind()) {
            case SUITE -> profile.tls().cipherSuites().contains(feature.code());
            case GROUP ->
                profile.extension(10)
                        .map(e -> ((Extension.Codes) e).codes().contains(feature.code()))
                        .orElse(false);
            case TICKET -> !feature.tls12() || profile.extension(35).isPresent();
            case ALPN -> true;
        };
    }

    private String tried(BrowserProfile profile, InteropPeers.Feature feature, int port) {
        try {
            TlsFacts first = visit(profile, port);
            return switch (feature.kind()) {
                case SUITE -> told(first.cipherSuite().equals(feature.name()), first.cipherSuite());
                case ALPN -> told(feature.name().equals(first.alpn()), "" + first.alpn());
                case GROUP -> "ok";
                case TICKET -> told(resumes(profile, port), first.version() + ", not resumed");
            };
        } catch (Exception e) {
            return "FAILED " + e;
        }
    }

    /** A server may decline a ticket now and then: two of three reconnections. */
    private boolean resumes(BrowserProfile profile, int port) throws Exception {
        int resumed = 0;
        for (int i = 0; i < 3; i++) {
            resumed += visit(profile, port).resumed() ? 1 : 0;
        }
        return resumed >= 2;
    }

    private static String told(boolean right, String instead) {
        return right ? "ok" : "FAILED " + instead;
    }

    /** A handshake, and data there and back. */
    private TlsFacts visit(BrowserProfile profile, int port) throws Exception {
        Connection connection = client.connect(profile, port);
        try {
            TlsFacts facts = connection.facts();
            connection.send("GET / HTTP/1.0\r\n\r\n");
            connection.awaitBytes(5);
            return facts;
        } finally {
            connection.close();
        }
    }

    private void print() {
        System.out.printf("%-62s %s%n", "interoperability", String.join("  ", PROFILES));
        matrix.forEach((row, cells) -> {
            StringBuilder line = new StringBuilder(String.format("%-62s", row));
            for (int i = 0; i < cells.size(); i++) {
                line.append(String.format(" %-" + (PROFILES.get(i).length() + 1) + "s", cells.get(i)));
            }
            System.out.println(line.toString().stripTrailing());
        });
    }
}
