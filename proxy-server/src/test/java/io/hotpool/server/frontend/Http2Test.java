package io.hotpool.server.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.wire.fixture.ConnectForwarder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** HTTP/2 of clients inside a tunnel. */
@Timeout(180)
class Http2Test {
    private final ProxyUnderTest proxy = new ProxyUnderTest("");

    @AfterEach
    void stop() {
        proxy.close();
    }

    private HttpClient client() throws Exception {
        return HttpClient.newBuilder()
                .proxy(ProxySelector.of(proxy.address))
                .sslContext(proxy.trust())
                .version(HttpClient.Version.HTTP_2)
                .build();
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://a.example" + path));
    }

    @Test
    void requests_and_bodies_pass_in_many_streams() throws Exception {
        proxy.pool.atEnd = call -> call.answer(200, call.body.toString(StandardCharsets.ISO_8859_1));
        HttpClient client = client();
        client.send(request("/first").build(), BodyHandlers.discarding()); // the others share its connection
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String body = i + "x".repeat(20_000 * (i % 5));
            answers.add(client.sendAsync(
                    request("/" + i)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString()));
        }
        for (int i = 0; i < 50; i++) {
            HttpResponse<String> answer = answers.get(i).get(20, TimeUnit.SECONDS);
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.body()).isEqualTo(i + "x".repeat(20_000 * (i % 5)));
        }
        assertThat(proxy.pool.last().head.origin().toString()).isEqualTo("https://a.example");
    }

    @Test
    void a_response_that_fails_midway_is_reset() throws Exception {
        proxy.pool.atEnd = call -> {
            call.stream("one");
            call.loop.schedule(
                    () -> call.response.fault(Fault.of(FaultKind.UPSTREAM_RESET, "reset")), 50, TimeUnit.MILLISECONDS);
        };
        HttpClient client = client();
        Assertions.assertThatThrownBy(() -> client.send(request("/").build(), BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
        await().until(() -> !proxy.ended.isEmpty());
        assertThat(proxy.ended.get(0).fault()).isEqualTo(FaultKind.UPSTREAM_RESET);
    }

    @Test
    void a_stream_that_its_client_gives_up_is_cancelled() throws Exception {
        proxy.pool.atEnd = call -> call.stream("one");
        CompletableFuture<HttpResponse<String>> answer =
                client().sendAsync(request("/").build(), BodyHandlers.ofString());
        await().until(() -> !proxy.pool.calls.isEmpty());
        answer.cancel(true);
        await().until(() -> proxy.pool.last().cancelled != null);
        assertThat(proxy.ended.get(0).fault()).isEqualTo(FaultKind.CLIENT_GONE);
    }

    @Test
    void fields_of_a_connection_do_not_pass_and_bare_answers_are_bare() throws Exception {
        proxy.pool.atEnd = call ->
                call.answer(204, HeaderList.of("Connection", "x", "Keep-Alive", "timeout=5", "X-Kept", "1"), "");
        HttpResponse<String> answer = client().send(request("/").build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().map()).containsOnlyKeys(":status", "x-kept").isNotNull();
    }

    @Test
    void h2spec_finds_at_most_one_case_of_its_strict_list_wanting() throws Exception {
        Path program = List.of(Path.of("/root/go/bin/h2spec"), Path.of("/usr/local/bin/h2spec")).stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeTrue(program != null, "h2spec is not installed");
        // h2spec names the port it connects to in :authority, and that must be the tunnel's.
        int port = freePort();
        try (ConnectForwarder forwarder = new ConnectForwarder(port, proxy.address, "127.0.0.1:" + port)) {
            Path output = Files.createTempFile("h2spec", ".txt");
            Process run = new ProcessBuilder(
                            program.toString(),
                            "-S",
                            "-t",
                            "-k",
                            "-h",
                            "127.0.0.1",
                            "-p",
                            Integer.toString(forwarder.port()),
                            "-o",
                            "2",
                            "--path",
                            "/",
                            "--max-header-length",
                            "4000")
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            assertThat(run.waitFor(150, TimeUnit.SECONDS)).isTrue();
            String text = Files.readString(output);
            Matcher sum = Pattern.compile("(\\d+) tests, (\\d+) passed, 0 skipped, (\\d+) failed")
                    .matcher(text);
            assertThat(sum.find()).as(text).isTrue();
            assertThat(Integer.parseInt(sum.group(1))).as(text).isGreaterThan(140);
            assertThat(Integer.parseInt(sum.group(3))).as(text).isLessThanOrEqualTo(1);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
