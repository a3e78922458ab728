package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.pool.AddressLists;
import io.hotpool.pool.AddressLists.Entry;
import io.hotpool.pool.AddressLists.Kind;
import io.hotpool.pool.AddressLists.Source;
import io.hotpool.pool.address.AddressBlock;
import io.hotpool.pool.http.Origin;
import io.hotpool.server.admin.PoolPages.HostArgument;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/whitelist} and {@code /api/v1/blacklist}: what is on them and why, and changes by hand. */
final class ListPages {
    private final AdminServices services;

    ListPages(AdminServices services) {
        this.services = services;
    }

    void addTo(Routes routes) {
        for (Kind kind : Kind.values()) {
            String path = "/api/v1/" + kind.label();
            routes.get(
                    path, request -> Page.of(request, find(kind, request).toList(), ListPages::key, ListPages::json));
            routes.getWithArgument(path + "/", (request, ip) -> about(kind, request, block(ip)));
            routes.withArgument("PUT", path + "/", "", (request, ip) -> put(kind, request, block(ip)));
            routes.withArgument("DELETE", path + "/", "", (request, ip) -> remove(kind, request, block(ip)));
        }
    }

    private AddressLists lists() {
        return services.pool().addresses();
    }

    private Stream<Entry> find(Kind kind, AdminRequest request) {
        Origin origin = origin(request);
        return lists().entries(kind).stream()
                .filter(entry -> origin == null || entry.origin() == null || origin.equals(entry.origin()));
    }

    private static String key(Entry entry) {
        return entry.block() + " "
                + (entry.origin() == null ? "" : entry.origin().hostPort()) + " " + entry.source();
    }

    /** The entries that hold for an address. */
    private Answer about(Kind kind, AdminRequest request, AddressBlock block) {
        List<ObjectNode> found = find(kind, request)
                .filter(entry -> entry.block().contains(block.network()))
                .map(ListPages::json)
                .toList();
        if (found.isEmpty()) {
            throw new Problem(404, block + " is not on the " + kind.label());
        }
        return Answer.json(found);
    }

    private CompletionStage<Answer> put(Kind kind, AdminRequest request, AddressBlock block) {
        return lists().put(kind, block, origin(request), duration(request))
                .thenApply(entry -> Answer.json(json(entry)));
    }

    private CompletionStage<Answer> remove(Kind kind, AdminRequest request, AddressBlock block) {
        Origin origin = origin(request);
        return lists().remove(kind, block, origin).thenApply(removed -> {
            if (removed > 0) {
                return Answer.json(Json.object().put("removed", removed));
            }
            boolean configured = lists().entries(kind).stream()
                    .anyMatch(entry ->
                            entry.source() == Source.CONFIGURED && entry.block().equals(block));
            throw configured
                    ? new Problem(409, block + " is configured: take it out of " + kind.label() + ".ips and reload")
                    : new Problem(404, block + " is not on the " + kind.label() + " by hand or by learning");
        });
    }

    static AddressBlock block(String text) {
        try {
            return AddressBlock.parse(text);
        } catch (IllegalArgumentException e) {
            throw new Problem(400, String.valueOf(e.getMessage()));
        }
    }

    static @Nullable Origin origin(AdminRequest request) {
        String text = request.parameter("origin");
        if (text == null) {
            return null;
        }
        HostArgument argument = HostArgument.parse(text);
        if (argument.port() == 0 || argument.host().isEmpty()) {
            throw new Problem(400, "origin must be host:port, such as example.com:443");
        }
        return new Origin("tcp", argument.host(), argument.port());
    }

    /** {@code {"ttl_seconds": 600}}; without it, or without a body, the entry stays until it is removed. */
    private static @Nullable Duration duration(AdminRequest request) {
        JsonNode seconds =
                request.body().length == 0 ? null : Json.read(request.body()).get("ttl_seconds");
        if (seconds == null || seconds.isNull()) {
            return null;
        }
        if (!seconds.canConvertToInt() || seconds.asInt() < 1) {
            throw new Problem(400, "ttl_seconds must be a number of at least 1");
        }
        return Duration.ofSeconds(seconds.asInt());
    }

    static ObjectNode json(Entry entry) {
        ObjectNode json = Json.object();
        json.put("ip", entry.block().toString());
        json.put("origin", entry.origin() == null ? null : entry.origin().hostPort());
        json.put("source", entry.source().label());
        json.put("static", entry.source() != Source.LEARNED);
        json.put("cause", entry.evidence());
        json.put("since", entry.since().toString());
        json.put("until", entry.until() == null ? null : entry.until().toString());
        return json;
    }

    static ObjectNode json(AddressLists.Address address) {
        ObjectNode json = Json.object();
        Entry rule = address.rule();
        json.put("ip", AddressBlock.of(address.address()).toString());
        json.put("port", address.origin().port());
        json.put("state", address.state());
        json.put("usable", rule == null ? !address.state().equals("denied") : rule.list() == Kind.WHITELIST);
        json.put("score", Math.round(address.score() * 1000) / 1000.0);
        json.put("latency_ms", Math.round(address.latencyMillis() * 100) / 100.0);
        json.put("cause", address.evidence());
        json.put("since", address.since().toString());
        json.put("until", address.until() == null ? null : address.until().toString());
        json.put("spared", address.spared());
        json.put(
                "suspect_until",
                address.suspectUntil() == null ? null : address.suspectUntil().toString());
        json.put("successes", Math.round(address.successes() * 10) / 10.0);
        json.put("failures", Math.round(address.failures() * 10) / 10.0);
        if (rule != null) {
            json.set("rule", json(rule).put("list", rule.list().label()));
        }
        return json;
    }
}
