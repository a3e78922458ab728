package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.hotpool.wire.fixture.ChromeDriver;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.ScriptedOrigin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The dashboard in a real browser, and a page that has no business with the admin port. */
class DashboardTest {
    private static final int HOSTS = 200;
    private static final String COLD = "cold.example.test";
    private static final String DENIED = "denied.example.test";
    private static final InetAddress OTHER_ADDRESS = new InetSocketAddress("127.0.0.3", 0).getAddress();

    @RegisterExtension
    static final Lab lab = Lab.with(config -> {
        config.set("pool", "max_connections = 1000", "max_idle_conns = 900", "idle_timeout = \"5m\"")
                .host(COLD, "127.0.0.1")
                .host(DENIED, "127.0.0.3");
        for (int i = 0; i < HOSTS; i++) {
            config.host(host(i), "127.0.0.1");
        }
    });

    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static String host(int i) {
        return "h" + i + ".example.test";
    }

    private static String admin() {
        return "http://127.0.0.1:" + lab.daemon().admin().getPort();
    }

    @Test
    void under_the_load_of_two_hundred_hosts_it_shows_what_happens_and_carries_out_orders() throws Exception {
        AtomicBoolean running = new AtomicBoolean(true);
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                ScriptedOrigin other =
                        ScriptedOrigin.tls(lab.leaf()).at(OTHER_ADDRESS, 0).start();
                ChromeDriver browser = ChromeDriver.start(lab.directory())) {
            List<CompletableFuture<Void>> load = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                int client = i;
                load.add(CompletableFuture.runAsync(() -> loadWhile(running, origin, client)));
            }
            overviewMoves(browser);
            everyHostIsThereAndObeys(browser, origin);
            aDenialTakesEffectAndEnds(browser, other);
            theOtherViewsSayWhatTheyAreFor(browser, origin);
            itIsUsableByKeyboardInTheDarkAndOnAPhone(browser);

