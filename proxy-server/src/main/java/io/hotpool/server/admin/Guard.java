package io.hotpool.server.admin;

import io.hotpool.server.config.HotpoolConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Who may ask the admin port, and for what. Keeps web pages of other origins out, those that reach it by a name of their own
 * (DNS rebinding) too. Pure.
 */
final class Guard {
    private static final Set<String> OPEN =
            Set.of("/", "/metrics", "/healthz", "/readyz", "/ca.pem", "/ca.crt", "/proxy.pac");

    private final HotpoolConfig.Admin rules;

    Guard(HotpoolConfig.Admin rules) {
        this.rules = rules;
    }

    /** @throws Problem when the request is refused */
    void check(AdminRequest request) {
        checkClient(request);
        String host = checkHost(request);
        checkOrigin(request, host);
        checkToken(request);
        checkContentType(request);
    }

    private void checkClient(AdminRequest request) {
        boolean listed = rules.allowClients().isEmpty()
                || rules.allowClients().stream().anyMatch(block -> block.contains(request.client()));
        if (!listed) {
            throw new Problem(403, "this client's address is not in admin.allow_clients");
        }
    }

    private String checkHost(AdminRequest request) {
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() != 1) {
            throw new Problem(400, "exactly one Host header is needed");
        }
        String host = hosts.get(0).toLowerCase(Locale.ROOT);
        String name = withoutPort(host);
        if (!name.equals("localhost") && !isLiteral(name) && !rules.hosts().contains(name)) {
            throw new Problem(403, "the Host must be an IP address, localhost or a name of admin.hosts");
        }
        return host;
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    private static boolean isLiteral(String name) {
        return NetUtil.isValidIpV4Address(name)
                || name.startsWith("[")
                        && name.endsWith("]")
                        && NetUtil.isValidIpV6Address(name.substring(1, name.length() - 1));
    }

    /** A browser says where a request comes from; other programs say nothing, and are believed. */
    private static void checkOrigin(AdminRequest request, String host) {
        List<String> origins = request.headers().getAll(HttpHeaderNames.ORIGIN);
        boolean own = origins.stream().allMatch(o -> o.equalsIgnoreCase("http://" + host));
        boolean crossSite = request.headers().getAll("sec-fetch-site").stream()
                .anyMatch(site -> !site.equals("same-origin") && !site.equals("none"));
        if (!own || crossSite) {
            throw new Problem(403, "pages of another origin have no access");
        }
    }

    private void checkToken(AdminRequest request) {
        String token = rules.token();
        if (token == null || token.isEmpty() || request.reads() && open(request.path())) {
            return;
        }
        String given = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
        if (!equal("Bearer " + token, given)) {
            throw new Problem(
                    401,
                    "the admin token is needed: Authorization: Bearer <admin.token>",
                    Map.of("WWW-Authenticate", "Bearer realm=\"hotpool\""),
                    List.of());
        }
    }

    private static boolean open(String path) {
        return OPEN.contains(path) || path.startsWith(DashboardPages.ASSETS);
    }

    /** In a time that does not depend on where they differ. */
    private static boolean equal(String expected, String given) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    /** A form of another site can send a POST, but not one of this type. */
    private static void checkContentType(AdminRequest request) {
        if (request.reads()) {
            return;
        }
        String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE, "").toLowerCase(Locale.ROOT);
        int parameters = type.indexOf(';');
        if (!(parameters < 0 ? type : type.substring(0, parameters)).strip().equals("application/json")) {
            throw new Problem(415, "what changes something needs Content-Type: application/json");
        }
    }
}
