package io.hotpool.server.metrics;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts have a label value of their own: the first so many that were seen, for as long as their series are few enough. All
 * others are {@value #OTHER}, so that the number of series is bounded however many hosts there are, and however many ways to fail.
 * Any thread.
 */
final class HostLabels {
    static final String OTHER = "other";
    static final int MOST_SERIES = 1200;

    private final IntSupplier most;
    private final ConcurrentHashMap<String, Set<Object>> named = new ConcurrentHashMap<>();
    private final AtomicInteger series = new AtomicInteger();

    HostLabels(IntSupplier most) {
        this.most = most;
    }

    /** @param detail the other label of the series: unlike those of every other metric of hosts */
    String labelOf(String host, Object detail) {
        Set<Object> details = named.get(host);
        if (details == null) {
            details = named.size() < most.getAsInt() ? name(host) : null;
        }
        return details != null && (details.contains(detail) || added(details, detail)) ? host : OTHER;
    }

    private boolean added(Set<Object> details, Object detail) {
        if (series.get() >= MOST_SERIES) {
            return false;
        }
        if (details.add(detail)) {
            series.incrementAndGet();
        }
        return true;
    }

    private synchronized @Nullable Set<Object> name(String host) {
        Set<Object> known = named.get(host);
        if (known != null || named.size() >= most.getAsInt()) {
            return known;
        }
        Set<Object> details = ConcurrentHashMap.newKeySet();
        named.put(host, details);
        return details;
    }
}
