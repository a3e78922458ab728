package io.hotpool.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final List<Consumer<HotpoolConfig>> preparers = new CopyOnWriteArrayList<>();
    private final List<BiConsumer<HotpoolConfig, HotpoolConfig>> followers = new CopyOnWriteArrayList<>();
    private final List<Consumer<Reload>> witnesses = new CopyOnWriteArrayList<>();
    private List<Setting> live = List.of(); // guarded by this
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

    /** Its configuration is the same object for as long as nothing in it changes. */
    public Loaded loaded() {
        return loaded;
    }

    public ConfigReader reader() {
        return reader;
    }

    /**
     * @param preparer gets the next configuration before anybody else can see it; if it throws nothing changes. A reload that
     *     changes nothing gives it the present one again: the files that it names may be others
     */
    public void beforeChange(Consumer<HotpoolConfig> preparer) {
        preparers.add(preparer);
    }

    /** @param follower gets old and new after every change, on the thread that reloads */
    public void onChange(BiConsumer<HotpoolConfig, HotpoolConfig> follower) {
        followers.add(follower);
    }

    /** @param witness gets the outcome of every reload, good or bad */
    public void onReload(Consumer<Reload> witness) {
        witnesses.add(witness);
    }

    /** Reads everything again; live changes stay on top. */
    public synchronized Reload reload() {
        return told(attempt(live));
    }

    /**
     * Sets keys above every other source, until they are taken back or the process ends. All of it or nothing.
     *
     * @param settings keys with their new values; those that need a restart are refused
     * @param takenBack keys whose live value ends: the file, the environment or the default counts again
     */
    public synchronized Reload change(List<Setting> settings, Set<String> takenBack) {
        Problems problems = new Problems();
        settings.forEach(setting -> refuseRestart(setting, problems));
        if (problems.any()) {
            return told(Reload.refused(problems.errors()));
        }
        List<Setting> next = new ArrayList<>(live);
        next.removeIf(old -> takenBack.contains(old.key())
                || settings.stream().anyMatch(setting -> setting.key().equals(old.key())));
        next.addAll(settings);
        return told(attempt(next));
    }

    private static void refuseRestart(Setting setting, Problems problems) {
        Keys.find(setting.key())
                .filter(key -> key.change() == Key.Change.RESTART)
                .ifPresent(key -> problems.error(
                        Place.outside(setting.option()),
                        setting.key(),
                        "cannot change while hotpool runs; set it in the file and restart"));
    }

    private Reload told(Reload outcome) {
        witnesses.forEach(w -> w.accept(outcome));
        return outcome;
    }

    private Reload attempt(List<Setting> nextLive) {
        Loaded next;
        try {
            next = reader.read(nextLive);
        } catch (ConfigException e) {
            e.problems().forEach(p -> log.error("configuration not taken over: {}", p));
            return Reload.refused(e.problems());
        }
        Loaded previous = loaded;
        Reload outcome = new Reload(changes(previous.effective(), next.effective()), List.of());
        boolean another = !next.config().equals(previous.config());
        preparers.forEach(p -> p.accept(another ? next.config() : previous.config()));
        loaded = another ? next : next.with(previous.config());
        live = List.copyOf(nextLive);
        if (another) {
            followers.forEach(f -> f.accept(previous.config(), next.config()));
        }
        report(next, outcome);
        return outcome;
    }

    private static void report(Loaded next, Reload outcome) {
        next.warnings().forEach(w -> log.warn("{}", w));
        List<String> changed = outcome.changed();
        log.info("configuration reloaded from {}: {}", next.file(), changed.isEmpty() ? "nothing changed" : changed);
        if (!outcome.needRestart().isEmpty()) {
            log.warn("{} will take effect at the next start", outcome.needRestart());
        }
    }

    /** Secrets are compared by what is shown of them, so a new secret alone is not in the list. */
    private static List<Reload.Change> changes(Map<String, Effective> before, Map<String, Effective> after) {
        List<Reload.Change> changes = new ArrayList<>();
        after.forEach((key, value) -> {
            Effective old = before.get(key);
            if (old != null && !old.value().equals(value.value())) {
                changes.add(new Reload.Change(key, old, value));
            }
        });
        return changes;
    }
}
