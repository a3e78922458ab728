package io.hotpool.pool.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Idle connections of a shard, least recently used first. Confined to the shard's loop; {@link #size} and {@link
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

    /** Those that were not used for so long, oldest first. */
    List<PooledConnection> unusedFor(long nanos, long now) {
        if (oldest == null || now - oldest.lastUsed < nanos) {
            return List.of();
        }
        List<PooledConnection> found = new ArrayList<>();
        for (PooledConnection c = oldest; c != null && now - c.lastUsed >= nanos; c = c.newer) {
            found.add(c);
        }
        return found;
    }

    void add(PooledConnection c) {
        assert !c.listed;
        c.listed = true;
        PooledConnection before = before(c);
        PooledConnection after = before == null ? oldest : before.newer;
        c.older = before;
        c.newer = after;
        if (before == null) {
            oldest = c;
        } else {
            before.newer = c;
        }
        if (after == null) {
            newest = c;
        } else {
            after.older = c;
        }
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

    /** From the back: most who come were used last. */
    private @Nullable PooledConnection before(PooledConnection c) {
        PooledConnection before = newest;
        while (before != null && before.lastUsed - c.lastUsed > 0) {
            before = before.older;
        }
        return before;
    }

    private void publish(int change) {
        size.lazySet(size.getPlain() + change);
        oldestSince.lazySet(oldest == null ? NONE : oldest.lastUsed);
    }
}
