package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.pool.PoolSnapshot.Connection;
import io.hotpool.pool.PoolSnapshot.Host;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.Origin;
import io.netty.util.NetUtil;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;

/** Hosts and connections as they are now, and the orders to close them. */
final class PoolPages {
    private final AdminServices services;

    PoolPages(AdminServices services) {
        this.services = services;
    }

    void addTo(Routes routes) {
        routes.later("GET", "/api/v1/connections", this::connections);
        routes.withArgument("GET", "/api/v1/connections/", "", (request, id) -> connection(id));
        routes.later("GET", "/api/v1/hosts", this::hosts);
        routes.withArgument("GET", "/api/v1/hosts/", "", (request, host) -> host(host));
        routes.withArgument("POST", "/api/v1/hosts/", "/drain", (request, host) -> drain(host));
        routes.slow("POST", "/api/v1/health-check", request -> checkHealth());
        routes.later("POST", "/api/v1/cleanup", request -> cleanUp());
        routes.later("POST", "/api/v1/flush", request -> services.pool().flush().thenApply(PoolPages::closed));
    }

    private CompletionStage<Answer> checkHealth() {
        return services.pool()
                .checkHealth()
                .thenApply(found -> Answer.json(Json.object()
                        .put("healthy", found.healthy())
                        .put("unhealthy", found.unhealthy())
                        .put("closed", found.closed())
                        .put("busy", found.busy())));
    }

    private CompletionStage<Answer> cleanUp() {
        return services.pool()
                .cleanUp()
                .thenApply(done -> Answer.json(Json.object()
                        .put("closed", done.expired() + done.unhealthy())
                        .put("expired", done.expired())
                        .put("unhealthy", done.unhealthy())));
    }

    private CompletionStage<Answer> connections(AdminRequest request) {
        String healthy = request.parameter("healthy");
        String host = request.parameter("host");
        HostArgument wanted = host == null ? null : HostArgument.parse(host);
        return services.pool().snapshot().thenApply(snapshot -> {
            List<Connection> found = snapshot.hosts().stream()
                    .filter(h -> wanted == null || wanted.matches(h.origin()))
                    .flatMap(h -> h.connections().stream())
                    .filter(c -> healthy == null || healthy.equals(Boolean.toString(c.healthy())))
                    .toList();
            return Page.of(request, found, c -> Page.sortable(c.facts().id()), PoolPages::json);
        });
    }

    private CompletionStage<Answer> connection(String id) {
        return services.pool()
                .snapshot()
                .thenApply(snapshot -> snapshot.hosts().stream()
                        .flatMap(h -> h.connections().stream())
                        .filter(c -> Long.toString(c.facts().id()).equals(id))
                        .findFirst()
                        .map(c -> Answer.json(json(c)))
                        .orElseThrow(() -> new Problem(404, "no connection with that id is open")));
    }

    private CompletionStage<Answer> hosts(AdminRequest request) {
        return services.pool()
                .snapshot()
                .thenApply(snapshot -> Page.of(
                        request,
                        snapshot.hosts(),
                        h -> h.origin().hostPort() + " " + h.origin().scheme(),
                        this::json));
    }

    private CompletionStage<Answer> host(String name) {
        HostArgument argument = HostArgument.parse(name);
        return services.pool().snapshot().thenApply(snapshot -> {
            List<ObjectNode> found = snapshot.hosts().stream()
                    .filter(h -> argument.matches(h.origin()))
                    .map(h -> {
                        ObjectNode json = json(h);
                        var list = json.putArray("connection_list");
                        h.connections().forEach(c -> list.add(json(c)));
                        return json;
                    })
                    .toList();
            return Answer.json(found.isEmpty() ? addressesOnly(argument) : found);
        });
    }

    /** A host without connections of which addresses are known. */
    private List<ObjectNode> addressesOnly(HostArgument host) {
        ObjectNode json = Json.object();
        json.put("host", host.host());
        json.put("connections", 0);
        ArrayNode addresses = json.putArray("addresses");
        services.pool().addresses().addresses(host.host(), host.port()).forEach(a -> addresses.add(ListPages.json(a)));
        if (addresses.isEmpty()) {
            throw new Problem(404, "the pool knows no such host");
        }
        return List.of(json);
    }

