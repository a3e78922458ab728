package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.Prewarm;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.server.alert.Alert;
import io.hotpool.server.config.ConfigReader;
import io.hotpool.server.config.HotpoolConfig.Warm;
import io.hotpool.server.config.LiveConfig;
import io.hotpool.server.intercept.CertificateAuthority;
import io.hotpool.server.intercept.LeafCache;
import io.hotpool.server.metrics.Events;
import io.hotpool.server.metrics.Metrics;
import io.hotpool.server.metrics.Statistics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An admin port over a pool that stands still, and requests to it byte for byte. */
@Timeout(60)
abstract class AdminFixture {
    static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    Path folder;

    final StillPool pool = new StillPool();
    final Metrics metrics = new Metrics("1.2.3", () -> 10, () -> 0);
    final Statistics statistics = new Statistics(Clock.systemUTC());
    final EventFeed feed = new EventFeed(Clock.systemUTC());
    LeafCache leaves;
    AdminServer server;
    LiveConfig live;
    volatile boolean ready = true;
    volatile List<Alert> standing = List.of();

    @BeforeEach
    void start() throws Exception {
        Files.writeString(file(), "[admin]\ntoken = \"canary-token\"\n");
        live = new LiveConfig(new ConfigReader(file(), Map.of(), List.of()));
        live.onReload(feed::reloaded);
        CertificateAuthority authority = CertificateAuthority.open(folder.resolve("ca"), Clock.systemUTC());
        leaves = new LeafCache(authority, Clock.systemUTC(), () -> Duration.ofDays(7), () -> 16, metrics::leafMinted);
        server = start(Duration.ofSeconds(20));
    }

    AdminServer start(Duration requestTime) throws IOException {
        AdminServices services = new AdminServices(
                pool,
                live::loaded,
                Profiles::builtIn,
                leaves,
                metrics,
                statistics,
                () -> List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080)),
                () -> ready,
                live::reload,
                live::change,
                feed,
                AdminFixture::order,
                new ToldInspections(),
                () -> standing);
        return AdminServer.start(services, List.of(ANY_PORT), requestTime);
    }

    static Prewarm order(Warm warm) {
        if ("lynx".equals(warm.profile())) {
            throw Fault.of(FaultKind.BAD_DIRECTIVE, "profile 'lynx' is unknown");
        }
        BrowserProfile profile = Profiles.builtIn().find("chrome").orElseThrow();
        Origin origin = new Origin(warm.scheme(), warm.host(), warm.port() == 0 ? 443 : warm.port());
        return new Prewarm(origin, ExchangeOptions.of(profile), warm.count());
    }

    Path file() {
        return folder.resolve("hotpool.toml");
    }

    @AfterEach
    void stop() {
        server.close();
        leaves.close();
    }

    record Reply(int status, String head, String body) {
        JsonNode json() {
            try {
                return new ObjectMapper().readTree(body);
            } catch (IOException e) {
                throw new AssertionError(body, e);
            }
        }
    }

    /** Sends bytes as they are and reads until the server closes. */
    Reply raw(String request) throws IOException {
        try (Socket socket = new Socket(ANY_PORT.getAddress(), port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int blank = text.indexOf("\r\n\r\n");
            if (blank < 0) {
                return new Reply(0, text, "");
            }
            return new Reply(
                    Integer.parseInt(text.substring(9, 12)), text.substring(0, blank), text.substring(blank + 4));
        }
    }

    int port() {
        return server.addresses().get(0).getPort();
    }

    Reply request(String method, String target, String headers, String body) throws IOException {
        return raw(method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + port() + "\r\nConnection: close\r\n"
                + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n") + headers + "\r\n" + body);
    }

    Reply get(String target) throws IOException {
        return request("GET", target, "Authorization: Bearer canary-token\r\n", "");
    }

    Reply post(String target) throws IOException {
        return post(target, "{}");
    }

    Reply post(String target, String body) throws IOException {
        return request(
                "POST", target, "Authorization: Bearer canary-token\r\nContent-Type: application/json\r\n", body);
    }

    void showOneConnection() {
        var connection = new PoolSnapshot.Connection(
                Events.connection(7, Events.ORIGIN, Protocol.H2),
                "s1",
                "idle",
                0,
                100,
                12,
                1,
                Instant.EPOCH,
                true,
                Instant.EPOCH);
        pool.snapshot = new PoolSnapshot(
                Instant.EPOCH, List.of(new PoolSnapshot.Host(Events.ORIGIN, 0, 0, List.of(connection))));
    }

    Reply patch(String body) throws IOException {
        String head = "Authorization: Bearer canary-token\r\nContent-Type: application/json\r\n";
        return request("PATCH", "/api/v1/config", head, body);
    }

    Socket openEvents(String query) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(8 * 1024);
        socket.connect(new InetSocketAddress(ANY_PORT.getAddress(), port()));
        socket.setSoTimeout(10_000);
        socket.getOutputStream()
                .write(("GET /api/v1/events" + query + " HTTP/1.1\r\nHost: localhost\r\n"
                                + "Authorization: Bearer canary-token\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Reads up to a line that contains {@code text}. */
    static String readUntil(Socket socket, String text) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (int b = socket.getInputStream().read();
                b >= 0;
                b = socket.getInputStream().read()) {
            seen.append((char) b);
            if (b == '\n' && seen.indexOf(text) >= 0) {
                return seen.toString();
            }
        }
        throw new AssertionError("the stream ended before " + text + ": " + seen);
    }
}
