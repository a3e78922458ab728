package io.hotpool.pool.shard;

import io.hotpool.pool.fault.Fault;

/** One who waits for a connection. Gets exactly one call, unless it was cancelled. Confined to the shard's loop. */
public final class Waiter {
    /** Receives the outcome, on the shard's loop, possibly on the stack of the call that asked. */
    public interface Receiver {
        /** @param created a dial was made for want of a free connection */
        void acquired(PooledConnection connection, boolean created);

        void refused(Fault fault);
    }

    final PoolKey key;
    final Receiver receiver;

    /** The connection before was closed by the server: the hello shows it. */
    final boolean retry;

    final long since;
    long deadline;

    Waiter(PoolKey key, boolean retry, Receiver receiver, long since, long deadline) {
        this.key = key;
        this.retry = retry;
        this.receiver = receiver;
        this.since = since;
        this.deadline = deadline;
    }
}
