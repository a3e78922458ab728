package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.profile.Profiles;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.RunningDaemon;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Seen;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The configuration changes two hundred times under load, and is refused as often as it is taken over. */
@Timeout(120)
class ReloadUnderLoadTest {
    private static final int RELOADS = 200;
    private static final int CLIENTS = 4;

    @RegisterExtension
    static final Lab lab = Lab.standard();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

    /** What a client was told of its request. */
    private record Answer(String path, int status, String profile, String text) {}

    /**
     * Two policies that differ in three keys at once. The profile of the second exists in a folder that only it names: a request
     * that took the profile from one and the folder from the other would fail.
     */
    private static String policy(boolean first, Path profiles) {
        return first
                ? "[fingerprint]\nprofile = \"chrome\"\n[headers]\nmode = \"align\"\n"
                : "[fingerprint]\nprofile = \"mine\"\nprofile_dir = \"" + profiles
                        + "\"\n[headers]\nmode = \"preserve\"\n";
    }

    /** The other policy, with one mistake. */
    private static String broken(int i, boolean first, Path profiles) {
        String text = policy(first, profiles);
        return switch (i % 4) {
            case 0 -> text + "[pool\n";
            case 1 -> text + "[pool]\nmax_connections = 0\n";
            case 2 -> text + "[pool]\nmax_conections = 5\n";
            default -> text.replace("\"chrome\"", "\"lynx\"").replace("\"mine\"", "\"lynx\"");
        };
    }

    @Test
    void no_request_fails_and_each_is_carried_by_one_policy_as_a_whole() throws Exception {
        Path profiles = ownProfile(lab.directory());
        AtomicBoolean running = new AtomicBoolean(true);
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                RunningDaemon daemon = lab.start(config -> {}, false)) {
            Path file = newestFile(lab.directory());
            String base = Files.readString(file);
            replace(file, base + policy(true, profiles));
            assertThat(reload(daemon).statusCode()).isEqualTo(200);
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            AtomicInteger serial = new AtomicInteger();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(CompletableFuture.runAsync(() -> askWhile(running, daemon, origin, serial)));
            }
            int refused = 0;
            for (int i = 0; i < RELOADS; i++) {
                boolean first = i % 4 < 2;
                boolean bad = i % 2 == 1;
                replace(file, base + (bad ? broken(i / 2, !first, profiles) : policy(first, profiles)));
                HttpResponse<String> outcome = reload(daemon);
                assertThat(outcome.statusCode()).as(outcome.body()).isEqualTo(bad ? 422 : 200);
                refused += bad ? 1 : 0;
                awaitTraffic(serial, 4);
            }
            running.set(false);
            clients.forEach(CompletableFuture::join);

            assertThat(refused).isEqualTo(RELOADS / 2);
            assertThat(answers)
                    .hasSizeGreaterThan(RELOADS)
                    .allSatisfy(answer ->
                            assertThat(answer.status()).as(answer.text()).isEqualTo(200));
            assertWhole(origin);
        } finally {
            running.set(false);
        }
    }

    /** Chrome's requests have the headers that Chrome adds; those of the other profile are as the client sent them. */
    private void assertWhole(ScriptedOrigin origin) {
        Map<String, Seen> seen =
                origin.requests().stream().collect(Collectors.toMap(Seen::target, s -> s, (a, b) -> b));
        Map<String, Long> counts =
                answers.stream().collect(Collectors.groupingBy(Answer::profile, Collectors.counting()));
        assertThat(counts).containsOnlyKeys("chrome-156", "mine");
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isGreaterThan(50));
        assertThat(answers).allSatisfy(answer -> {
            Seen request = seen.get(answer.path());
            assertThat(request.has("Accept-Language"))
                    .as(answer + "\n" + request.head())
                    .isEqualTo(answer.profile().startsWith("chrome"));
        });
    }

    private void askWhile(AtomicBoolean running, RunningDaemon daemon, ScriptedOrigin origin, AtomicInteger serial) {
        String host = Lab.HOST + ":" + origin.port();
        try (RawClient client = new RawClient(daemon.proxy())) {
            while (running.get()) {
                String path = "/" + serial.incrementAndGet();
                RawClient.Response answer =
                        client.get("https://" + host + path, "Host: " + host, "X-Hotpool-Report: 1");
                answers.add(new Answer(
                        path, answer.status(), String.valueOf(answer.header("X-Hotpool-Profile")), answer.text()));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Requests go out between two reloads, however quick those are. */
    private static void awaitTraffic(AtomicInteger serial, int requests) {
        int from = serial.get();
        while (serial.get() < from + requests) {
            Thread.onSpinWait();
        }
    }

    private HttpResponse<String> reload(RunningDaemon daemon) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + daemon.admin().getPort() + "/api/v1/reload");
        HttpRequest order = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}"))
                .build();
        return http.send(order, BodyHandlers.ofString());
    }

    /** As editors do it: nobody reads a half-written file. */
    private static void replace(Path file, String text) throws IOException {
        Path next = Files.writeString(file.resolveSibling("next.toml"), text);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path newestFile(Path directory) throws IOException {
        try (var all = Files.walk(directory, 2)) {
            return all.filter(path -> path.endsWith("hotpool.toml"))
                    .max((a, b) ->
                            Long.compare(a.toFile().lastModified(), b.toFile().lastModified()))
                    .orElseThrow();
        }
    }

    /** A built-in profile under a name of its own. */
    private static Path ownProfile(Path directory) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("profiles"));
        try (InputStream in = Profiles.class.getResourceAsStream("/profiles/firefox-153.json")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Files.writeString(
                    folder.resolve("mine.json"),
                    text.replace("\"name\": \"firefox-153\"", "\"name\": \"mine\"")
                            .replaceFirst("\"aliases\": \\[[^]]*]", "\"aliases\": []"));
        }
        return folder;
    }
}
