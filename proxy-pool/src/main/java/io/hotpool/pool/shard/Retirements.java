package io.hotpool.pool.shard;

import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import java.util.List;
import java.util.function.Predicate;

/** Connections that have to go: by order, for their age, or to make room. What is idle closes, what is busy takes no more. Pure. */
final class Retirements {
    private final PoolState state;
    private final Lifetimes lifetimes;
    private final Idles idles;
    private final TestPlaces tests;

    Retirements(PoolState state, Lifetimes lifetimes, Idles idles, TestPlaces tests) {
        this.state = state;
        this.lifetimes = lifetimes;
        this.idles = idles;
        this.tests = tests;
    }

    /** Dials under way go on: somebody waits for them. Says how many. */
    int retire(Predicate<PooledConnection> which, CloseReason reason) {
        List<PooledConnection> chosen =
                state.all().stream().filter(c -> c.usable() && which.test(c)).toList();
        chosen.forEach(c -> state.retire(c, reason));
        return chosen.size();
    }

    /**
     * The one that has been idle longest; to make room rather that of a test, and in the end one that nobody used yet. False:
     * there is none.
     */
    boolean oldestIdle(CloseReason reason) {
        if (reason == CloseReason.MAKE_ROOM && tests.giveWay()) {
            return true;
        }
        PooledConnection oldest = idles.oldest(reason);
        if (oldest != null) {
            state.retire(oldest, reason);
        }
        return oldest != null;
    }

    /** Those that idled or lived too long; says how many. */
    int overTime(long idleTimeout, long now) {
        int idleTooLong = 0;
        for (PooledConnection c : idles.idleFor(idleTimeout, now)) {
            if (c.idle() && !lifetimes.kept(c, now)) {
                state.retire(c, CloseReason.IDLE_TIMEOUT);
                idleTooLong++;
            }
        }
        return idleTooLong + retire(c -> now - lifetimes.end(c) >= 0, CloseReason.MAX_LIFETIME);
    }

    /** Down to that many, as far as they are idle; those of tests first. */
    void shrink(HostState host, int perHost) {
        int over = host.sockets() - perHost;
        for (int tested = host.tests; tested > 0 && over > 0; tested--, over--) {
            tests.giveWay(host);
        }
        PooledConnection oldest = host.oldestIdle();
        for (; over > 0 && oldest != null; over--) {
            state.retire(oldest, CloseReason.MAKE_ROOM);
            oldest = host.oldestIdle();
        }
    }
}
