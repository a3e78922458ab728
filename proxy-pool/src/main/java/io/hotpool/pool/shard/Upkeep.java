package io.hotpool.pool.shard;

import io.hotpool.pool.CleanupReport;
import io.hotpool.pool.HealthReport;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletionStage;

/** What keeps a shard's connections in order, whether anybody asks or not. Confined to its loop. */
public final class Upkeep {
    private final EventLoop loop;
    private final PoolState state;
    private final HealthChecks health;
    private final NameRenewal names;
    private final WakeUp wakeUp;
    private boolean closed;

    Upkeep(EventLoop loop, PoolState state, HealthChecks health, NameRenewal names, WakeUp wakeUp) {
        this.loop = loop;
        this.state = state;
        this.health = health;
        this.names = names;
        this.wakeUp = wakeUp;
    }

    /** About once a second: what wants doing without anybody asking. */
    public void tick() {
        assert loop.inEventLoop();
        if (!closed) {
            state.warmer.refill(now());
            health.checkSilent();
            names.renewDue();
        }
    }

    /** Carries out what is due; the timer does so by itself, cleaning makes sure. Says how many connections were retired. */
    public int expire() {
        assert loop.inEventLoop();
        int retired = state.expire(now());
        wakeUp.at(state.nextDeadline(now()));
        return retired;
    }

    /** Closes what is over its time, and what is kept back. */
    public CleanupReport cleanUp() {
        return new CleanupReport(expire(), state.inspections.retireQuarantined());
    }

    /** Asks every idle connection now whether it is alive. */
    public CompletionStage<HealthReport> checkHealth() {
        assert loop.inEventLoop();
        return health.checkAll();
    }

    /** The network may be another one: what is idle has to answer before it is used. */
    public void recheck() {
        assert loop.inEventLoop();
        health.recheckAll();
    }

    /** The names of all hosts in use are asked for anew. */
    public void renewNames() {
        assert loop.inEventLoop();
        names.renewAll();
    }

    /** Tests of addresses end, and nothing is done by itself any more. */
    void close() {
        closed = true;
        while (state.tests.giveWay()) {
            // each closes its socket
        }
    }

    private long now() {
        return loop.ticker().nanoTime();
    }
}
