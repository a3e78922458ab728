package io.hotpool.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.Profiles;
import org.junit.jupiter.api.Test;

/** What {@code capture verify} says of a browser that is the profile's, and of one that is not. */
class CaptureComparisonTest {
    private static final BrowserProfile CHROMIUM = builtIn("chromium-156");
    private static final BrowserProfile FIREFOX = builtIn("firefox-153");

    @Test
    void a_browser_that_sends_what_the_profile_says_is_equal_in_every_part() {
        CaptureComparison same = CaptureComparison.of(CHROMIUM, CHROMIUM);

        assertThat(same.equal()).isTrue();
        assertThat(same.lines()).last().isEqualTo("the browser sends what chromium-156 says");
        assertThat(same.lines()).noneMatch(line -> line.contains("DIFFERS"));
    }

    @Test
    void another_brand_differs_in_one_field_and_is_named() {
        CaptureComparison brand = CaptureComparison.of(builtIn("chrome-156"), CHROMIUM);

        assertThat(brand.equal()).isFalse();
        assertThat(brand.lines()).last().isEqualTo("the browser is not chrome-156");
        assertThat(brand.lines())
                .anyMatch(line -> line.matches("first ClientHello +equal"))
                .anyMatch(line -> line.matches("header fields over HTTP/2 +DIFFERS"))
                .anyMatch(line -> line.contains("headers.http2.navigate: profile has sec-ch-ua: ")
                        && line.contains("Google Chrome"));
    }

    @Test
    void another_browser_differs_in_every_part_that_is_its_own() {
        CaptureComparison other = CaptureComparison.of(CHROMIUM, FIREFOX);

        assertThat(other.equal()).isFalse();
        assertThat(other.json()).containsEntry("equal", false);
        for (String part : new String[] {"first ClientHello", "HPACK", "HTTP/2 opening", "HTTP/2 priorities"}) {
            assertThat(other.lines()).anyMatch(line -> line.matches(part + " +DIFFERS"));
        }
    }

    private static BrowserProfile builtIn(String name) {
        return Profiles.builtIn().find(name).orElseThrow();
    }
}
