package io.hotpool.pool.exchange;

import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.Lease;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.PoolListener.LeaseMisuse;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseSink;
import io.hotpool.pool.shard.PoolKey;
import io.hotpool.pool.shard.PoolShard;
import io.hotpool.pool.shard.PooledConnection;
import io.hotpool.pool.shard.Waiter;
import io.netty.channel.EventLoop;
import java.lang.ref.Cleaner;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A lease that a program holds. What it holds is a {@link Room}, so that it can be given back when the lease is lost. */
public final class HeldLease implements Lease {
    private static final Logger LOG = LoggerFactory.getLogger(HeldLease.class);
    private static final Cleaner CLEANER = Cleaner.create();

    private final ExchangeOptions options;
    private final boolean reused;
    private final Room room;

    private HeldLease(ExchangeOptions options, boolean reused, Room room) {
        this.options = options;
        this.reused = reused;
        this.room = room;
        CLEANER.register(this, room::lost);
    }

    /** Any thread. Fails with a {@link Fault}. */
    public static CompletionStage<Lease> acquire(
            PoolShard shard, PoolKey key, ExchangeOptions options, PoolListener events) {
        CompletableFuture<Lease> answer = new CompletableFuture<>();
        String site = site();
        try {
            shard.loop().execute(() -> acquire(shard, key, options, events, site, answer));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(Carriage.closed());
        }
        return answer;
    }

    private static void acquire(
            PoolShard shard,
            PoolKey key,
            ExchangeOptions options,
            PoolListener events,
            String site,
            CompletableFuture<Lease> answer) {
        long asked = shard.now();
        Waiter.Receiver receiver = new Waiter.Receiver() {
            @Override
            public void acquired(PooledConnection c, boolean created) {
                shard.exchangeStarted();
                Room room = new Room(shard, c, events, site);
                HeldLease lease = new HeldLease(options, c.readyBefore(asked), room);
                if (!answer.complete(lease)) {
                    lease.close(); // who asked has given up
                }
            }

            @Override
            public void refused(Fault fault) {
                answer.completeExceptionally(fault);
            }
        };
        new Acquisition(shard, key, options.validation(), false, receiver).start();
    }

    /** The caller's part of the stack. */
    private static String site() {
        return Arrays.stream(new Throwable().getStackTrace())
                .filter(frame -> !frame.getClassName().startsWith("io.hotpool.pool.exchange.")
                        && !frame.getClassName().equals("io.hotpool.pool.HotPool")
                        && !frame.getClassName().equals("io.hotpool.pool.ShardedHotPool"))
                .limit(8)
                .map(StackTraceElement::toString)
                .collect(Collectors.joining(" < "));
    }

    @Override
    public ConnectionFacts connection() {
        return room.c.upstream().facts();
    }

    @Override
    public boolean reused() {
        return reused;
    }

    @Override
    public Exchange exchange(RequestHead head, EventLoop clientLoop, ResponseSink response) {
        if (!head.origin().equals(room.c.key().origin())) {
            throw new IllegalArgumentException(
                    "the lease is on " + room.c.key().origin() + ", the request is for " + head.origin());
        }
        room.begin();
        Carriage.Order order =
                new Carriage.Order(head, options, room.c.key(), room.shard, room.events, new Held(this, room));
        Exchange exchange = new Exchange(clientLoop, response, order);
        exchange.start();
        return exchange;
    }

    @Override
    public EventLoop loop() {
        return room.shard.loop();
    }

    @Override
    public void close() {
        room.close();
    }

    /** What an exchange over a lease needs of it. Keeps the lease from being lost meanwhile. */
    record Held(HeldLease lease, Room room) {
        PooledConnection connection() {
            return room.c;
        }

        void ended(boolean failed) {
            room.end(failed);
        }
    }

    /** Any thread; what it does to the connection is done on the shard's loop. */
    static final class Room {
        private final PoolShard shard;
        private final PooledConnection c;
        private final PoolListener events;
        private final String site;
        private final AtomicBoolean closed = new AtomicBoolean();
        private final AtomicBoolean busy = new AtomicBoolean();
        private boolean failed; // the shard's
        private boolean givenBack; // the shard's

        Room(PoolShard shard, PooledConnection c, PoolListener events, String site) {
            this.shard = shard;
            this.c = c;
            this.events = events;
            this.site = site;
        }

        void begin() {
            if (closed.get()) {
                throw new IllegalStateException("the lease was given back");
            }
            if (!busy.compareAndSet(false, true)) {
                throw new IllegalStateException("another request is under way on this lease");
            }
        }

        /** On the shard's loop. */
        void end(boolean withFault) {
            assert shard.loop().inEventLoop();
            failed |= withFault;
            busy.set(false);
            if (closed.get()) {
                giveBack();
            }
        }

        void close() {
            if (closed.compareAndSet(false, true)) {
                onShard(this::giveBackUnlessBusy);
            } else {
                report(LeaseMisuse.RELEASED_TWICE);
            }
        }

        void lost() {
            if (closed.compareAndSet(false, true)) {
                report(LeaseMisuse.LEAKED);
                onShard(this::giveBackUnlessBusy);
            }
        }

        private void giveBackUnlessBusy() {
            if (!busy.get()) {
                giveBack();
            }
        }

        private void giveBack() {
            if (!givenBack) {
                givenBack = true;
                shard.release(c, failed);
                shard.exchangeEnded();
            }
        }

        private void onShard(Runnable task) {
            try {
                shard.loop().execute(task);
            } catch (RejectedExecutionException e) {
                // the loops have ended, and with them the connections
            }
        }

        private void report(LeaseMisuse misuse) {
            LOG.warn(
                    "host {}: a lease on connection {} was {}; it was acquired at {}",
                    c.key().origin().hostPort(),
                    c.upstream().facts().id(),
                    misuse == LeaseMisuse.LEAKED ? "never closed, and is taken back now" : "closed more than once",
                    site);
            events.leaseMisused(c.key().origin(), misuse, site);
        }
    }

    static Fault ended(Room room) {
        return Fault.unprocessed(
                FaultKind.UPSTREAM_CLOSED,
                "host " + room.c.key().origin().hostPort() + ": the leased connection takes no more requests",
                null);
    }
}