    private CompletionStage<Answer> drain(String name) {
        HostArgument argument = HostArgument.parse(name);
        return services.pool().drain(argument.host(), argument.port()).thenApply(PoolPages::closed);
    }

    private static Answer closed(int connections) {
        return Answer.json(Json.object().put("closed_or_retired", connections));
    }

    private ObjectNode json(Host host) {
        ObjectNode json = Json.object();
        json.put("scheme", host.origin().scheme());
        json.put("host", host.origin().host());
        json.put("port", host.origin().port());
        json.put("connections", host.connections().size());
        json.put("idle", count(host, "idle"));
        json.put("active", count(host, "active"));
        json.put("draining", count(host, "draining"));
        json.put("connecting", host.connecting());
        json.put("pending", host.waiting());
        json.put(
                "requests",
                host.connections().stream().mapToLong(Connection::requests).sum());
        json.put(
                "errors",
                host.connections().stream().mapToLong(Connection::errors).sum());
        json.put(
                "resolved_by_upstream",
                host.connections().stream().anyMatch(c -> c.facts().address() == null));
        ArrayNode addresses = json.putArray("addresses");
        services.pool()
                .addresses()
                .addresses(host.origin().host(), host.origin().port())
                .forEach(address -> addresses.add(ListPages.json(address)));
        return json;
    }

    private static long count(Host host, String state) {
        return host.connections().stream().filter(c -> c.state().equals(state)).count();
    }

    private static ObjectNode json(Connection connection) {
        ConnectionFacts facts = connection.facts();
        ObjectNode json = Json.object();
        json.put("id", facts.id());
        json.put("scheme", facts.origin().scheme());
        json.put("host", facts.origin().host());
        json.put("port", facts.origin().port());
        json.put("ip", facts.address() == null ? null : NetUtil.toAddressString(facts.address()));
        json.put("egress", facts.way().egress());
        json.put("peer", NetUtil.toSocketAddressString(facts.remote()));
        json.put(
                "local",
                facts.way().local() == null
                        ? null
                        : NetUtil.toSocketAddressString(facts.way().local()));
        json.put("protocol", facts.protocol().label());
        json.put("profile", facts.profile());
        json.put("session", connection.session());
        json.put("ja3", facts.ja3());
        json.put("ja4", facts.ja4());
        json.put("akamai", facts.akamai());
        json.put("tls_version", facts.tlsVersion());
        json.put("cipher", facts.cipherSuite());
        json.put("resumed", facts.resumed());
        json.put("created", facts.created().toString());
        json.put("last_used", connection.lastUsed().toString());
        json.put("state", connection.state());
        json.put("healthy", connection.healthy());
        json.put("last_checked", connection.lastChecked().toString());
        json.put("in_use", connection.open() > 0);
        json.put("open", connection.open());
        json.put("capacity", connection.capacity());
        json.put("requests", connection.requests());
        json.put("errors", connection.errors());
        return json;
    }

    /** {@code host} for all its ports, {@code host:port}; IPv6 literals in brackets when a port follows. */
    record HostArgument(String host, int port) {
        static HostArgument parse(String text) {
            String lower = text.toLowerCase(Locale.ROOT);
            if (NetUtil.isValidIpV6Address(lower)) {
                return new HostArgument(lower, 0);
            }
            int colon = lower.lastIndexOf(':');
            boolean withPort = colon > lower.lastIndexOf(']');
            String host = withPort ? lower.substring(0, colon) : lower;
            String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
            return new HostArgument(bare, withPort ? port(lower.substring(colon + 1)) : 0);
        }

        private static int port(String text) {
            if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65535 || Integer.parseInt(text) == 0) {
                throw new Problem(400, "the port must be a number from 1 to 65535");
            }
            return Integer.parseInt(text);
        }

        boolean matches(Origin origin) {
            return origin.host().equals(host) && (port == 0 || origin.port() == port);
        }
    }
}
