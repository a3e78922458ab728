package io.hotpool.server.config;

import java.util.List;

/**
 * How a reload ended.
 *
 * @param changed keys whose value is another now; empty when nothing changed
 * @param needRestart those of them that take effect at the next start only
 * @param problems why nothing was changed; empty when the configuration was taken over
 */
public record Reload(List<String> changed, List<String> needRestart, List<Problem> problems) {
    static Reload refused(List<Problem> problems) {
        return new Reload(List.of(), List.of(), problems);
    }

    public boolean ok() {
        return problems.isEmpty();
    }
}
