package io.hotpool.pool.shard;

import io.hotpool.pool.CleanupReport;
import io.hotpool.pool.Downstream;
import io.hotpool.pool.ExchangeOptions.Validation;
import io.hotpool.pool.HealthReport;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolConfig.Sources;
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
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of those origins whose hash falls on one loop: carries out what {@link PoolState} decides. Owned by that
 * loop. A lease is one exchange on a {@link PooledConnection}: taken with {@link #acquireNow} or {@link #acquireLater}, given
 * back exactly once with {@link #release}.
 */
public final class PoolShard implements ConnectionPermits.Source {
    private static final Logger LOG = LoggerFactory.getLogger(PoolShard.class);

    private final EventLoop loop;
    private final Dials dials;
    private final AddressBook book;
    private final AddressObserver addresses;
    private final ConnectionPermits permits;
    private final PoolListener events;
    private final Clock clock;
    private final PoolState state;
    private final RetryBudget retryBudget;
    private final Wardrobe wardrobe = new Wardrobe();
    private final Circuits circuits;
    private final UseCount uses = new UseCount();
    private final WakeUp wakeUp;
    private final Bindings bindings;
    private final HealthChecks health;
    private final NameRenewal names;
    private final Validations validations;
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
        this.book = book;
        this.addresses = addresses;
        this.permits = permits;
        this.events = events;
        this.clock = clock;
        this.state = new PoolState(
                Limits.of(config), () -> ThreadLocalRandom.current().nextDouble(), new Deeds());
        this.wakeUp = new WakeUp(loop, this::expire);
        this.health = new HealthChecks(loop, state, this::config, events, this::noteIdle);
        this.dials = new Dials(loop, state, this::config, dialer);
        this.names = new NameRenewal(loop, state, this::config, dialer);
        this.validations = new Validations(loop, this::config);
        this.retryBudget = new RetryBudget(config.retryBudget());
        this.bindings = new Bindings(loop, state);
        this.circuits = new Circuits(config.circuit());
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
        Fault open = judged(key) ? circuits.refusal(key.origin(), since) : null;
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

    /** Is a host left alone when such dials fail? Not by the word of one address, or of a proxy on the way. */
    private static boolean judged(PoolKey key) {
        return key.address() == null && key.egress().direct();
    }

    private Fault queueFull(Origin origin) {
        String text = "host " + origin.hostPort() + ": the queue is full, pool.max_pending = " + config.maxPending()
                + " " + counts(origin);
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
                    state.warmer().warm(key, warming);
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
        refresh(c);
        state.release(c, failed, now());
        if (nobodys) {
            state.retire(other -> other == c, CloseReason.NOT_REUSABLE);
        }
        if (failed && c.usable() && c.protocol() == Protocol.H2) {
            health.suspect(c);
        }
        noteIdle(c);
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
        state.retire(other -> other == c, CloseReason.UNHEALTHY);
    }

    /** A connection that had been idle was found dead: those that idled as long are closed. */
    public void suspect(PooledConnection dead) {
        assert loop.inEventLoop();
        int closedNow = state.inspections().suspect(dead, CloseReason.PEER_CLOSED);
        LOG.debug(
                "host {}: connection {} was dead when used, {} more idle ones closed {}",
                dead.host.origin.hostPort(),
                dead.upstream().facts().id(),
                closedNow,
                dead.host.counts());
    }

    /** The dial has succeeded. */
    void connected(PooledConnection c, UpstreamConnection connection) {
        events.connectionOpened(connection.facts());
        if (judged(c.key()) && circuits.connected(c.key().origin())) {
            LOG.info("host {}: reached again {}", c.host.origin.hostPort(), c.host.counts());
        }
        state.connected(c, connection, now());
        if (closed) {
            connection.close(CloseReason.SHUTDOWN);
        } else if (ruledOut(c)) {
            connection.close(CloseReason.ADDRESS_DENIED);
        }
        noteIdle(c);
        wakeUp.at(state.nextDeadline(now()));
    }

    void dialFailed(PooledConnection c, Fault fault) {
        if (judged(c.key()) && circuits.failed(c.key().origin(), fault, now())) {
            LOG.warn(
                    "host {}: left alone for {} ms, no address of it can be reached {}",
                    c.host.origin.hostPort(),
                    config.circuit().openFor().toMillis(),
                    c.host.counts());
        }
        state.dialFailed(c, fault, now());
        noteGone(c.host);
    }

    void changed(PooledConnection c) {
        if (c.isReady()) {
            refresh(c);
            noteIdle(c);
        }
    }

    void closed(PooledConnection c, UpstreamConnection connection, CloseReason reason) {
        state.closed(c, now());
        events.connectionClosed(connection.facts(), reason, c.requests);
        noteGone(c.host);
    }

    private void noteGone(HostState host) {
        if (host.counted && host.connections.isEmpty()) {
            host.counted = false;
            permits.hostVanished();
        }
    }

    private void refresh(PooledConnection c) {
        UpstreamConnection up = c.upstream();
        state.changed(c, up.capacity(), up.active(), up.accepting(), now());
    }

    private void noteIdle(PooledConnection c) {
        if (c.idle()) {
            wakeUp.at(c.lastUsed + config.idleTimeout().toNanos());
            permits.idleAppeared();
        }
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

    /** Closes what is idle and retires what is busy among those that are meant. */
    public int retire(Predicate<Origin> which, CloseReason reason) {
        assert loop.inEventLoop();
        return state.retire(c -> which.test(c.key().origin()), reason);
    }

    /** Retires the connections that leave from an address that is no longer ours to use. */
    public int retireOthers(Sources permitted, CloseReason reason) {
        assert loop.inEventLoop();
        return state.retire(
                c -> {
                    InetSocketAddress local = c.upstream().facts().way().local();
                    return local != null && !permitted.permit(local.getAddress());
                },
                reason);
    }

    /** Retires the connections of a host and port to one address. */
    public int retire(Origin place, InetAddress address, CloseReason reason) {
        assert loop.inEventLoop();
        return state.retire(
                c -> AddressBook.place(c.key().origin()).equals(place)
                        && address.equals(c.upstream().facts().address()),
                reason);
    }

    /** Closes every connection to an address that a rule denies, busy or not. */
    public void enforceRules() {
        assert loop.inEventLoop();
        for (PooledConnection c : state.all()) {
            if (c.isReady() && ruledOut(c)) {
                c.upstream().close(CloseReason.ADDRESS_DENIED);
            }
        }
    }

    private boolean ruledOut(PooledConnection c) {
        InetAddress address = c.upstream().facts().address();
        return address != null && book.ruledOut(c.key().origin(), address);
    }

    /** Carries out what is due; the timer does so by itself, cleaning makes sure. */
    public void expire() {
        assert loop.inEventLoop();
        state.expire(now());
        wakeUp.at(state.nextDeadline(now()));
    }

    /** Asks every idle connection now whether it is alive. */
    public CompletionStage<HealthReport> checkHealth() {
        assert loop.inEventLoop();
        return health.checkAll();
    }

    /** Tests an address in the way the host was asked for last; empty: it is not used here. */
    public Optional<CompletionStage<TestResult>> test(Origin place, InetAddress address) {
        assert loop.inEventLoop();
        return closed ? Optional.empty() : dials.test(place, address);
    }

    /** The names of all hosts in use are asked for anew. */
    public void renewNames() {
        assert loop.inEventLoop();
        names.renewAll();
    }

    /** The network may be another one: what is idle has to answer before it is used. */
    public void recheck() {
        assert loop.inEventLoop();
        health.recheckAll();
    }

    /** Closes what is over its time, and what is kept back. */
    public CleanupReport cleanUp() {
        assert loop.inEventLoop();
        int expired = state.expire(now());
        wakeUp.at(state.nextDeadline(now()));
        return new CleanupReport(expired, state.inspections().retireQuarantined());
    }

    /** About once a second: what wants doing without anybody asking. */
    public void tick() {
        assert loop.inEventLoop();
        if (!closed) {
            state.warmer().refill(now());
            health.checkSilent();
            names.renewDue();
        }
    }

    /** Closes every connection and refuses all who wait. */
    public void close() {
        assert loop.inEventLoop();
        closed = true;
        wakeUp.never();
        state.refuseAll(Fault.unprocessed(FaultKind.DRAINING, "the pool is closed", null));
        while (state.tests().giveWay()) {
            // each closes its socket
        }
        for (PooledConnection c : state.all()) {
            if (c.isReady()) {
                c.upstream().close(CloseReason.SHUTDOWN);
            }
        }
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

    private String counts(Origin origin) {
        return state.hosts().stream()
                .filter(h -> h.origin.equals(origin))
                .map(HostState::counts)
                .findFirst()
                .orElse("");
    }

    @Override
    public long oldestIdleSince() {
        return state.idles().used().oldestSince();
    }

    @Override
    public long oldestUnusedSince() {
        return state.idles().unused().oldestSince();
    }

    @Override
    public int idleCount() {
        return state.idles().used().size();
    }

    @Override
    public int tests() {
        return state.tests().staying();
    }

    @Override
    public void closeOldestIdle(CloseReason reason, Consumer<Boolean> done) {
        loop.execute(() -> done.accept(state.retireOldestIdle(reason)));
    }

    /** What the state wants done. */
    private final class Deeds implements PoolState.Shell {
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
            if (!c.host.counted) {
                c.host.counted = true;
                permits.hostAppeared();
            }
            dials.dial(c.key(), retry, new ConnectionLink(PoolShard.this, c));
        }

        @Override
        public void retire(PooledConnection c, CloseReason reason) {
            c.upstream().drain(reason);
        }
    }
}
