package io.hotpool.pool;

import io.hotpool.pool.http.Origin;
import java.util.Map;
import java.util.Objects;

/**
 * What became of a {@link Prewarm}: every connection that was asked for is opened, already there, refused or failed.
 *
 * @param refused by the name of the limit that refused them: {@code max_conns_per_host}, {@code max_connections}, {@code
 *     demand} (requests kept coming first), {@code file_descriptors}, {@code shutdown}
 * @param failed by cause, in words
 * @param note what to know about more than one connection of that protocol; empty: nothing
 */
public record PrewarmResult(
        Origin origin,
        int requested,
        int opened,
        int alreadyThere,
        Map<String, Integer> refused,
        Map<String, Integer> failed,
        String note) {

    public PrewarmResult {
        Objects.requireNonNull(origin);
        Objects.requireNonNull(note);
        refused = Map.copyOf(refused);
        failed = Map.copyOf(failed);
    }

    public int refusedCount() {
        return sum(refused);
    }

    public int failedCount() {
        return sum(failed);
    }

    /** As many are open as were asked for. */
    public boolean complete() {
        return opened + alreadyThere == requested;
    }

    private static int sum(Map<String, Integer> counts) {
        return counts.values().stream().mapToInt(n -> n).sum();
    }
}
