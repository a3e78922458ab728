package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.server.config.PasswordHash;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.RawClient.Response;
import io.hotpool.wire.fixture.RunningDaemon;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Seen;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who may use the proxy, as whom, and how much: by Basic authentication and by SOCKS5. */
class AccessTest {
    private static final String CURL_REFUSED_BY_PROXY = "97";

    @RegisterExtension
    static final Lab lab = Lab.with(config -> config.set(
            "proxy",
            "users = [{ name = \"alice\", password_hash = \"" + PasswordHash.of("secret".toCharArray()) + "\" }, "
                    + "{ name = \"fox\", password_hash = \"" + PasswordHash.of("secret".toCharArray())
                    + "\", profile = \"firefox\" }, "
                    + "{ name = \"slow\", password_hash = \"" + PasswordHash.of("secret".toCharArray())
                    + "\", limits = { rate = 1 } }]"));

    private static Program socks(String user, ScriptedOrigin origin) {
        return Program.named("curl")
                .args("-sS", "-m", "30", "--cacert", lab.root(), "-A", "own/1")
                .args("-x", "socks5h://" + user + "@127.0.0.1:" + lab.proxy().getPort())
                .args("https://" + Lab.HOST + ":" + origin.port() + "/socks");
    }

    private static Response ask(ScriptedOrigin origin, String credentials) throws IOException {
        String host = Lab.HOST + ":" + origin.port();
        try (RawClient client = lab.client()) {
            return credentials.isEmpty()
                    ? client.get("https://" + host + "/", "Host: " + host)
                    : client.get(
                            "https://" + host + "/",
                            "Host: " + host,
                            "Proxy-Authorization: Basic " + base64(credentials));
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void without_the_right_password_there_is_407_and_nothing_leaves() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start()) {
            Response none = ask(origin, "");
            assertThat(none.status()).isEqualTo(407);
            assertThat(none.header("Proxy-Authenticate")).startsWith("Basic realm=");
            assertThat(ask(origin, "alice:wrong").status()).isEqualTo(407);
            assertThat(ask(origin, "nobody:secret").status()).isEqualTo(407);
            assertThat(origin.connections()).isZero();

            assertThat(ask(origin, "alice:secret").status()).isEqualTo(200);
            assertThat(origin.onlyRequest().has("Proxy-Authorization")).isFalse();
        }
    }

    @Test
    void a_user_has_a_profile_of_its_own_that_words_in_the_name_override() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start()) {
            for (String user : new String[] {"alice", "fox", "fox-profile-chrome"}) {
                assertThat(ask(origin, user + ":secret").status()).isEqualTo(200);
            }
            assertThat(origin.requests())
                    .extracting(request -> request.header("User-Agent").contains("Firefox/"))
                    .containsExactly(false, true, false);
        }
    }

    @Test
    void a_user_over_its_own_limit_is_told_when_to_come_back_and_the_others_are_not() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start()) {
            assertThat(ask(origin, "slow:secret").status()).isEqualTo(200);
            Response over = ask(origin, "slow:secret");
            assertThat(over.status()).isEqualTo(429);
            assertThat(Integer.parseInt(over.header("Retry-After"))).isBetween(1, 5);
            assertThat(over.text()).contains("rate_limited");
            assertThat(ask(origin, "alice:secret").status()).isEqualTo(200);
        }
    }

    @Test
    void socks5_takes_user_and_password_and_words_in_the_name_steer() {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start()) {
            assertThat(socks("alice-profile-firefox-headers-preserve:secret", origin)
                            .run()
                            .exit())
                    .isZero();
            Seen seen = origin.onlyRequest();
            assertThat(seen.target()).isEqualTo("/socks");
            assertThat(seen.header("User-Agent")).as("preserved").isEqualTo("own/1");
            Program.Output report = socks("fox:secret", origin)
                    .args("-D", "-", "-H", "X-Hotpool-Report: 1")
                    .run();
            assertThat(report.text()).containsIgnoringCase("x-hotpool-profile: firefox-153");

            Program.Output wrong = socks("alice:wrong", origin).run();
            assertThat(Integer.toString(wrong.exit())).isEqualTo(CURL_REFUSED_BY_PROXY);
            assertThat(origin.requests()).hasSize(2);
        }
    }

    @Test
    void a_client_whose_address_is_not_listed_gets_nothing() throws IOException {
        try (RunningDaemon daemon =
                        lab.start(config -> config.set("proxy", "allow_clients = [\"127.0.0.9/32\"]"), false);
                ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start()) {
            String host = Lab.HOST + ":" + origin.port();
            try (RawClient client = new RawClient(daemon.proxy())) {
                assertThat(client.get("https://" + host + "/", "Host: " + host).status())
                        .isEqualTo(403);
            }
            Program.Output listed = Program.named("curl")
                    .args("-sS", "-m", "30", "--interface", "127.0.0.9", "-o", "/dev/null", "-w", "%{http_code}")
                    .args("-x", "http://127.0.0.1:" + daemon.proxy().getPort(), "-H", "X-Hotpool-Scheme: https")
                    .args("http://" + host + "/")
                    .run();
            assertThat(listed.text()).as(listed::toString).isEqualTo("200");
            assertThat(origin.requests()).hasSize(1);
        }
    }
}
