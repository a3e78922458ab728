package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.pool.AddressLists;
import io.hotpool.pool.AddressLists.Kind;
import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.http.Protocol;
import io.hotpool.server.metrics.Statistics;
import io.hotpool.server.metrics.Statistics.Totals;
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
        return services.pool().snapshot().thenApply(snapshot -> Answer.json(json(snapshot)));
    }

    private ObjectNode json(PoolSnapshot snapshot) {
        Statistics statistics = services.statistics();
        Totals totals = statistics.totals();
        ObjectNode json = Json.object();
        json.put("is_healthy", statistics.healthy(snapshot.connections(), PoolPages.healthy(snapshot)));
        pool(json, snapshot);
        requests(json, totals);
        json.put("since", statistics.since().toString());
        json.put(
                "uptime_seconds",
                Duration.between(statistics.since(), totals.at()).toSeconds());
        ObjectNode windows = json.putObject("windows");
        requests(windows.putObject("1m"), statistics.lastMinutes(1));
        requests(windows.putObject("5m"), statistics.lastMinutes(5));
        return json;
    }

    private void pool(ObjectNode json, PoolSnapshot snapshot) {
        json.put("total_connections", snapshot.connections());
        json.put("active_connections", snapshot.inState("active"));
        json.put("idle_connections", snapshot.inState("idle"));
        json.put("healthy_connections", PoolPages.healthy(snapshot));
        json.put("pending", snapshot.waiting());
        json.put("connecting", snapshot.connecting());
        ObjectNode protocols = json.putObject("by_protocol");
        for (Protocol protocol : Protocol.values()) {
            protocols.put(
                    protocol.label(),
                    snapshot.hosts().stream()
                            .flatMap(h -> h.connections().stream())
                            .filter(c -> c.facts().protocol() == protocol)
                            .count());
        }
        AddressLists lists = services.pool().addresses();
        json.put("whitelist_ips", lists.size(Kind.WHITELIST));
        json.put("blacklist_ips", lists.size(Kind.BLACKLIST));
    }

    private static void requests(ObjectNode json, Totals totals) {
        json.put("total_requests", totals.requests());
        json.put("successful_requests", totals.successful());
        json.put("failed_requests", totals.failed());
        json.put("success_rate", totals.successRate());
        json.put("avg_response_time_ms", totals.averageResponseMillis());
        json.put("conn_reuse_rate", totals.reuseRate());
    }
}
