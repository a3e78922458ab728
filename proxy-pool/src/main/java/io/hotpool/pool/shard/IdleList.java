package io.hotpool.pool.shard;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections of a shard, least recently used first. Confined to the shard's loop; {@link #size} and {@link
 * #oldestSince} may be read on any thread and are then a moment old.
 */
final class IdleList {
    static final long NONE = Long.MAX_VALUE;

    private @Nullable PooledConnection oldest;
    private @Nullable PooledConnection newest;
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicLong oldestSince = new AtomicLong(NONE);

    int size() {
        return size.get();
    }

    long oldestSince() {
        return oldestSince.get();
    }

    @Nullable
    PooledConnection oldest() {
        return oldest;
    }

    void add(PooledConnection c) {
        assert !c.listed;
        c.listed = true;
        c.older = newest;
        if (newest == null) {
            oldest = c;
        } else {
            newest.newer = c;
        }
        newest = c;
        publish(1);
    }

    void remove(PooledConnection c) {
        if (!c.listed) {
            return;
        }
        c.listed = false;
        if (c.older == null) {
            oldest = c.newer;
        } else {
            c.older.newer = c.newer;
        }
        if (c.newer == null) {
            newest = c.older;
        } else {
            c.newer.older = c.older;
        }
        c.older = null;
        c.newer = null;
        publish(-1);
    }

    private void publish(int change) {
        size.lazySet(size.getPlain() + change);
        oldestSince.lazySet(oldest == null ? NONE : oldest.lastUsed);
    }
}
