package io.hotpool.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.PoolSnapshot.Connection;
import io.hotpool.pool.PoolSnapshot.Host;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.server.metrics.Events;
import io.hotpool.wire.fixture.ChromeDriver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The dashboard of a protected admin port over a pool of five hundred hosts. */
class LargeDashboardTest extends AdminFixture {
    private static final int HOSTS = 500;
    private static final int EACH = 3;
    private static final Path PICTURES = Path.of("target", "screenshots");

    @Test
    void it_asks_for_the_token_until_it_is_right_and_shows_every_host() throws Exception {
        show();
        try (ChromeDriver browser = ChromeDriver.start(folder)) {
            browser.open("http://127.0.0.1:" + port() + "/#hosts");
            enterToken(browser, "wrong");
            waitFor(browser, "return document.querySelector('#token-dialog').open");
            browser.screenshot(PICTURES.resolve("token.png"));
            enterToken(browser, "canary-token");

            waitFor(browser, "return document.querySelectorAll('#hosts .host-name').length === " + HOSTS);
            assertThat(browser.script("return document.querySelector('#host-count').textContent")
                            .asText())
                    .isEqualTo("500");
            double millis = browser.later("const from = performance.now();"
                            + "document.querySelector('#hosts [data-sort=name]').click();"
                            + "const look = () => document.querySelector('#hosts .host-name').textContent === 'host-0.test:443'"
                            + " ? done(performance.now() - from) : requestAnimationFrame(look); look();")
                    .asDouble();
            assertThat(millis).as("to sort all of them").isLessThan(5000);
            browser.screenshot(PICTURES.resolve("hosts-500.png"));
            assertThat(browser.script("return location.href + document.cookie").asText())
                    .doesNotContain("canary-token");
            assertThat(browser.complaints()).allMatch(line -> line.contains("401"));
        }
    }

    private static void enterToken(ChromeDriver browser, String token) throws IOException {
        waitFor(browser, "return document.querySelector('#token-dialog').open");
        browser.script("const form = document.querySelector('#token-dialog form'); form.elements.token.value = '"
                + token + "'; form.querySelector('[value=ok]').click()");
    }

    private static void waitFor(ChromeDriver browser, String condition) {
        await(condition)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> browser.script(condition).asBoolean());
    }

    private void show() {
        List<Host> hosts = new ArrayList<>();
        for (int n = 0; n < HOSTS; n++) {
            Origin origin = Origin.https("host-" + n + ".test", 443);
            List<Connection> connections = new ArrayList<>();
            for (int i = 0; i < EACH; i++) {
                connections.add(new Connection(
                        Events.connection(n * EACH + i, origin, Protocol.H1),
                        "",
                        i == 0 ? "active" : "idle",
                        i == 0 ? 1 : 0,
                        1,
                        n + 1,
                        0,
                        Instant.now(),
                        true,
                        Instant.EPOCH));
            }
            hosts.add(new Host(origin, 0, 0, connections));
        }
        pool.snapshot = new PoolSnapshot(Instant.now(), hosts);
    }
}
