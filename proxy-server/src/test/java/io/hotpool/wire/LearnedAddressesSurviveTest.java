package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.wire.fixture.DaemonProcess;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that is killed while it writes its addresses. */
class LearnedAddressesSurviveTest {
    private static final int ENOUGH = 40;

    @TempDir
    Path folder;

    private DaemonProcess start() throws IOException {
        Path config = folder.resolve("hotpool.toml");
        if (!Files.exists(config)) {
            Files.writeString(config, """
                    [proxy]
                    listen = ["127.0.0.1:0"]
                    [admin]
                    listen = ["127.0.0.1:0"]
                    """);
        }
        return DaemonProcess.start(folder, config);
    }

    @Test
    void a_daemon_that_is_killed_while_it_writes_has_all_it_confirmed_when_it_starts_again() throws Exception {
        Set<String> confirmed = ConcurrentHashMap.newKeySet();
        try (DaemonProcess daemon = start()) {
            Thread writer = new Thread(() -> {
                try {
                    for (int i = 0; ; i++) {
                        String ip = "10.9." + i / 256 + "." + i % 256;
                        if (put(daemon, ip) == 200) {
                            confirmed.add(ip);
                        }
                    }
                } catch (IOException e) {
                    // killed
                }
            });
            writer.start();
            while (confirmed.size() < ENOUGH && writer.isAlive()) {
                writer.join(1);
            }
            daemon.process().destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            writer.join(10_000);
        }
        assertThat(confirmed).hasSizeGreaterThanOrEqualTo(ENOUGH);
        try (DaemonProcess again = start()) {
            Set<String> kept = blacklist(again);
            assertThat(kept).containsAll(confirmed);
            assertThat(kept.size() - confirmed.size())
                    .as("at most the one that was under way")
                    .isBetween(0, 1);
            assertThat(again.output()).doesNotContain("not readable");
        }
        try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
            assertThat(files.map(f -> f.getFileName().toString()).toList())
                    .contains("addresses.json")
                    .doesNotContain("addresses.json.corrupt");
        }
    }

    private static int put(DaemonProcess daemon, String ip) throws IOException {
        HttpURLConnection call = open(daemon, "/api/v1/blacklist/" + ip);
        call.setRequestMethod("PUT");
        call.setDoOutput(true);
        call.setRequestProperty("Content-Type", "application/json");
        call.getOutputStream().write("{}".getBytes(StandardCharsets.US_ASCII));
        return call.getResponseCode();
    }

    private static Set<String> blacklist(DaemonProcess daemon) throws IOException {
        JsonNode entries =
                new ObjectMapper().readTree(open(daemon, "/api/v1/blacklist").getInputStream());
        return entries.findValues("ip").stream().map(JsonNode::asText).collect(Collectors.toSet());
    }

    private static HttpURLConnection open(DaemonProcess daemon, String path) throws IOException {
        return (HttpURLConnection)
                URI.create("http://127.0.0.1:" + daemon.admin().getPort() + path)
                        .toURL()
                        .openConnection(Proxy.NO_PROXY);
    }
}
