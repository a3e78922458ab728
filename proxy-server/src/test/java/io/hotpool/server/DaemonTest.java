package io.hotpool.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hotpool.server.config.ConfigReader;
import io.hotpool.server.config.LiveConfig;
import io.hotpool.server.config.Reload;
import io.hotpool.server.config.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a whole, in this process. */
@Timeout(60)
class DaemonTest {
    @TempDir
    Path folder;

    @Test
    void a_request_through_the_proxy_is_seen_by_the_self_test_as_the_profile_promises() throws Exception {
        try (Daemon daemon = Daemon.start(config())) {
            String answer = ask(daemon.proxyAddresses().get(0), "http://hotpool.internal/fingerprint");

            assertThat(answer).startsWith("HTTP/1.1 200").contains("\"profile\" : \"chrome-156\"", "\"match\" : true");
        }
    }

    @Test
    void the_admin_port_cannot_be_reached_through_the_proxy() throws Exception {
        try (Daemon daemon = Daemon.start(config())) {
            int admin = daemon.adminAddresses().get(0).getPort();

            assertThat(ask(daemon.proxyAddresses().get(0), "http://127.0.0.1:" + admin + "/metrics"))
                    .startsWith("HTTP/1.1 403")
                    .contains("target_forbidden");
        }
    }

    @Test
    void a_changed_profile_takes_effect_at_a_reload_and_a_wrong_file_changes_nothing() throws Exception {
        Path file = Files.writeString(folder.resolve("hotpool.toml"), "");
        LiveConfig config = config(file);
        try (Daemon daemon = Daemon.start(config)) {
            Files.writeString(file, "[fingerprint]\nprofile = \"lynx\"\n");
            assertThat(config.reload().problems()).hasSize(1);
            assertThat(config.get().fingerprint().profile()).isEqualTo("chrome");
            Files.writeString(file, "[fingerprint]\nprofile = \"firefox\"\n");
            assertThat(config.reload().ok()).isTrue();

            assertThat(ask(daemon.proxyAddresses().get(0), "http://hotpool.internal/fingerprint"))
                    .contains("\"profile\" : \"firefox-153\"");
            assertThat(ask(daemon.adminAddresses().get(0), "/metrics"))
                    .containsPattern("hotpool_config_reloads_total\\{outcome=\"applied\",} [1-9]")
                    .containsPattern("hotpool_config_reloads_total\\{outcome=\"refused\",} [1-9]");
        }
    }

    @Test
    void a_profile_file_takes_effect_when_it_is_saved_and_a_broken_one_changes_nothing() throws Exception {
        Path profiles = Files.createDirectory(folder.resolve("profiles"));
        Path file = Files.writeString(
                folder.resolve("hotpool.toml"), "[fingerprint]\nprofile_dir = \"" + profiles + "\"\n");
        LiveConfig config = config(file);
        String built = Files.readString(Path.of("..", "proxy-pool/src/main/resources/profiles/firefox-144.json"))
                .replaceFirst("\"aliases\": \\[[^]]*]", "\"aliases\": []");
        try (Daemon daemon = Daemon.start(config)) {
            InetSocketAddress admin = daemon.adminAddresses().get(0);
            assertThat(ask(admin, "/api/v1/profiles")).doesNotContain("firefox-mine");

            Files.writeString(profiles.resolve("mine.json"), built.replace("\"firefox-144\"", "\"firefox-mine\""));
            await().untilAsserted(
                            () -> assertThat(ask(admin, "/api/v1/profiles")).contains("firefox-mine"));

            Files.writeString(profiles.resolve("broken.json"), built.replace("\"permuted\"", "\"permutated\""));
            Reload reload = config.reload();
            assertThat(reload.problems()).hasSize(1);
            assertThat(reload.problems().get(0).toString())
                    .contains("hotpool.toml:2", "broken.json", "tls", "unknown key \"permutated\"", "permuted");
            assertThat(ask(admin, "/api/v1/profiles")).contains("firefox-mine");
        }
    }

    @Test
    void a_taken_port_is_told_with_its_owner_and_nothing_stays_open() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, new InetSocketAddress("127.0.0.1", 0).getAddress())) {
            LiveConfig config = config(null, new Setting("test", "admin.listen", "127.0.0.1:" + taken.getLocalPort()));

            assertThatThrownBy(() -> Daemon.start(config))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("in use")
                    .hasMessageContaining("--admin-listen")
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
    }

    @Test
    void after_a_stop_nobody_listens() throws Exception {
        Daemon daemon = Daemon.start(config());
        InetSocketAddress proxy = daemon.proxyAddresses().get(0);
        daemon.stop();

        assertThatThrownBy(() -> new Socket(proxy.getAddress(), proxy.getPort()).close())
                .isInstanceOf(IOException.class);
    }

    @Test
    void a_stop_takes_requests_for_the_drain_delay_and_says_that_it_is_leaving() throws Exception {
        Daemon daemon = Daemon.start(config(null, new Setting("test", "proxy.drain_delay", "3s")));
        InetSocketAddress proxy = daemon.proxyAddresses().get(0);
        InetSocketAddress admin = daemon.adminAddresses().get(0);
        assertThat(ask(admin, "/readyz")).startsWith("HTTP/1.1 200");
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(daemon::stop);

        Awaitility.await().until(() -> ask(admin, "/readyz").startsWith("HTTP/1.1 503"));
        assertThat(ask(proxy, "http://hotpool.internal/ca.pem")).startsWith("HTTP/1.1 200");

        stopped.get(20, TimeUnit.SECONDS);
        assertThatThrownBy(() -> new Socket(proxy.getAddress(), proxy.getPort()).close())
                .isInstanceOf(IOException.class);
    }

    private LiveConfig config() throws Exception {
        return config(null);
    }

    private LiveConfig config(@Nullable Path file, Setting... further) throws Exception {
        Path toml = file == null ? Files.writeString(folder.resolve("empty.toml"), "") : file;
        List<Setting> settings = new ArrayList<>(List.of(
                new Setting("test", "proxy.listen", "127.0.0.1:0"),
                new Setting("test", "admin.listen", "127.0.0.1:0"),
                new Setting("test", "ca.dir", folder.resolve("ca").toString()),
                new Setting("test", "access.state_file", ""),
                new Setting("test", "log.level", "error")));
        settings.addAll(List.of(further));
        return new LiveConfig(new ConfigReader(toml, Map.of(), settings, ProfileNames::check));
    }

    private static String ask(InetSocketAddress address, String target) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort());
                OutputStream out = socket.getOutputStream();
                InputStream in = socket.getInputStream()) {
            socket.setSoTimeout(20_000);
            String host = target.startsWith("/") ? "localhost" : target.replaceAll("^http://([^/]*)/.*", "$1");
            String head = "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
