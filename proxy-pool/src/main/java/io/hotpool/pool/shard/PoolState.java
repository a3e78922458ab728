package io.hotpool.pool.shard;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.pool.shard.PooledConnection.State;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Every decision of a shard's pool: who gets which connection, when to dial, what to close. No I/O, clock or logger: time
 * comes with each call (any origin, nanoseconds), deeds are left to the {@link Shell}. Confined to one thread; the shell may
 * call back from inside a deed.
 *
 * <p>One rule covers HTTP/1.1 (capacity 1) and HTTP/2 (capacity n): dial when more wait for a key than its free and coming
 * connections can take. A dial to an origin that is expected to speak HTTP/2 counts with the capacity seen there before, or
 * as enough for everybody, so that all who wait share it; once the origin has spoken HTTP/1.1, each waiter counts for a dial.
 */
final class PoolState {
    /** What an unused host is remembered for: its protocol. */
    private static final long FORGET_AFTER = 600_000_000_000L;

    private static final double SHORTEST_LIFE = 0.9;

    private final Shell shell;
    private final DoubleSupplier random;
    private final Map<Origin, HostState> hosts = new HashMap<>();
    private final Lifetimes lifetimes;
    private final Waiters waiters;
    private final Pump pump;
    final Idles idles = new Idles();
    final TestPlaces tests;
    final Retirements retirements;
    final Inspections inspections = new Inspections(this);
    final Warmer warmer;
    private Limits limits;

    PoolState(Limits limits, DoubleSupplier random, Shell shell) {
        this.limits = limits;
        this.random = random;
        this.shell = shell;
        this.lifetimes = new Lifetimes(limits);
        this.waiters = new Waiters(limits);
        this.tests = new TestPlaces(shell);
        this.retirements = new Retirements(this, lifetimes, idles, tests);
        this.pump = new Pump(this, shell, tests, limits);
        this.warmer = new Warmer(this, shell, lifetimes, tests, random, limits);
    }

    /** A lease on a free connection, most recently used first; null when there is none, or others wait for it already. */
    @Nullable
    PooledConnection acquireNow(PoolKey key, long now) {
        KeyState keyed = known(key);
        if (keyed == null || !keyed.waiters.isEmpty()) {
            return null;
        }
        PooledConnection c = free(keyed, now);
        return c == null ? null : lease(c, now);
    }

    /** A lease on one that serves its client alone; null when it is busy or at its end. */
    @Nullable
    PooledConnection acquireBound(PooledConnection c, long now) {
        boolean takes = c.usable() && !c.quarantined && c.occupied() == 0 && !ended(c, now);
        return takes ? lease(c, now) : null;
    }

    /** Queues for a connection, and dials when that is called for. Null when the queue is full. */
    @Nullable
    Waiter acquireLater(PoolKey key, boolean retry, Waiter.Receiver receiver, long now) {
        HostState host = host(key.origin());
        host.lastUsed = now;
        if (waiters.full(host)) {
            return null;
        }
        Waiter waiter = waiters.join(host, keyed(host, key), retry, receiver, now);
        pump.run(host, now);
        return waiter;
    }

    /** Connections of that key, those to come included. */
    int count(PoolKey key) {
        KeyState keyed = known(key);
        return keyed == null ? 0 : keyed.live();
    }

    private @Nullable KeyState known(PoolKey key) {
        HostState host = hosts.get(key.origin());
        return host == null ? null : host.keys.get(key);
    }

    /** The waiter lost interest; no call on it follows. Does nothing when it was served already. */
    void cancel(Waiter waiter) {
        HostState host = hosts.get(waiter.key.origin());
        KeyState keyed = host == null ? null : host.keys.get(waiter.key);
        if (keyed != null && Waiters.leave(host, keyed, waiter)) {
            forget(keyed, host);
        }
    }

    /** The exchange of a lease is over. */
    void release(PooledConnection c, boolean failed, long now) {
        assert c.leases > 0;
        c.leases--;
        c.errors += failed ? 1 : 0;
        c.lastUsed = now;
        settle(c, now);
    }

    void connected(PooledConnection c, UpstreamConnection upstream, long now) {
        assert c.state == State.CONNECTING;
        c.ready(upstream);
        c.state = State.READY;
        c.created = now;
        c.lastUsed = now;
        c.lifetimeShare = SHORTEST_LIFE + (1 - SHORTEST_LIFE) * random.getAsDouble();
        c.host.learn(c, upstream);
        c.checked = now;
        if (c.warming != null) {
            c.warming.opened(upstream);
        }
        learn(c, upstream.capacity(), upstream.active(), upstream.accepting());
        settle(c, now);
    }

    /** The dial came to nothing. Those who counted on it, and on nothing else, are refused. */
    void dialFailed(PooledConnection c, Fault fault, long now) {
        int counted = c.capacity;
        remove(c);
        if (c.warming != null) {
            c.warming.failed(fault);
        }
        Waiters.refuse(c.host, c.key, Math.min(counted, c.key.uncovered()), fault);
        pump.run(c.host, now);
        forget(c.key, c.host);
    }

    /** What the connection says of itself may have changed. */
    void changed(PooledConnection c, int capacity, int active, boolean accepting, long now) {
        if (c.state == State.CONNECTING || c.state == State.CLOSED) {
            return;
        }
        int room = c.room();
        learn(c, capacity, active, accepting);
        if (!c.usable() || c.room() > room) {
            settle(c, now);
        } else {
            seat(c);
        }
    }

