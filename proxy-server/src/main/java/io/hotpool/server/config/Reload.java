package io.hotpool.server.config;

import java.util.List;

/**
 * How an attempt to replace the configuration ended.
 *
 * @param changes keys whose value is another now; empty when nothing changed
 * @param problems why nothing was changed; empty when the configuration was taken over
 */
public record Reload(List<Change> changes, List<Problem> problems) {
    /** One key as it was and as it is. */
    public record Change(String key, Effective before, Effective after) {}

    static Reload refused(List<Problem> problems) {
        return new Reload(List.of(), problems);
    }

    public boolean ok() {
        return problems.isEmpty();
    }

    public List<String> changed() {
        return changes.stream().map(Change::key).toList();
    }

    /** Those of them that take effect at the next start only. */
    public List<String> needRestart() {
        return changes.stream()
                .filter(change -> change.after().needsRestart())
                .map(Change::key)
                .toList();
    }
}
