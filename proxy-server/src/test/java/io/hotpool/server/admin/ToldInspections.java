package io.hotpool.server.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.profile.BrowserProfile;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Says what it is told to say, in the form of the real ones. */
final class ToldInspections implements Inspections {
    @Override
    public CompletionStage<JsonNode> selfTest(BrowserProfile profile) {
        return answer("{\"profile\": \"" + profile.name() + "\", \"match\": true, \"differences\": []}");
    }

    @Override
    public CompletionStage<JsonNode> diagnose(String url) {
        return answer("""
                {"url": "https://a.test/", "ok": true, "host": "a.test", "port": 443, "scheme": "https", "profile": "p",
                 "steps": [{"step": "dns", "ok": true, "ms": 1.5, "detail": "d"}],
                 "pool": {"host_connections": 1, "host_waiting": 0, "all_connections": 1, "addresses": []},
                 "thresholds": {}, "findings": [], "advice": []}""");
    }

    private static CompletionStage<JsonNode> answer(String json) {
        try {
            return CompletableFuture.completedFuture(new ObjectMapper().readTree(json));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
