package io.hotpool.pool;

import io.hotpool.pool.address.HostResolver;
import io.hotpool.pool.address.IpAccessController;
import io.hotpool.pool.address.TestResult;
import io.hotpool.pool.connect.Connector;
import io.hotpool.pool.exchange.Carriage;
import io.hotpool.pool.exchange.Exchange;
import io.hotpool.pool.exchange.HeldLease;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.BoundAuthentication;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseSink;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.pool.maintenance.Maintainer;
import io.hotpool.pool.maintenance.Prewarmer;
import io.hotpool.pool.shard.ConnectionPermits;
import io.hotpool.pool.shard.PoolKey;
import io.hotpool.pool.shard.PoolShard;
import io.hotpool.pool.shard.Warming;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A hot pool with one shard per event loop; an origin belongs to the shard that the hash of scheme, host and port names. */
final class ShardedHotPool implements HotPool {
    private static final Logger LOG = LoggerFactory.getLogger(ShardedHotPool.class);
    private static final long CLOSE_SECONDS = 5;

    private final List<PoolShard> shards = new ArrayList<>();
    private final Connector connector;
    private final IpAccessController access;
    private final PoolListener listener;
    private final PoolCounts counts;
    private final Clock clock;
    private final Maintainer maintainer;
    private final ConnectionPermits permits;
    private final AutoTune tune;
    private final @Nullable OwnResources own;
    private volatile PoolConfig config;
    private volatile boolean draining;
    private boolean closed; // guarded by this

    ShardedHotPool(
            EventLoopGroup group,
            PoolConfig config,
            Connector connector,
            IpAccessController access,
            Maintainer maintainer,
            PoolListener listener,
            PoolCounts counts,
            Clock clock,
            @Nullable OwnResources own) {
        this.own = own;
        this.config = config;
        this.tune = new AutoTune(config, listener, clock);
        this.connector = connector;
        this.listener = listener;
        this.counts = counts;
        this.clock = clock;
        this.access = access;
        this.maintainer = maintainer;
        this.permits = new ConnectionPermits(config.maxConnections(), config.maxIdleConns(), maintainer);
        group.forEach(loop -> shards.add(shard((EventLoop) loop, config)));
        permits.shards(shards);
        access.consequences(consequences());
        maintainer.start(shards, access);
        maintainer.everySecond(this::tune);
        maintainer.everySecond(permits::trim);
    }

    private PoolShard shard(EventLoop loop, PoolConfig config) {
        return new PoolShard(loop, config, connector, access.book(), access.observer(loop), permits, listener, clock);
    }

    private IpAccessController.Consequences consequences() {
        return new IpAccessController.Consequences() {
            @Override
            public void enforceRules() {
                connector.enforceRules();
                onShards(shard -> {
                    shard.evictions().enforceRules();
                    return true;
                });
            }

            @Override
            public void retire(Origin place, InetAddress address) {
                onShards(shard -> shard.evictions().retire(place, address, CloseReason.ADDRESS_DENIED));
            }

            @Override
            public void left(Origin place, InetAddress address) {
                onShards(shard -> shard.evictions().retire(place, address, CloseReason.ADDRESS_GONE));
            }

            @Override
            public CompletionStage<TestResult> test(Origin place, InetAddress address) {
                return onShards(shard -> shard.test(place, address)).thenCompose(ShardedHotPool::firstOf);
            }
        };
    }

    /** The answer of the one shard that has one. */
    private static CompletionStage<TestResult> firstOf(List<Optional<CompletionStage<TestResult>>> answers) {
        return answers.stream()
                .flatMap(Optional::stream)
                .findFirst()
                .orElseGet(() -> CompletableFuture.completedStage(TestResult.UNUSED));
    }

