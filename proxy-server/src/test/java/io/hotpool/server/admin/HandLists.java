package io.hotpool.server.admin;

import io.hotpool.pool.AddressLists;
import io.hotpool.pool.address.AddressBlock;
import io.hotpool.pool.http.Origin;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Lists that hold what is put there, and nothing learned. */
public final class HandLists implements AddressLists {
    private final List<Entry> entries = new ArrayList<>();

    public HandLists with(Entry entry) {
        entries.add(entry);
        return this;
    }

    @Override
    public List<Entry> entries(Kind list) {
        return entries.stream().filter(e -> e.list() == list).toList();
    }

    @Override
    public int size(Kind list) {
        return entries(list).size();
    }

    @Override
    public List<Address> addresses(String host, int port) {
        return List.of();
    }

    @Override
    public List<Address> addresses(InetAddress address) {
        return List.of();
    }

    @Override
    public CompletionStage<Entry> put(
            Kind list, AddressBlock block, @Nullable Origin origin, @Nullable Duration duration) {
        Instant now = Instant.EPOCH;
        Entry entry = new Entry(
                list, block, origin, Source.BY_HAND, "by hand", now, duration == null ? null : now.plus(duration));
        entries.add(entry);
        return CompletableFuture.completedFuture(entry);
    }

    @Override
    public CompletionStage<Integer> remove(Kind list, AddressBlock block, @Nullable Origin origin) {
        int before = entries.size();
        entries.removeIf(e -> e.list() == list
                && e.source() == Source.BY_HAND
                && e.block().equals(block)
                && Objects.equals(e.origin(), origin));
        return CompletableFuture.completedFuture(before - entries.size());
    }
}
