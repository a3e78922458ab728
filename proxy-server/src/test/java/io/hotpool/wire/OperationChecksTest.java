package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.wire.fixture.DaemonProcess;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.RawClient.Response;
import io.hotpool.wire.fixture.RunningDaemon;
import io.hotpool.wire.fixture.ScriptedDns;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Step;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator may do to a daemon, and what may happen to its machine; each in a process of its own. */
@Timeout(180)
class OperationChecksTest {
    private static final boolean FULL = Boolean.getBoolean("hotpool.test.full");
    private static final ScriptedDns DNS = dns();

    @RegisterExtension
    static final Lab lab = Lab.inOwnProcess(config -> config.set("dns", "servers = [\"" + DNS.address() + "\"]")
            .set("proxy", "header_timeout = \"3s\"", "plain_http = \"always\"")
            .set("metrics", "host_labels = 1000")
            .set("circuit", "failures = 0")
            .set("log", "level = \"debug\"", "format = \"json\"", "access_log = \"access.log\""));

    private static ScriptedDns dns() {
        try {
            return new ScriptedDns(Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One request and how it ended: a status, or what went wrong. */
    private record Sent(long at, String end) {}

    private static Step after(long millis) {
        return peer -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private static String url(ScriptedOrigin origin) {
        return "https://" + Lab.HOST + ":" + origin.port() + "/";
    }

    private static Response get(RunningDaemon daemon, String url, String... headers) throws IOException {
        try (RawClient client = new RawClient(daemon.proxy())) {
            return get(client, url, headers);
        }
    }

    private static Response get(RawClient client, String url, String... headers) throws IOException {
        String host = url.replaceFirst("^https?://([^/]*)/.*", "$1");
        List<String> lines = new ArrayList<>(List.of("Host: " + host));
        lines.addAll(List.of(headers));
        return client.get(url, lines.toArray(String[]::new));
    }

    @Test
    @Tag("check-55")
    void a_sigterm_under_load_loses_no_request_that_is_under_way_and_ends_with_0() throws Exception {
        Queue<Sent> sent = new ConcurrentLinkedQueue<>();
        AtomicBoolean running = new AtomicBoolean(true);
        try (DaemonProcess daemon = lab.startProcess(config -> config.set("pool", "max_conns_per_host = 20"));
                ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                        .script(Step.forever(Step.readRequest(), after(150), Step.respond(200, "whole")))
                        .start()) {
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                clients.add(CompletableFuture.runAsync(() -> {
                    while (running.get()) {
                        long at = System.nanoTime();
                        sent.add(new Sent(at, ended(daemon, url(origin))));
                    }
                }));
            }
            Wait.until(() -> assertThat(sent).hasSizeGreaterThan(30));
            long told = System.nanoTime();
            assertThat(daemon.stop()).isZero();
            double seconds = (System.nanoTime() - told) / 1e9;
            running.set(false);
            clients.forEach(CompletableFuture::join);

            // What was sent while the order was on its way may have come before or after it.
            long before = told - TimeUnit.MILLISECONDS.toNanos(50);
            assertThat(sent.stream().filter(s -> s.at() < before).map(Sent::end))
                    .containsOnly("200 whole");
            assertThat(sent.stream().filter(s -> s.at() < before && s.at() > before - 150_000_000L))
                    .as("requests that were under way")
                    .isNotEmpty();
            assertThat(seconds).as("a drain of nothing but short requests").isLessThan(10);
            assertThat(daemon.output()).contains("stopped").doesNotContain("were cut");
        } finally {
            running.set(false);
        }
    }

    private static String ended(RunningDaemon daemon, String url) {
        try {
            Response response = get(daemon, url);
            return response.status() + " " + response.text();
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    @Tag("check-56")
    void toml_that_cannot_be_read_changes_nothing_and_log_and_metric_say_why_with_the_line() throws Exception {
        try (DaemonProcess daemon = lab.startProcess(config -> {});
                ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start()) {
            Path file = daemon.log().resolveSibling("hotpool.toml");
            String good = Files.readString(file);
            int line = (int) good.lines().count() + 1;
            Files.writeString(file, good + "[fingerprint\nprofile = \"firefox\"\n");
            daemon.signal("HUP");

            Wait.until(() -> assertThat(daemon.output())
                    .contains("configuration not taken over: " + file + ":" + line + ": not TOML"));
            assertThat(metrics(daemon))
                    .containsPattern("hotpool_config_reloads_total\\{outcome=\"refused\",} [1-9]")
                    .contains("hotpool_config_reloads_total{outcome=\"applied\",} 0.0");
            assertThat(get(daemon, url(origin), "X-Hotpool-Report: 1").header("X-Hotpool-Profile"))
                    .isEqualTo("chrome-156");
        }
    }

    private static String metrics(RunningDaemon daemon) throws IOException {
        return page(daemon, "/metrics");
    }

    private static String page(RunningDaemon daemon, String path) throws IOException {
        try (RawClient client = new RawClient(daemon.admin())) {
            return client.get(path, "Host: localhost").text();
        }
    }

    @Test
    @Tag("check-57")
    void any_number_of_hosts_makes_at_most_two_thousand_series() throws Exception {
        int hosts = FULL ? 50_000 : 1_500;
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int c = 0; c < 8; c++) {
            int first = c;
            clients.add(CompletableFuture.runAsync(() -> {
                try (RawClient client = lab.client()) {
                    for (int i = first; i < hosts; i += 8) {
                        assertThat(get(client, "http://h" + i + ".unknown.test/")
                                        .status())
                                .isEqualTo(502);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
        }
        clients.forEach(CompletableFuture::join);

        List<String> series = metrics(lab.daemon())
                .lines()
                .filter(line -> line.startsWith("hotpool_"))
                .toList();
        assertThat(lab.totalRequests()).isGreaterThanOrEqualTo(hosts);
        assertThat(series).hasSizeLessThanOrEqualTo(2_000).anyMatch(line -> line.contains("host=\"other\""));
    }

    @Test
    @Tag("check-58")
    void secrets_of_requests_and_answers_are_in_no_log_metric_page_or_error() throws Exception {
        String canary = "canary-8e1f";
        List<String> answers = new ArrayList<>();
        String[] secrets = {
            "Authorization: Bearer " + canary,
            "Cookie: session=" + canary,
            "X-Api-Key: " + canary,
            "Proxy-Authorization: Basic "
                    + Base64.getEncoder().encodeToString(("alice:" + canary).getBytes(StandardCharsets.UTF_8)),
            "Referer: https://a.test/?" + canary
        };
        try (ScriptedOrigin good = ScriptedOrigin.tls(lab.leaf())
                        .script(Step.forever(
                                Step.readRequest(),
                                Step.send("HTTP/1.1 200 OK\r\nSet-Cookie: s=" + canary
                                        + "\r\nContent-Length: 2\r\n\r\nok")))
                        .start();
                ScriptedOrigin untrusted = ScriptedOrigin.tls(TestCertificates.selfSignedLeaf(Lab.HOST))
                        .start();
                ScriptedOrigin broken = ScriptedOrigin.tls(lab.leaf())
                        .script(Step.readRequest(), Step.send("HTTP/1.1 2" + canary + "\r\n\r\n"), Step.close())
                        .start()) {
            assertThat(get(lab.daemon(), url(good) + "?token=" + canary, secrets)
                            .status())
                    .isEqualTo(200);
            for (ScriptedOrigin failing : List.of(untrusted, broken)) {
                Response response = get(lab.daemon(), url(failing) + "?token=" + canary, secrets);
                assertThat(response.status()).isEqualTo(502);
                answers.add(response.toString());
            }
            answers.add(get(lab.daemon(), "http://nowhere.test/?token=" + canary, secrets)
                    .toString());
            answers.add(get(lab.daemon(), "http://nowhere.test/?token=" + canary, "X-Hotpool-Colour: " + canary)
                    .toString());
            try (RawClient client = lab.client()) {
                String body = "password=" + canary;
                client.send("POST https://nowhere.test/login?" + canary
                        + " HTTP/1.1\r\nHost: nowhere.test\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
                answers.add(client.readResponse("POST").toString());
            }
        }
        for (String path : List.of(
                "/metrics",
                "/api/v1/stats",
                "/api/v1/hosts",
                "/api/v1/connections",
                "/api/v1/config",
                "/api/v1/whitelist",
                "/api/v1/blacklist")) {
            answers.add(page(lab.daemon(), path));
        }
        DaemonProcess process = (DaemonProcess) lab.daemon();
        Path access = process.log().resolveSibling("access.log");
        Wait.until(() -> assertThat(Files.readString(access)).contains("/login"));
        answers.add(Files.readString(access));
        answers.add(process.output());
        assertThat(answers).noneMatch(text -> text.contains(canary));
        assertThat(process.output()).as("it does log").contains("dns_failed");
    }

    @Test
    @Tag("check-59")
    void without_file_descriptors_clients_are_shed_and_soon_after_all_is_well() throws Exception {
        Program prlimit = Program.named("prlimit");
        try (DaemonProcess daemon = lab.startProcess(config -> {});
                ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start()) {
            assertThat(get(daemon, url(origin)).status()).isEqualTo(200);
            assertThat(prlimit.args("--pid", daemon.process().pid(), "--nofile=256:256")
                            .run()
                            .exit())
                    .isZero();
            Map<String, Integer> ends = new TreeMap<>();
            List<Socket> crowd = new ArrayList<>();
            try {
                for (int i = 0; i < 1000; i++) {
                    crowd.add(asking(daemon.proxy(), url(origin)));
                }
                long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
                for (Socket client : crowd) {
                    ends.merge(end(client, until), 1, Integer::sum);
                }
            } finally {
                for (Socket client : crowd) {
                    client.close();
                }
            }
            long left = System.nanoTime();
            Wait.until(() -> assertThat(get(daemon, url(origin)).status()).isEqualTo(200));
            double seconds = (System.nanoTime() - left) / 1e9;

            System.out.printf("256 descriptors, 1,000 clients: %s; well again after %.1f s%n", ends, seconds);
            assertThat(ends.keySet()).isSubsetOf("200", "502", "503", "closed", "waiting", "not connected");
            assertThat(ends).containsKey("200");
            assertThat(seconds).isLessThan(5);
            assertThat(daemon.process().isAlive()).isTrue();
        }
    }

    private static Socket asking(InetSocketAddress proxy, String url) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(proxy, 500);
            socket.getOutputStream()
                    .write(("GET " + url + " HTTP/1.1\r\nHost: " + url.replaceFirst("https://([^/]*)/", "$1")
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            socket.close();
        }
        return socket;
    }

    private static String end(Socket client, long until) {
        if (client.isClosed()) {
            return "not connected";
        }
        try {
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            client.setSoTimeout((int) Math.max(1, left));
            byte[] status = client.getInputStream().readNBytes(12);
            return status.length < 12 ? "closed" : new String(status, 9, 3, StandardCharsets.US_ASCII);
        } catch (SocketTimeoutException e) {
            return "waiting";
        } catch (IOException e) {
            return "closed";
        }
    }

    @Test
    @Tag("check-60")
    void a_wall_clock_that_jumps_two_days_ends_no_connection_and_fires_no_timeout() throws Exception {
        AtomicReference<Duration> offset = new AtomicReference<>(Duration.ZERO);
        Clock clock = new MovedClock(offset);
        CountDownLatch answer = new CountDownLatch(1);
        try (RunningDaemon daemon = lab.start(config -> {}, clock);
                ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                        .script(
                                Step.readRequest(),
                                Step.respond(200, "first"),
                                Step.readRequest(),
                                Step.await(answer),
                                Step.respond(200, "under way"),
                                Step.forever(Step.readRequest(), Step.respond(200, "later")))
                        .start();
                ScriptedOrigin opaque = ScriptedOrigin.clear()
                        .script(Step.forever(Step.readHead(), Step.respond(200, "tunnelled")))
                        .start();
                RawClient client = new RawClient(daemon.proxy());
                RawClient tunnel = new RawClient(daemon.proxy())) {
            assertThat(get(client, url(origin)).text()).isEqualTo("first");
            tunnel.connect(Lab.HOST + ":" + opaque.port());
            CompletableFuture<Response> underWay = CompletableFuture.supplyAsync(() -> unchecked(client, url(origin)));
            Wait.until(() -> assertThat(origin.requests()).hasSize(2));
            for (int days : new int[] {2, -2}) {
                offset.set(Duration.ofDays(days));
                // Longer than any look at the clock by a timer of the daemon.
                Wait.until(() -> assertThat(page(daemon, "/api/v1/stats")).contains("uptime_seconds"));
            }
            answer.countDown();

            assertThat(underWay.join().text()).isEqualTo("under way");
            Response later = get(client, url(origin), "X-Hotpool-Report: 1");
            assertThat(later.text()).isEqualTo("later");
            assertThat(later.header("X-Hotpool-Reused")).isEqualTo("true");
            assertThat(origin.connections()).as("one connection all along").isEqualTo(1);
            assertThat(tunnel.get("/", "Host: " + Lab.HOST + ":" + opaque.port())
                            .text())
                    .isEqualTo("tunnelled");
            assertThat(Instant.parse(new ObjectMapper()
                            .readTree(page(daemon, "/api/v1/connections"))
                            .at("/0/last_used")
                            .asText()))
                    .as("the daemon's clock is the moved one")
                    .isBefore(Instant.now().minus(Duration.ofDays(1)));
        }
    }

    private static Response unchecked(RawClient client, String url) {
        try {
            return get(client, url);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The system's clock, set wrong. */
    private static final class MovedClock extends Clock {
        private final AtomicReference<Duration> offset;

        MovedClock(AtomicReference<Duration> offset) {
            this.offset = offset;
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(offset.get());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    @Tag("check-62")
    void a_thousand_slow_heads_delay_nobody_and_are_closed_when_their_time_is_over() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start()) {
            percentile99(origin, 500);
            double best = Double.MAX_VALUE;
            // What else the machine does only adds: the best of a few rounds is nearest to the daemon's own doing.
            for (int round = 0; round < 3 && best >= 2; round++) {
                best = Math.min(best, ratioBesideSlowHeads(origin));
            }
            assertThat(best).isLessThan(2);
        }
    }

    private static double ratioBesideSlowHeads(ScriptedOrigin origin) throws IOException {
        double alone = percentile99(origin, 700);
        List<Socket> slow = new ArrayList<>();
        try {
            long opened = System.nanoTime();
            for (int i = 0; i < 1000; i++) {
                Socket socket = new Socket(lab.proxy().getAddress(), lab.proxy().getPort());
                slow.add(socket);
                socket.getOutputStream().write("GET http://a.test/ HTTP/1.1\r\nHo".getBytes(StandardCharsets.US_ASCII));
            }
            double opening = (System.nanoTime() - opened) / 1e9;
            double beside = percentile99(origin, 700);
            List<Double> closed = closings(slow, opened);
            System.out.printf(
                    "p99 %.2f ms alone, %.2f ms beside 1,000 slow heads; those closed %.1f to %.1f s after the first was opened (%.1f s to open)%n",
                    alone, beside, closed.get(0), closed.get(closed.size() - 1), opening);
            assertThat(closed).hasSize(1000);
            assertThat(closed.get(0)).isGreaterThan(2);
            assertThat(closed.get(closed.size() - 1)).isLessThan(4 + opening);
            return beside / alone;
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    /** Seconds until the other side closed each, ascending. */
    private static List<Double> closings(List<Socket> sockets, long from) throws IOException {
        List<Double> seconds = new ArrayList<>();
        for (Socket socket : sockets) {
            socket.setSoTimeout(20_000);
            socket.getInputStream().readAllBytes();
            seconds.add((System.nanoTime() - from) / 1e9);
        }
        seconds.sort(null);
        return seconds;
    }

    private static double percentile99(ScriptedOrigin origin, int requests) throws IOException {
        double[] millis = new double[requests];
        try (RawClient client = lab.client()) {
            for (int i = 0; i < requests; i++) {
                long from = System.nanoTime();
                assertThat(get(client, url(origin)).status()).isEqualTo(200);
                millis[i] = (System.nanoTime() - from) / 1e6;
            }
        }
        Arrays.sort(millis);
        return millis[requests * 99 / 100];
    }
}
