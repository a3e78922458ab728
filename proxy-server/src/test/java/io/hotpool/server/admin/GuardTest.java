package io.hotpool.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotpool.server.config.Cidr;
import io.hotpool.server.config.HotpoolConfig.Admin;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuardTest {
    private static final Admin OPEN = new Admin(List.of(), null, List.of(), Set.of("admin.example"));
    private static final Admin LOCKED = new Admin(List.of(), "secret", List.of(), Set.of());

    private static AdminRequest request(String method, String path, String... headers) {
        HttpHeaders all = new DefaultHttpHeaders();
        boolean host = false;
        for (int i = 0; i < headers.length; i += 2) {
            all.add(headers[i], headers[i + 1]);
            host |= headers[i].equals("Host");
        }
        if (!host) {
            all.add("Host", "127.0.0.1:8081");
        }
        return new AdminRequest(method, path, Map.of(), all, new byte[0], InetAddress.getLoopbackAddress());
    }

    private static void refused(Admin rules, AdminRequest request, int status) {
        assertThatThrownBy(() -> new Guard(rules).check(request))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.status()).isEqualTo(status));
    }

    private static void allowed(Admin rules, AdminRequest request) {
        assertThatCode(() -> new Guard(rules).check(request)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.0.0.1:8081",
                "[::1]",
                "[::1]:8081",
                "localhost",
                "LOCALHOST:8081",
                "192.168.1.5:8081",
                "admin.example",
                "Admin.Example:8081"
            })
    void literals_localhost_and_configured_names_are_hosts(String host) {
        allowed(OPEN, request("GET", "/api/v1/stats", "Host", host));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "evil.example:8081",
                "127.1",
                "0x7f.1",
                "",
                "[::1",
                "localhost.",
                "admin.example.evil",
                "user@127.0.0.1"
            })
    void a_foreign_host_is_refused(String host) {
        refused(OPEN, request("GET", "/healthz", "Host", host), 403);
    }

    @Test
    void two_hosts_or_none_are_refused() {
        refused(OPEN, request("GET", "/", "Host", "localhost", "Host", "localhost"), 400);
    }

    @Test
    void a_name_that_is_not_configured_is_foreign() {
        refused(LOCKED, request("GET", "/metrics", "Host", "admin.example"), 403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "http://evil.example",
                "https://127.0.0.1:8081",
                "http://127.0.0.1",
                "http://localhost:8081",
                "http://127.0.0.1:9999",
                ""
            })
    void a_foreign_origin_is_refused_even_for_reading(String origin) {
        refused(OPEN, request("GET", "/metrics", "Origin", origin), 403);
        refused(OPEN, request("POST", "/api/v1/flush", "Origin", origin, "Content-Type", "application/json"), 403);
    }

    @Test
    void the_own_origin_is_let_in() {
        allowed(OPEN, request("GET", "/api/v1/stats", "Origin", "http://127.0.0.1:8081"));
    }

    @ParameterizedTest
    @CsvSource({"cross-site, false", "same-site, false", "same-origin, true", "none, true"})
    void what_a_browser_says_of_the_site_counts(String site, boolean fine) {
        AdminRequest request = request("GET", "/api/v1/stats", "Sec-Fetch-Site", site);
        if (fine) {
            allowed(OPEN, request);
        } else {
            refused(OPEN, request, 403);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "text/plain; application/json"
            })
    void a_change_needs_a_json_content_type(String type) {
        refused(OPEN, request("POST", "/api/v1/reload", "Content-Type", type), 415);
        refused(OPEN, request("OPTIONS", "/api/v1/reload", "Content-Type", type), 415);
    }

    @Test
    void json_with_a_charset_is_json() {
        allowed(OPEN, request("POST", "/api/v1/reload", "Content-Type", "Application/JSON; charset=utf-8"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/metrics", "/healthz", "/readyz", "/ca.pem", "/proxy.pac"})
    void these_need_no_token(String path) {
        allowed(LOCKED, request("GET", path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "secret", "Bearer", "Bearer secre", "Bearer secretx", "bearer secret", "Basic c2VjcmV0"})
    void everything_else_needs_exactly_the_token(String authorization) {
        refused(LOCKED, request("GET", "/api/v1/stats", "Authorization", authorization), 401);
        refused(LOCKED, request("GET", "/healthz/", "Authorization", authorization), 401);
        refused(LOCKED, request("POST", "/", "Authorization", authorization, "Content-Type", "application/json"), 401);
    }

    @Test
    void the_token_opens() {
        allowed(LOCKED, request("GET", "/api/v1/stats", "Authorization", "Bearer secret"));
    }

    @ParameterizedTest
    @CsvSource({"10.1.2.3, true", "127.0.0.1, false", "::1, false"})
    void only_listed_clients_are_let_in(String address, boolean fine) throws Exception {
        Admin rules = new Admin(List.of(), null, List.of(Cidr.parse("10.0.0.0/8")), Set.of());
        AdminRequest plain = request("GET", "/metrics");
        AdminRequest request = new AdminRequest(
                "GET", "/metrics", Map.of(), plain.headers(), new byte[0], InetAddress.getByName(address));
        if (fine) {
            allowed(rules, request);
        } else {
            refused(rules, request, 403);
        }
    }
}
