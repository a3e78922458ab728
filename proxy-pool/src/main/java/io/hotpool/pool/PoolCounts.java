package io.hotpool.pool;

import io.hotpool.pool.AddressLists.Kind;
import io.hotpool.pool.OpenExchange.Timing;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.pool.stats.RequestStatistics;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.time.Clock;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts what {@link PoolStats} tells. Any thread. */
final class PoolCounts implements PoolListener {
    private final RequestStatistics requests;
    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder byName = new LongAdder();
    private final LongAdder whitelistMoves = new LongAdder();

    PoolCounts(Clock clock) {
        this.requests = new RequestStatistics(clock);
    }

    long ended() {
        return requests.ended();
    }

    void tick() {
        requests.tick();
    }

    @Override
    public void acquired(Origin origin, AcquireOutcome outcome, long waitNanos) {
        if (outcome == AcquireOutcome.REUSED || outcome == AcquireOutcome.CREATED) {
            requests.acquired(outcome == AcquireOutcome.REUSED);
        }
    }

    @Override
    public void connectionOpened(ConnectionFacts connection) {
        opened.increment();
        if (NetUtil.createByteArrayFromIpAddressString(connection.origin().host()) == null) {
            byName.increment();
        }
    }

    @Override
    public void connectionClosed(ConnectionFacts connection, CloseReason reason, long requests) {
        closed.increment();
    }

    @Override
    public void addressMoved(@Nullable Origin origin, InetAddress address, String from, String to, String cause) {
        if (to.equals("allowed")) {
            whitelistMoves.increment();
        }
    }

    /** Who asked and left got neither an answer nor a failure. */
    @Override
    public void exchangeEnded(
            Origin origin,
            @Nullable ConnectionFacts connection,
            int status,
            @Nullable Fault fault,
            Timing timing,
            long totalNanos) {
        if (fault != null && fault.kind() == FaultKind.CLIENT_GONE) {
            return;
        }
        requests.ended(fault == null);
        if (timing.ttfbNanos() > 0) {
            requests.answered(timing.waitNanos() + timing.ttfbNanos());
        }
    }

    PoolStats stats(PoolSnapshot now, AddressLists lists) {
        return new PoolStats(
                requests.since(),
                now,
                lists.size(Kind.WHITELIST),
                lists.size(Kind.BLACKLIST),
                whitelistMoves.sum(),
                opened.sum(),
                closed.sum(),
                byName.sum(),
                requests.totals(),
                requests.lastMinutes(1),
                requests.lastMinutes(5));
    }
}
