package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.pool.Prewarm;
import io.hotpool.pool.PrewarmResult;
import io.hotpool.pool.fault.Fault;
import io.hotpool.server.config.HotpoolConfig.Warm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code POST /api/v1/prewarm}: an order or a list of them; answers in the same form, when all are done. */
final class PrewarmPage {
    private static final List<String> FIELDS = List.of("host", "port", "scheme", "count", "profile", "session");

    private final AdminServices services;

    PrewarmPage(AdminServices services) {
        this.services = services;
    }

    void addTo(Routes routes) {
        routes.slow("POST", "/api/v1/prewarm", this::prewarm);
    }

    private CompletionStage<Answer> prewarm(AdminRequest request) {
        JsonNode body = Json.tree(request.body());
        List<Prewarm> orders = new ArrayList<>();
        if (body.isArray()) {
            body.forEach(one -> orders.add(order(one)));
        } else {
            orders.add(order(body));
        }
        return services.pool().prewarm(orders).thenApply(results -> {
            List<ObjectNode> all = results.stream().map(PrewarmPage::json).toList();
            return Answer.json(body.isArray() ? all : all.get(0));
        });
    }

    private Prewarm order(JsonNode json) {
        if (!json.isObject()) {
            throw new Problem(400, "an order is an object { host, port?, scheme?, count, profile?, session? }");
        }
        json.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name)) {
                throw new Problem(400, "'" + name + "' is unknown; there are " + String.join(", ", FIELDS));
            }
        });
        String scheme = text(json, "scheme") == null ? "https" : text(json, "scheme");
        String host = text(json, "host");
        if (host == null || !"https".equals(scheme) && !"http".equals(scheme)) {
            throw new Problem(400, host == null ? "host is missing" : "scheme must be https or http");
        }
        try {
            PoolPages.HostArgument argument = PoolPages.HostArgument.parse(host);
            Warm warm = new Warm(
                    argument.host(),
                    number(json, "port", argument.port(), 65535),
                    scheme,
                    number(json, "count", 1, Prewarm.MOST),
                    text(json, "profile"),
                    text(json, "session") == null ? "" : text(json, "session"));
            return services.prewarmOrder().apply(warm);
        } catch (Fault | IllegalArgumentException e) {
            throw new Problem(400, e instanceof Fault f ? f.detail() : String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable String text(JsonNode json, String name) {
        JsonNode value = json.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual() || value.asText().isEmpty()) {
            throw new Problem(400, name + " must be a text");
        }
        return value.asText();
    }

    private static int number(JsonNode json, String name, int otherwise, int most) {
        JsonNode value = json.get(name);
        if (value == null || value.isNull()) {
            return otherwise;
        }
        if (!value.isInt() || value.asInt() < 1 || value.asInt() > most) {
            throw new Problem(400, name + " must be a number from 1 to " + most);
        }
        return value.asInt();
    }

    private static ObjectNode json(PrewarmResult result) {
        ObjectNode json = Json.object();
        json.put("scheme", result.origin().scheme());
        json.put("host", result.origin().host());
        json.put("port", result.origin().port());
        json.put("requested", result.requested());
        json.put("opened", result.opened());
        json.put("already_there", result.alreadyThere());
        counts(json.putObject("refused"), result.refused());
        counts(json.putObject("failed"), result.failed());
        if (!result.note().isEmpty()) {
            json.put("note", result.note());
        }
        return json;
    }

    private static void counts(ObjectNode json, Map<String, Integer> counts) {
        new TreeMap<>(counts).forEach(json::put);
    }
}
