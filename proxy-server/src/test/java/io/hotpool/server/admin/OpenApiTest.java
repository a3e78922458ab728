package io.hotpool.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.AddressLists.Entry;
import io.hotpool.pool.AddressLists.Kind;
import io.hotpool.pool.AddressLists.Source;
import io.hotpool.pool.address.AddressBlock;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.server.metrics.Events;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every route and every answer is as the description says. */
class OpenApiTest extends AdminFixture {
    private static String target(String operation) {
        return operation
                .substring(operation.indexOf(' ') + 1)
                .replace("{host}", "www.example.com:443")
                .replace("{id}", "7")
                .replace("{ip}", "192.0.2.7")
                .replace("{name}", "chrome");
    }

    private Reply call(String operation) throws IOException {
        String method = operation.substring(0, operation.indexOf(' '));
        String target = target(operation);
        String token = "Authorization: Bearer canary-token\r\n";
        if (method.equals("GET")) {
            return request(method, target, token, "");
        }
        String body = Map.of(
                        "POST /api/v1/prewarm", "{\"host\": \"a.test\"}",
                        "PATCH /api/v1/config", "{\"pool.min_hot\": 1}",
                        "POST /api/v1/diagnose", "{\"url\": \"https://a.test/\"}")
                .getOrDefault(operation, "{}");
        return request(method, target, token + "Content-Type: application/json\r\n", body);
    }

    private void listAnAddress() {
        for (Kind kind : Kind.values()) {
            pool.lists.put(kind, AddressBlock.parse("192.0.2.7"), null, Duration.ofMinutes(1));
        }
    }

    @Test
    void every_route_is_described_and_every_answer_is_as_described() throws IOException {
        showOneConnection();
        JsonNode document = get("/api/v1/openapi.json").json();
        JsonSchema schemas = new JsonSchema(document);
        Set<String> described = new TreeSet<>();
        for (var path : document.get("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                described.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
            }
        }
        assertThat(server.routes().all().stream().filter(r -> !r.contains("/assets/")))
                .containsExactlyInAnyOrderElementsOf(described.stream()
                        .map(d -> d.replaceAll("[{][a-z]+}", "{}"))
                        .toList());
        for (String operation : described) {
            if (operation.endsWith("/events")) {
                continue; // has no end; its data is checked below
            }
            String method = operation.substring(0, operation.indexOf(' ')).toLowerCase(Locale.ROOT);
            JsonNode ok = document.get("paths")
                    .get(operation.substring(method.length() + 1))
                    .get(method)
                    .at("/responses/200/content");
            String type = ok.fieldNames().next();
            listAnAddress();
            Reply reply = call(operation);
            assertThat(reply.status()).as(operation + reply.body()).isEqualTo(200);
            assertThat(reply.head()).as(operation).contains(type);
            if (type.equals("application/json")) {
                assertThat(schemas.check(ok.get(type).get("schema"), reply.json()))
                        .as(operation)
                        .isEmpty();
            }
        }
        JsonNode problem = document.at("/components/schemas/Problem");
        assertThat(schemas.check(problem, get("/api/v1/hosts/nobody.test").json()))
                .isEmpty();
        assertThat(schemas.check(problem, patch("{\"pool.min_hot\": -1}").json()))
                .isEmpty();
        try (Socket events = openEvents("?recent=500")) {
            feed.exchangeEnded(Events.failed(FaultKind.DNS_FAILED));
            String line = readUntil(events, "data: ");
            JsonNode data = new ObjectMapper().readTree(line.substring(line.indexOf("data: ") + 6));
            assertThat(schemas.check(document.at("/components/schemas/Event"), data))
                    .isEmpty();
        }
    }

    @Test
    void an_answer_that_is_not_as_described_is_found() throws IOException {
        JsonNode document = get("/api/v1/openapi.json").json();
        JsonSchema schemas = new JsonSchema(document);
        JsonNode closed = document.at("/components/schemas/Closed");
        ObjectMapper json = new ObjectMapper();
        assertThat(schemas.check(closed, json.readTree("{}"))).isNotEmpty();
        assertThat(schemas.check(closed, json.readTree("{\"closed_or_retired\": \"1\"}")))
                .isNotEmpty();
        assertThat(schemas.check(closed, json.readTree("{\"closed_or_retired\": 1, \"more\": 2}")))
                .isNotEmpty();
    }

