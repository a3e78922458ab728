package io.hotpool.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.hotpool.server.cli.LoadRun.Plan;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoadRunTest {
    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            int number = asked.incrementAndGet();
            exchange.getResponseHeaders().set("X-Hotpool-Reused", Boolean.toString(number > 1));
            exchange.sendResponseHeaders(number == 3 ? 503 : 200, 2);
            exchange.getResponseBody().write(new byte[2]);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private LoadRun run(Plan plan) throws InterruptedException {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        LoadRun run = new LoadRun(
                        HttpClient.newHttpClient(), HttpRequest.newBuilder(url).build(), plan)
                .start();
        assertThat(run.await(30_000)).isTrue();
        return run;
    }

    @Test
    void exactly_the_count_is_asked_and_every_end_is_counted() throws InterruptedException {
        Map<String, Object> report = run(new Plan(4, 50, Duration.ofDays(1), 0)).report();
        assertThat(asked).hasValue(50);
        assertThat(report)
                .containsEntry("requests", 50L)
                .containsEntry("succeeded", 49L)
                .containsEntry("body_bytes", 100L)
                .containsEntry("reuse_rate", 0.98)
                .containsEntry("outcomes", Map.of("200", 49L, "503", 1L));
    }

    @Test
    void a_rate_is_kept() throws InterruptedException {
        LoadRun run = run(new Plan(4, 30, Duration.ofDays(1), 100));
        assertThat(run.seconds()).isBetween(0.28, 10.0);
        assertThat(run.done()).isEqualTo(30);
    }

    @Test
    void it_ends_when_the_time_is_over() throws InterruptedException {
        LoadRun run = run(new Plan(2, 0, Duration.ofMillis(300), 0));
        assertThat(run.seconds()).isGreaterThanOrEqualTo(0.3);
        assertThat(run.done()).isPositive();
    }

    @Test
    void a_server_that_is_not_there_is_an_outcome() throws InterruptedException {
        server.stop(0);
        assertThat(run(new Plan(1, 2, Duration.ofDays(1), 0)).report())
                .containsEntry("succeeded", 0L)
                .containsEntry("outcomes", Map.of("ConnectException", 2L));
    }
}
