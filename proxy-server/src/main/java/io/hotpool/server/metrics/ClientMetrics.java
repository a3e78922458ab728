package io.hotpool.server.metrics;

import static io.hotpool.server.metrics.Buckets.seconds;

import io.hotpool.pool.http.Protocol;
import io.hotpool.server.frontend.ExchangeObserver;
import io.hotpool.server.limit.Limiter;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts what clients do. The built-in host's exchanges do not count; what has no answer in the HTTP sense (tunnels,
 * WebSockets) counts, but its duration says nothing and is left out.
 */
final class ClientMetrics implements ExchangeObserver {
    private final HostLabels hosts;
    private final Counter requests;
    /** By profile: a child per protocol and class of status, looked up without allocating. */
    private final ConcurrentHashMap<String, Counter.Child[]> requestsOf = new ConcurrentHashMap<>();

    private final Counter limited;
    private final Counter hostRequests;
    private final Gauge.Child inFlight;
    private final Histogram.Child duration;
    private final Gauge.Child connections;
    private final Counter.Child tlsOk;
    private final Counter.Child tlsFailed;
    private final Counter.Child clientIn;
    private final Counter.Child clientOut;

    ClientMetrics(CollectorRegistry registry, HostLabels hosts, Counter bytes) {
        this.hosts = hosts;
        requests = Counter.build("hotpool_requests_total", "Requests of clients; protocol is the one spoken upstream.")
                .labelNames("profile", "protocol", "status_class")
                .register(registry);
        hostRequests = Counter.build("hotpool_host_requests_total", "Requests of clients, by host (bounded).")
                .labelNames("host", "status_class")
                .register(registry);
        limited = Counter.build(
                        "hotpool_limited_total", "Requests and tunnels refused by a limit, by whose and which it was.")
                .labelNames("limit", "reason")
                .register(registry);
        for (Limiter.Subject subject : Limiter.Subject.values()) {
            limited.labels(subject.label(), "rate");
            limited.labels(subject.label(), "concurrency");
        }
        inFlight = Gauge.build("hotpool_requests_in_flight", "Requests that have no end yet.")
                .register(registry)
                .labels();
        duration = Histogram.build(
                        "hotpool_request_duration_seconds", "From the request's head to the answer's last byte.")
                .buckets(Buckets.duration())
                .register(registry)
                .labels();
        connections = Gauge.build("hotpool_client_connections", "Connections of clients that are open.")
                .register(registry)
                .labels();
        Counter handshakes = Counter.build(
                        "hotpool_client_tls_handshakes_total", "TLS handshakes with clients, by how they ended.")
                .labelNames("outcome")
                .register(registry);
        tlsOk = handshakes.labels("ok");
        tlsFailed = handshakes.labels("failed");
        clientIn = bytes.labels("client", "in");
        clientOut = bytes.labels("client", "out");
    }

    @Override
    public void clientConnected() {
        connections.inc();
    }

    @Override
    public void clientDisconnected() {
        connections.dec();
    }

    @Override
    public void clientTlsHandshake(String outcome) {
        (outcome.equals("ok") ? tlsOk : tlsFailed).inc();
    }

    @Override
    public void clientBytes(boolean in, int count) {
        (in ? clientIn : clientOut).inc(count);
    }

    @Override
    public void limited(String limit, String reason) {
        limited.labels(limit, reason).inc();
    }

    @Override
    public void exchangeStarted() {
        inFlight.inc();
    }

    @Override
    public void exchangeEnded(Ended ended) {
        inFlight.dec();
        if (ended.form().equals("internal")) {
            return;
        }
        StatusClass status = StatusClass.of(ended.status());
        Protocol protocol =
                ended.connection() == null ? null : ended.connection().protocol();
        requestsOf(ended.profile())[slot(protocol, status)].inc();
        if (ended.origin() != null) {
            hostRequests
                    .labels(hosts.labelOf(ended.origin().host(), status), status.label())
                    .inc();
        }
        if (!ended.form().equals("tunnel") && !ended.form().equals("websocket")) {
            duration.observe(seconds(ended.totalNanos()));
        }
    }

    private Counter.Child[] requestsOf(String profile) {
        Counter.Child[] children = requestsOf.get(profile);
        return children != null ? children : requestsOf.computeIfAbsent(profile, this::childrenOf);
    }

    private Counter.Child[] childrenOf(String profile) {
        Counter.Child[] children = new Counter.Child[3 * StatusClass.values().length];
        for (StatusClass status : StatusClass.values()) {
            children[slot(null, status)] = requests.labels(profile, "none", status.label());
            for (Protocol protocol : Protocol.values()) {
                children[slot(protocol, status)] = requests.labels(profile, protocol.label(), status.label());
            }
        }
        return children;
    }

    private static int slot(@Nullable Protocol protocol, StatusClass status) {
        int column = protocol == null ? 0 : 1 + protocol.ordinal();
        return column * StatusClass.values().length + status.ordinal();
    }
}
