package io.hotpool.pool.shard;

import io.hotpool.pool.Downstream;
import io.hotpool.pool.ExchangeOptions.Validation;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.PoolListener.AcquireOutcome;
import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.address.AddressBook;
import io.hotpool.pool.address.AddressObserver;
import io.hotpool.pool.address.TestResult;
import io.hotpool.pool.connect.Dialer;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.pool.profile.Wardrobe;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of those origins whose hash falls on one loop: carries out what {@link PoolState} decides. Owned by that
 * loop. A lease is one exchange on a {@link PooledConnection}: taken with {@link #acquireNow} or {@link #acquireLater}, given
 * back exactly once with {@link #release}.
 */
public final class PoolShard {
    private static final Logger LOG = LoggerFactory.getLogger(PoolShard.class);

    private final EventLoop loop;
    private final AddressObserver addresses;
    private final ConnectionPermits permits;
    private final PoolListener events;
    private final Clock clock;
    private final PoolState state;
    private final ShardIdles idles;
    private final Dials dials;
    private final WakeUp wakeUp;
    private final Circuits circuits;
    private final Evictions evictions;
    private final Roster roster;
    private final HealthChecks health;
    private final Upkeep upkeep;
    private final Bindings bindings;
    private final Validations validations;
    private final RetryBudget retryBudget;
    private final Wardrobe wardrobe = new Wardrobe();
    private final UseCount uses = new UseCount();
    private PoolConfig config;
    private boolean closed;

    public PoolShard(
            EventLoop loop,
            PoolConfig config,
            Dialer dialer,
            AddressBook book,
            AddressObserver addresses,
            ConnectionPermits permits,
            PoolListener events,
            Clock clock) {
        this.loop = loop;
        this.config = config;
        this.addresses = addresses;
        this.permits = permits;
        this.events = events;
        this.clock = clock;
        this.state = new PoolState(
                Limits.of(config), () -> ThreadLocalRandom.current().nextDouble(), new Deeds());
        this.idles = new ShardIdles(loop, state);
        this.dials = new Dials(loop, state, this::config, dialer);
        this.wakeUp = new WakeUp(loop, () -> upkeep().expire());
        this.circuits = new Circuits(config.circuit());
        this.evictions = new Evictions(loop, state, book);
        this.roster = new Roster(loop, state, this::config, circuits, evictions, permits, wakeUp, events);
        this.health = new HealthChecks(loop, state, this::config, events, roster::noteIdle);
        this.upkeep = new Upkeep(loop, state, health, new NameRenewal(loop, state, this::config, dialer), wakeUp);
        this.bindings = new Bindings(loop, state);
        this.validations = new Validations(loop, this::config);
        this.retryBudget = new RetryBudget(config.retryBudget());
    }

    ConnectionPermits.Source idles() {
        return idles;
    }

    public EventLoop loop() {
        return loop;
    }

    public PoolConfig config() {
        return config;
    }

    public Wardrobe wardrobe() {
        return wardrobe;
    }

    public RetryBudget retryBudget() {
        return retryBudget;
    }

    /** What answers show about addresses goes there. */
    public AddressObserver addresses() {
        return addresses;
    }

    public long now() {
        return loop.ticker().nanoTime();
    }

    /** A lease on a connection that is ready, or null. Allocates nothing. @param downstream prefers what it logged in on itself */
    public @Nullable PooledConnection acquireNow(PoolKey key, @Nullable Downstream downstream) {
        assert loop.inEventLoop();
        PooledConnection own = closed ? null : bindings.acquire(key, downstream, now());
        PooledConnection c = own != null || closed ? own : state.acquireNow(key, now());
        if (c != null) {
            events.acquired(key.origin(), AcquireOutcome.REUSED, 0);
        }
        return c;
    }

    /**
     * A lease as soon as there can be one.
     *
     * @param retry the connection before was closed by the server
     * @return for {@link #cancel}; null when it was refused at once
     */
    public @Nullable Waiter acquireLater(PoolKey key, boolean retry, Waiter.Receiver receiver) {
        assert loop.inEventLoop();
        if (closed) {
            receiver.refused(Fault.unprocessed(FaultKind.DRAINING, "the pool is closed", null));
            return null;
        }
        long since = now();
        Fault open = Circuits.judges(key) ? circuits.refusal(key.origin(), since) : null;
        if (open != null) {
            events.acquired(key.origin(), AcquireOutcome.REJECTED, 0);
            receiver.refused(open);
            return null;
        }
        Waiter waiter = state.acquireLater(
                key, retry, new ReportedReceiver(receiver, key.origin(), since, loop, events), since);
        if (waiter == null) {
            events.acquired(key.origin(), AcquireOutcome.REJECTED, 0);
            receiver.refused(queueFull(key.origin()));
            return null;
        }
        wakeUp.at(waiter.deadline);
        return waiter;
    }

    private Fault queueFull(Origin origin) {
        String text = "host " + origin.hostPort() + ": the queue is full, pool.max_pending = " + config.maxPending()
                + " " + state.host(origin).counts();
        return Fault.unprocessed(FaultKind.POOL_EXHAUSTED, text, null).at(origin.host(), null);
    }

    public void cancel(Waiter waiter) {
        assert loop.inEventLoop();
        state.cancel(waiter);
    }

    /** Has a connection made ahead of demand. Any thread. */
    public void warm(PoolKey key, Warming warming) {
        try {
            loop.execute(() -> {
                if (closed) {
                    warming.refused(Warming.Refusal.CLOSED);
                } else {
                    state.warmer.warm(key, warming);
                }
            });
        } catch (RejectedExecutionException e) {
            warming.refused(Warming.Refusal.CLOSED);
        }
    }

    /** Connections of that key, those to come included. */
    public int count(PoolKey key) {
        assert loop.inEventLoop();
        return state.count(key);
    }

    /** The exchange is over; {@code failed}: with a fault. */
    public void release(PooledConnection c, boolean failed) {
        assert loop.inEventLoop();
        boolean nobodys = c.upstream().authenticated() && c.boundTo == null;
        c.quarantined |= nobodys;
        roster.refresh(c);
        state.release(c, failed, now());
        if (nobodys) {
            state.retirements.retire(other -> other == c, CloseReason.NOT_REUSABLE);
        }
        if (failed && c.usable() && c.protocol() == Protocol.H2) {
            health.suspect(c);
        }
        roster.noteIdle(c);
    }

    /** It logged in for that client (see {@link UpstreamConnection#authenticated}); before its lease is given back. */
    public void bind(PooledConnection c, Downstream downstream) {
        assert loop.inEventLoop();
        bindings.bind(c, downstream);
    }

    /** Has it answered a request for a path as expected? @param c under a lease of the one who asks */
    public void validate(PooledConnection c, Validation asked, Validations.Receiver receiver) {
        assert loop.inEventLoop();
        validations.validate(c, asked, receiver);
    }

    /** It did not answer as it should: it is handed out no more. */
    public void unfit(PooledConnection c) {
        assert loop.inEventLoop();
        state.retirements.retire(other -> other == c, CloseReason.UNHEALTHY);
    }

    /** A connection that had been idle was found dead: those that idled as long are closed. */
    public void suspect(PooledConnection dead) {
        assert loop.inEventLoop();
        int closedNow = state.inspections.suspect(dead, CloseReason.PEER_CLOSED);
        LOG.debug(
                "host {}: connection {} was dead when used, {} more idle ones closed {}",
                dead.host.origin.hostPort(),
                dead.upstream().facts().id(),
                closedNow,
                dead.host.counts());
    }

    public void exchangeStarted() {
        assert loop.inEventLoop();
        uses.started();
        retryBudget.exchangeStarted();
    }

    public void exchangeEnded() {
        assert loop.inEventLoop();
        uses.ended();
    }

    /** Runs {@code action}, on the loop, as soon as no exchange is under way. */
    public void whenUnused(Runnable action) {
        assert loop.inEventLoop();
        uses.whenNone(action);
    }

    /** Takes effect at once on timers, limits and connections. */
    public void update(PoolConfig changed) {
        assert loop.inEventLoop();
        config = changed;
        retryBudget.share(changed.retryBudget());
        circuits.rules(changed.circuit());
        state.limits(Limits.of(changed), now());
        wakeUp.at(state.nextDeadline(now()));
    }

    /** Connections that may not stay. */
    public Evictions evictions() {
        return evictions;
    }

    /** What is done without anybody asking. */
    public Upkeep upkeep() {
        return upkeep;
    }

    /** Tests an address in the way the host was asked for last; empty: it is not used here. */
    public Optional<CompletionStage<TestResult>> test(Origin place, InetAddress address) {
        assert loop.inEventLoop();
        return closed ? Optional.empty() : dials.test(place, address);
    }

    /** Closes every connection and refuses all who wait. */
    public void close() {
        assert loop.inEventLoop();
        closed = true;
        wakeUp.never();
        Waiters.refuseAll(state.hosts(), Fault.unprocessed(FaultKind.DRAINING, "the pool is closed", null));
        upkeep.close();
        roster.close();
    }

    /** @param busy connections that carry requests @param waiting requests in the queue */
    public record Load(int busy, int waiting) {}

    public Load load() {
        assert loop.inEventLoop();
        int busy = 0;
        int waiting = 0;
        for (HostState host : state.hosts()) {
            busy += host.busy();
            waiting += host.waiting;
        }
        return new Load(busy, waiting);
    }

    public Stream<PoolSnapshot.Host> snapshot() {
        assert loop.inEventLoop();
        return ShardPicture.of(state.hosts(), clock.instant(), now());
    }

    /** What the state wants done. */
    private final class Deeds implements Shell {
        @Override
        public boolean takePermit() {
            return permits.take();
        }

        @Override
        public void returnPermit() {
            permits.giveBack();
        }

        @Override
        public void awaitPermit(HostState host) {
            permits.await(() -> loop.execute(() -> state.permitGranted(host, now())), now());
        }

        @Override
        public boolean mustYield(HostState host, long oldestWaiter, long now) {
            return permits.mustYield(host.connections.size(), oldestWaiter, now);
        }

        @Override
        public void dial(PooledConnection c, boolean retry) {
            roster.dialled(c.host);
            dials.dial(c.key(), retry, new ConnectionLink(loop, roster, c));
        }

        @Override
        public void retire(PooledConnection c, CloseReason reason) {
            c.upstream().drain(reason);
        }
    }
}
