package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.DaemonConfig;
import io.hotpool.wire.fixture.DaemonProcess;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.RunningDaemon;
import io.hotpool.wire.fixture.ScriptedDns;
import io.hotpool.wire.fixture.ScriptedOrigin;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the proxy does not go. */
class TargetPolicyTest {
    /** 502 where an address of the name is refused by policy and at the other one nobody listens. */
    private static final Object[] NOT_REACHED = {400, 403, 502, 508};

    @RegisterExtension
    static final Lab lab =
            Lab.with(config -> config.host("self.example.test", "127.0.0.1").host("self6.example.test", "::1"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.1",
                "0x7f.1",
                "2130706433",
                "0177.0.0.1",
                "127.0.0.2",
                "[::ffff:127.0.0.1]",
                "[::1]",
                "[::]",
                "localhost",
                "localhost.",
                "any.localhost",
                "0.0.0.0",
                "0",
                "[64:ff9b::7f00:1]",
                "self.example.test",
                "SELF.example.test"
            })
    @Tag("check-48")
    @Tag("check-54")
    void its_own_ports_are_refused_in_every_spelling(String host) throws IOException {
        for (int port :
                new int[] {lab.daemon().proxy().getPort(), lab.daemon().admin().getPort()}) {
            assertThat(refusal(lab.daemon(), "GET", "http://" + host + ":" + port + "/healthz"))
                    .isIn(NOT_REACHED);
            assertThat(refusal(lab.daemon(), "GET", "https://" + host + ":" + port + "/healthz"))
                    .isIn(NOT_REACHED);
            assertThat(refusal(lab.daemon(), "CONNECT", host + ":" + port)).isIn(NOT_REACHED);
        }
    }

