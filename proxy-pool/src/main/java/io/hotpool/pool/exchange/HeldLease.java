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
import io.hotpool.pool.shard.LeaseRoom;
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
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A lease that a program holds. What it holds is a {@link Place}, so that it can be given back when the lease is lost. */
public final class HeldLease implements Lease {
    private static final Logger LOG = LoggerFactory.getLogger(HeldLease.class);
    private static final Cleaner CLEANER = Cleaner.create();

    private final ExchangeOptions options;
    private final boolean reused;
    private final Place place;

    private HeldLease(ExchangeOptions options, boolean reused, Place place) {
        this.options = options;
        this.reused = reused;
        this.place = place;
        CLEANER.register(this, place.room::lost);
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
                Place place = new Place(shard, c, events, site);
                HeldLease lease = new HeldLease(options, c.readyBefore(asked), place);
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
        return place.c.upstream().facts();
    }

    @Override
    public boolean reused() {
        return reused;
    }

    @Override
    public Exchange exchange(RequestHead head, EventLoop clientLoop, ResponseSink response) {
        if (!head.origin().equals(place.c.key().origin())) {
            throw new IllegalArgumentException(
                    "the lease is on " + place.c.key().origin() + ", the request is for " + head.origin());
        }
        place.room.begin();
        Carriage.Order order =
                new Carriage.Order(head, options, place.c.key(), place.shard, place.events, new Held(this, place));
        Exchange exchange = new Exchange(clientLoop, response, order);
        exchange.start();
        return exchange;
    }

    @Override
    public EventLoop loop() {
        return place.shard.loop();
    }

    @Override
    public void close() {
        place.room.close();
    }

    /** What an exchange over a lease needs of it. Keeps the lease from being lost meanwhile. */
    record Held(HeldLease lease, Place place) {
        PooledConnection connection() {
            return place.c;
        }

        void ended(boolean failed) {
            assert place.shard.loop().inEventLoop();
            place.room.end(failed);
        }
    }

    /** Its place on a connection. */
    static final class Place implements LeaseRoom.Keeper {
        private final PoolShard shard;
        private final PooledConnection c;
        private final PoolListener events;
        private final String site;
        private final LeaseRoom room = new LeaseRoom(this);

        Place(PoolShard shard, PooledConnection c, PoolListener events, String site) {
            this.shard = shard;
            this.c = c;
            this.events = events;
            this.site = site;
        }

        @Override
        public void onShard(Runnable task) {
            try {
                shard.loop().execute(task);
            } catch (RejectedExecutionException e) {
                // the loops have ended, and with them the connections
            }
        }

        @Override
        public void giveBack(boolean failed) {
            shard.release(c, failed);
            shard.exchangeEnded();
        }

        @Override
        public void misused(LeaseMisuse misuse) {
            LOG.warn(
                    "host {}: a lease on connection {} was {}; it was acquired at {}",
                    c.key().origin().hostPort(),
                    c.upstream().facts().id(),
                    misuse == LeaseMisuse.LEAKED ? "never closed, and is taken back now" : "closed more than once",
                    site);
            events.leaseMisused(c.key().origin(), misuse, site);
        }
    }

    static Fault ended(Place place) {
        return Fault.unprocessed(
                FaultKind.UPSTREAM_CLOSED,
                "host " + place.c.key().origin().hostPort() + ": the leased connection takes no more requests",
                null);
    }
}
