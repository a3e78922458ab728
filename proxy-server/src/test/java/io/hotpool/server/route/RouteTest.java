package io.hotpool.server.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.server.config.ConfigReader;
import io.hotpool.server.config.HotpoolConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets, directives, routing and what is learned for https-first: values in, values out. */
class RouteTest {
    private static final Set<String> ALL =
            Set.of("profile", "session", "scheme", "protocol", "headers", "timeout", "report", "ip", "validate");

    @ParameterizedTest
    @CsvSource({
        "EXAMPLE.com:80, example.com",
        "example.com.:80, example.com",
        "b\u00fccher.example:80, xn--bcher-kva.example",
        "b\u00c3\u00bccher.example:80, xn--bcher-kva.example", // UTF-8, as heads are read
        "127.1:80, 127.0.0.1",
        "0x7f.1:80, 127.0.0.1",
        "2130706433:80, 127.0.0.1",
        "0177.0.0.1:80, 127.0.0.1",
        "[::FFFF:127.0.0.1]:80, 127.0.0.1",
        "[0:0::1]:80, ::1",
    })
    void one_host_has_one_spelling(String given, String host) {
        assertThat(HostPort.parse(given).host()).isIn(host, "::ffff:" + host);
    }

    @Test
    void hosts_whose_texts_have_one_hash_are_not_taken_for_each_other() {
        assertThat("Aa.test:1").hasSameHashCodeAs("BB.test:1");
        for (int i = 0; i < 2; i++) {
            assertThat(HostPort.parse("Aa.test:1")).isEqualTo(new HostPort("aa.test", 1));
            assertThat(HostPort.parse("BB.test:1")).isEqualTo(new HostPort("bb.test", 1));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " a",
                "a b",
                "::1",
                "a/b",
                "a@b",
                "256.1.1.1",
                "1.2.3.4.5",
                "a:",
                "a:0",
                "a:65536",
                "a:+1",
                "[::1"
            })
    void what_is_no_host_is_refused(String given) {
        assertThatThrownBy(() -> HostPort.parse(given)).isInstanceOf(Fault.class);
    }

    @Test
    void a_url_may_lack_its_path_and_hold_octets_above_ascii() {
        assertThat(RequestTarget.absolute("GET", "http://a").path()).isEqualTo("/");
        assertThat(RequestTarget.absolute("OPTIONS", "http://a").path()).isEqualTo("*");
        assertThat(RequestTarget.absolute("GET", "http://a?q").path()).isEqualTo("/?q");
        assertThat(RequestTarget.absolute("GET", "http://a/\u00e9").path()).isEqualTo("/%E9");
        assertThat(RequestTarget.absolute("GET", "HTTPS://a/").origin()).isEqualTo(Origin.https("a", 443));
    }

    @Test
    void directives_of_the_request_come_before_those_of_the_user_name() {
        Directives header = DirectiveReader.fromHeaders(
                HeaderList.of("x-hotpool-PROFILE", "chrome", "X-Hotpool-Timeout", "15s"), ALL);
        Directives user = ProxyCredentials.of("alice-profile-firefox-session-4-2", "x", List.of(), ALL)
                .directives();
        Directives both = header.over(user);
        assertThat(both.profile()).isEqualTo("chrome");
        assertThat(both.session()).isEqualTo("4-2");
        assertThat(both.timeout()).hasSeconds(15);
    }

    @Test
    void the_longest_user_name_wins() {
        List<HotpoolConfig.User> users = List.of(
                new HotpoolConfig.User("alice", "h", null, null),
                new HotpoolConfig.User("alice-session-1", "h", null, null));
        assertThat(ProxyCredentials.of("alice-session-1-profile-chrome", "", users, ALL)
                        .name())
                .isEqualTo("alice-session-1");
        assertThat(ProxyCredentials.of("bob", "", users, ALL).account()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "X-Hotpool-Validate, health, must be a path such as /health",
        "X-Hotpool-Scheme, ftp, must be http or https",
        "X-Hotpool-Timeout, 0s, must be a duration",
        "X-Hotpool-Ip, a.example, must be an IP address",
        "X-Hotpool-Sesion, 1, did you mean X-Hotpool-session?",
    })
    void a_wrong_directive_says_what_is_allowed(String name, String value, String text) {
        assertThatThrownBy(() -> DirectiveReader.fromHeaders(HeaderList.of(name, value), ALL))
                .hasMessageContaining(text);
    }

