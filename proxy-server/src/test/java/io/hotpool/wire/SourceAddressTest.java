package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.wire.fixture.DaemonProcess;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Peer;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.RunningDaemon;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Skip;
import io.hotpool.wire.fixture.Step;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which address of this machine an origin sees. Linux takes all of 127.0.0.0/8 for its own. */
class SourceAddressTest {
    @RegisterExtension
    static final Lab lab = Lab.standard();

    /** Tells each connection its own address, once. */
    private static ScriptedOrigin telling(InetAddress at, int port) {
        return ScriptedOrigin.clear()
                .at(at, port)
                .script(Step.readRequest(), SourceAddressTest::tell, Step.close())
                .start();
    }

    private static void tell(Peer peer) throws IOException {
        String address = peer.socket().getInetAddress().getHostAddress();
        peer.send(("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + address.length() + "\r\n\r\n" + address)
                .getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String seen(RawClient client, String host, String... lines) throws IOException {
        String[] all = new String[lines.length + 1];
        all[0] = "Host: " + host;
        System.arraycopy(lines, 0, all, 1, lines.length);
        return client.get("http://" + host + "/", all).text();
    }

    @Test
    void an_address_of_another_machine_is_told_at_the_start_and_those_in_use_are_shown() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                DaemonProcess daemon = lab.startProcess(
                        config -> config.set("upstream", "local_addresses = [\"127.0.0.21\", \"192.0.2.77\"]"));
                RawClient client = new RawClient(daemon.proxy())) {
            assertThat(Files.readString(daemon.log()))
                    .contains("upstream.local_addresses: 192.0.2.77 is no address of this machine")
                    .doesNotContain("127.0.0.21 is no address");
            String url = "https://" + Lab.HOST + ":" + origin.port() + "/";
            String host = "Host: " + Lab.HOST + ":" + origin.port();
            String sticky = "X-Hotpool-Session: ";
            int number = 0;
            while (client.get(url, host, sticky + number).status() != 200) {
                number++;
            }
            JsonNode stats =
                    new ObjectMapper().readTree(admin(daemon, "/api/v1/stats").body());
            assertThat(stats.at("/by_source/127.0.0.21").asInt()).isOne();
            assertThat(stats.at("/by_egress/direct").asInt()).isOne();
            assertThat(admin(daemon, "/metrics").body())
                    .contains(
                            "hotpool_source_connections{source=\"127.0.0.21\",} 1.0",
                            "hotpool_egress_connections{egress=\"direct\",} 1.0");
        }
    }

    private static HttpResponse<String> admin(RunningDaemon daemon, String path) throws Exception {
        URI url = URI.create("http://127.0.0.1:" + daemon.admin().getPort() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void connections_leave_from_each_address_in_turn_and_a_session_from_one() throws Exception {
        try (ScriptedOrigin origin = telling(InetAddress.getByName("127.0.0.1"), 0);
                RunningDaemon daemon = lab.start(
                        config -> config.set(
                                "upstream", "local_addresses = [\"127.0.0.11\", \"127.0.0.12\", \"127.0.0.13\"]"),
                        false);
                RawClient client = new RawClient(daemon.proxy())) {
            String host = "127.0.0.1:" + origin.port();
            List<String> sources = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                sources.add(seen(client, host));
            }
            assertThat(sources.subList(0, 3)).containsExactlyInAnyOrder("127.0.0.11", "127.0.0.12", "127.0.0.13");
            assertThat(sources.subList(3, 6)).isEqualTo(sources.subList(0, 3));
            Set<String> bySession = new HashSet<>();
            for (int session = 0; session < 12; session++) {
                String first = seen(client, host, "X-Hotpool-Session: s" + session);
                assertThat(seen(client, host, "X-Hotpool-Session: s" + session)).isEqualTo(first);
                bySession.add(first);
            }
            assertThat(bySession).hasSizeGreaterThan(1);
        }
    }

    @Test
    void an_address_that_is_not_local_is_told_as_that_and_blames_no_origin() throws Exception {
        try (ScriptedOrigin origin = telling(InetAddress.getByName("127.0.0.1"), 0);
                RunningDaemon daemon =
                        lab.start(config -> config.set("upstream", "local_addresses = [\"192.0.2.77\"]"), false);
                RawClient client = new RawClient(daemon.proxy())) {
            assertThat(seen(client, "127.0.0.1:" + origin.port()))
                    .contains("\"local_address\"", "192.0.2.77", "upstream.local_addresses", "none of this machine's");
            assertThat(seen(client, "[::1]:" + origin.port())).contains("\"local_address\"", "none of its family");
            assertThat(origin.connections()).isZero();
        }
    }

    @Test
    void sessions_have_their_own_address_of_an_ipv6_subnet() throws Exception {
        String subnet = "fd5a:7e57:"
                + Integer.toHexString((int) (ProcessHandle.current().pid() & 0xffff)) + "::/64";
        Program ip = Program.named("ip").args("-6", "route", "add", "local", subnet, "dev", "lo");
        if (ip.run().exit() != 0) {
            Skip.because("the test may not route a subnet to this machine: that needs root and IPv6");
        }
        try (ScriptedOrigin origin = telling(InetAddress.getByName("::1"), 0);
                RunningDaemon daemon =
                        lab.start(config -> config.set("upstream", "ipv6_subnet = \"" + subnet + "\""), false);
                RawClient client = new RawClient(daemon.proxy())) {
            String host = "[::1]:" + origin.port();
            Set<String> all = new HashSet<>();
            for (int i = 0; i < 4; i++) {
                String address = seen(client, host, "X-Hotpool-Session: s" + i);
                assertThat(seen(client, host, "X-Hotpool-Session: s" + i)).isEqualTo(address);
                all.add(address);
                all.add(seen(client, host));
            }
            assertThat(all).hasSize(8).allSatisfy(a -> assertThat(a).startsWith("fd5a:7e57:"));
        } finally {
            Program.named("ip")
                    .args("-6", "route", "del", "local", subnet, "dev", "lo")
                    .run();
        }
    }

    @Test
    void a_subnet_alone_says_nothing_of_ipv4() throws Exception {
        try (ScriptedOrigin origin = telling(InetAddress.getByName("127.0.0.1"), 0);
                RunningDaemon daemon =
                        lab.start(config -> config.set("upstream", "ipv6_subnet = \"2001:db8:77::/64\""), false);
                RawClient client = new RawClient(daemon.proxy())) {
            assertThat(seen(client, "127.0.0.1:" + origin.port())).isEqualTo("127.0.0.1");
        }
    }
}
