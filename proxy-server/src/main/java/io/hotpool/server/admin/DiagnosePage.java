package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CompletionStage;

/** {@code POST /api/v1/diagnose}: one request on a connection of its own, and what can be said of it. */
final class DiagnosePage {
    private final AdminServices services;

    DiagnosePage(AdminServices services) {
        this.services = services;
    }

    void addTo(Routes routes) {
        routes.slow("POST", "/api/v1/diagnose", this::diagnose);
    }

    private CompletionStage<Answer> diagnose(AdminRequest request) {
        JsonNode url = Json.read(request.body()).path("url");
        if (!url.isTextual()) {
            throw new Problem(400, "url is missing: {\"url\": \"https://www.example.com/\"}");
        }
        try {
            return services.inspections().diagnose(url.asText()).thenApply(Answer::json);
        } catch (IllegalArgumentException e) {
            throw new Problem(400, String.valueOf(e.getMessage()));
        }
    }
}
