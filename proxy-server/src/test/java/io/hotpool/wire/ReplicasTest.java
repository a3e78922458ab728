package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.hotpool.wire.fixture.DaemonConfig;
import io.hotpool.wire.fixture.HeldRequests;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Metric;
import io.hotpool.wire.fixture.Nginx;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.Replicas;
import io.hotpool.wire.fixture.SteadyLoad;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several hotpools behind a real HAProxy with the repository's configuration. */
class ReplicasTest {
    private static final int HOSTS = 17;
    private static final int ROUNDS = 6;

    @RegisterExtension
    static final Lab lab = Lab.with(ReplicasTest::names);

    private static Nginx nginx;
    private static double single;

    private static void names(DaemonConfig config) {
        for (int i = 0; i < HOSTS; i++) {
            config.host(host(i), "127.0.0.1");
        }
        config.set("pool", "max_idle_conns = " + 2 * HOSTS);
    }

    private static String host(int i) {
        return "host" + i + ".example.test";
    }

    @BeforeAll
    static void measureASingleOne() throws IOException {
        nginx = lab.keep(Nginx.start(lab.directory(), lab.leaf()));
        visitAll(lab.proxy(), lab.trustingHotpool());
        String page = lab.admin("/metrics");
        single = Metric.sum(page, "hotpool_acquires_total", "outcome=\"reused\"")
                / Metric.sum(page, "hotpool_acquires_total", "");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void requests_for_one_host_land_on_one_replica_and_reuse_is_that_of_a_single_one(int count) throws Exception {
        try (Replicas replicas = Replicas.start(lab, count, ReplicasTest::names)) {
            visitAll(replicas.proxy(), replicas.trust());

            List<String> visited = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                assertThat(replicas.hosts(i)).isNotEmpty();
                visited.addAll(replicas.hosts(i));
            }
            assertThat(visited).hasSize(HOSTS).doesNotHaveDuplicates();
            System.out.printf("reuse: one %.3f, %d replicas %.3f%n", single, count, replicas.reuse());
            assertThat(replicas.reuse()).isCloseTo(single, withinPercentage(5));
            assertThat(profileOf(replicas.proxy(), "any-profile-firefox:")).startsWith("firefox");
        }
    }

    /** Each host in each form: absolute-form with TLS by hotpool, with its port spelled differently, and after CONNECT. */
    private static void visitAll(InetSocketAddress proxy, SSLContext trust) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < HOSTS; i++) {
                String name = round % 4 == 3 ? host(i).toUpperCase(Locale.ROOT) : host(i);
                String authority = name + ":" + nginx.h1Port();
                try (RawClient client = new RawClient(proxy)) {
                    if (round % 2 == 0) {
                        client.connect(authority).tls(trust, host(i), "http/1.1");
                        assertThat(client.get("/id", "Host: " + authority).status())
                                .isEqualTo(200);
                    } else {
                        assertThat(client.get("https://" + authority + "/id", "Host: " + authority)
                                        .status())
                                .isEqualTo(200);
                    }
                }
            }
        }
    }

    /** What a user name asks for passes HAProxy; so do credentials. */
    private static String profileOf(InetSocketAddress proxy, String credentials) throws IOException {
        String authority = host(0) + ":" + nginx.h1Port();
        String encoded = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        try (RawClient client = new RawClient(proxy)) {
            return client.get(
                            "https://" + authority + "/id",
                            "Host: " + authority,
                            "Proxy-Authorization: Basic " + encoded,
                            "X-Hotpool-Report: 1")
                    .header("X-Hotpool-Profile");
        }
    }

    @Test
    void a_replica_that_is_ended_by_sigterm_loses_nothing() throws Exception {
        try (Replicas replicas = Replicas.start(lab, 2, ReplicasTest::leavingSlowly);
                HeldRequests held = HeldRequests.at(lab)) {
            SSLContext trust = replicas.trust();
            visitAll(replicas.proxy(), trust);
            Set<String> leaving = replicas.hosts(0);
            Process first = replicas.daemons().get(0).process();
            held.send(replicas.proxy(), trust, hosts());
            try (SteadyLoad load = SteadyLoad.start(replicas.proxy(), trust, hosts(), nginx.h1Port())) {
                load.awaitRound();
                first.destroy();
                Wait.until(() -> assertThat(replicas.readiness(0)).isEqualTo(503));
                load.awaitRound();
                Wait.until(() ->
                        assertThat(accepts(replicas.daemons().get(0).proxy())).isFalse());
                held.answer();
                assertThat(held.statuses()).hasSize(3 * HOSTS).containsOnly(200);
                assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(first.exitValue()).isZero();
                load.awaitRound();

                assertThat(load.failures()).isEmpty();
            }
            assertThat(held.requests()).hasSize(3 * HOSTS);
            assertThat(nginx.log())
                    .filteredOn(line -> line.method().equals("POST"))
                    .extracting(Nginx.Line::id)
                    .doesNotHaveDuplicates();
            assertThat(leaving).isNotEmpty();
            assertThat(replicas.hosts(1)).hasSize(HOSTS);
        }
    }

    private static void leavingSlowly(DaemonConfig config) {
        names(config);
        config.set("proxy", "drain_delay = \"3s\"");
    }

    private static boolean accepts(InetSocketAddress address) {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void a_replica_that_is_killed_loses_what_was_inside_its_tunnels_and_no_idempotent_request() throws Exception {
        try (Replicas replicas = Replicas.start(lab, 2, ReplicasTest::names);
                HeldRequests held = HeldRequests.at(lab)) {
            SSLContext trust = replicas.trust();
            visitAll(replicas.proxy(), trust);
            Set<String> dying = replicas.hosts(0);
            Set<String> living = replicas.hosts(1);
            held.send(replicas.proxy(), trust, hosts());

            assertThat(replicas.daemons().get(0).process().destroyForcibly().waitFor(10, TimeUnit.SECONDS))
                    .isTrue();

            // The dead one's come again by the other one; only then are they answered.
            Wait.until(() -> assertThat(held.requests()).hasSize(3 * HOSTS + dying.size()));
            held.answer();
            assertThat(held.statuses("GET", dying)).isNotEmpty().containsOnly(200);
            assertThat(held.statuses("GET", living)).isNotEmpty().containsOnly(200);
            assertThat(held.statuses("POST", living)).containsOnly(200);
            assertThat(held.statuses("CONNECT", living)).containsOnly(200);
            assertThat(held.statuses("CONNECT", dying)).containsOnly(HeldRequests.CUT);
            // What must not be sent twice is not: its client hears that it failed.
            assertThat(held.statuses("POST", dying)).containsOnly(502);
            assertThat(held.requests())
                    .filteredOn(request -> request.method().equals("POST"))
                    .hasSize(HOSTS);

            try (SteadyLoad load = SteadyLoad.start(replicas.proxy(), trust, hosts(), nginx.h1Port())) {
                load.awaitRound();
                assertThat(load.failures()).isEmpty();
            }
            assertThat(replicas.hosts(1)).hasSize(HOSTS);
        }
    }

    private static List<String> hosts() {
        return IntStream.range(0, HOSTS).mapToObj(ReplicasTest::host).toList();
    }
}
