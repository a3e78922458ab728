package io.hotpool.server.admin;

import io.hotpool.pool.AddressLists;
import io.hotpool.pool.CleanupReport;
import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HealthReport;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.Lease;
import io.hotpool.pool.OpenExchange;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.PoolStats;
import io.hotpool.pool.Prewarm;
import io.hotpool.pool.PrewarmResult;
import io.hotpool.pool.Tier;
import io.hotpool.pool.Tuning;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseSink;
import io.hotpool.pool.stats.Percentiles;
import io.hotpool.pool.stats.Totals;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A pool whose picture is set by the test, and that remembers what it was told to close. */
final class StillPool implements HotPool {
    final HandLists lists = new HandLists();
    volatile PoolSnapshot snapshot = new PoolSnapshot(Instant.EPOCH, List.of());
    volatile @Nullable String drained;
    volatile boolean flushed;

    volatile Tuning tuning = new Tuning(false, Tier.MEDIUM, Instant.EPOCH, 0, PoolConfig.DEFAULTS);

    @Override
    public CompletionStage<HealthReport> checkHealth() {
        return CompletableFuture.completedFuture(new HealthReport(1, 2, 3, 4));
    }

    @Override
    public CompletionStage<CleanupReport> cleanUp() {
        return CompletableFuture.completedFuture(new CleanupReport(5, 6));
    }

    @Override
    public CompletionStage<List<PrewarmResult>> prewarm(List<Prewarm> orders) {
        return CompletableFuture.completedFuture(orders.stream()
                .map(o -> new PrewarmResult(o.origin(), o.count(), 1, 0, Map.of("max_connections", 2), Map.of(), ""))
                .toList());
    }

    @Override
    public AddressLists addresses() {
        return lists;
    }

    @Override
    public CompletionStage<PoolSnapshot> snapshot() {
        return CompletableFuture.completedFuture(snapshot);
    }

    @Override
    public CompletionStage<Lease> acquire(Origin origin, ExchangeOptions options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Tuning tuning() {
        return tuning;
    }

    @Override
    public CompletionStage<PoolStats> stats() {
        Totals none = new Totals(Instant.EPOCH, 0, 0, 0, 0, 0, 0, Percentiles.NONE);
        return CompletableFuture.completedFuture(
                new PoolStats(Instant.EPOCH, snapshot, 1, 2, 3, 9, 8, 7, none, none, none));
    }

    @Override
    public CompletionStage<Integer> drain(String host, int port) {
        drained = host + ":" + port;
        return CompletableFuture.completedFuture(3);
    }

    @Override
    public CompletionStage<Integer> flush() {
        flushed = true;
        return CompletableFuture.completedFuture(5);
    }

    @Override
    public OpenExchange exchange(
            RequestHead head, ExchangeOptions options, EventLoop clientLoop, ResponseSink response) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Channel> dial(Origin target, ExchangeOptions options, EventLoop loop) {
        throw new UnsupportedOperationException();
    }

    @Override
    public EventLoop loopOf(Origin origin) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PoolConfig config() {
        return PoolConfig.DEFAULTS;
    }

    @Override
    public void update(PoolConfig config) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Void> shutdown() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}
}