    @Override
    public Exchange exchange(RequestHead head, ExchangeOptions options, EventLoop clientLoop, ResponseSink response) {
        PoolShard shard = shardOf(head.origin());
        Carriage.Order order = new Carriage.Order(head, options, key(head, options), shard, listener);
        Exchange exchange = new Exchange(clientLoop, response, order);
        Fault refusal = refusal(options);
        if (refusal != null) {
            exchange.refuse(refusal);
        } else {
            exchange.start();
        }
        return exchange;
    }

    @Override
    public CompletionStage<Lease> acquire(Origin origin, ExchangeOptions options) {
        Fault refusal = refusal(options);
        return refusal != null
                ? CompletableFuture.failedStage(refusal)
                : HeldLease.acquire(shardOf(origin), key(origin, false, options), options, listener);
    }

    private @Nullable Fault refusal(ExchangeOptions options) {
        if (draining) {
            return Fault.unprocessed(FaultKind.DRAINING, "the pool is shutting down", null);
        }
        return null;
    }

    private static PoolKey key(RequestHead head, ExchangeOptions options) {
        return key(
                head.origin(),
                head.upgrades() || options.protocol() == null && BoundAuthentication.asked(head.headers()),
                options);
    }

    private static PoolKey key(Origin origin, boolean upgrades, ExchangeOptions options) {
        boolean http1Only = origin.secure() && (upgrades || options.protocol() == Protocol.H1);
        return new PoolKey(
                origin,
                options.profile(),
                options.egress(),
                options.session(),
                options.verify(),
                http1Only,
                options.address(),
                options.certificate());
    }

    @Override
    public Future<Channel> dial(Origin target, ExchangeOptions options, EventLoop loop) {
        Fault refusal = refusal(options);
        return refusal != null
                ? loop.newFailedFuture(refusal)
                : connector.open(target, options, tune.tuning().inForce().connTimeout(), loop);
    }

    @Override
    public String name() {
        return connector.name();
    }

    @Override
    public EventLoop loopOf(Origin origin) {
        return shardOf(origin).loop();
    }

    private PoolShard shardOf(Origin origin) {
        int hash = origin.hashCode();
        return shards.get(Math.floorMod(hash ^ hash >>> 16, shards.size()));
    }

