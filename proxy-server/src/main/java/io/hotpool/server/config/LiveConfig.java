package io.hotpool.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration in force. Replaced whole or not at all: whoever asks sees one consistent snapshot, and a file with a
 * mistake changes nothing. Reloads are serialized; reading is free.
 */
public final class LiveConfig implements Supplier<HotpoolConfig> {
    private static final Logger log = LoggerFactory.getLogger(LiveConfig.class);

    private final ConfigReader reader;
    private final List<BiConsumer<HotpoolConfig, HotpoolConfig>> followers = new CopyOnWriteArrayList<>();
    private final List<Consumer<Reload>> witnesses = new CopyOnWriteArrayList<>();
    private volatile Loaded loaded;

    /** @throws ConfigException when there is nothing to start with */
    public LiveConfig(ConfigReader reader) throws ConfigException {
        this.reader = reader;
        this.loaded = reader.read();
    }

    @Override
    public HotpoolConfig get() {
        return loaded.config();
    }

    public Loaded loaded() {
        return loaded;
    }

    public ConfigReader reader() {
        return reader;
    }

    /** @param follower gets old and new after every change, on the thread that reloads */
    public void onChange(BiConsumer<HotpoolConfig, HotpoolConfig> follower) {
        followers.add(follower);
    }

    /** @param witness gets the outcome of every reload, good or bad */
    public void onReload(Consumer<Reload> witness) {
        witnesses.add(witness);
    }

    /** Reads everything again. */
    public synchronized Reload reload() {
        Reload outcome = attempt();
        witnesses.forEach(w -> w.accept(outcome));
        return outcome;
    }

    private Reload attempt() {
        Loaded next;
        try {
            next = reader.read();
        } catch (ConfigException e) {
            e.problems().forEach(p -> log.error("configuration not taken over: {}", p));
            return Reload.refused(e.problems());
        }
        Loaded previous = loaded;
        List<String> changed = changed(previous.effective(), next.effective());
        List<String> needRestart = changed.stream()
                .filter(key -> next.effective().get(key).needsRestart())
                .toList();
        loaded = next;
        if (!next.config().equals(previous.config())) {
            followers.forEach(f -> f.accept(previous.config(), next.config()));
        }
        report(next, changed, needRestart);
        return new Reload(changed, needRestart, List.of());
    }

    private static void report(Loaded next, List<String> changed, List<String> needRestart) {
        next.warnings().forEach(w -> log.warn("{}", w));
        log.info("configuration reloaded from {}: {}", next.file(), changed.isEmpty() ? "nothing changed" : changed);
        if (!needRestart.isEmpty()) {
            log.warn("{} will take effect at the next start", needRestart);
        }
    }

    /** Secrets are compared by what is shown of them, so a new secret alone is not in the list. */
    private static List<String> changed(Map<String, Effective> before, Map<String, Effective> after) {
        List<String> keys = new ArrayList<>();
        after.forEach((key, value) -> {
            Effective old = before.get(key);
            if (old == null || !old.value().equals(value.value())) {
                keys.add(key);
            }
        });
        return keys;
    }
}
