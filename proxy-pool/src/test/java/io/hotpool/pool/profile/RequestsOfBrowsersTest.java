package io.hotpool.pool.profile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestKind;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Chromium and Firefox sent in a visit to pages that make every kind of request there is: with cookies, with validators
 * of their own cache, reloaded, across sites, with fields that a script set. A client that says the same, in whatever order,
 * comes out as the browser did.
 */
class RequestsOfBrowsersTest {
    private static final Map<String, BrowserProfile> PROFILES = Map.of(
            "chromium-156", Profiles.builtIn().find("chromium-156").orElseThrow(),
            "firefox-esr-153", Profiles.builtIn().find("firefox-153").orElseThrow());

    /** What a page's script sets comes in the script's order; all else is the browser's. */
    private static final Set<String> OF_SCRIPTS =
            Set.of("content-type", "authorization", "x-custom", "x-requested-with", "a-first", "range", "if-range");

    private static final Set<String> FROM_THE_HEAD =
            Set.of("host", "connection", "content-length", "upgrade", "transfer-encoding");

    /** What browsers add by themselves, and libraries do not. */
    private static final Set<String> BROWSERS_OWN = Set.of(
            "user-agent",
            "sec-ch-ua",
            "sec-ch-ua-mobile",
            "sec-ch-ua-platform",
            "accept-encoding",
            "accept-language",
            "priority",
            "te",
            "upgrade-insecure-requests");

    /** Requests that say of themselves less than the browser knew, and what it did with that. */
    private static final Map<String, String> UNTOLD = new TreeMap<>(Map.ofEntries(
            Map.entry("chromium.* (after_form|landed_cross).*", "the hints move when a redirect led here"),
            Map.entry("chromium.* (worker_js|from_worker).*", "a worker has no hints"),
            Map.entry("chromium.* (post)?custom.*", "more fields of a script than the places are known for"),
            Map.entry("chromium.* (inm|ifrange)_.*", "a script made its own validator"),
            Map.entry("chromium.* (icon|preload)_.*_validated.*", "asked by the cache on disk, not the page's"),
            Map.entry(
                    "chromium.* (imported|img_|style_|script_).*_validated_2",
                    "asked by the cache on disk, not the page's"),
            Map.entry("chromium.* imported_js_cookies_validated", "asked by the cache on disk, not the page's"),
            Map.entry("firefox.* h1 preload_font.*", "a preload has its Referer elsewhere"),
            Map.entry("chromium.* preload_fetch.*", "a preload has the Origin of a script, not of fetch"),
            Map.entry(".* prefetch_html.*", "a prefetch says so in a field that scripts cannot set"),
            Map.entry("firefox.* (beacon|keepalive).*", "order of what outlives its page"),
            Map.entry("firefox.* inm_.*", "a script made its own validator"),
            Map.entry("firefox.* h1 events.*", "an EventSource")));

    private record Recorded(
            String client, Protocol protocol, String name, String method, Origin origin, HeaderList sent) {
        @Override
        public String toString() {
            return client + " " + protocol.label() + " " + name;
        }

        BrowserProfile profile() {
            return PROFILES.get(client);
        }
    }

    static Stream<Arguments> requests() throws IOException {
        List<Arguments> all = new ArrayList<>();
        for (String client : new TreeMap<>(PROFILES).keySet()) {
            for (JsonNode request : read(client).get("requests")) {
                Recorded recorded = recorded(client, request);
                if (UNTOLD.keySet().stream().noneMatch(recorded.toString()::matches)) {
                    all.add(Arguments.of(recorded));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void a_browsers_own_request_in_another_order_is_put_in_order(Recorded recorded) {
        assertThat(lines(dressed(recorded, Set.of())))
                .as(recorded.toString())
                .containsExactlyElementsOf(lines(recorded.sent()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void a_library_that_says_what_it_asks_for_sends_what_the_browser_would(Recorded recorded) {
        assertThat(names(dressed(recorded, BROWSERS_OWN)))
                .as(recorded.toString())
                .containsExactlyElementsOf(names(recorded.sent()));
    }

    private static HeaderList dressed(Recorded recorded, Set<String> left) {
        List<String[]> own = new ArrayList<>();
        List<String[]> scripts = new ArrayList<>();
        HeaderList sent = recorded.sent();
        for (int i = 0; i < sent.size(); i++) {
            String name = sent.name(i).toLowerCase(Locale.ROOT);
            if (!FROM_THE_HEAD.contains(name) && !left.contains(name)) {
                (OF_SCRIPTS.contains(name) ? scripts : own).add(new String[] {sent.name(i), sent.value(i)});
            }
        }
        own.sort(Comparator.comparing(field -> field[0].toLowerCase(Locale.ROOT)));
        HeaderList asked = new HeaderList();
        own.forEach(field -> asked.add(field[0], field[1]));
        scripts.forEach(field -> asked.add(field[0], field[1]));
        String length = sent.get("Content-Length");
        long body = length == null ? 0 : Long.parseLong(length);
        RequestKind kind = recorded.name().startsWith("xhr")
                ? RequestKind.XHR
                : RequestClassifier.classify(recorded.method(), "/", asked, body > 0, "");
        RequestHead head = new RequestHead(
                recorded.method(), recorded.origin(), recorded.origin().host(), "/", asked, body, kind, "");
        return HeaderDresser.align(head, recorded.profile(), recorded.protocol())
                .head()
                .headers();
    }

    private static Recorded recorded(String client, JsonNode request) {
        HeaderList sent = new HeaderList();
        request.get("headers")
                .forEach(field -> sent.add(field.get(0).asText(), field.get(1).asText()));
        return new Recorded(
                client,
                request.get("protocol").asText().equals("h2") ? Protocol.H2 : Protocol.H1,
                request.get("name").asText(),
                request.get("method").asText(),
                Origin.https(request.get("host").asText(), 443),
                sent);
    }

    private static List<String> lines(HeaderList headers) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < headers.size(); i++) {
            lines.add(headers.name(i) + ": " + headers.value(i));
        }
        return lines;
    }

    private static List<String> names(HeaderList headers) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < headers.size(); i++) {
            if (!headers.name(i).equalsIgnoreCase("priority")) { // a browser goes by the place in the page
                names.add(headers.name(i));
            }
        }
        return names;
    }

    private static JsonNode read(String client) throws IOException {
        try (InputStream in =
                RequestsOfBrowsersTest.class.getResourceAsStream("/reference/requests/" + client + ".json")) {
            return new ObjectMapper().readTree(in);
        }
    }
}
