package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.server.config.Effective;
import io.hotpool.server.config.Loaded;
import io.hotpool.server.config.Reload;
import io.hotpool.server.config.Setting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** The configuration in force, live changes to it, and the order to read it anew. */
final class ConfigPages {
    private static final String ORIGIN = "PATCH /api/v1/config";

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
        routes.later("PATCH", "/api/v1/config", this::change);
        routes.later(
                "POST",
                "/api/v1/reload",
                request -> CompletableFuture.supplyAsync(
                        () -> outcome(services.reload().get()), blocking));
    }

    /** Keys with their new values; null takes a live value back. All of it or nothing. */
    private CompletionStage<Answer> change(AdminRequest request) {
        List<Setting> settings = new ArrayList<>();
        Set<String> takenBack = new HashSet<>();
        Json.read(request.body()).properties().forEach(field -> {
            if (field.getValue().isNull()) {
                takenBack.add(field.getKey());
            } else {
                settings.add(new Setting(ORIGIN, field.getKey(), TomlText.of(field.getValue())));
            }
        });
        return CompletableFuture.supplyAsync(() -> outcome(services.change().apply(settings, takenBack)), blocking);
    }

    private static Answer outcome(Reload outcome) {
        if (!outcome.ok()) {
            List<String> problems =
                    outcome.problems().stream().map(Object::toString).toList();
            throw new Problem(422, "the new configuration is not valid; the old one stays", Map.of(), problems);
        }
        ObjectNode json = Json.object();
        json.put("reloaded", true);
        outcome.changed().forEach(json.putArray("changed")::add);
        outcome.needRestart().forEach(json.putArray("need_restart")::add);
        var changes = json.putArray("changes");
        for (Reload.Change change : outcome.changes()) {
            ObjectNode entry = changes.addObject().put("key", change.key());
            side(entry.putObject("before"), change.before());
            side(entry.putObject("after"), change.after());
        }
        return Answer.json(json);
    }

    private static void side(ObjectNode json, Effective effective) {
        json.put("value", effective.value()).put("origin", effective.origin());
    }

    private ObjectNode json(Loaded loaded) {
        Map<String, String> tuned =
                TunedKeys.of(loaded.config().pool(), services.pool().tuning().inForce());
        ObjectNode json = Json.object();
        json.put("file", loaded.file() == null ? null : loaded.file().toString());
        ObjectNode keys = json.putObject("keys");
        loaded.effective().forEach((key, effective) -> {
            ObjectNode entry = keys.putObject(key);
            entry.put("value", tuned.getOrDefault(key, effective.value()));
            entry.put("default", effective.defaultValue());
            entry.put("origin", tuned.containsKey(key) ? "auto_tune" : effective.origin());
            entry.put("needs_restart", effective.needsRestart());
            entry.put("doc", effective.doc());
        });
        return json;
    }
}