    @Test
    @Tag("check-54")
    void the_admin_address_through_the_proxy_is_403() throws IOException {
        assertThat(refusal(
                        lab.daemon(),
                        "GET",
                        "http://127.0.0.1:" + lab.daemon().admin().getPort() + "/metrics"))
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254",
                "169.254.1.1",
                "[fe80::1]",
                "[::ffff:169.254.169.254]",
                "2852039166",
                "0xa9fea9fe",
                "[fd00:ec2::254]",
                "[64:ff9b::a9fe:a9fe]",
                "100.100.100.200"
            })
    @Tag("check-48")
    void link_local_and_cloud_metadata_are_always_refused(String host) throws IOException {
        assertThat(refusal(lab.daemon(), "GET", "http://" + host + "/latest/meta-data/"))
                .isIn(400, 403);
        assertThat(refusal(lab.daemon(), "CONNECT", host + ":443")).isIn(400, 403);
    }

    @Test
    @Tag("check-48")
    void private_addresses_are_refused_when_they_are_not_allowed_by_whatever_name() throws IOException {
        try (RunningDaemon strict = lab.start(config -> config.set("proxy", "allow_private_targets = false"), false);
                ScriptedOrigin origin = ScriptedOrigin.clear().start()) {
            for (String host : List.of(
                    "127.0.0.1",
                    "127.1",
                    "0x7f.1",
                    "2130706433",
                    "[::ffff:127.0.0.1]",
                    "localhost",
                    "localhost.",
                    "any.localhost",
                    "0.0.0.0",
                    "[64:ff9b::7f00:1]",
                    "10.0.0.1",
                    "192.168.1.1",
                    "172.16.0.1",
                    "[fd00::1]",
                    "100.64.0.1",
                    Lab.HOST)) {
                assertThat(refusal(strict, "GET", "http://" + host + ":" + origin.port() + "/"))
                        .as(host)
                        .isIn(400, 403);
            }
            assertThat(origin.connections()).isZero();
        }
    }

    @Test
    @Tag("check-48")
    void private_addresses_are_allowed_on_a_loopback_bind() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.clear().start()) {
            assertThat(refusal(lab.daemon(), "GET", "http://127.0.0.1:" + origin.port() + "/"))
                    .isEqualTo(200);
        }
    }

    @Test
    @Tag("check-49")
    void a_name_is_resolved_once_and_the_checked_address_is_the_dialled_one() throws Exception {
        String name = "rebind.example.com";
        InetAddress first = InetAddress.getByName("127.44.55.66");
        try (ScriptedOrigin good = ScriptedOrigin.clear().at(first, 0).start();
                ScriptedDns dns =
                        new ScriptedDns(Map.of(name, List.of("127.44.55.66", "169.254.169.254", "127.0.0.1")));
                RunningDaemon daemon =
                        lab.start(config -> config.set("dns", "servers = [\"" + dns.address() + "\"]"), false)) {
            assertThat(refusal(daemon, "GET", "http://" + name + ":" + good.port() + "/"))
                    .isEqualTo(200);

            assertThat(good.requests()).hasSize(1);
            assertThat(dns.queries()).filteredOn(q -> q.equals("A " + name)).hasSize(1);
        }
    }

    @Test
    @Tag("check-49")
    void a_name_whose_address_is_forbidden_is_refused_though_its_next_one_would_pass() throws Exception {
        String name = "rebind.example.com";
        try (ScriptedOrigin origin = ScriptedOrigin.clear().start();
                ScriptedDns dns = new ScriptedDns(Map.of(name, List.of("169.254.169.254", "127.0.0.1")));
                RunningDaemon daemon =
                        lab.start(config -> config.set("dns", "servers = [\"" + dns.address() + "\"]"), false)) {
            assertThat(refusal(daemon, "GET", "http://" + name + ":" + origin.port() + "/"))
                    .isEqualTo(403);
            assertThat(origin.connections()).isZero();
        }
    }

    @Test
    @Tag("check-51")
    void connect_to_port_25_is_403_and_no_name_is_asked_for() throws Exception {
        try (ScriptedDns dns = new ScriptedDns(Map.of("mail.example.com", List.of("127.0.0.1")));
                RunningDaemon daemon =
                        lab.start(config -> config.set("dns", "servers = [\"" + dns.address() + "\"]"), false)) {
            assertThat(refusal(daemon, "CONNECT", "mail.example.com:25")).isEqualTo(403);
            assertThat(refusal(daemon, "GET", "http://mail.example.com:25/")).isEqualTo(403);
            assertThat(refusal(daemon, "GET", "https://mail.example.com:6667/")).isEqualTo(403);

            assertThat(dns.queries()).isEmpty();
        }
    }

    @Test
    @Tag("check-52")
    void a_wide_bind_without_credentials_does_not_start_and_says_which_key_to_set() throws IOException {
        Path folder = Files.createTempDirectory(lab.directory(), "wide");
        Path proxy = new DaemonConfig().set("proxy", "listen = [\"0.0.0.0:0\"]").write(folder);
        Program.Output output = DaemonProcess.program(folder, List.of(), "run", "--config", proxy.toString())
                .run();
        assertThat(output.exit()).as(output::toString).isEqualTo(2);
        assertThat(output.errors() + output.text()).contains("proxy.users").contains("proxy.allow_clients");

        Path admin = new DaemonConfig().set("admin", "listen = [\"0.0.0.0:0\"]").write(folder);
        output = DaemonProcess.program(folder, List.of(), "run", "--config", admin.toString())
                .run();
        assertThat(output.exit()).as(output::toString).isEqualTo(2);
        assertThat(output.errors() + output.text()).contains("admin.token").contains("admin.allow_clients");
    }

    @Test
    @Tag("check-61")
    void a_proxy_pointed_at_itself_is_cut_within_two_hops() throws IOException {
        // By way of a second daemon whose only origin is the first one's port: A dials B, B is asked for A.
        try (RunningDaemon second = lab.start(config -> {}, false);
                RawClient client = lab.client()) {
            int other = second.proxy().getPort();
            int own = lab.daemon().proxy().getPort();
            int status = client.get("http://127.0.0.1:" + other + "/", "Host: 127.0.0.1:" + other)
                    .status();
            assertThat(status).isIn(400, 508);

            try (RawClient inner = lab.client().connect("127.0.0.1:" + other)) {
                inner.send("GET http://127.0.0.1:" + own + "/x HTTP/1.1\r\nHost: 127.0.0.1:" + own + "\r\n\r\n");
                assertThat(inner.readResponse().status()).isIn(403, 421, 508);
            }
        }
    }

    private static int refusal(RunningDaemon daemon, String method, String target) throws IOException {
        try (RawClient client = new RawClient(daemon.proxy())) {
            String authority = target.replaceFirst("^https?://", "").replaceFirst("/.*", "");
            int status = client.request(method, target, "Host: " + authority).status();
            // A name in CONNECT is not resolved before there is something to send.
            return method.equals("CONNECT") && status == 200
                    ? client.get("/", "Host: " + authority).status()
                    : status;
        }
    }
}
