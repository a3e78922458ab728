package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.Established;
import io.hotpool.wire.fixture.H2Peer;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Skip;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** 10,000 requests of 50 clients to 20 hosts, half of them HTTP/2: each gets its own answer, within the caps, and no leak. */
class ManyRequestsTest {
    private static final int CLIENTS = 50;
    private static final int REQUESTS = 200;
    private static final int HOSTS = 20;
    private static final int MAX_CONNECTIONS = 30;
    private static final int MAX_PER_HOST = 3;

    @RegisterExtension
    static final Lab lab = Lab.with(config -> {
        config.set(
                "pool",
                "max_connections = " + MAX_CONNECTIONS,
                "max_conns_per_host = " + MAX_PER_HOST,
                "idle_timeout = \"3s\"",
                "acquire_timeout = \"60s\"");
        for (int i = 0; i < HOSTS; i++) {
            config.host("host" + i + ".example.test", "127.0.0.1");
        }
    });

    @Test
    void ten_thousand_requests_stay_within_the_caps_and_are_answered_each_with_its_own() throws Exception {
        Skip.unless(Files.exists(Path.of("/proc/net/tcp")), "connections are counted by /proc/net/tcp");
        List<ScriptedOrigin> origins = new ArrayList<>();
        for (int i = 0; i < HOSTS; i++) {
            ScriptedOrigin.Builder builder = ScriptedOrigin.tls(lab.leaf()).watched();
            origins.add((i % 2 == 0 ? builder : builder.http2(ManyRequestsTest::echo)).start());
        }
        int[] ports = origins.stream().mapToInt(ScriptedOrigin::port).toArray();
        AtomicInteger mostOpen = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> clients = new ArrayList<>();
            for (int c = 0; c < CLIENTS; c++) {
                int client = c;
                clients.add(threads.submit(() -> visit(client, ports)));
            }
            for (Future<?> client : clients) {
                while (!client.isDone()) {
                    mostOpen.accumulateAndGet(Established.on(ports), Math::max);
                    try {
                        client.get(50, TimeUnit.MILLISECONDS);
                    } catch (java.util.concurrent.TimeoutException e) {
                        // Still at it: count again.
                    }
                }
                client.get();
            }

            Set<String> ids = new HashSet<>();
            origins.forEach(origin -> origin.requests().forEach(request -> ids.add(request.header("x-id"))));
            int arrived = origins.stream().mapToInt(o -> o.requests().size()).sum();
            int dialled = origins.stream().mapToInt(ScriptedOrigin::connections).sum();
            System.out.printf(
                    "%d requests over %d connections, at most %d open at a time (cap %d)%n",
                    arrived, dialled, mostOpen.get(), MAX_CONNECTIONS);
            assertThat(ids).hasSize(CLIENTS * REQUESTS);
            assertThat(arrived).isEqualTo(CLIENTS * REQUESTS);
            assertThat(mostOpen.get()).isLessThanOrEqualTo(MAX_CONNECTIONS);
            assertThat(origins).allSatisfy(o -> assertThat(o.mostOpen()).isLessThanOrEqualTo(MAX_PER_HOST));
            Wait.until(() -> assertThat(Established.on(ports)).isZero());
            Wait.until(() ->
                    assertThat(lab.stats().get("total_connections").asInt()).isZero());
        } finally {
            threads.shutdownNow();
            origins.forEach(ScriptedOrigin::close);
        }
    }

    private static Void visit(int client, int[] ports) throws IOException {
        Random random = new Random(client);
        try (RawClient connection = lab.client()) {
            for (int i = 0; i < REQUESTS; i++) {
                int host = random.nextInt(HOSTS);
                String authority = "host" + host + ".example.test:" + ports[host];
                String id = client + "-" + i;
                String path = "/" + id;

                RawClient.Response response =
                        connection.get("https://" + authority + path, "Host: " + authority, "X-Id: " + id);

                assertThat(response.status()).as(response::toString).isEqualTo(200);
                assertThat(response.text()).startsWith("GET " + path + " id=" + id + " ");
            }
        }
        return null;
    }

    private static void echo(H2Peer peer) throws IOException {
        peer.settings();
        while (true) {
            H2Peer.Block request = peer.readRequest();
            peer.respond(
                    request.stream(), 200, "GET " + request.get(":path") + " id=" + request.get("x-id") + " over h2");
        }
    }
}
