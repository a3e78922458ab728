package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.server.config.ConfigException;
import io.hotpool.server.config.Loaded;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
        try {
            Loaded loaded = services.reload().reload();
            ObjectNode json = Json.object();
            json.put("reloaded", true);
            json.put("file", loaded.file() == null ? null : loaded.file().toString());
            ArrayNode warnings = json.putArray("warnings");
            loaded.warnings().forEach(warning -> warnings.add(warning.toString()));
            return Answer.json(json);
        } catch (ConfigException e) {
            List<String> problems = e.problems().stream().map(Object::toString).toList();
            throw new CompletionException(
                    new Problem(422, "the new configuration is not valid; the old one stays", Map.of(), problems));
        }
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
