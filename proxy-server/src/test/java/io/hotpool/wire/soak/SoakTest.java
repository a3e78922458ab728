package io.hotpool.wire.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.DaemonConfig;
import io.hotpool.wire.fixture.DaemonProcess;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Mixed clients through a daemon whose origins are killed, reset, stalled, silenced, corrupted, moved and gone away from, and
 * whose configuration changes: every request ends, none with a false answer, no POST arrives twice or other than it was sent,
 * and nothing is left behind. Half a minute with all in CI,
 * ten minutes by {@code scripts/soak}; {@code -Dhotpool.soak.seed=N} draws the same troubles again.
 */
class SoakTest {
    /** Longer than all of the daemon's own timeouts together. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int SECONDS = Integer.getInteger("hotpool.soak.seconds", 22);
    private static final long SEED = Long.getLong("hotpool.soak.seed", System.nanoTime());
    private static final int EVENT_MILLIS = 600;
    private static final int EVENTS_PER_CHANGE = 2;
    private static final long DIRECT_GROWTH = 8L << 20;

    private static Landscape landscape;
    private static Changes changes;

    @RegisterExtension
    static final Lab lab = Lab.inOwnProcess(SoakTest::configure);

    private static void configure(DaemonConfig config) {
        landscape = new Landscape(SEED);
        landscape.configure(config);
        config.set("proxy", "client_idle_timeout = \"6s\"", "plain_http = \"always\"")
                .set("pool", "max_connections = 200", "max_conns_per_host = 12", "conn_timeout = \"8s\"")
                .set("pool", "idle_timeout = \"10s\"", "health_check_interval = \"5s\"", "acquire_timeout = \"10s\"")
                .set("pool", "response_header_timeout = \"4s\"", "body_idle_timeout = \"4s\"")
                .set("access", "blacklist_ttl = \"3s\"")
                .set("circuit", "open_for = \"1s\"")
                .set("log", "format = \"json\"", "access_log = \"access.log\"");
    }

    @AfterAll
    static void close() {
        landscape.close();
    }

    /** What the daemon holds when it has nothing to do. */
    private record Footprint(double descriptors, double threads, double direct, long resident) {
        static Footprint now() {
            return new Footprint(
                    lab.metric("process_open_fds", ""),
                    lab.metric("jvm_threads_current", ""),
                    lab.metric("hotpool_direct_memory_bytes", ""),
                    daemon().resident("VmRSS"));
        }

        @Override
        public String toString() {
            return "%.0f descriptors, %.0f threads, %.1f MiB direct, %d MiB resident"
                    .formatted(descriptors, threads, direct / (1 << 20), resident >> 20);
        }
    }

    @Test
    void every_request_ends_honestly_no_post_arrives_twice_and_nothing_grows() throws Exception {
        System.out.printf("soak: %d s, seed %d%n", SECONDS, SEED);
        Tally tally = new Tally();
        try (SoakOrigin origin = new SoakOrigin(lab.leaf());
                Pulse pulse = new Pulse()) {
            landscape.open(origin);
            changes = new Changes(SEED, admin());
            load(tally, Duration.ofSeconds(Math.max(6, SECONDS / 4)));
            Footprint before = quiet();
            load(tally, Duration.ofSeconds(SECONDS * 3L / 4));
            Footprint after = quiet();

            System.out.println(tally.table());
            System.out.println(landscape.table());
            System.out.printf(
                    "the configuration changed %d times; connections came from %s%n"
                            + "origins: %d requests, %d POSTs; %d GOAWAYs, %d streams refused, %d failed%n",
                    changes.made(),
                    landscape.sources(),
                    origin.requests.sum(),
                    origin.posts().size(),
                    origin.goneAway.sum(),
                    origin.refused.sum(),
                    origin.failed.sum());
            System.out.printf("at rest after the warm-up: %s%nat rest in the end:        %s%n", before, after);

            boolean starved = pulse.starved();
            System.out.println(pulse);
            List<AccessRecord> failures = failures();
            List<AccessRecord> calm =
                    failures.stream().filter(f -> f.host().startsWith("calm.")).toList();
            calm.forEach(failure -> System.out.println(failure.line()));
            origin.ends.forEach(System.out::println);

            assertThat(tally.wrong()).isEmpty();
            assertThat(calm).as("failures at the host without troubles").allMatch(f -> starved && f.late());
            assertThat(landscape.proxied())
                    .as("connections through the upstream proxy")
                    .isPositive();
            assertThat(origin.misdirected.sum())
                    .as("requests by another host's connection")
                    .isZero();
            assertThat(origin.posts())
                    .allSatisfy((id, count) -> assertThat(count.get()).as(id).isEqualTo(1));
            assertThat(tally.answeredPosts())
                    .allSatisfy(id -> assertThat(origin.count(id)).isEqualTo(1));
            assertThat(tally.total(Outcome.OK))
                    .as("most requests get through")
                    .isGreaterThan(3
                            * failures.stream()
                                    .filter(f -> !starved || !f.late())
                                    .count());
            assertThat(after.descriptors()).isLessThanOrEqualTo(before.descriptors());
            assertThat(after.threads()).isLessThanOrEqualTo(before.threads());
            assertThat(after.direct()).isLessThanOrEqualTo(before.direct() + DIRECT_GROWTH);
            assertThat(daemon().output()).doesNotContain("LEAK", "OutOf", ": unexpected\"", "\\tat ");
        }
    }

