package io.hotpool.pool.shard;

import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The caps over all shards: {@code max_connections} and {@code max_idle_conns}. Only dials ask here, never reuse. When no
 * permit is left, hosts queue, and the connection that has been idle longest in any shard is closed for them.
 *
 * <p>Counters are read and taken on any thread; the queue and what follows from it belong to the control thread. A host that
 * queues increments {@link #waiting} before it looks for a permit again, and a permit is given back before {@code waiting} is
 * read: so either the one or the other sees it, and no permit lies about while a host waits.
 */
public final class ConnectionPermits {
    /** A host that waits so long is owed a connection even by one that has no more than its share. */
    private static final long PATIENCE = 1_000_000_000L;

    /** A shard, as far as its idle connections go. Any thread. */
    interface Source {
        /** {@link IdleList#NONE} when nothing is idle. Those made ahead of demand, and not used yet, do not count. */
        long oldestIdleSince();

        /** The same of those that do not count. */
        long oldestUnusedSince();

        int idleCount();

        /** Connections of tests, which go first where room is to be made. */
        int tests();

        /** Closes the one that has been idle longest, or a test's; {@code done} is told, on any thread, whether there was one. */
        void closeOldestIdle(CloseReason reason, Consumer<Boolean> done);
    }

    /** A host's place in the queue. */
    record Ticket(Runnable granted, long since) {}

    private final Executor control;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger hosts = new AtomicInteger();
    private final AtomicBoolean serving = new AtomicBoolean();
    private volatile int max;
    private volatile int maxIdle;
    private volatile int waiting;
    private volatile long oldestTicket;
    private volatile List<Source> sources = List.of();

    // The control thread's.
    private final ArrayDeque<Ticket> queue = new ArrayDeque<>();
    private int makingRoom;
    private int trimming;

    public ConnectionPermits(int max, int maxIdle, Executor control) {
        this.max = max;
        this.maxIdle = maxIdle;
        this.control = control;
    }

    /** Once, before any is used. */
    public void shards(List<PoolShard> shards) {
        sources(shards.stream().map(PoolShard::idles).toList());
    }

    void sources(List<? extends Source> sources) {
        this.sources = List.copyOf(sources);
    }

    public void limits(int max, int maxIdle) {
        this.max = max;
        this.maxIdle = maxIdle;
        serveSoon();
    }

    /** False when none is left, or others wait for one already. */
    boolean take() {
        return waiting == 0 && tryTake();
    }

    void giveBack() {
        taken.decrementAndGet();
        if (waiting > 0) {
            serveSoon();
        }
    }

    /** @param granted called on the control thread with a permit taken */
    void await(Runnable granted, long since) {
        control.execute(() -> {
            queue.add(new Ticket(granted, since));
            publishQueue();
            serve();
        });
    }

    /**
     * A connection became idle somewhere. That there are more than {@code max_idle_conns} is left to {@link #trim}: between two
     * requests of a busy client a connection is idle for less than a millisecond.
     */
    void idleAppeared() {
        if (waiting > 0 || taken.get() > max || maxIdle == 0) {
            serveSoon();
        }
    }

    /** To be called every second, on the control thread: closes what is idle beyond {@code max_idle_conns}. */
    public void trim() {
        serve();
    }

    void hostAppeared() {
        hosts.incrementAndGet();
    }

    void hostVanished() {
        hosts.decrementAndGet();
    }

    /**
     * Fairness between hosts: must one with so many connections let one go rather than serve its own waiter?
     *
     * @param since when that waiter came
     */
    boolean mustYield(int connections, long since, long now) {
        if (taken.get() > max) {
            return true;
        }
        if (waiting == 0 || oldestTicket - since >= 0) {
            return false;
        }
        int share = Math.max(1, max / Math.max(1, hosts.get() + waiting));
        return connections > share || now - oldestTicket >= PATIENCE;
    }

    int taken() {
        return taken.get();
    }

    private boolean tryTake() {
        for (int now = taken.get(); now < max; now = taken.get()) {
            if (taken.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    private void serveSoon() {
        if (serving.compareAndSet(false, true)) {
            control.execute(() -> {
                serving.set(false);
                serve();
            });
        }
    }

    private void serve() {
        while (!queue.isEmpty() && tryTake()) {
            Ticket ticket = queue.remove();
            publishQueue();
            ticket.granted().run();
        }
        int over = Math.max(0, taken.get() - max);
        while (makingRoom < queue.size() + over && order(CloseReason.MAKE_ROOM, () -> makingRoom--)) {
            makingRoom++;
        }
        while (idle() - trimming - makingRoom > maxIdle && order(CloseReason.MAX_IDLE, () -> trimming--)) {
            trimming++;
        }
    }

    private void publishQueue() {
        Ticket first = queue.peek();
        oldestTicket = first == null ? 0 : first.since();
        waiting = queue.size();
    }

    /** False when nothing is idle anywhere. */
    private boolean order(CloseReason reason, Runnable ended) {
        Source source = reason == CloseReason.MAKE_ROOM ? leastMissed() : oldest(Source::oldestIdleSince);
        if (source == null) {
            return false;
        }
        source.closeOldestIdle(
                reason,
                closed -> control.execute(() -> {
                    ended.run();
                    serve();
                }));
        return true;
    }

    private @Nullable Source leastMissed() {
        for (Source source : sources) {
            if (source.tests() > 0) {
                return source;
            }
        }
        Source idle = oldest(Source::oldestIdleSince);
        return idle == null ? oldest(Source::oldestUnusedSince) : idle;
    }

    private @Nullable Source oldest(ToLongFunction<Source> oldestSince) {
        Source oldest = null;
        long since = IdleList.NONE;
        for (Source source : sources) {
            long s = oldestSince.applyAsLong(source);
            if (s != IdleList.NONE && (oldest == null || s - since < 0)) {
                oldest = source;
                since = s;
            }
        }
        return oldest;
    }

    private int idle() {
        int n = 0;
        for (Source source : sources) {
            n += source.idleCount();
        }
        return n;
    }
}
