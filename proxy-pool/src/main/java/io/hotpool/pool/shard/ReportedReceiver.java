package io.hotpool.pool.shard;

import io.hotpool.pool.PoolListener;
import io.hotpool.pool.PoolListener.AcquireOutcome;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.netty.channel.EventLoop;

/** Tells how long somebody waited for a connection, and how that ended. @param since by the loop's ticker */
record ReportedReceiver(Waiter.Receiver receiver, Origin origin, long since, EventLoop loop, PoolListener events)
        implements Waiter.Receiver {
    @Override
    public void acquired(PooledConnection connection, boolean created) {
        boolean ready = connection.readyBefore(since);
        events.acquired(origin, ready ? AcquireOutcome.REUSED : AcquireOutcome.CREATED, waited());
        receiver.acquired(connection, created);
    }

    @Override
    public void refused(Fault fault) {
        if (fault.kind() == FaultKind.POOL_EXHAUSTED || fault.kind() == FaultKind.CONNECT_TIMEOUT) {
            events.acquired(origin, AcquireOutcome.TIMEOUT, waited());
        }
        receiver.refused(fault);
    }

    private long waited() {
        return loop.ticker().nanoTime() - since;
    }
}