    @Override
    public CompletionStage<List<PrewarmResult>> prewarm(List<Prewarm> orders) {
        List<CompletableFuture<PrewarmResult>> results = orders.stream()
                .map(order -> prewarm(order).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .thenApply(all -> results.stream().map(CompletableFuture::join).toList());
    }

    private CompletionStage<PrewarmResult> prewarm(Prewarm order) {
        Fault refusal = refusal(order.options());
        if (refusal != null) {
            return CompletableFuture.failedStage(refusal);
        }
        PoolShard shard = shardOf(order.origin());
        PoolKey key = key(order.origin(), false, order.options());
        Prewarmer.Site site = new Prewarmer.Site() {
            @Override
            public CompletionStage<Integer> count() {
                return onShard(shard, s -> s.count(key));
            }

            @Override
            public void warm(Warming warming) {
                shard.warm(key, warming);
            }
        };
        return maintainer.prewarmer().prewarm(site, order.origin(), order.count());
    }

    @Override
    public AddressLists addresses() {
        return access;
    }

    @Override
    public CompletionStage<PoolSnapshot> snapshot() {
        return onShards(shard -> shard.snapshot().toList())
                .thenApply(parts -> new PoolSnapshot(
                        clock.instant(), parts.stream().flatMap(List::stream).toList()));
    }

    @Override
    public CompletionStage<PoolStats> stats() {
        return snapshot().thenApply(now -> counts.stats(now, access));
    }

    @Override
    public PoolConfig config() {
        return config;
    }

    @Override
    public synchronized void update(PoolConfig changed) {
        PoolConfig before = tune.tuning().inForce();
        config = changed;
        putInForce(before, tune.configured(changed));
    }

    private void putInForce(PoolConfig before, PoolConfig changed) {
        if (own != null) {
            own.tls.follow(before, changed);
        }
        permits.limits(changed.maxConnections(), changed.maxIdleConns());
        maintainer.interval(changed.cleanupInterval());
        access.update(changed);
        if (!changed.dns().equals(before.dns())) {
            maintainer.recheck("the name servers changed");
            connector.resolver(HostResolver.of(changed.dns(), shards.get(0).loop()));
            maintainer.renewNames();
        }
        connector.sources(changed.sources());
        onShards(shard -> {
            shard.update(changed);
            return shard.evictions().retireOthers(changed.sources(), CloseReason.ADDRESS_GONE);
        });
    }

    private void tune() {
        if (config.autoTune()) {
            onShards(PoolShard::load)
                    .thenAccept(loads -> tune(
                            loads.stream().mapToInt(PoolShard.Load::busy).sum(),
                            loads.stream().mapToInt(PoolShard.Load::waiting).sum()));
        }
    }

    private synchronized void tune(int busy, int waiting) {
        PoolConfig before = tune.tuning().inForce();
        if (tune.look(config, counts.ended(), busy, waiting)) {
            putInForce(before, tune.tuning().inForce());
        }
    }

    @Override
    public Tuning tuning() {
        return tune.tuning();
    }

    @Override
    public CompletionStage<HealthReport> checkHealth() {
        return onShards(shard -> shard.upkeep().checkHealth()).thenCompose(stages -> {
            List<CompletableFuture<HealthReport>> reports =
                    stages.stream().map(CompletionStage::toCompletableFuture).toList();
            return CompletableFuture.allOf(reports.toArray(CompletableFuture[]::new))
                    .thenApply(all -> reports.stream()
                            .map(CompletableFuture::join)
                            .reduce(HealthReport.NOTHING, HealthReport::plus));
        });
    }

    @Override
    public CompletionStage<CleanupReport> cleanUp() {
        return onShards(shard -> shard.upkeep().cleanUp())
                .thenApply(reports -> reports.stream().reduce(new CleanupReport(0, 0), CleanupReport::plus));
    }

    @Override
    public CompletionStage<Integer> drain(String host, int port) {
        return retire(origin -> origin.host().equalsIgnoreCase(host) && (port == 0 || origin.port() == port));
    }

    @Override
    public CompletionStage<Integer> flush() {
        return retire(origin -> true);
    }

    private CompletionStage<Integer> retire(Predicate<Origin> which) {
        return onShards(shard -> shard.evictions().retire(which, CloseReason.DRAINED))
                .thenApply(counts -> counts.stream().mapToInt(n -> n).sum());
    }

    @Override
    public CompletionStage<Void> shutdown() {
        draining = true;
        return onShards(shard -> {
                    CompletableFuture<Void> unused = new CompletableFuture<>();
                    shard.whenUnused(() -> unused.complete(null));
                    return unused;
                })
                .thenCompose(all -> CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        draining = true;
        CompletableFuture<List<Boolean>> done = onShards(shard -> {
                    shard.close();
                    return true;
                })
                .toCompletableFuture();
        if (shards.stream().noneMatch(shard -> shard.loop().inEventLoop())) {
            await(done);
        }
        access.close();
        maintainer.close();
        connector.close();
        if (own != null) {
            own.close();
        }
    }

    private static void await(CompletableFuture<?> done) {
        try {
            done.get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("pool not closed cleanly: {}", e instanceof TimeoutException ? "a loop does not answer" : e);
        }
    }

    private static <T> CompletableFuture<T> onShard(PoolShard shard, Function<PoolShard, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            shard.loop().execute(() -> answer.complete(question.apply(shard)));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    /** Asks every shard on its own loop. */
    private <T> CompletionStage<List<T>> onShards(Function<PoolShard, T> question) {
        List<CompletableFuture<T>> answers = new ArrayList<>();
        for (PoolShard shard : shards) {
            answers.add(onShard(shard, question));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> answers.stream().map(CompletableFuture::join).toList());
    }
}