    @Test
    void what_a_web_page_could_send_and_what_is_not_allowed_here_is_forbidden() {
        HeaderList page = HeaderList.of("X-Hotpool-Session", "1", "Sec-Fetch-Mode", "cors");
        assertThatThrownBy(() -> DirectiveReader.fromHeaders(page, ALL))
                .satisfies(e -> assertThat(((Fault) e).kind()).isEqualTo(FaultKind.DIRECTIVE_FORBIDDEN));
        assertThatThrownBy(() -> DirectiveReader.fromHeaders(HeaderList.of("X-Hotpool-Session", "1"), Set.of()))
                .satisfies(e -> assertThat(((Fault) e).kind()).isEqualTo(FaultKind.DIRECTIVE_FORBIDDEN));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 8080, LOOP_DETECTED",
        "localhost, 8080, LOOP_DETECTED",
        "x.localhost, 8080, LOOP_DETECTED",
        "0.0.0.0, 8080, LOOP_DETECTED",
        "127.0.0.1, 8081, TARGET_FORBIDDEN",
        "a.example, 25, TARGET_FORBIDDEN",
    })
    void own_ports_and_forbidden_ports_are_refused(String host, int port, FaultKind kind) throws Exception {
        Router router = new Router(
                ConfigReader.defaults(), List.of(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 8080)));
        assertThat(router.connect(new HostPort(host, port), Trail.NONE)
                        .refusal()
                        .kind())
                .isEqualTo(kind);
        assertThat(router.request(new HostPort("127.0.0.1", 8082)).refusal()).isNull();
        assertThat(router.request(new HostPort(Router.BUILT_IN, 80)).action()).isEqualTo(Router.Action.ANSWER);
    }

    @Test
    void https_first_tries_safe_requests_and_others_follow_what_was_learned_for_a_time() {
        AtomicLong now = new AtomicLong();
        HttpsFirst memory = new HttpsFirst(now::get);
        Origin origin = Origin.http("a.example", 80);
        assertThat(memory.choose(origin, true)).isEqualTo(HttpsFirst.Choice.TRY);
        assertThat(memory.choose(origin, false)).isEqualTo(HttpsFirst.Choice.CLEAR);
        memory.worked("a.example");
        assertThat(memory.choose(origin, false)).isEqualTo(HttpsFirst.Choice.SECURE);
        memory.failed("a.example");
        assertThat(memory.choose(origin, true)).isEqualTo(HttpsFirst.Choice.CLEAR);
        now.addAndGet(601_000_000_000L);
        assertThat(memory.choose(origin, true)).isEqualTo(HttpsFirst.Choice.TRY);
        for (String clear : List.of("192.0.2.1", "::1", "localhost", "printer", "x.local")) {
            assertThat(memory.choose(Origin.http(clear, 80), true)).isEqualTo(HttpsFirst.Choice.CLEAR);
        }
        assertThat(memory.choose(Origin.http("a.example", 81), true)).isEqualTo(HttpsFirst.Choice.CLEAR);
    }

    @Test
    void only_a_redirect_to_the_very_url_sends_back() {
        Origin origin = Origin.http("a.example", 80);
        assertThat(HttpsFirst.sendsBack(301, HeaderList.of("Location", "http://A.example/x"), origin, "/x"))
                .isTrue();
        assertThat(HttpsFirst.sendsBack(301, HeaderList.of("Location", "http://a.example/y"), origin, "/x"))
                .isFalse();
        assertThat(HttpsFirst.sendsBack(301, HeaderList.of("Location", "https://a.example/x"), origin, "/x"))
                .isFalse();
        assertThat(HttpsFirst.sendsBack(200, HeaderList.of("Location", "http://a.example/x"), origin, "/x"))
                .isFalse();
    }
}
