package io.hotpool.pool.shard;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.shard.PooledConnection.State;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Those who wait for a connection of a host: how many may, how long, and what they are told in the end. Pure. */
final class Waiters {
    private Limits limits;

    Waiters(Limits limits) {
        this.limits = limits;
    }

    void limits(Limits changed) {
        limits = changed;
    }

    /** Null when the queue is full. */
    @Nullable
    Waiter join(HostState host, KeyState keyed, boolean retry, Waiter.Receiver receiver, long now) {
        Waiter waiter = new Waiter(keyed.key, retry, receiver, now, now + limits.acquireTimeout());
        keyed.waiters.add(waiter);
        host.waiting++;
        return waiter;
    }

    boolean full(HostState host) {
        return host.waiting >= limits.pending() && host.waiting >= limits.perHost() - established(host);
    }

    private static int established(HostState host) {
        return host.connections.size() - host.count(State.CONNECTING);
    }

    /** False when it was served already. */
    static boolean leave(HostState host, KeyState keyed, Waiter waiter) {
        boolean waited = keyed.waiters.remove(waiter);
        host.waiting -= waited ? 1 : 0;
        return waited;
    }

    /** Refuses so many, oldest first. */
    static void refuse(HostState host, KeyState keyed, int most, Fault fault) {
        for (int n = most; n > 0 && !keyed.waiters.isEmpty(); n--) {
            refuse(host, keyed.waiters.poll(), fault);
        }
    }

    /** Nobody waits any longer. */
    static void refuseAll(Collection<HostState> hosts, Fault fault) {
        List.copyOf(hosts).forEach(host -> refuseAll(host, fault));
    }

    private static void refuseAll(HostState host, Fault fault) {
        for (KeyState keyed : List.copyOf(host.keys.values())) {
            refuse(host, keyed, Integer.MAX_VALUE, fault);
        }
    }

    /** Refuses those whose time is over. */
    static void expire(HostState host, long now) {
        for (KeyState keyed : List.copyOf(host.keys.values())) {
            for (Waiter waiter : List.copyOf(keyed.waiters)) {
                if (waiter.deadline - now <= 0 && keyed.waiters.remove(waiter)) {
                    refuse(host, waiter, host.late(keyed, now - waiter.since));
                }
            }
        }
    }

    /** They wait as long as the limits say now. */
    void follow(HostState host) {
        for (KeyState keyed : host.keys.values()) {
            keyed.waiters.forEach(w -> w.deadline = w.since + limits.acquireTimeout());
        }
    }

    private static void refuse(HostState host, Waiter waiter, Fault fault) {
        host.waiting--;
        waiter.receiver.refused(fault);
    }
}
