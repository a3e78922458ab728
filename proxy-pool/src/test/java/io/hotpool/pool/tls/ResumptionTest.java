package io.hotpool.pool.tls;

import static io.hotpool.pool.tls.TlsClientFixture.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHelloParser;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.pool.testing.TestCertificates.Authority;
import io.hotpool.pool.testing.TestCertificates.Identity;
import io.hotpool.pool.tls.TlsClientFixture.Connection;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reconnections to a server that gives tickets: nearly all resume, and no ticket is seen twice on the wire. */
class ResumptionTest {
    private static final int CONNECTIONS = 41;
    private static final int SESSION_TICKET = 35;
    private static final int PRE_SHARED_KEY = 41;
    private static final Authority CA = TestCertificates.authority("Ticket CA");
    private static final Identity LEAF = CA.leaf(HOST, "other.example.test");

    @TempDir
    Path folder;

    private final TlsClientFixture client = new TlsClientFixture(CA);

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @CsvSource({
        "OPENSSL, chromium-156, TLSv1.3",
        "OPENSSL, firefox-153,  TLSv1.3",
        "OPENSSL, safari-26.0,  TLSv1.3",
        "JDK,     chromium-156, TLSv1.3",
        "JDK,     firefox-153,  TLSv1.3"
    })
    void nineteen_of_twenty_reconnections_resume(SslProvider provider, String profile, String version)
            throws Exception {
        try (NettyServer server = new NettyServer(SslContextBuilder.forServer(LEAF.key(), LEAF.chain())
                .sslProvider(provider)
                .protocols(version)
                .build())) {
            reconnect(TlsClientFixture.profile(profile), server.port(), PRE_SHARED_KEY);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-tls1_3, chromium-156, 41",
        "-tls1_3, firefox-153,  41",
        "-tls1_2, chromium-156, 35",
        "-tls1_2, firefox-153,  35",
    })
    void nineteen_of_twenty_reconnections_to_openssl_resume(String option, String profile, int extension)
            throws Exception {
        try (OpensslServer server = OpensslServer.start(folder, LEAF, "-rev", option)) {
            reconnect(TlsClientFixture.profile(profile), server.port(), extension);
        }
    }

    @Test
    void a_ticket_is_offered_to_nobody_but_its_own_key() throws Exception {
        try (OpensslServer server = OpensslServer.start(folder, LEAF, "-rev", "-tls1_3")) {
            BrowserProfile chromium = TlsClientFixture.CHROMIUM;
            TlsRequest own = TlsClientFixture.request(chromium, server.port());
            visit(own);
            Origin origin = own.origin();
            List<TlsRequest> others = List.of(
                    new TlsRequest(TlsClientFixture.FIREFOX, origin, own.form(), "", true),
                    new TlsRequest(chromium, origin, own.form(), "session", true),
                    new TlsRequest(chromium, origin, TlsRequest.Form.HTTP1_ONLY, "", true),
                    new TlsRequest(chromium, origin, own.form(), "", false),
                    TlsClientFixture.request(chromium, "other.example.test", server.port(), own.form()));

            for (TlsRequest other : others) {
                TlsFacts facts = visit(other);
                assertThat(facts.resumed()).as("%s", other).isFalse();
                assertThat(hello(facts).extension(PRE_SHARED_KEY)).isEmpty();
            }
            assertThat(visit(own).resumed()).isTrue();
        }
    }

    private void reconnect(BrowserProfile profile, int port, int extension) throws Exception {
        List<Boolean> resumed = new ArrayList<>();
        Set<String> offered = new HashSet<>();
        int offers = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
            TlsFacts facts = visit(TlsClientFixture.request(profile, port));
            resumed.add(facts.resumed());
            byte[] ticket = hello(facts)
                    .extension(extension)
                    .map(ClientHello.RawExtension::data)
                    .orElse(new byte[0]);
            if (ticket.length > 0) {
                offers++;
                offered.add(identity(extension, ticket));
            }
        }
        long taken = resumed.stream().filter(r -> r).count();
        System.out.printf(
                "resumption  %-14s %-8s %d of %d reconnections, %d tickets offered%n",
                profile.name(), extension == PRE_SHARED_KEY ? "TLS 1.3" : "TLS 1.2", taken, CONNECTIONS - 1, offers);
        assertThat(resumed.get(0)).isFalse();
        assertThat(taken).isGreaterThanOrEqualTo(Math.round((CONNECTIONS - 1) * 0.95));
        assertThat(extension == SESSION_TICKET || offered.size() == offers)
                .as("%d offers, %d tickets", offers, offered.size())
                .isTrue();
    }

    /** The first identity of pre_shared_key without its age; the whole of session_ticket. */
    private static String identity(int extension, byte[] data) {
        int length = extension == PRE_SHARED_KEY ? (data[2] & 0xff) << 8 | data[3] & 0xff : data.length;
        return HexFormat.of().formatHex(data, extension == PRE_SHARED_KEY ? 4 : 0, length);
    }

    private TlsFacts visit(TlsRequest request) throws Exception {
        Connection connection = client.connect(request);
        TlsFacts facts = connection.facts();
        connection.send("ping\n");
        connection.awaitBytes(5);
        connection.close();
        return facts;
    }

    private static ClientHello hello(TlsFacts facts) {
        return ClientHelloParser.parse(facts.clientHello());
    }
}
