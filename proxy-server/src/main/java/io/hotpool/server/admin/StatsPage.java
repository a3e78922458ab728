package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.pool.PoolStats;
import io.hotpool.pool.Tuning;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.stats.Percentiles;
import io.hotpool.pool.stats.Totals;
import io.hotpool.server.metrics.EgressLabels;
import io.hotpool.server.metrics.Statistics;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** {@code GET /api/v1/stats}. */
final class StatsPage {
    private final AdminServices services;

    StatsPage(AdminServices services) {
        this.services = services;
    }

    void addTo(Routes routes) {
        routes.later("GET", "/api/v1/stats", request -> stats());
    }

    private CompletionStage<Answer> stats() {
        return services.pool().stats().thenApply(stats -> Answer.json(json(stats)));
    }

    private ObjectNode json(PoolStats stats) {
        Statistics statistics = services.statistics();
        Totals totals = statistics.totals();
        ObjectNode json = Json.object();
        json.put("is_healthy", stats.now().healthyAt(totals.successRate()));
        ArrayNode alerts = json.putArray("alerts");
        services.alerts().get().forEach(alert -> alerts.add(alert.kind().label()));
        pool(json, stats);
        requests(json, totals);
        Tuning tuning = services.pool().tuning();
        json.putObject("tuning")
                .put("on", tuning.on())
                .put("tier", tuning.tier().label())
                .put("since", tuning.since().toString())
                .put("requests_per_second", tuning.requestsPerSecond());
        json.put("since", statistics.since().toString());
        json.put("last_update_time", stats.updated().toString());
        json.put(
                "uptime_seconds",
                Duration.between(statistics.since(), totals.at()).toSeconds());
        ObjectNode windows = json.putObject("windows");
        requests(windows.putObject("1m"), statistics.lastMinutes(1));
        requests(windows.putObject("5m"), statistics.lastMinutes(5));
        return json;
    }

    private void pool(ObjectNode json, PoolStats stats) {
        json.put("total_connections", stats.totalConnections());
        json.put("active_connections", stats.activeConnections());
        json.put("idle_connections", stats.idleConnections());
        json.put("healthy_connections", stats.healthyConnections());
        json.put("pending", stats.now().waiting());
        json.put("connecting", stats.now().connecting());
        ObjectNode protocols = json.putObject("by_protocol");
        for (Protocol protocol : Protocol.values()) {
            protocols.put(protocol.label(), stats.connections(protocol));
        }
        EgressLabels egress = services.metrics().egress();
        egress.byEgress(stats.now()).forEach(json.putObject("by_egress")::put);
        egress.bySource(stats.now()).forEach(json.putObject("by_source")::put);
        json.put("connections_opened", stats.connectionsOpened());
        json.put("connections_closed", stats.connectionsClosed());
        json.put("new_connections_from_dns", stats.connectionsFromDns());
        json.put("whitelist_ips", stats.whitelistIps());
        json.put("blacklist_ips", stats.blacklistIps());
        json.put("whitelist_moves", stats.whitelistMoves());
    }

    private static void requests(ObjectNode json, Totals totals) {
        json.put("total_requests", totals.requests());
        json.put("successful_requests", totals.successful());
        json.put("failed_requests", totals.failed());
        json.put("success_rate", totals.successRate());
        json.put("avg_response_time_ms", totals.averageResponseMillis());
        json.put("conn_reuse_rate", totals.reuseRate());
        Percentiles times = totals.responseTimes();
        json.putObject("response_time_ms")
                .put("p50", times.p50())
                .put("p90", times.p90())
                .put("p95", times.p95())
                .put("p99", times.p99())
                .put("max", times.max());
    }
}