    /** How an operation is made to answer with a status, beside the request that is answered with 200. */
    private Reply provoke(String operation, String status) throws IOException {
        String method = operation.substring(0, operation.indexOf(' '));
        String target = target(operation);
        String token = "Authorization: Bearer canary-token\r\n";
        String json = "Content-Type: application/json\r\n";
        String body = method.equals("GET") ? "" : "{}";
        return switch (status) {
            case "401" -> request(method, target, json, body);
            case "403" -> request(method, target, token + json + "Origin: http://evil.example\r\n", body);
            case "415" -> request(method, target, token + "Content-Type: text/plain\r\n", body);
            case "404" -> request(method, unknown(operation), token + json, body);
            case "400" -> request(method, unreadable(operation), token + json, method.equals("GET") ? "" : "7");
            case "409" -> {
                pool.lists.with(new Entry(
                        operation.contains("white") ? Kind.WHITELIST : Kind.BLACKLIST,
                        AddressBlock.parse("203.0.113.9"),
                        null,
                        Source.CONFIGURED,
                        "configured",
                        Instant.EPOCH,
                        null));
                yield request(method, target.replace("192.0.2.7", "203.0.113.9"), token + json, body);
            }
            case "422" -> {
                Files.writeString(file(), "[admin]\ntoken = \"canary-token\"\n[pool]\nmin_hot = -1\n");
                yield request(method, target, token + json, "{\"pool.min_hot\": -1}");
            }
            case "503" -> busy(operation, token);
            default -> throw new AssertionError("who provokes " + status + " of " + operation + "?");
        };
    }

    private static String unknown(String operation) {
        return operation
                .substring(operation.indexOf(' ') + 1)
                .replace("{host}", "nobody.test")
                .replace("{id}", "8")
                .replace("{ip}", "198.51.100.99")
                .replace("{name}", "lynx");
    }

    private static String unreadable(String operation) {
        String target = operation
                .substring(operation.indexOf(' ') + 1)
                .replace("{host}", "a.test:99999")
                .replace("{ip}", "nonsense");
        return target + (target.endsWith("/events") ? "?recent=x" : "?limit=x");
    }

    private Reply busy(String operation, String token) throws IOException {
        if (operation.endsWith("/readyz")) {
            ready = false;
            Reply reply = get("/readyz");
            ready = true;
            return reply;
        }
        List<Socket> readers = new ArrayList<>();
        try {
            for (int i = 0; i < 32; i++) {
                Socket reader = openEvents("");
                readers.add(reader);
                readUntil(reader, "retry:");
            }
            return request("GET", target(operation), token, "");
        } finally {
            for (Socket reader : readers) {
                reader.close();
            }
        }
    }

    @Test
    void every_refusal_that_is_described_is_given_and_is_a_problem() throws IOException {
        JsonNode document = get("/api/v1/openapi.json").json();
        JsonSchema schemas = new JsonSchema(document);
        int seen = 0;
        for (var path : document.get("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                String name = operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey();
                for (var response : operation.getValue().get("responses").properties()) {
                    String status = response.getKey();
                    if (status.equals("200") || status.equals("default")) {
                        continue;
                    }
                    Reply reply = provoke(name, status);
                    assertThat(Integer.toString(reply.status()))
                            .as("%s of %s: %s", status, name, reply.body())
                            .isEqualTo(status);
                    JsonNode described = document.at(
                            response.getValue().path("$ref").asText().substring(1));
                    JsonNode schema = described.at("/content/application~1problem+json/schema");
                    assertThat(schema.isMissingNode()).as(name + " " + status).isFalse();
                    assertThat(reply.head()).contains("application/problem+json");
                    assertThat(schemas.check(schema, reply.json())).as(name).isEmpty();
                    seen++;
                }
            }
        }
        assertThat(seen).isGreaterThan(100);
    }

    @Test
    void what_no_operation_takes_is_refused_with_what_is_allowed() throws IOException {
        for (String target : List.of("/api/v1/stats", "/api/v1/hosts", "/metrics", "/api/v1/whitelist")) {
            Reply reply = request(
                    "DELETE", target, "Authorization: Bearer canary-token\r\nContent-Type: application/json\r\n", "{}");
            assertThat(reply.status()).as(target).isEqualTo(405);
            assertThat(reply.head()).contains("Allow: GET");
        }
    }
}
