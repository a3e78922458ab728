package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.server.config.Loaded;
import io.hotpool.server.config.Reload;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The configuration in force, and the order to read it anew. */
final class ConfigPages {
    private final AdminServices services;
    private final Executor blocking;

    /** @param blocking where files may be read */
    ConfigPages(AdminServices services, Executor blocking) {
        this.services = services;
        this.blocking = blocking;
    }

    void addTo(Routes routes) {
        routes.get(
                "/api/v1/config",
                request -> Answer.json(json(services.configuration().get())));
        routes.later("POST", "/api/v1/reload", request -> CompletableFuture.supplyAsync(this::reload, blocking));
    }

    private Answer reload() {
        Reload outcome = services.reload().get();
        if (!outcome.ok()) {
            List<String> problems =
                    outcome.problems().stream().map(Object::toString).toList();
            throw new Problem(422, "the new configuration is not valid; the old one stays", Map.of(), problems);
        }
        ObjectNode json = Json.object();
        json.put("reloaded", true);
        outcome.changed().forEach(json.putArray("changed")::add);
        outcome.needRestart().forEach(json.putArray("need_restart")::add);
        return Answer.json(json);
    }

    private static ObjectNode json(Loaded loaded) {
        ObjectNode json = Json.object();
        json.put("file", loaded.file() == null ? null : loaded.file().toString());
        ObjectNode keys = json.putObject("keys");
        loaded.effective().forEach((key, effective) -> {
            ObjectNode entry = keys.putObject(key);
            entry.put("value", effective.value());
            entry.put("default", effective.defaultValue());
            entry.put("origin", effective.origin());
            entry.put("needs_restart", effective.needsRestart());
        });
        return json;
    }
}
