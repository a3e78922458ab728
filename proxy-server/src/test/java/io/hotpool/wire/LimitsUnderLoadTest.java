package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.Established;
import io.hotpool.wire.fixture.H2Peer;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Skip;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** 200 clients that do not stop, at hosts of both protocols, while the limits are lowered and raised again. */
@Timeout(300)
class LimitsUnderLoadTest {
    private static final int CLIENTS = 200;
    private static final int WHILE = 500; // requests that are answered under each pair of limits

    @RegisterExtension
    static final Lab lab = Lab.with(config -> config.set(
            "pool",
            "max_connections = 20",
            "max_conns_per_host = 8",
            "acquire_timeout = \"10m\"",
            "conn_timeout = 60"));

    private final AtomicInteger answered = new AtomicInteger();
    private volatile boolean over;

    @Test
    void limits_hold_for_200_clients_and_lower_ones_act_at_once_on_what_is_open() throws Exception {
        Skip.unless(Files.exists(Path.of("/proc/net/tcp")), "connections are counted by /proc/net/tcp");
        List<ScriptedOrigin> origins = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ScriptedOrigin.Builder builder = ScriptedOrigin.tls(lab.leaf());
            origins.add((i % 2 == 0 ? builder : builder.http2(LimitsUnderLoadTest::echo)).start());
        }
        int[] ports = origins.stream().mapToInt(ScriptedOrigin::port).toArray();
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> clients = new ArrayList<>();
            for (int c = 0; c < CLIENTS; c++) {
                int client = c;
                clients.add(threads.submit(() -> visit(client, ports)));
            }
            holds(clients, ports, 20, 8);
            limit(5, 2);
            Wait.until(() -> {
                assertThat(Established.on(ports)).isLessThanOrEqualTo(5);
                for (int port : ports) {
                    assertThat(Established.on(port)).isLessThanOrEqualTo(2);
                }
            });
            holds(clients, ports, 5, 2);
            limit(12, 4);
            holds(clients, ports, 12, 4);
            over = true;
            for (Future<?> client : clients) {
                client.get();
            }
        } finally {
            over = true;
            threads.shutdownNow();
            origins.forEach(ScriptedOrigin::close);
            limit(20, 8);
        }
    }

    private static void limit(int all, int perHost) {
        String json = "{\"pool.max_connections\": " + all + ", \"pool.max_conns_per_host\": " + perHost + "}";
        Program.named("curl")
                .args("-sS", "-f", "-X", "PATCH", "-H", "Content-Type: application/json", "--data", json)
                .args("http://127.0.0.1:" + lab.daemon().admin().getPort() + "/api/v1/config")
                .run()
                .ok();
    }

    /** Looks at the kernel's table again and again while clients get their answers. */
    private void holds(List<Future<?>> clients, int[] ports, int all, int perHost) throws Exception {
        int until = answered.get() + WHILE;
        int most = 0;
        int looks = 0;
        while (answered.get() < until) {
            for (Future<?> client : clients) {
                if (client.isDone()) {
                    client.get();
                }
            }
            int now = Established.on(ports);
            assertThat(now).as("of all").isLessThanOrEqualTo(all);
            int port = ports[looks % ports.length];
            assertThat(Established.on(port)).as("of one host").isLessThanOrEqualTo(perHost);
            most = Math.max(most, now);
            looks++;
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        System.out.printf(
                "%d clients, caps %d and %d: at most %d connections in %d looks%n", CLIENTS, all, perHost, most, looks);
        assertThat(most).as("they were used").isGreaterThan(perHost);
    }

    private Void visit(int client, int[] ports) throws IOException {
        try (RawClient connection = lab.client()) {
            connection.socket().setSoTimeout(0);
            for (int i = 0; !over; i++) {
                String authority = Lab.HOST + ":" + ports[(client + i) % ports.length];
                String id = client + "-" + i;
                RawClient.Response response =
                        connection.get("https://" + authority + "/" + id, "Host: " + authority, "X-Id: " + id);
                assertThat(response.status()).as(response::toString).isEqualTo(200);
                assertThat(response.text()).startsWith("GET /" + id + " id=" + id + " ");
                answered.incrementAndGet();
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
