package io.hotpool.server.metrics;

import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.PoolSnapshot.Connection;
import io.netty.util.NetUtil;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Ways out, and addresses that connections leave from, by name and without credentials. The first so many that were seen have a
 * name of their own, for clients may name proxies too; the others are {@value HostLabels#OTHER}. Any thread.
 */
public final class EgressLabels {
    static final int MOST = 30;

    private final Set<String> egresses = ConcurrentHashMap.newKeySet();
    private final Set<String> sources = ConcurrentHashMap.newKeySet();

    /** Open connections by {@code direct} or the upstream proxy. */
    public Map<String, Integer> byEgress(PoolSnapshot snapshot) {
        return counts(snapshot, egresses, c -> c.facts().way().egress());
    }

    /** Open connections by the local address. */
    public Map<String, Integer> bySource(PoolSnapshot snapshot) {
        return counts(snapshot, sources, c -> {
            var local = c.facts().way().local();
            return local == null ? "unknown" : NetUtil.toAddressString(local.getAddress());
        });
    }

    private static Map<String, Integer> counts(
            PoolSnapshot snapshot, Set<String> named, Function<Connection, String> name) {
        Map<String, Integer> counts = new TreeMap<>();
        snapshot.hosts().stream()
                .flatMap(host -> host.connections().stream())
                .forEach(c -> counts.merge(labelOf(name.apply(c), named), 1, Integer::sum));
        return counts;
    }

    private static synchronized String labelOf(String name, Set<String> named) {
        return named.contains(name) || named.size() < MOST && named.add(name) ? name : HostLabels.OTHER;
    }
}
