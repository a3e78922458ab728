package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.wire.fixture.DaemonProcess;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Step;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hosts with several addresses, the lists that rule over them, and what is learned about them. */
class AddressesTest {
    private static final String SPREAD = "spread.example.test";
    private static final String HALF_DEAD = "half-dead.example.test";
    private static final String REFUSING = "refusing.example.test";
    private static final String LISTED = "listed.example.test";
    private static final String STICKY = "sticky.example.test";
    private static final String DEAD = "dead.example.test";
    private static final String CONFIGURED = "configured.example.test";

    @RegisterExtension
    static final Lab lab = Lab.with(config -> config.host(SPREAD, "127.0.1.1", "127.0.1.2", "127.0.1.3", "127.0.1.4")
            .host(HALF_DEAD, "127.0.2.1", "127.0.2.2")
            .host(REFUSING, "127.0.3.1", "127.0.3.2")
            .host(LISTED, "127.0.4.1", "127.0.4.2")
            .host(STICKY, "127.0.5.1", "127.0.5.2", "127.0.5.3", "127.0.5.4")
            .host(DEAD, "127.0.6.1")
            .host(CONFIGURED, "127.0.7.1")
            .set("blacklist", "ips = [\"127.0.7.0/24\"]")
            .set("circuit", "failures = 3", "open_for = \"2s\""));

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Test
    void connections_spread_over_the_addresses_of_a_host() throws Exception {
        List<ScriptedOrigin> origins = origins(4, "127.0.1.", Step.echoForever());
        int port = origins.get(0).port();
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            RawClient client = lab.client();
            clients.add(client);
            // Each has an answer outstanding, so that each needs a connection of its own.
            client.send("POST http://" + SPREAD + ":" + port + "/" + i + " HTTP/1.1\r\nHost: " + SPREAD + ":" + port
                    + "\r\nContent-Length: 1\r\n\r\n");
        }
        Wait.until(() -> assertThat(
                        origins.stream().mapToInt(ScriptedOrigin::connections).sum())
                .isEqualTo(8));
        // The less busy of two drawn addresses: the draw may pass one of four over, but no address gets most of them.
        assertThat(origins).extracting(ScriptedOrigin::connections).allMatch(n -> n <= 5);
        assertThat(origins).filteredOn(origin -> origin.connections() > 0).hasSizeGreaterThanOrEqualTo(2);
        for (RawClient client : clients) {
            client.close();
        }
    }

    @Test
    void a_dead_address_costs_no_request_and_ends_on_the_black_list() throws Exception {
        ScriptedOrigin alive = origin("127.0.2.1", 0, Step.readRequest(), Step.respond(200, "ok"), Step.close());
        for (int i = 0; i < 40; i++) {
            assertThat(get(HALF_DEAD, alive.port()).status()).isEqualTo(200);
        }
        Wait.until(() -> assertThat(on("blacklist", HALF_DEAD + ":" + alive.port()))
                .extracting(e -> e.get("ip").asText())
                .containsExactly("127.0.2.2"));
        assertThat(on("whitelist", HALF_DEAD + ":" + alive.port()))
                .extracting(e -> e.get("ip").asText())
                .containsExactly("127.0.2.1");
        JsonNode why = on("blacklist", HALF_DEAD + ":" + alive.port()).get(0);
        assertThat(why.get("cause").asText()).matches("[0-9]+x connect_failed");
        assertThat(why.get("source").asText()).isEqualTo("learned");
        assertThat(why.get("until").isNull()).isFalse();
        assertThat(lab.metric("hotpool_address_moves_total", "cause=\"connect_failed\""))
                .isPositive();
        assertThat(lab.metric("hotpool_address_list_size", "list=\"blacklist\""))
                .isGreaterThanOrEqualTo(2);
        assertThat(lab.stats().get("blacklist_ips").asInt()).isGreaterThanOrEqualTo(2);
        JsonNode host = json(lab.admin("/api/v1/hosts/" + HALF_DEAD)).get(0);
        assertThat(host.get("addresses"))
                .anySatisfy(a -> assertThat(a.get("state").asText()).isEqualTo("denied"));
        Wait.until(() -> assertThat(stateFile()).contains("127.0.2.2", "connect_failed"));
        JsonNode explained = json(lab.admin("/api/v1/addresses/127.0.2.2"));
        assertThat(explained.get("why").get(0).asText())
                .contains(HALF_DEAD + ":" + alive.port() + ": denied since", "until", "x connect_failed", "against it")
                .endsWith("1 of the host's 2 addresses are denied");
        assertThat(explained.at("/hosts/0/counts/denied").asInt()).isEqualTo(1);
        String told = DaemonProcess.program(
                        lab.directory(),
                        List.of(),
                        "explain",
                        "127.0.2.2",
                        "--origin",
                        HALF_DEAD + ":" + alive.port(),
                        "--admin",
                        "127.0.0.1:" + lab.daemon().admin().getPort())
                .run()
                .ok()
                .text();
        assertThat(told).contains(": denied since", "x connect_failed");
    }

    @Test
    void an_address_that_refuses_us_is_left_for_one_that_does_not() throws Exception {
        ScriptedOrigin refusing =
                origin("127.0.3.1", 0, Step.forever(Step.readRequest(), Step.respond(403, "no"), Step.close()));
        origin("127.0.3.2", refusing.port(), Step.forever(Step.readRequest(), Step.respond(200, "yes"), Step.close()));
        Wait.until(() -> {
            get(REFUSING, refusing.port());
            assertThat(on("blacklist", REFUSING + ":" + refusing.port()))
                    .extracting(e -> e.get("cause").asText())
                    .singleElement()
                    .asString()
                    .endsWith("x forbidden");
        });
        for (int i = 0; i < 10; i++) {
            assertThat(get(REFUSING, refusing.port()).status()).isEqualTo(200);
        }
    }

    @Test
    void a_session_stays_with_its_address() throws Exception {
        List<ScriptedOrigin> origins =
                origins(4, "127.0.5.", Step.readRequest(), Step.respond(200, "ok"), Step.close());
        for (int i = 0; i < 12; i++) {
            assertThat(get(STICKY, origins.get(0).port(), "X-Hotpool-Session: s1")
                            .status())
                    .isEqualTo(200);
        }
        assertThat(origins).extracting(ScriptedOrigin::connections).containsOnlyOnce(12);
    }

    @Test
    @Tag("check-50")
    void a_denial_by_hand_closes_pooled_connections_and_tunnels_within_a_second() throws Exception {
        ScriptedOrigin first = origin("127.0.4.1", 0, Step.echoForever());
        ScriptedOrigin second = origin("127.0.4.2", first.port(), Step.echoForever());
        for (int i = 0; i < 4; i++) {
            assertThat(get("127.0.4.1", first.port()).status()).isEqualTo(200);
        }
        RawClient opaque = lab.client().connect("127.0.4.1:" + first.port());
        opaque.send("\0\0\0not http");
        Wait.until(() -> assertThat(first.open()).isGreaterThanOrEqualTo(2));

        assertThat(admin("PUT", "/api/v1/blacklist/127.0.4.0%2F31").statusCode())
                .isEqualTo(200);
        long began = System.nanoTime();

        Wait.until(() -> assertThat(first.open()).isZero());
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
        assertThat(opaque.in().read()).isEqualTo(-1);
        assertThat(get("127.0.4.1", first.port()).text()).contains("address_denied", "127.0.4.0/31", "by hand");
        int before = second.connections();
        for (int i = 0; i < 4; i++) {
            assertThat(get(LISTED, first.port()).status()).isEqualTo(200);
        }
        assertThat(second.connections()).isGreaterThan(before);
        assertThat(json(lab.admin("/api/v1/blacklist/127.0.4.1"))
                        .get(0)
                        .get("static")
                        .asBoolean())
                .isTrue();
        Wait.until(() -> assertThat(stateFile()).contains("127.0.4.0/31"));

        assertThat(admin("DELETE", "/api/v1/blacklist/127.0.4.0%2F31").statusCode())
                .isEqualTo(200);
        assertThat(admin("DELETE", "/api/v1/blacklist/127.0.4.0%2F31").statusCode())
                .isEqualTo(404);
        assertThat(get("127.0.4.1", first.port()).status()).isEqualTo(200);
    }

    @Test
    void configured_lists_are_used_and_changed_in_the_configuration_only() throws Exception {
        ScriptedOrigin origin = origin("127.0.7.1", 0, Step.echoForever());
        RawClient.Response refused = get(CONFIGURED, origin.port());
        assertThat(refused.status()).isEqualTo(502);
        assertThat(refused.text()).contains("address_denied", "127.0.7.0/24", "blacklist.ips");
        assertThat(origin.connections()).isZero();
        assertThat(admin("DELETE", "/api/v1/blacklist/127.0.7.0%2F24").statusCode())
                .isEqualTo(409);
        // The longer prefix wins.
        assertThat(admin("PUT", "/api/v1/whitelist/127.0.7.1").statusCode()).isEqualTo(200);
        assertThat(get(CONFIGURED, origin.port()).status()).isEqualTo(200);
        assertThat(admin("DELETE", "/api/v1/whitelist/127.0.7.1").statusCode()).isEqualTo(200);
        assertThat(get(CONFIGURED, origin.port()).status()).isEqualTo(502);
    }

    @Test
    void a_host_that_cannot_be_reached_is_answered_for_at_once_and_comes_back() throws Exception {
        ScriptedOrigin gone = origin("127.0.6.1", 0, Step.echoForever());
        int port = gone.port();
        gone.close();
        for (int i = 0; i < 3; i++) {
            assertThat(get(DEAD, port).text()).contains("connect_refused");
        }
        RawClient.Response open = get(DEAD, port);
        assertThat(open.status()).isEqualTo(503);
        assertThat(open.text()).contains("circuit_open", "connect_refused");
        assertThat(Integer.parseInt(open.header("Retry-After"))).isBetween(1, 2);
        assertThat(on("blacklist", DEAD + ":" + port)).isEmpty(); // the only address is never denied

        origin("127.0.6.1", port, Step.echoForever());
        Wait.until(() -> assertThat(get(DEAD, port).status()).isEqualTo(200));
    }

    private static String stateFile() throws IOException {
        try (Stream<Path> files = Files.walk(lab.directory())) {
            return Files.readString(
                    files.filter(f -> f.endsWith("addresses.json")).findFirst().orElseThrow());
        }
    }

    private static List<ScriptedOrigin> origins(int count, String prefix, Step... script) throws IOException {
        List<ScriptedOrigin> origins = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            origins.add(origin(prefix + i, i == 1 ? 0 : origins.get(0).port(), script));
        }
        return origins;
    }

    private static ScriptedOrigin origin(String address, int port, Step... script) throws IOException {
        return lab.keep(ScriptedOrigin.clear()
                .at(InetAddress.getByName(address), port)
                .script(script)
                .start());
    }

    private static RawClient.Response get(String host, int port, String... lines) throws IOException {
        try (RawClient client = lab.client()) {
            List<String> head = new ArrayList<>(List.of("Host: " + host + ":" + port));
            head.addAll(List.of(lines));
            return client.get("http://" + host + ":" + port + "/", head.toArray(String[]::new));
        }
    }

    private static List<JsonNode> on(String list, String origin) throws IOException {
        List<JsonNode> entries = new ArrayList<>();
        json(lab.admin("/api/v1/" + list + "?origin=" + origin)).forEach(entry -> {
            if (origin.equals(entry.path("origin").asText())) {
                entries.add(entry);
            }
        });
        return entries;
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }

    private static HttpResponse<String> admin(String method, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + lab.daemon().admin().getPort() + path);
        return HTTP.send(
                HttpRequest.newBuilder(uri)
                        .method(method, HttpRequest.BodyPublishers.ofString("{}"))
                        .header("Content-Type", "application/json")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
