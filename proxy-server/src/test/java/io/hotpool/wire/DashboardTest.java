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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The dashboard in a real browser, and a page that has no business with the admin port. */
class DashboardTest {
    @RegisterExtension
    static final Lab lab = Lab.standard();

    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static String admin() {
        return "http://127.0.0.1:" + lab.daemon().admin().getPort();
    }

    @Test
    void it_shows_live_traffic_carries_out_orders_and_fetches_nothing_from_elsewhere() throws Exception {
        AtomicBoolean running = new AtomicBoolean(true);
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                ChromeDriver browser = ChromeDriver.start(lab.directory())) {
            CompletableFuture<Void> load = CompletableFuture.runAsync(() -> loadWhile(running, origin));
            browser.open(admin() + "/");
            waitFor(browser, "return Number(document.querySelector('#chart-requests').dataset.points) >= 3");
            int before = browser.script("return Number(document.querySelector('#chart-requests').dataset.points)")
                    .asInt();
            waitFor(browser, "return Number(document.querySelector('#chart-requests').dataset.points) > " + before);
            waitFor(browser, "return parseFloat(document.querySelector('#tile-rate .value').textContent) > 0");
            assertThat(browser.script("return document.querySelector('#state').textContent")
                            .asText())
                    .startsWith("ready");
            browser.screenshot(PICTURES.resolve("overview.png"));

            browser.open(admin() + "/#hosts");
            waitFor(browser, "return !!document.querySelector('#hosts .host-name')");
            browser.script("document.querySelector('#hosts .host-name').click()");
            waitFor(browser, "return !!document.querySelector('#hosts .detail td.mono')");
            browser.screenshot(PICTURES.resolve("hosts.png"));

            int opened = origin.connections();
            browser.later("document.querySelector('#prewarm-open').click(); setTimeout(() => {"
                    + "const form = document.querySelector('#prewarm-dialog form');"
                    + "form.elements.host.value = '" + Lab.HOST + ":" + origin.port() + "';"
                    + "form.elements.count.value = 4; form.querySelector('[value=ok]').click(); done(true); }, 2000)");
            await().atMost(PATIENCE).until(() -> origin.connections() > opened);

            browser.open(admin() + "/#profiles");
            waitFor(browser, "return !!document.querySelector('#profiles button')");
            browser.script("document.querySelector('#profiles button').click()");
            waitFor(browser, "return !!document.querySelector('#profiles .badge.good')");
            browser.open(admin() + "/#config");
            waitFor(browser, "return document.querySelectorAll('#config tbody tr').length > 30");
            browser.open(admin() + "/#events");
            waitFor(browser, "return document.querySelectorAll('#events li').length > 0");

            assertThat(browser.complaints()).isEmpty();
            assertThat(browser.requested()).isNotEmpty().allMatch(url -> url.startsWith(admin() + "/"));
            running.set(false);
            load.join();
        } finally {
            running.set(false);
        }
    }

    private static void loadWhile(AtomicBoolean running, ScriptedOrigin origin) {
        while (running.get()) {
            try (var client = lab.client()) {
                for (int i = 0; i < 20 && running.get(); i++) {
                    String host = Lab.HOST + ":" + origin.port();
                    int status = client.get("https://" + host + "/" + i, "Host: " + host)
                            .status();
                    assertThat(status).isEqualTo(200);
                    LockSupport.parkNanos(5_000_000);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
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
        assertThat(keys.get("pool.max_connections").get("value").asText()).isEqualTo("100");
        assertThat(lab.metric("hotpool_config_reloads_total", "outcome=\"applied\""))
                .isZero();
    }
}
