package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.wire.fixture.DaemonProcess;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Seen;
import io.hotpool.wire.fixture.Wait;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a daemon in a process of its own tells of prewarming and of checks, in its events and its log, and at its limits. */
@Timeout(90)
class PoolEventsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @RegisterExtension
    static final Lab lab = Lab.inOwnProcess(
            config -> config.set("pool", "max_connections = 300", "max_conns_per_host = 70", "max_idle_conns = 300")
                    .set("health", "expect = [\"2xx\"]"));

    private static URI admin(String path) {
        return URI.create("http://127.0.0.1:" + lab.daemon().admin().getPort() + path);
    }

    private static JsonNode post(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(admin(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static String order(int port, int count) {
        return "{\"host\":\"" + Lab.HOST + "\",\"port\":" + port + ",\"count\":" + count + "}";
    }

    private static DaemonProcess daemon() {
        return (DaemonProcess) lab.daemon();
    }

    /** Server-sent events of these types, from now on. */
    private static final class Events implements AutoCloseable {
        private final InputStream stream;
        private final StringBuffer text = new StringBuffer();

        Events(String types) throws Exception {
            HttpRequest request = HttpRequest.newBuilder(admin("/api/v1/events?types=" + types))
                    .build();
            stream = HTTP.send(request, HttpResponse.BodyHandlers.ofInputStream())
                    .body();
            Thread reader = new Thread(this::read, "events");
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    text.append(line).append('\n');
                }
            } catch (IOException e) {
                // the test is over
            }
        }

        /** Waits for an event whose data has all of these. */
        void await(String type, String... parts) {
            Wait.until(() -> assertThat(text.toString().split("\n\n"))
                    .anySatisfy(event ->
                            assertThat(event).contains("event: " + type).contains(parts)));
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    @Test
    void what_became_of_prewarming_is_an_event_and_a_line_of_the_log() throws Exception {
        int closed;
        try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = unused.getLocalPort();
        }
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                Events events = new Events("prewarm")) {
            post("/api/v1/prewarm", "[" + order(origin.port(), 2) + "," + order(closed, 1) + "]");
            post("/api/v1/prewarm", order(origin.port(), 71));

            String host = "\"host\":\"" + Lab.HOST + ":" + origin.port() + "\"";
            events.await("prewarm", host, "\"outcome\":\"opened\"", "\"connections\":2");
            events.await("prewarm", host, "\"outcome\":\"already_there\"", "\"connections\":2");
            events.await("prewarm", host, "\"outcome\":\"refused\"", "\"connections\":1");
            events.await("prewarm", ":" + closed + "\"", "\"outcome\":\"failed\"", "\"connections\":1");
            String place = "host " + Lab.HOST + ":" + origin.port();
            Wait.until(() -> assertThat(daemon().output())
                    .contains(place + ": prewarmed 2 of 2 (already there=0 refused={} failed={})")
                    .contains(place + ": prewarmed 68 of 71 (already there=2 refused={max_conns_per_host=1} failed={})")
                    .containsPattern("host .*:" + closed + ": prewarmed 0 of 1 .*failed=\\{connect_refused.*=1}"));
        }
    }

    @Test
    void a_check_that_fails_is_an_event_and_a_line_of_the_log_with_the_counts() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                        .script(peer -> {
                            for (Seen head = peer.readHead(); head != null; head = peer.readHead()) {
                                String status = head.method().equals("HEAD") ? "500 Ill" : "200 Well";
                                peer.send(("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n")
                                        .getBytes(StandardCharsets.US_ASCII));
                            }
                        })
                        .start();
                RawClient client = lab.client();
                Events events = new Events("health,connection_closed")) {
            String authority = Lab.OTHER + ":" + origin.port();
            assertThat(client.get("https://" + authority + "/", "Host: " + authority)
                            .status())
                    .isEqualTo(200);

            assertThat(post("/api/v1/health-check", "{}").at("/unhealthy").asInt())
                    .isEqualTo(1);
            events.await("health", "\"host\":\"" + authority + "\"", "\"outcome\":\"unexpected_status\"");
            Wait.until(
                    () -> assertThat(daemon().output())
                            .containsPattern(
                                    "host " + authority
                                            + ": connection [0-9]+ checked: UNEXPECTED_STATUS \\(idle=[0-9]+ busy=[0-9]+ connecting=0 waiting=0\\)"));

            assertThat(post("/api/v1/cleanup", "{}").toString()).contains("1");
            events.await("connection_closed", "\"host\":\"" + authority + "\"", "\"reason\":\"unhealthy\"");
        }
    }

    private static long descriptors() {
        try (Stream<Path> open =
                Files.list(Path.of("/proc/" + daemon().process().pid() + "/fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void limitDescriptors(long most) {
        Program.named("prlimit")
                .args("--pid", daemon().process().pid(), "--nofile=" + most + ":4096")
                .run()
                .ok();
    }

    @Test
    void without_file_descriptors_prewarming_pauses_says_why_and_goes_on_when_there_are_some() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start()) {
            post("/api/v1/prewarm", order(origin.port(), 1));
            limitDescriptors(descriptors() + 15);
            CompletableFuture<JsonNode> asked = CompletableFuture.supplyAsync(() -> {
                try {
                    return post("/api/v1/prewarm", order(origin.port(), 40));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            Wait.until(() -> assertThat(daemon().output())
                    .contains("prewarming pauses for 2 s, then at most 16 dials at once: too many open files"));
            assertThat(asked).isNotDone();
            limitDescriptors(2048);
            JsonNode result = asked.get(30, TimeUnit.SECONDS);
            assertThat(result.at("/opened").asInt()).as(result.toString()).isEqualTo(39);
            assertThat(result.at("/already_there").asInt()).isEqualTo(1);
            assertThat(daemon().output()).as("the origin is not blamed").doesNotContain("left alone", ": address ");
            assertThat(lab.stats().at("/blacklist_ips").asInt()).isZero();

            if (Boolean.getBoolean("hotpool.test.full")) {
                limitDescriptors(descriptors() + 15);
                result = post("/api/v1/prewarm", order(origin.port(), 70));
                assertThat(result.at("/refused/file_descriptors").asInt())
                        .as(result.toString())
                        .isPositive();
                assertThat(result.at("/opened").asInt()
                                + result.at("/refused/file_descriptors").asInt())
                        .isEqualTo(30);
                assertThat(daemon().output()).contains("prewarming ends: no file descriptors are left (ulimit -n)");
                limitDescriptors(2048);
                assertThat(post("/api/v1/prewarm", order(origin.port(), 70))
                                .at("/refused")
                                .isEmpty())
                        .isTrue();
            }
        }
    }
}
