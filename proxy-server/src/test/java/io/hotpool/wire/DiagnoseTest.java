package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.server.cli.ProgramRun;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Servers that are silent at one step or another: {@code diagnose} names the step, and what to do. */
class DiagnoseTest {
    private static final DatagramSocket SILENT_DNS = silentDns();

    @RegisterExtension
    static final Lab lab = Lab.with(config -> config.set(
                    "dns", "servers = [\"127.0.0.1:" + SILENT_DNS.getLocalPort() + "\"]")
            .set("pool", "conn_timeout = \"4s\"", "acquire_timeout = \"20s\"", "response_header_timeout = \"1s\""));

    private static DatagramSocket silentDns() {
        try {
            return new DatagramSocket(0, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void stop() {
        SILENT_DNS.close();
    }

    private static JsonNode diagnose(String url) throws IOException {
        String admin = "127.0.0.1:" + lab.daemon().admin().getPort();
        ProgramRun run = ProgramRun.of("diagnose", "--json", "--admin", admin, url);
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertThat(run.exit()).as(run.toString()).isEqualTo(json.path("ok").asBoolean() ? 0 : 1);
        return json;
    }

    private static String url(int port) {
        return "https://" + Lab.HOST + ":" + port + "/";
    }

    private static void assertSteps(JsonNode diagnosis, String advice, String... steps) {
        assertThat(StreamSupport.stream(diagnosis.path("steps").spliterator(), false)
                        .map(step ->
                                step.path("step").asText() + (step.path("ok").asBoolean() ? "" : " failed")))
                .as(diagnosis.toPrettyString())
                .containsExactly(steps);
        assertThat(diagnosis.path("advice").toString()).contains(advice);
        assertThat(diagnosis.path("findings")).isNotEmpty();
    }

    @Test
    void silence_of_a_name_server_of_a_port_and_in_tls_is_told_by_its_step() throws Exception {
        List<Socket> waiting = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ScriptedOrigin mute =
                        ScriptedOrigin.clear().script(Step.readToEnd()).start()) {
            fill(full, waiting);
            CompletableFuture<JsonNode> dns = later("https://never.example.net/");
            CompletableFuture<JsonNode> port = later(url(full.getLocalPort()));
            CompletableFuture<JsonNode> tls = later(url(mute.port()));
            assertSteps(dns.get(), "name server", "dns failed");
            assertSteps(port.get(), "a firewall or the network", "dns", "connect failed");
            String advice = "is it TLS that port " + mute.port() + " speaks";
            assertSteps(tls.get(), advice, "dns", "connect", "tls failed");
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    private static CompletableFuture<JsonNode> later(String url) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return diagnose(url);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Nobody accepts: when its queue is full, the system answers no further SYN. */
    private static void fill(ServerSocket server, List<Socket> waiting) throws IOException {
        while (true) {
            Socket socket = new Socket();
            waiting.add(socket);
            try {
                socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), 300);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
    }

    @Test
    void a_server_that_takes_the_request_and_is_silent() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .script(Step.readRequest(), Step.readToEnd())
                .start()) {
            String advice = "took the request and was silent";
            assertSteps(diagnose(url(origin.port())), advice, "dns", "connect", "tls", "request failed");
        }
    }

    @Test
    void a_server_that_refuses_this_client() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .script(Step.readRequest(), Step.respond(403, "no"))
                .start()) {
            JsonNode diagnosis = diagnose(url(origin.port()));
            assertSteps(diagnosis, "try another profile", "dns", "connect", "tls", "request");
            assertThat(diagnosis.path("findings").toString()).contains("refuses with 403");
        }
    }

    @Test
    void the_policy_of_targets() throws Exception {
        assertSteps(diagnose("http://" + Lab.HOST + ":25/"), "proxy.forbidden_ports", "policy failed");
    }
}
