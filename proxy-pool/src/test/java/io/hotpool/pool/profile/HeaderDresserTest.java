package io.hotpool.pool.profile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.HeaderDresser.Dressed;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderDresserTest {
    private static final BrowserProfile CHROME =
            Profiles.builtIn().find("chrome").orElseThrow();
    private static final BrowserProfile CHROMIUM =
            Profiles.builtIn().find("chromium").orElseThrow();
    private static final BrowserProfile FIREFOX =
            Profiles.builtIn().find("firefox").orElseThrow();
    private static final Origin ORIGIN = Origin.https("www.example.com", 443);
    private static final HeaderList CURL = HeaderList.of("User-Agent", "curl/8.5.0", "Accept", "*/*");

    @Test
    void curl_becomes_a_navigation_over_http2() throws IOException {
        assertThat(dress(CURL, CHROMIUM, Protocol.H2)).isEqualTo(captured("chromium-156", "http2", "navigate"));
        assertThat(dress(CURL, FIREFOX, Protocol.H2)).isEqualTo(captured("firefox-esr-153", "http2", "navigate"));
    }

    @Test
    void curl_becomes_a_navigation_over_http1() throws IOException {
        Origin origin = Origin.https("h1.example.com", 443);
        RequestHead head = asked("GET", origin, CURL, 0);
        assertThat(HeaderDresser.align(head, CHROMIUM, Protocol.H1).head().headers())
                .isEqualTo(captured("chromium-156", "http1", "navigate"));
        assertThat(HeaderDresser.align(head, FIREFOX, Protocol.H1).head().headers())
                .isEqualTo(captured("firefox-esr-153", "http1", "navigate"));
    }

    /** Every captured request, given in a scrambled order, comes out in the browser's order, with nothing more or less. */
    @ParameterizedTest
    @MethodSource("capturedRequests")
    void what_the_browser_itself_asks_comes_out_as_the_browser_sends_it(
            String client, String protocol, String request, String method) throws IOException {
        HeaderList sent = captured(client, protocol, request);
        String host = sent.get("Host");
        HeaderList asked = new HeaderList();
        for (int i = sent.size() - 1; i >= 0; i--) {
            if (!List.of("host", "connection", "upgrade", "content-length", "content-type")
                    .contains(sent.name(i).toLowerCase())) {
                asked.add(sent.name(i), sent.value(i));
            }
        }
        if (sent.contains("Content-Type")) { // a script's fields keep the script's order
            asked.add("Content-Type", sent.get("Content-Type"));
        }
        String length = sent.get("Content-Length");
        long body = length == null ? 0 : Long.parseLong(length);
        String upgrade = request.equals("websocket") ? "websocket" : "";
        // Firefox orders an XHR unlike a fetch, and its fields do not tell which it is.
        RequestKind kind = request.startsWith("xhr")
                ? RequestKind.XHR
                : RequestClassifier.classify(method, "/", asked, body > 0, upgrade);
        RequestHead head = new RequestHead(method, ORIGIN, host == null ? "x" : host, "/", asked, body, kind, upgrade);
        BrowserProfile profile = client.startsWith("firefox") ? FIREFOX : CHROMIUM;
        HeaderList out = HeaderDresser.align(head, profile, Protocol.valueOf(protocol.replace("http", "H")))
                .head()
                .headers();
        String reversed = String.join("; ", asked.getAll("Cookie"));
        assertThat(lines(out)).containsExactlyElementsOf(lines(withCookie(sent, reversed)));
    }

    /** The same with a library as the client, which has nothing but what a page decides. */
    @ParameterizedTest
    @MethodSource("capturedRequestsOfAPage")
    void what_a_library_asks_comes_out_as_the_browser_sends_it(
            String client, String protocol, String request, String method) throws IOException {
        HeaderList sent = captured(client, protocol, request);
        HeaderList asked = HeaderList.of("User-Agent", "curl/8.5.0", "Accept", "*/*");
        for (int i = 0; i < sent.size(); i++) {
            if (OF_THE_PAGE.contains(sent.name(i).toLowerCase())) {
                asked.add(sent.name(i), sent.value(i));
            }
        }
        String length = sent.get("Content-Length");
        boolean websocket = request.equals("websocket");
        String host = sent.get("Host") == null ? "www.example.com" : sent.get("Host");
        Origin target = Origin.https(request.startsWith("cors_") ? "api.example.com" : host, 443);
        RequestHead head = new RequestHead(
                method,
                target,
                host,
                "/",
                asked,
                length == null ? 0 : Long.parseLong(length),
                kind(request),
                websocket ? "websocket" : "");
        BrowserProfile profile = client.startsWith("firefox") ? FIREFOX : CHROMIUM;
        HeaderList out = HeaderDresser.align(head, profile, Protocol.valueOf(protocol.replace("http", "H")))
                .head()
                .headers();
        String cookie = String.join("; ", sent.getAll("Cookie"));
        assertThat(lines(out)).containsExactlyElementsOf(lines(withCookie(sent, cookie)));
    }

    private static final Set<String> OF_THE_PAGE = Set.of(
            "cookie",
            "referer",
            "origin",
            "content-type",
            "x-custom",
            "cache-control",
            "pragma",
            "sec-websocket-key",
            "sec-websocket-version",
            "sec-websocket-extensions");

    private static RequestKind kind(String request) {
        return switch (request.replaceFirst("_.*", "")) {
            case "get", "/setcookie", "after" -> RequestKind.NAVIGATE;
            case "cors" -> RequestKind.FETCH;
            default -> RequestKind.valueOf(request.replaceFirst("_.*", "").toUpperCase());
        };
    }

    static Stream<Arguments> capturedRequests() throws IOException {
        List<Arguments> cases = new ArrayList<>();
        for (String client : List.of("chromium-156", "firefox-esr-153")) {
            for (String protocol : List.of("http2", "http1")) {
                JsonNode requests = reference(client).path(protocol).path("requests");
                requests.fieldNames().forEachRemaining(name -> {
                    // A browser that follows a redirect knows it; a request does not show it.
                    boolean redirected = client.startsWith("chromium") && name.equals("after_redirect");
                    if (!redirected) {
                        cases.add(Arguments.of(client, protocol, name, method(name, requests.get(name))));
                    }
                });
            }
        }
        return cases.stream();
    }

    /** Without those that have something which a library cannot say: that no person acted. */
    static Stream<Arguments> capturedRequestsOfAPage() throws IOException {
        Set<String> unsaid = Set.of("navigate_cross_site", "reload", "cors_preflight");
        return capturedRequests().filter(arguments -> !unsaid.contains(arguments.get()[2]));
    }

    private static String method(String name, JsonNode request) {
        String line = request.path("request_line").asText();
        return line.isEmpty() ? request.at("/headers/0/value").asText() : line.split(" ")[0];
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "curl/7.88.1",
                "python-requests/2.31.0",
                "Python-urllib/3.11",
                "Go-http-client/2.0",
                "Java/17.0.1",
                "Java-http-client/17",
                "okhttp/4.12.0",
                "node",
                "undici",
                "axios/1.6.2",
                "Wget/1.21.3",
                "Python/3.11 aiohttp/3.9.1",
                "python-httpx/0.26.0",
                "Apache-HttpClient/5.2 (Java/17)",
                "GuzzleHttp/7",
                "libwww-perl/6.67",
                "HTTPie/3.2.2"
            })
    void a_librarys_user_agent_counts_as_not_set(String agent) {
        HeaderList out = dress(HeaderList.of("User-Agent", agent), CHROME, Protocol.H2);
        assertThat(out.getAll("user-agent")).singleElement().asString().contains("Chrome/156");
        assertThat(out.get("sec-ch-ua")).contains("Google Chrome");
    }

    @Test
    void a_chosen_user_agent_stays_and_brings_no_hints_of_another() {
        HeaderList out = dress(HeaderList.of("User-Agent", "AcmeMonitor/3.0"), CHROME, Protocol.H2);
        assertThat(out.get("user-agent")).isEqualTo("AcmeMonitor/3.0");
        assertThat(lines(out)).noneMatch(line -> line.startsWith("sec-ch-"));
    }

    @Test
    void another_browsers_identity_gives_way_whole() {
        HeaderList edge = HeaderList.of(
                "sec-ch-ua", "\"Microsoft Edge\";v=\"120\"",
                "sec-ch-ua-full-version-list", "\"Microsoft Edge\";v=\"120.0.1\"",
                "User-Agent", "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0.0.0 Edg/120.0.0.0",
                "Accept", "text/html,application/xhtml+xml",
                "Priority", "u=0, i",
                "Sec-Fetch-Mode", "navigate",
                "Sec-Fetch-Dest", "document",
                "Sec-Fetch-Site", "none",
                "Cookie", "a=1");
        HeaderList out = dress(edge, FIREFOX, Protocol.H1);
        assertThat(out.get("User-Agent")).contains("Firefox/153");
        assertThat(out.get("Accept")).isEqualTo("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        assertThat(lines(out)).noneMatch(line -> line.contains("Edg") || line.startsWith("sec-ch-"));
        assertThat(out.get("Cookie")).isEqualTo("a=1");
        assertThat(out.contains("Sec-Fetch-User")).isFalse();
    }

    @Test
    void what_the_client_set_on_purpose_stays() {
        HeaderList client = HeaderList.of(
                "X-Api-Key",
                "k",
                "Accept-Language",
                "de",
                "Accept",
                "application/json",
                "DNT",
                "1",
                "Accept-Encoding",
                "br");
        HeaderList out = dress(client, CHROME, Protocol.H2);
        assertThat(out.get("x-api-key")).isEqualTo("k");
        assertThat(out.get("accept-language")).isEqualTo("de");
        assertThat(out.get("accept")).isEqualTo("application/json");
        assertThat(out.get("dnt")).isEqualTo("1");
        assertThat(out.get("sec-fetch-mode")).isEqualTo("cors");
    }

    @Test
    void nothing_is_invented_that_is_the_clients_and_nothing_tells_of_a_proxy() {
        for (BrowserProfile profile : Profiles.builtIn().all()) {
            for (Protocol protocol : Protocol.values()) {
                for (RequestKind kind : RequestKind.values()) {
                    RequestHead head = new RequestHead("POST", ORIGIN, "www.example.com", "/", CURL, 3, kind, "");
                    HeaderList out =
                            HeaderDresser.align(head, profile, protocol).head().headers();
                    for (String name : List.of("Origin", "Referer", "Cookie", "Via", "Forwarded", "X-Forwarded-For")) {
                        assertThat(out.contains(name))
                                .as("%s %s %s", profile.name(), kind, name)
                                .isFalse();
                    }
                    assertThat(lines(out)).noneMatch(line -> line.toLowerCase().startsWith("proxy-"));
                    assertThat(out.getAll("Content-Length")).containsExactly("3");
                }
            }
        }
    }

    @Test
    void codings_that_were_added_are_named() {
        assertThat(added(CURL)).containsExactlyInAnyOrder("gzip", "deflate", "br", "zstd");
        assertThat(added(HeaderList.of("Accept-Encoding", "gzip, deflate"))).containsExactlyInAnyOrder("br", "zstd");
        assertThat(added(HeaderList.of("Accept-Encoding", "gzip;q=1.0, br;q=0")))
                .contains("br")
                .doesNotContain("gzip");
        assertThat(added(HeaderList.of("Accept-Encoding", "identity"))).contains("gzip", "br");
        assertThat(added(HeaderList.of("Accept-Encoding", "*"))).isEmpty();
        assertThat(added(HeaderList.of("Accept-Encoding", "gzip, deflate, br, zstd")))
                .isEmpty();
    }

    @Test
    void a_range_is_of_what_is_not_coded() {
        Dressed bare = align(HeaderList.of("Range", "bytes=0-9"), CHROME, Protocol.H2);
        assertThat(bare.head().headers().get("Accept-Encoding")).isEqualTo("identity");
        assertThat(bare.addedCodings()).isEmpty();
        BrowserProfile okhttp = Profiles.builtIn().find("okhttp").orElseThrow();
        Dressed noBrowser = align(HeaderList.of("Range", "bytes=0-9"), okhttp, Protocol.H2);
        assertThat(noBrowser.head().headers().contains("Accept-Encoding")).isFalse();
        Dressed own = align(HeaderList.of("Range", "bytes=0-9", "Accept-Encoding", "identity"), CHROME, Protocol.H2);
        assertThat(own.head().headers().get("Accept-Encoding")).isEqualTo("identity");
        assertThat(own.addedCodings()).isEmpty();
    }

    @Test
    void clear_text_gets_no_metadata_no_hints_and_no_br() {
        RequestHead head = asked("GET", Origin.http("example.com", 80), CURL, 0);
        Dressed dressed = HeaderDresser.align(head, CHROME, Protocol.H1);
        assertThat(lines(dressed.head().headers()))
                .noneMatch(l -> l.toLowerCase().startsWith("sec-"));
        assertThat(dressed.head().headers().get("Accept-Encoding")).isEqualTo("gzip, deflate");
        assertThat(dressed.addedCodings()).containsExactlyInAnyOrder("gzip", "deflate");
        RequestHead local = asked("GET", Origin.http("localhost", 8080), CURL, 0);
        assertThat(HeaderDresser.align(local, CHROME, Protocol.H1)
                        .head()
                        .headers()
                        .get("Sec-Fetch-Mode"))
                .isEqualTo("navigate");
    }

    @Test
    void the_site_follows_from_who_asks() {
        assertThat(site("https://www.example.com/a")).isEqualTo("same-origin");
        assertThat(site("https://www.example.com:8443/a")).isEqualTo("same-site");
        assertThat(site("https://api.example.com/")).isEqualTo("same-site");
        assertThat(site("http://www.example.com/")).isEqualTo("cross-site");
        assertThat(site("https://example.org/?a b")).isEqualTo("cross-site");
        assertThat(site("https://bad url/")).isEqualTo("cross-site");
        assertThat(FetchSite.of(HeaderList.of("Origin", "https://a.co.uk"), Origin.https("b.co.uk", 443)))
                .isEqualTo("cross-site");
        assertThat(FetchSite.of(HeaderList.of("Origin", "null"), ORIGIN)).isEqualTo("cross-site");
        assertThat(FetchSite.of(new HeaderList(), ORIGIN)).isNull();
    }

    @Test
    void a_body_of_unknown_length_is_chunked_in_http1_only() {
        HeaderList json = HeaderList.of("Content-Type", "application/json");
        RequestHead head = asked("POST", ORIGIN, json, RequestHead.UNKNOWN_LENGTH);
        HeaderList h1 = HeaderDresser.align(head, CHROME, Protocol.H1).head().headers();
        assertThat(h1.name(2)).isEqualTo("Transfer-Encoding");
        assertThat(h1.value(2)).isEqualTo("chunked");
        HeaderList h2 = HeaderDresser.align(head, CHROME, Protocol.H2).head().headers();
        assertThat(h2.contains("Transfer-Encoding")).isFalse();
        assertThat(h2.contains("Content-Length")).isFalse();
    }

    @Test
    void a_post_without_body_says_so() {
        RequestHead head = asked("POST", ORIGIN, CURL, 0);
        assertThat(HeaderDresser.align(head, CHROME, Protocol.H1)
                        .head()
                        .headers()
                        .get("Content-Length"))
                .isEqualTo("0");
        assertThat(dress(CURL, CHROME, Protocol.H1).contains("Content-Length")).isFalse();
    }

    @Test
    void a_websocket_asks_for_its_upgrade() {
        HeaderList client = HeaderList.of("Sec-WebSocket-Key", "k", "Sec-WebSocket-Version", "13");
        RequestHead head =
                new RequestHead("GET", ORIGIN, "www.example.com", "/", client, 0, RequestKind.WEBSOCKET, "websocket");
        HeaderList out = HeaderDresser.align(head, CHROME, Protocol.H1).head().headers();
        assertThat(out.get("Connection")).isEqualTo("Upgrade");
        assertThat(out.get("Upgrade")).isEqualTo("websocket");
        assertThat(out.contains("Sec-WebSocket-Extensions")).isFalse();
        assertThat(out.contains("sec-ch-ua")).isFalse();
    }

    @Test
    void preserve_keeps_names_order_and_casing() {
        HeaderList client = HeaderList.of("x-LOWER", "1", "user-agent", "curl/8", "ACCEPT", "*/*", "Via", "1.1 a");
        HeaderList out = HeaderDresser.preserve(asked("GET", ORIGIN, client, 0), CHROME, Protocol.H1)
                .head()
                .headers();
        assertThat(lines(out))
                .containsExactly(
                        "Host: www.example.com",
                        "Connection: keep-alive",
                        "x-LOWER: 1",
                        "user-agent: curl/8",
                        "ACCEPT: */*",
                        "Via: 1.1 a");
        HeaderList h2 = HeaderDresser.preserve(asked("GET", ORIGIN, client, 0), CHROME, Protocol.H2)
                .head()
                .headers();
        assertThat(lines(h2)).containsExactly("x-lower: 1", "user-agent: curl/8", "accept: */*", "via: 1.1 a");
    }

    /** A field without a value keeps the place of what is written anew; python-requests sends Connection last. */
    @Test
    void preserve_writes_what_belongs_to_the_hop_where_the_client_had_it() {
        HeaderList client =
                HeaderList.of("host", "", "Accept", "*/*", "content-length", "", "X-A", "1", "CONNECTION", "");
        assertThat(lines(HeaderDresser.preserve(asked("POST", ORIGIN, client, 5), CHROME, Protocol.H1)
                        .head()
                        .headers()))
                .containsExactly(
                        "host: www.example.com",
                        "Accept: */*",
                        "content-length: 5",
                        "X-A: 1",
                        "CONNECTION: keep-alive");
        assertThat(lines(HeaderDresser.preserve(
                                asked("POST", ORIGIN, client, RequestHead.UNKNOWN_LENGTH), CHROME, Protocol.H1)
                        .head()
                        .headers()))
                .containsExactly(
                        "host: www.example.com",
                        "Accept: */*",
                        "Transfer-Encoding: chunked",
                        "X-A: 1",
                        "CONNECTION: keep-alive");
        assertThat(lines(HeaderDresser.preserve(asked("POST", ORIGIN, client, 5), CHROME, Protocol.H2)
                        .head()
                        .headers()))
                .containsExactly("accept: */*", "content-length: 5", "x-a: 1");
        HeaderList curl = HeaderList.of("Host", "", "User-Agent", "curl/8");
        assertThat(lines(HeaderDresser.preserve(asked("GET", ORIGIN, curl, 0), CHROME, Protocol.H1)
                        .head()
                        .headers()))
                .containsExactly("Host: www.example.com", "User-Agent: curl/8");
        assertThat(lines(HeaderDresser.align(asked("GET", ORIGIN, curl, 0), CHROME, Protocol.H1)
                        .head()
                        .headers()))
                .startsWith("Host: www.example.com", "Connection: keep-alive");
    }

    @Test
    void preserve_puts_the_browsers_own_fields_back_where_they_were() throws IOException {
        HeaderList sent = captured("firefox-esr-153", "http1", "fetch_post_json");
        HeaderList client = sent.copy();
        client.removeIf(
                (n, v) -> List.of("Host", "Connection", "Content-Length").contains(n));
        RequestHead head = new RequestHead("POST", ORIGIN, "h1.example.com", "/", client, 7, RequestKind.FETCH, "");
        assertThat(HeaderDresser.preserve(head, FIREFOX, Protocol.H1).head().headers())
                .isEqualTo(sent);
    }

    @Test
    void names_from_http2_get_the_browsers_casing_in_http1() {
        HeaderList client = HeaderList.uncased(4)
                .add("sec-ch-ua", "x")
                .add("user-agent", "y")
                .add("sec-websocket-key", "k")
                .add("x-own-thing", "1");
        HeaderList out = HeaderDresser.preserve(asked("GET", ORIGIN, client, 0), CHROME, Protocol.H1)
                .head()
                .headers();
        assertThat(lines(out))
                .containsExactly(
                        "Host: www.example.com",
                        "Connection: keep-alive",
                        "sec-ch-ua: x",
                        "User-Agent: y",
                        "Sec-WebSocket-Key: k",
                        "X-Own-Thing: 1");
    }

    @Test
    void cookie_crumbs_are_one_field() {
        HeaderList client = HeaderList.of("Cookie", "a=1", "Cookie", "b=2");
        assertThat(dress(client, CHROME, Protocol.H1).getAll("Cookie")).containsExactly("a=1; b=2");
        assertThat(HeaderDresser.preserve(asked("GET", ORIGIN, client, 0), CHROME, Protocol.H1)
                        .head()
                        .headers()
                        .getAll("Cookie"))
                .containsExactly("a=1; b=2");
    }

    @Test
    void what_was_asked_is_left_as_it_is() {
        HeaderList client = CURL.copy();
        dress(client, CHROME, Protocol.H1);
        assertThat(client).isEqualTo(CURL);
    }

    private static String site(String referer) {
        return dress(HeaderList.of("Referer", referer), CHROME, Protocol.H2).get("sec-fetch-site");
    }

    private static Set<String> added(HeaderList client) {
        return align(client, CHROME, Protocol.H2).addedCodings();
    }

    private static HeaderList dress(HeaderList client, BrowserProfile profile, Protocol protocol) {
        return align(client, profile, protocol).head().headers();
    }

    private static Dressed align(HeaderList client, BrowserProfile profile, Protocol protocol) {
        return HeaderDresser.align(asked("GET", ORIGIN, client, 0), profile, protocol);
    }

    private static RequestHead asked(String method, Origin origin, HeaderList client, long body) {
        RequestKind kind = RequestClassifier.classify(method, "/", client, body != 0, "");
        return new RequestHead(method, origin, origin.authority(), "/", client, body, kind, "");
    }

    private static List<String> lines(HeaderList headers) {
        List<String> lines = new ArrayList<>();
        headers.forEach((name, value) -> lines.add(name + ": " + value));
        return lines;
    }

    private static HeaderList withCookie(HeaderList sent, String cookie) {
        HeaderList joined = sent.copy();
        if (sent.contains("Cookie")) {
            joined.set("Cookie", cookie);
        }
        return joined;
    }

    /** The regular fields of a captured request. */
    private static HeaderList captured(String client, String protocol, String request) throws IOException {
        HeaderList headers = new HeaderList();
        for (JsonNode field :
                reference(client).path(protocol).path("requests").path(request).path("headers")) {
            String name =
                    field.isArray() ? field.get(0).asText() : field.path("name").asText();
            String value = field.isArray()
                    ? field.get(1).asText()
                    : field.path("value").asText();
            if (!name.startsWith(":")) {
                headers.add(name, value);
            }
        }
        return headers;
    }

    private static JsonNode reference(String client) throws IOException {
        try (InputStream in = HeaderDresserTest.class.getResourceAsStream("/reference/clients/" + client + ".json")) {
            return new ObjectMapper().readTree(in);
        }
    }
}
