package io.hotpool.server.admin;

import java.util.Map;

/** {@code GET /api/v1/openapi.json}: every call and its answers, for programs. */
final class DescriptionPage {
    static final String RESOURCE = "openapi.json";

    private DescriptionPage() {}

    static void addTo(Routes routes) {
        Answer description = new Answer(200, "application/json", DashboardPages.bytes(RESOURCE), Map.of());
        routes.get("/api/v1/openapi.json", request -> description);
    }
}