    private void learn(PooledConnection c, int capacity, int active, boolean accepting) {
        c.capacity = capacity;
        c.active = active;
        if (c.protocol() == Protocol.H2) {
            c.host.seenCapacity = Math.max(1, capacity);
        }
        if (!accepting) {
            idles.remove(c);
            c.state = State.DRAINING;
        }
    }

    void closed(PooledConnection c, long now) {
        if (c.state != State.CLOSED) {
            remove(c);
            pump.run(c.host, now);
            forget(c.key, c.host);
        }
    }

    /** For a test of an address; null: there is none that nobody wants. */
    TestPlaces.@Nullable Place placeForTest(Origin origin, Runnable giveWay) {
        HostState host = host(origin);
        TestPlaces.Place place = tests.take(host, limits.perHost(), giveWay);
        forget(host);
        return place;
    }

    /** Its test is over, and its socket closed. */
    void leave(TestPlaces.Place place, long now) {
        tests.left(place);
        pump.run(place.host, now);
        forget(place.host);
    }

    void permitGranted(HostState host, long now) {
        host.awaitsPermit = false;
        host.permits++;
        pump.run(host, now);
        forget(host);
    }

    /** Carries out what is due; says how many connections were retired. */
    int expire(long now) {
        int retired = retirements.overTime(limits.idleTimeout(), now);
        for (HostState host : List.copyOf(hosts.values())) {
            expireWaiters(host, now);
            if (host.unused() && now - host.lastUsed >= FORGET_AFTER) {
                hosts.remove(host.origin);
            }
        }
        return retired;
    }

    private void expireWaiters(HostState host, long now) {
        if (host.waiting > 0) {
            Waiters.expire(host, now);
            List.copyOf(host.keys.values()).forEach(keyed -> forget(keyed, host));
        }
    }

    /** When {@link #expire} has something to do next; {@code Long.MAX_VALUE}: not before something else happens. */
    long nextDeadline(long now) {
        return lifetimes.next(hosts.values(), idles, now);
    }

    /** Takes effect at once: waiters get the new deadline, and what is over a limit is closed or not dialled again. */
    void limits(Limits changed, long now) {
        this.limits = changed;
        lifetimes.limits(changed);
        waiters.limits(changed);
        warmer.limits(changed);
        pump.limits(changed);
        for (HostState host : List.copyOf(hosts.values())) {
            waiters.follow(host);
            retirements.shrink(host, changed.perHost());
            pump.run(host, now);
        }
        expire(now);
    }

    static PooledConnection add(HostState host, KeyState keyed) {
        PooledConnection c = new PooledConnection(host, keyed, host.expectedCapacity(keyed.key));
        host.connections.add(c);
        keyed.connections.add(c);
        return c;
    }

    /** A connection gained or lost room: hand it on, or list it as idle, or let it go. */
    void settle(PooledConnection c, long now) {
        if (!c.usable()) {
            pumpIfAwaited(c.host, now);
            return;
        }
        c.state = c.room() > 0 ? State.READY : State.BUSY;
        if (c.free() && pump.yields(c, now)) {
            retire(c, CloseReason.MAKE_ROOM);
        }
        pumpIfAwaited(c.host, now);
        idles.note(c);
    }

    /** It has no more room than before: nobody who waits can profit. */
    private void seat(PooledConnection c) {
        c.state = c.room() > 0 ? State.READY : State.BUSY;
        idles.note(c);
    }

    private void pumpIfAwaited(HostState host, long now) {
        if (host.waiting > 0) {
            pump.run(host, now);
        }
    }

    @Nullable
    PooledConnection free(KeyState keyed, long now) {
        PooledConnection best = keyed.lastUsedFree();
        while (best != null && ended(best, now)) {
            best = keyed.lastUsedFree();
        }
        return best;
    }

    /** Is its time over? Then it is retired. */
    private boolean ended(PooledConnection c, long now) {
        CloseReason over = lifetimes.over(c, now);
        if (over != null) {
            retire(c, over);
        }
        return over != null;
    }

    PooledConnection lease(PooledConnection c, long now) {
        idles.remove(c);
        c.leases++;
        c.requests++;
        c.lastUsed = now;
        c.host.lastUsed = now;
        c.host.lastKey = c.key();
        c.state = c.room() > 0 ? State.READY : State.BUSY;
        return c;
    }

    void retire(PooledConnection c, CloseReason reason) {
        if (c.usable()) {
            idles.remove(c);
            c.state = State.DRAINING;
            shell.retire(c, reason);
        }
    }

    private void remove(PooledConnection c) {
        idles.remove(c);
        c.state = State.CLOSED;
        c.host.connections.remove(c);
        c.key.connections.remove(c);
        shell.returnPermit();
    }

    static KeyState keyed(HostState host, PoolKey key) {
        return host.keys.computeIfAbsent(key, KeyState::new);
    }

    private void forget(KeyState keyed, HostState host) {
        if (keyed.unused()) {
            host.keys.remove(keyed.key, keyed);
        }
        forget(host);
    }

    /** A host of which nothing was learned is not worth keeping. */
    void forget(HostState host) {
        boolean refilled = limits.minHot() > 0 && host.lastKey != null;
        if (host.unused() && host.seenCapacity == 0 && !refilled && !host.pumping) {
            hosts.remove(host.origin, host);
        }
    }

    HostState host(Origin origin) {
        return hosts.computeIfAbsent(origin, HostState::new);
    }

    Collection<HostState> hosts() {
        return hosts.values();
    }

    List<PooledConnection> all() {
        List<PooledConnection> all = new ArrayList<>();
        hosts.values().forEach(host -> all.addAll(host.connections));
        return all;
    }
}
