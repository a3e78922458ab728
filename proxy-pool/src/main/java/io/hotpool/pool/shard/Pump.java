package io.hotpool.pool.shard;

import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import java.util.List;

/** Serves those of a host who can be served, then dials for the rest, oldest first, below the caps. Pure. */
final class Pump {
    private final PoolState state;
    private final Shell shell;
    private final TestPlaces tests;
    private Limits limits;

    Pump(PoolState state, Shell shell, TestPlaces tests, Limits limits) {
        this.state = state;
        this.shell = shell;
        this.tests = tests;
        this.limits = limits;
    }

    void limits(Limits changed) {
        limits = changed;
    }

    /** Called again from inside, it goes round once more. */
    void run(HostState host, long now) {
        if (host.pumping) {
            host.again = true;
            return;
        }
        host.pumping = true;
        do {
            host.again = false;
            serve(host, now);
            dialForWaiters(host);
        } while (host.again);
        host.pumping = false;
        for (; host.permits > 0; host.permits--) {
            shell.returnPermit();
        }
    }

    private void serve(HostState host, long now) {
        if (host.waiting == 0) {
            return;
        }
        if (host.keys.size() == 1) {
            serve(host, host.keys.values().iterator().next(), now);
            return;
        }
        for (KeyState keyed : List.copyOf(host.keys.values())) {
            serve(host, keyed, now);
        }
    }

    private void serve(HostState host, KeyState keyed, long now) {
        while (!keyed.waiters.isEmpty()) {
            PooledConnection c = state.free(keyed, now);
            if (c == null) {
                break;
            }
            Waiter waiter = keyed.waiters.poll();
            host.waiting--;
            waiter.receiver.acquired(state.lease(c, now), c.requests == 1);
        }
    }

    private void dialForWaiters(HostState host) {
        while (host.waiting > 0 && !stuck(host)) {
            KeyState keyed = host.longestUncovered();
            if (keyed == null || !mayDial(host)) {
                return;
            }
            PooledConnection c = PoolState.add(host, keyed);
            Waiter first = keyed.waiters.peek();
            shell.dial(c, first != null && first.retry);
        }
    }

    /** Every place is taken by a connection that is in use: all who wait have to. */
    private boolean stuck(HostState host) {
        return host.tests == 0 && host.sockets() >= limits.perHost() && host.oldestIdle() == null;
    }

    private boolean mayDial(HostState host) {
        if (tests.full(host, limits.perHost())) {
            makeRoom(host);
            return false; // the end of the one that goes, if any, brings us back
        }
        if (host.permits > 0) {
            host.permits--;
            return true;
        }
        if (host.awaitsPermit) {
            return false;
        }
        if (shell.takePermit()) {
            return true;
        }
        host.awaitsPermit = true;
        shell.awaitPermit(host);
        return false;
    }

    /** An idle connection here belongs to another key than the one that waits: nobody who waits can use it. */
    private void makeRoom(HostState host) {
        PooledConnection oldest = host.oldestIdle();
        if (oldest != null && host.leaving() + host.tests < host.waiting) {
            state.retire(oldest, CloseReason.MAKE_ROOM);
        }
    }

    /** Must one that gained room go, for others have an older claim to a connection? */
    boolean yields(PooledConnection c, long now) {
        HostState host = c.host;
        Waiter first = c.key.waiters.peek();
        if (first == null && !c.idle()) {
            return false;
        }
        long since = first == null ? now : first.since;
        if (host.connections.size() > limits.perHost() || shell.mustYield(host, since, now)) {
            return true;
        }
        return first != null && host.connections.size() == limits.perHost() && host.waitsLonger(c.key, since);
    }
}
