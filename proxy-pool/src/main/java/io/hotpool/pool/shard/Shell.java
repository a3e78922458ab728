package io.hotpool.pool.shard;

import io.hotpool.pool.http.UpstreamConnection.CloseReason;

/** What {@link PoolState} decides and does not do itself. */
interface Shell {
    /** One of the permits for connections over all shards; false: none is left. */
    boolean takePermit();

    void returnPermit();

    /** Calls {@link PoolState#permitGranted} when one is there. */
    void awaitPermit(HostState host);

    /** Must this host give up a connection, since another one waits for a permit and is owed it? */
    boolean mustYield(HostState host, long oldestWaiter, long now);

    /** Answers with {@link PoolState#connected} or {@link PoolState#dialFailed}. */
    void dial(PooledConnection connection, boolean retry);

    /** Closes at once when idle, else when its exchanges are done; answers with {@link PoolState#closed}. */
    void retire(PooledConnection connection, CloseReason reason);
}
