package io.hotpool.pool.address;

import io.hotpool.pool.http.Origin;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which addresses a host had in its DNS answers lately, and which have left. Names with many addresses answer with another
 * handful each time: one has left when no answer had it for a while. Pure. Owner: the control thread.
 */
final class Residents {
    private static final int MAX_ORIGINS = 10_000;

    private final Map<Origin, Map<InetAddress, Long>> lastSeen = new LinkedHashMap<>(16, 0.75f, true);

    /** Takes an answer in. Returns those that were not in one since {@code now - absence} and have not been told before. */
    List<InetAddress> answered(Origin place, Collection<InetAddress> answer, long now, long absence) {
        Map<InetAddress, Long> all = lastSeen.computeIfAbsent(place, p -> new LinkedHashMap<>());
        answer.forEach(address -> all.put(address, now));
        List<InetAddress> left = new ArrayList<>();
        all.forEach((address, seen) -> {
            if (now > seen && now - seen >= absence) {
                left.add(address);
            }
        });
        left.forEach(all::remove);
        if (lastSeen.size() > MAX_ORIGINS) {
            lastSeen.remove(lastSeen.keySet().iterator().next());
        }
        return left;
    }
}
