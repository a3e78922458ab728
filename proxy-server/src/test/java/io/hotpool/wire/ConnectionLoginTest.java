package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.H2Peer;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Peer;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Seen;
import io.hotpool.wire.fixture.Step;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * NTLM as its origins do it: three requests on one connection, and from then on the connection is that user. The challenge
 * names the connection, so that a login that wanders comes to nothing.
 */
class ConnectionLoginTest {
    @RegisterExtension
    static final Lab lab = Lab.standard();

    private static Step ntlm() {
        return peer -> {
            String user = "";
            while (peer.open()) {
                Seen request = peer.readHead();
                if (request == null) {
                    peer.close();
                    return;
                }
                peer.readBody();
                String authorization = request.has("Authorization") ? request.header("Authorization") : "";
                String proof = "NTLM T3:" + peer.number() + ":";
                if (authorization.startsWith(proof)) {
                    user = authorization.substring(proof.length());
                }
                if (!user.isEmpty()) {
                    answer(peer, "200 OK", "", "you are " + user);
                } else if (authorization.equals("NTLM T1")) {
                    answer(peer, "401 No", "WWW-Authenticate: NTLM T2:" + peer.number() + "\r\n", "go on");
                } else {
                    answer(peer, "401 No", "WWW-Authenticate: NTLM\r\n", "who are you");
                }
            }
        };
    }

    private static void answer(Peer peer, String status, String field, String body) throws IOException {
        peer.send(("HTTP/1.1 " + status + "\r\n" + field + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.ISO_8859_1));
    }

    private static RawClient.Response ask(RawClient client, String url, String host, String authorization)
            throws IOException {
        return authorization.isEmpty()
                ? client.get(url, "Host: " + host)
                : client.get(url, "Host: " + host, "Authorization: " + authorization);
    }

    private static void logIn(RawClient client, String url, String host, String user) throws IOException {
        RawClient.Response first = ask(client, url, host, "");
        assertThat(first.status()).as(first.toString()).isEqualTo(401);
        RawClient.Response second = ask(client, url, host, "NTLM T1");
        boolean askedAProxy = url.startsWith("http"); // inside of a tunnel there is none to be seen
        assertThat(second.header("Proxy-Support")).isEqualTo(askedAProxy ? "Session-Based-Authentication" : null);
        assertThat(second.header("Connection")).isEqualTo(askedAProxy ? "Proxy-Support" : null);
        String challenge = second.header("WWW-Authenticate");
        assertThat(challenge).startsWith("NTLM T2:");
        assertThat(ask(client, url, host, challenge.replace("T2", "T3") + ":" + user)
                        .text())
                .isEqualTo("you are " + user);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    @Tag("check-42")
    void a_login_holds_for_its_client_and_for_nobody_else(String scheme) throws Exception {
        ScriptedOrigin.Builder builder =
                scheme.equals("http") ? ScriptedOrigin.clear() : ScriptedOrigin.tls(lab.leaf());
        try (ScriptedOrigin origin = builder.script(ntlm()).start()) {
            String host = Lab.HOST + ":" + origin.port();
            String url = scheme + "://" + host + "/";
            try (RawClient alice = lab.client();
                    RawClient bob = lab.client();
                    RawClient eve = lab.client()) {
                logIn(alice, url, host, "alice");
                assertThat(ask(bob, url, host, "").status()).isEqualTo(401);
                logIn(bob, url, host, "bob");
                for (int i = 0; i < 3; i++) {
                    assertThat(ask(alice, url, host, "").text()).isEqualTo("you are alice");
                    assertThat(ask(bob, url, host, "").text()).isEqualTo("you are bob");
                    assertThat(ask(eve, url, host, "").status()).isEqualTo(401);
                }
            }
            Wait.until(() ->
                    assertThat(origin.open()).as("they end with their clients").isZero());
        }
    }

    @Test
    @Tag("check-42")
    void an_intercepted_client_logs_in_and_others_in_the_same_session_do_not_ride_along() throws Exception {
        try (ScriptedOrigin origin =
                ScriptedOrigin.tls(lab.leaf()).alpn("http/1.1").script(ntlm()).start()) {
            String host = Lab.HOST + ":" + origin.port();
            try (RawClient alice = lab.intercepted(host);
                    RawClient bob = lab.intercepted(host)) {
                logIn(alice, "/", host, "alice");
                assertThat(ask(alice, "/again", host, "").text()).isEqualTo("you are alice");
                assertThat(ask(bob, "/", host, "").status()).isEqualTo(401);
            }
        }
    }

    @Test
    void an_origin_that_speaks_http2_is_asked_over_http1_for_the_login_and_after_it() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .alpn("h2", "http/1.1")
                .script(peer -> {
                    if (!((SSLSocket) peer.socket()).getApplicationProtocol().equals("h2")) {
                        ntlm().run(peer);
                        return;
                    }
                    H2Peer h2 = H2Peer.server(peer);
                    h2.settings();
                    while (true) {
                        h2.respond(h2.readRequest().stream(), 401, "over h2 nobody logs in");
                    }
                })
                .start()) {
            String host = Lab.HOST + ":" + origin.port();
            String url = "https://" + host + "/";
            try (RawClient alice = lab.client();
                    RawClient bob = lab.client()) {
                logIn(alice, url, host, "alice");
                assertThat(ask(alice, url, host, "").text()).isEqualTo("you are alice");
                assertThat(ask(bob, url, host, "").text()).isEqualTo("over h2 nobody logs in");
            }
        }
    }
}
