package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.server.alert.Alert;
import io.hotpool.server.config.HotpoolConfig;

/** {@code GET /api/v1/alerts}: those that stand, and when one is raised. */
final class AlertPages {
    private final AdminServices services;

    AlertPages(AdminServices services) {
        this.services = services;
    }

    void addTo(Routes routes) {
        routes.get("/api/v1/alerts", request -> Answer.json(json()));
    }

    private ObjectNode json() {
        ObjectNode json = Json.object();
        ArrayNode standing = json.putArray("alerts");
        services.alerts().get().forEach(alert -> standing.add(json(alert)));
        HotpoolConfig.Alerts rules = services.configuration().get().config().alerts();
        json.putObject("thresholds")
                .put("success_rate", rules.successRate())
                .put("mean_response_ms", rules.meanResponse().toMillis())
                .put("healthy_ratio", rules.healthyRatio())
                .put("reuse_rate", rules.reuseRate())
                .put("interval_seconds", rules.interval().toSeconds());
        return json;
    }

    private static ObjectNode json(Alert alert) {
        return Json.object()
                .put("alert", alert.kind().label())
                .put("since", alert.since().toString())
                .put("value", alert.value())
                .put("threshold", alert.threshold())
                .put("text", alert.text())
                .put("advice", alert.advice());
    }
}