    private static URI admin() {
        return URI.create("http://127.0.0.1:" + lab.daemon().admin().getPort());
    }

    private static DaemonProcess daemon() {
        return (DaemonProcess) lab.daemon();
    }

    /** Not those by which clients failed themselves. */
    private static List<AccessRecord> failures() throws IOException {
        return AccessRecord.failures(daemon().log().resolveSibling("access.log")).stream()
                .filter(f -> !f.ofClient())
                .toList();
    }

    private void load(Tally tally, Duration time) throws IOException, InterruptedException {
        AtomicBoolean goOn = new AtomicBoolean(true);
        List<Worker> workers = workers(tally, goOn);
        ExecutorService threads = Executors.newFixedThreadPool(workers.size());
        workers.forEach(threads::execute);
        long end = System.nanoTime() + time.toNanos();
        int turn = 0;
        while (System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(EVENT_MILLIS);
            landscape.event();
            if (++turn % EVENTS_PER_CHANGE == 0) {
                changes.next();
            }
        }
        changes.takeBack();
        goOn.set(false);
        threads.shutdown();
        assertThat(threads.awaitTermination(PATIENCE.toSeconds() * 2, TimeUnit.SECONDS))
                .as("every client has its outcome")
                .isTrue();
    }

    private List<Worker> workers(Tally tally, AtomicBoolean goOn) {
        SSLContext trust = lab.trustingHotpool();
        List<Worker> workers = new ArrayList<>();
        Http1Worker.Form[] forms = {
            Http1Worker.Form.ABSOLUTE,
            Http1Worker.Form.ABSOLUTE,
            Http1Worker.Form.INTERCEPTED,
            Http1Worker.Form.INTERCEPTED,
            Http1Worker.Form.LEAVER
        };
        for (Http1Worker.Form form : forms) {
            List<Ask.Host> hosts = form == Http1Worker.Form.INTERCEPTED
                    ? landscape.hosts("calm", "h2", "h1", "proxied", "moving")
                    : landscape.hosts();
            workers.add(new Http1Worker(form, lab.proxy(), trust, tally, asks(workers, hosts), goOn::get));
        }
        workers.add(new Http1Worker(
                Http1Worker.Form.CONNECT,
                lab.proxy(),
                trust,
                tally,
                asks(workers, landscape.hosts("plain")),
                goOn::get));
        List<Ask.Host> secure = landscape.hosts("calm", "h2", "h1", "proxied", "moving");
        workers.add(new Http2Worker(lab.proxy(), trust, tally, asks(workers, secure), goOn::get));
        workers.add(new CurlWorker(
                lab.proxy(), lab.root(), lab.directory(), tally, asks(workers, landscape.hosts()), goOn::get));
        return workers;
    }

    private static Asks asks(List<Worker> before, List<Ask.Host> hosts) {
        return new Asks(SEED + before.size(), hosts);
    }

    /** Nobody is connected and nothing pooled. */
    private static Footprint quiet() throws IOException, InterruptedException {
        Wait.until(
                () -> assertThat(lab.metric("hotpool_client_connections", "")).isZero());
        HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(admin().resolve("/api/v1/flush"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
        Wait.until(() -> assertThat(lab.metric("hotpool_connections", "")).isZero());
        TimeUnit.SECONDS.sleep(1);
        return Footprint.now();
    }
}
