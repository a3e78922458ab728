package io.hotpool.pool.shard;

import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;

/** A shard's idle connections, as far as the caps over all shards go. */
final class ShardIdles implements ConnectionPermits.Source {
    private final EventLoop loop;
    private final PoolState state;

    ShardIdles(EventLoop loop, PoolState state) {
        this.loop = loop;
        this.state = state;
    }

    @Override
    public long oldestIdleSince() {
        return state.idles.used().oldestSince();
    }

    @Override
    public long oldestUnusedSince() {
        return state.idles.unused().oldestSince();
    }

    @Override
    public int idleCount() {
        return state.idles.used().size();
    }

    @Override
    public int tests() {
        return state.tests.staying();
    }

    @Override
    public void closeOldestIdle(CloseReason reason, Consumer<Boolean> done) {
        loop.execute(() -> done.accept(state.retirements.oldestIdle(reason)));
    }
}