            assertThat(browser.complaints()).isEmpty();
            assertThat(browser.requested()).isNotEmpty().allMatch(url -> url.startsWith(admin() + "/"));
            running.set(false);
            load.forEach(CompletableFuture::join);
        } finally {
            running.set(false);
        }
    }

    private static void overviewMoves(ChromeDriver browser) throws IOException {
        browser.open(admin() + "/");
        for (String chart : List.of("requests", "latency", "connections", "reuse", "errors")) {
            String points = "return Number(document.querySelector('#chart-" + chart + "').dataset.points)";
            waitFor(browser, points + " >= 2");
            int before = browser.script(points).asInt();
            waitFor(browser, points + " > " + before);
        }
        String drawn = "return document.querySelector('#chart-requests canvas').toDataURL()";
        String picture = browser.script(drawn).asText();
        waitFor(browser, drawn + " !== '" + picture + "'");
        waitFor(browser, "return parseFloat(document.querySelector('#tile-rate .value').textContent) > 0");
        waitFor(
                browser,
                "return parseFloat(document.querySelector('#tile-connections .value').textContent) >= " + HOSTS);
        assertThat(text(browser, "#state")).startsWith("ready");
        browser.screenshot(PICTURES.resolve("overview.png"));
    }

    private static void everyHostIsThereAndObeys(ChromeDriver browser, ScriptedOrigin origin) throws IOException {
        String first = host(0) + ":" + origin.port();
        browser.open(admin() + "/#hosts");
        waitFor(browser, "return document.querySelectorAll('#hosts .host-name').length >= " + HOSTS);
        browser.screenshot(PICTURES.resolve("hosts.png"));
        filterHosts(browser, first);
        waitFor(browser, "return document.querySelectorAll('#hosts .host-name').length === 1");
        browser.script("document.querySelector('#hosts .host-name').click()");
        waitFor(browser, "return !!document.querySelector('#hosts .detail td.mono')");
        assertThat(text(browser, "#hosts .detail")).contains("127.0.0.1", "chrome-156", "t13d");
        browser.screenshot(PICTURES.resolve("host.png"));

        double drained = lab.metric("hotpool_connections_closed_total", "reason=\"drained\"");
        button(browser, "#hosts td.actions button:last-child");
        waitFor(browser, "return document.querySelector('#toasts').textContent.includes('closed or on the way out')");
        await().atMost(PATIENCE)
                .until(() -> lab.metric("hotpool_connections_closed_total", "reason=\"drained\"") > drained);

        int opened = origin.connections();
        String cold = COLD + ":" + origin.port();
        browser.script("document.querySelector('#prewarm-open').click()");
        waitFor(browser, "return document.querySelectorAll('#prewarm-dialog option').length > 10");
        browser.screenshot(PICTURES.resolve("prewarm.png"));
        browser.script("const form = document.querySelector('#prewarm-dialog form');"
                + "form.elements.host.value = '" + cold + "'; form.elements.count.value = 4;"
                + "form.querySelector('[value=ok]').click()");
        waitFor(browser, "return document.querySelector('#toasts').textContent.includes('" + cold + ": 4 opened')");
        await().atMost(PATIENCE).until(() -> origin.connections() >= opened + 4);
        filterHosts(browser, COLD);
        waitFor(browser, "return document.querySelector('#hosts').textContent.includes('4 idle')");
        filterHosts(browser, "");
    }

    private static void filterHosts(ChromeDriver browser, String text) throws IOException {
        browser.script("const filter = document.querySelector('#host-filter'); filter.value = '" + text
                + "'; filter.dispatchEvent(new Event('input'))");
    }

    private static void aDenialTakesEffectAndEnds(ChromeDriver browser, ScriptedOrigin other) throws IOException {
        assertThat(ask(other, DENIED)).isEqualTo(200);
        browser.open(admin() + "/#lists");
        waitFor(browser, "return document.querySelector('#blacklist').textContent.includes('None')");
        browser.script("const form = document.querySelector('#list-form'); form.elements.ip.value = '127.0.0.3';"
                + "form.querySelector('[value=blacklist]').click()");
        waitFor(browser, "return !!document.querySelector('#blacklist [data-ip=\"127.0.0.3\"]')");
        assertThat(text(browser, "#blacklist tbody tr")).contains("127.0.0.3", "every host", "by hand");
        browser.screenshot(PICTURES.resolve("lists.png"));
        assertThat(ask(other, DENIED)).isIn(403, 502, 503);
        await().atMost(PATIENCE).until(() -> other.open() == 0);

        button(browser, "#blacklist [data-ip=\"127.0.0.3\"] button");
        waitFor(browser, "return !document.querySelector('#blacklist [data-ip=\"127.0.0.3\"]')");
        assertThat(ask(other, DENIED)).isEqualTo(200);
    }

    private static void theOtherViewsSayWhatTheyAreFor(ChromeDriver browser, ScriptedOrigin origin) throws IOException {
        browser.open(admin() + "/#profiles");
        waitFor(browser, "return !!document.querySelector('#profiles [data-profile=\"chrome-156\"] button')");
        assertThat(text(browser, "#profiles [data-profile=\"chrome-156\"]")).contains("t13d", "1:65536");
        button(browser, "#profiles [data-profile=\"chrome-156\"] button");
        waitFor(browser, "return !!document.querySelector('#profiles .badge.good')");
        browser.screenshot(PICTURES.resolve("profiles.png"));

        browser.open(admin() + "/#diagnose");
        browser.script("const form = document.querySelector('#diagnose-form'); form.elements.url.value = 'https://"
                + host(1) + ":" + origin.port() + "/'; form.querySelector('button').click()");
        waitFor(browser, "return !!document.querySelector('#diagnosis .badge')");
        browser.screenshot(PICTURES.resolve("diagnose.png"));

        browser.open(admin() + "/#config");
        waitFor(browser, "return document.querySelectorAll('#config tbody tr').length > 30");
        assertThat(text(browser, "#config")).contains("pool.max_connections", "hotpool.toml:");
        browser.screenshot(PICTURES.resolve("config.png"));

        browser.open(admin() + "/#events");
        waitFor(browser, "return document.querySelectorAll('#events li').length > 0");
        assertThat(text(browser, "#events")).contains("connection opened", "example.test");
        browser.screenshot(PICTURES.resolve("events.png"));
    }

    private static void itIsUsableByKeyboardInTheDarkAndOnAPhone(ChromeDriver browser) throws IOException {
        browser.open(admin() + "/");
        browser.script("document.activeElement.blur(); window.scrollTo(0, 0)");
        for (int presses = 0; presses < 6; presses++) {
            browser.press("Tab");
            if (browser.script("return document.activeElement.hash === '#hosts'")
                    .asBoolean()) {
                break;
            }
        }
        assertThat(browser.script("return getComputedStyle(document.activeElement).outlineStyle")
                        .asText())
                .as("who has the focus can be seen")
                .isEqualTo("solid");
        browser.press("Enter");
        waitFor(browser, "return location.hash === '#hosts' && !document.querySelector('#view-hosts').hidden");

        browser.dark(true);
        browser.open(admin() + "/#overview");
        waitFor(browser, "return getComputedStyle(document.body).backgroundColor === 'rgb(23, 22, 20)'");
        waitFor(browser, "return Number(document.querySelector('#chart-requests').dataset.points) >= 3");
        browser.screenshot(PICTURES.resolve("overview-dark.png"));
        browser.dark(false);
        browser.size(390, 844);
        for (String view : List.of("overview", "hosts", "lists", "profiles", "diagnose", "events", "config")) {
            browser.open(admin() + "/#" + view);
            waitFor(browser, "return !document.querySelector('#view-" + view + "').hidden");
            assertThat(browser.script("return document.documentElement.scrollWidth")
                            .asInt())
                    .as("%s needs no scrolling sideways", view)
                    .isLessThanOrEqualTo(390);
            waitFor(browser, "return !document.querySelector('#tile-rate .value').textContent.startsWith('–')");
            browser.screenshot(PICTURES.resolve("phone-" + view + ".png"));
        }
    }

    private static String text(ChromeDriver browser, String selector) throws IOException {
        return browser.script("return document.querySelector('" + selector + "').innerText")
                .asText();
    }

    private static void button(ChromeDriver browser, String selector) throws IOException {
        browser.script("document.querySelector('" + selector + "').click()");
    }

    private static int ask(ScriptedOrigin origin, String name) throws IOException {
        String host = name + ":" + origin.port();
        try (var client = lab.client()) {
            return client.get("https://" + host + "/", "Host: " + host).status();
        }
    }

    /** Each host once, then any. */
    private static void loadWhile(AtomicBoolean running, ScriptedOrigin origin, int client) {
        Random random = new Random(client);
        try (var connection = lab.client()) {
            for (int i = client; running.get(); i += 2) {
                String host = host(i < HOSTS ? i : random.nextInt(HOSTS)) + ":" + origin.port();
                int status = connection
                        .get("https://" + host + "/" + i, "Host: " + host)
                        .status();
                assertThat(status).isEqualTo(200);
                LockSupport.parkNanos(5_000_000);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void waitFor(ChromeDriver browser, String condition) {
        await(condition)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> browser.script(condition).asBoolean());
    }

    @Test
    @Tag("check-53")
    void a_page_of_another_port_can_neither_read_nor_change_anything() throws Exception {
        HttpServer hostile = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hostile.createContext("/", exchange -> {
            byte[] page = "<!doctype html><title>hostile</title>".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        hostile.start();
        int port = lab.daemon().admin().getPort();
        String rule = "--host-resolver-rules=MAP rebound.test 127.0.0.1";
        try (ChromeDriver browser = ChromeDriver.start(lab.directory(), rule)) {
            browser.open("http://127.0.0.1:" + hostile.getAddress().getPort() + "/");
            String attempts = """
                    const admin = "%s";
                    const read = async (url, options) => { try { const r = await fetch(url, options); return r.type === "opaque" ? "opaque" : "read " + (await r.text()).slice(0, 40); } catch { return "refused"; } };
                    (async () => {
                      const seen = {};
                      seen.get = await read(admin + "/api/v1/config");
                      seen.blind = await read(admin + "/api/v1/flush", { method: "POST", mode: "no-cors", body: "{}" });
                      seen.patch = await read(admin + "/api/v1/config", { method: "PATCH", headers: { "Content-Type": "application/json" }, body: '{"pool.max_connections": 77}' });
                      seen.image = await new Promise((say) => { const i = new Image(); i.onload = () => say("loaded"); i.onerror = () => say("refused"); i.src = admin + "/assets/icon.svg"; });
                      seen.script = await new Promise((say) => { const s = document.createElement("script"); s.onload = () => say("loaded"); s.onerror = () => say("refused"); s.src = admin + "/assets/uplot.js"; document.head.append(s); });
                      seen.socket = await new Promise((say) => { const w = new WebSocket(admin.replace("http", "ws") + "/api/v1/events"); w.onopen = () => say("open"); w.onerror = () => say("refused"); });
                      seen.events = await new Promise((say) => { const e = new EventSource(admin + "/api/v1/events"); e.onopen = () => say("open"); e.onerror = () => { e.close(); say("refused"); }; });
                      const frame = document.createElement("iframe"); frame.name = "target"; document.body.append(frame);
                      const form = document.createElement("form"); form.target = "target"; form.method = "post"; form.enctype = "text/plain"; form.action = admin + "/api/v1/reload";
                      const field = document.createElement("input"); field.name = '{"a":"'; field.value = '"}'; form.append(field); document.body.append(form);
                      form.submit();
                      await new Promise((go) => { frame.onload = go; setTimeout(go, 3000); });
                      done(seen);
                    })();
                    """.formatted(admin());
            var seen = browser.later(attempts);
            assertThat(seen.get("get").asText()).isEqualTo("refused");
            assertThat(seen.get("patch").asText()).isEqualTo("refused");
            assertThat(seen.get("blind").asText()).isIn("refused", "opaque");
            for (String kind : new String[] {"image", "script", "socket", "events"}) {
                assertThat(seen.get(kind).asText()).as(kind).isEqualTo("refused");
            }

            browser.open("http://rebound.test:" + port + "/");
            assertThat(browser.script("return document.body.innerText").asText())
                    .contains("Host must be")
                    .doesNotContain("Overview");
        } finally {
            hostile.stop(0);
        }
        JsonNode keys = new ObjectMapper().readTree(lab.admin("/api/v1/config")).get("keys");
        assertThat(keys.get("pool.max_connections").get("value").asText()).isEqualTo("1000");
        assertThat(lab.metric("hotpool_config_reloads_total", "outcome=\"applied\""))
                .isZero();
    }
}
