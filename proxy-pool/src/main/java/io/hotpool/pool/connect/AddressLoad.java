package io.hotpool.pool.connect;

import io.hotpool.pool.address.AddressBook;
import io.hotpool.pool.http.Origin;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** How many sockets of one loop are open, or being opened, per origin and address. Owner: that loop. */
final class AddressLoad {
    private final Map<Origin, Map<InetAddress, Integer>> counts = new HashMap<>();

    int of(Origin origin, InetAddress address) {
        return counts.getOrDefault(AddressBook.place(origin), Map.of()).getOrDefault(address, 0);
    }

    /** Counts until the channel closes. */
    void opened(Origin origin, InetAddress address, Channel channel) {
        Origin place = AddressBook.place(origin);
        counts.computeIfAbsent(place, p -> new HashMap<>()).merge(address, 1, Integer::sum);
        channel.closeFuture().addListener(closed -> gone(place, address));
    }

    private void gone(Origin place, InetAddress address) {
        counts.computeIfPresent(place, (p, all) -> {
            all.computeIfPresent(address, (a, n) -> n == 1 ? null : n - 1);
            return all.isEmpty() ? null : all;
        });
    }
}
