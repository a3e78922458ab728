package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.pool.Tuning;
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
import java.util.function.BiConsumer;

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
        Set<String> known = services.configuration().get().effective().keySet();
        dotted("", Json.read(request.body()), known, (key, value) -> {
            if (value.isNull()) {
                takenBack.add(key);
            } else {
                settings.add(new Setting(ORIGIN, key, TomlText.of(value)));
            }
        });
        return CompletableFuture.supplyAsync(() -> outcome(services.change().apply(settings, takenBack)), blocking);
    }

    /** Sections may be given as objects: {@code {"pool": {"min_hot": 1}}} says what {@code {"pool.min_hot": 1}} says. */
    private static void dotted(String section, JsonNode object, Set<String> known, BiConsumer<String, JsonNode> each) {
        object.properties().forEach(field -> {
            String key = section + field.getKey();
            boolean isSection = !known.contains(key) && known.stream().anyMatch(k -> k.startsWith(key + "."));
            if (isSection && field.getValue().isObject()) {
                dotted(key + ".", field.getValue(), known, each);
            } else {
                each.accept(key, field.getValue());
            }
        });
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
        json.set("value", TomlJson.of(effective.value()));
        json.put("origin", effective.origin());
    }

    private ObjectNode json(Loaded loaded) {
        Tuning tuning = services.pool().tuning();
        Map<String, String> tuned = tuning.on() ? TunedKeys.of(loaded.config().pool(), tuning.inForce()) : Map.of();
        ObjectNode json = Json.object();
        json.put("file", loaded.file() == null ? null : loaded.file().toString());
        ObjectNode keys = json.putObject("keys");
        loaded.effective().forEach((key, effective) -> {
            ObjectNode entry = keys.putObject(key);
            String value = tuned.getOrDefault(key, effective.value());
            entry.set("value", TomlJson.of(value));
            entry.set("default", TomlJson.of(effective.defaultValue()));
            entry.put("toml", value);
            entry.put("origin", tuned.containsKey(key) ? "auto_tune" : effective.origin());
            entry.put("needs_restart", effective.needsRestart());
            entry.put("doc", effective.doc());
        });
        return json;
    }
}
