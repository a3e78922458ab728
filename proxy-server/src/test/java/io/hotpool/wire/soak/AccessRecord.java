package io.hotpool.wire.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What the daemon's access log says of the requests that failed. */
record AccessRecord(String host, String kind, String line) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** How it looks when nobody does anything in time, which may also be for want of a processor. */
    private static final Set<String> TIMEOUTS =
            Set.of("connect_timeout", "response_timeout", "body_timeout", "pool_exhausted");

    /** The client's own doing. */
    private static final Set<String> CLIENTS = Set.of("client_gone", "request_timeout");

    static List<AccessRecord> failures(Path log) throws IOException {
        List<AccessRecord> failures = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            JsonNode record = JSON.readTree(line);
            if (record.has("kind")) {
                failures.add(new AccessRecord(
                        record.path("host").asText(), record.get("kind").asText(), line));
            }
        }
        return failures;
    }

    boolean late() {
        return TIMEOUTS.contains(kind);
    }

    boolean ofClient() {
        return CLIENTS.contains(kind);
    }
}
