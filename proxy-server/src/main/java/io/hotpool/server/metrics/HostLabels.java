package io.hotpool.server.metrics;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/**
 * Which hosts have a label value of their own: the first so many that were seen. All others are {@value #OTHER}, so that the
 * number of series is bounded however many hosts there are. Any thread.
 */
final class HostLabels {
    static final String OTHER = "other";

    private final IntSupplier most;
    private final ConcurrentHashMap<String, String> named = new ConcurrentHashMap<>();

    HostLabels(IntSupplier most) {
        this.most = most;
    }

    String labelOf(String host) {
        String label = named.get(host);
        if (label != null) {
            return label;
        }
        return named.size() < most.getAsInt() ? name(host) : OTHER;
    }

    private synchronized String name(String host) {
        if (named.size() < most.getAsInt()) {
            named.putIfAbsent(host, host);
        }
        return named.getOrDefault(host, OTHER);
    }
}
