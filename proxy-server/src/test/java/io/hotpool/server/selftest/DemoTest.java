package io.hotpool.server.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.server.cli.HotpoolCommand;
import io.hotpool.server.intercept.CertificateAuthority;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class DemoTest {
    private record Run(int exit, String output) {}

    private static Run demo(String... arguments) {
        PrintStream console = System.out;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try {
            int exit = HotpoolCommand.run(arguments);
            return new Run(exit, captured.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(console);
        }
    }

    @Test
    void the_demo_shows_each_form_of_request_as_promised_and_the_reuse() throws Exception {
        Run run = demo("demo", "--json");
        JsonNode json = new ObjectMapper().readTree(run.output());
        assertThat(run.exit()).as(json.toPrettyString()).isZero();
        assertThat(json.get("match").asBoolean()).isTrue();
        assertThat(json.get("requests").asInt()).isEqualTo(6);
        assertThat(json.get("connections").asInt()).as("one per browser").isEqualTo(2);
        assertThat(json.get("reused").asInt()).isEqualTo(4);
        assertThat(json.at("/steps/0/seen/tls/ja4").asText()).isEqualTo("t13d1517h2_8daaf6152771_cb7bf5808d99");
    }

    @Test
    void people_get_lines_to_read() {
        Run run = demo("demo", "--profile", "firefox");
        assertThat(run.exit()).as(run.output()).isZero();
        assertThat(run.output())
                .contains("as firefox (firefox-153)")
                .contains("match    CONNECT hotpool.internal:443")
                .contains("pool: 3 requests over 1 connections, 2 of them on a connection that was already there")
                .endsWith("all as promised" + System.lineSeparator());
    }

    @Test
    void a_browser_that_is_not_known_is_refused_before_anything_starts() {
        Run run = demo("demo", "--profile", "netscape");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.output()).isEmpty();
    }

    @Test
    void a_proxy_that_is_not_there_is_told() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        DemoReport report = Demo.run(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                CertificateAuthority.ephemeral(Clock.systemUTC()).der(),
                List.of("chrome"));
        assertThat(report.matches()).isFalse();
        assertThat(report.text()).contains("DIFFERS", "Connection refused", "NOT as promised");
    }
}
