package io.hotpool.server.intercept;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The leaf certificates in use, each with its TLS context, the least recently used dropped first.
 *
 * <p>Event loops only look up; one minter thread mints, and drops what is too much. A name is minted once however many ask
 * for it, and again, behind the back of those who use it, in the last third of its life.
 */
public final class LeafCache implements LeafCertificates, AutoCloseable {
    /** Names that may wait for the minter: about two seconds of its work. */
    private static final int LONGEST_QUEUE = 4096;

    private final CertificateAuthority authority;
    private final LeafMinter minter;
    private final LeafContexts contexts;
    private final Clock clock;
    private final IntSupplier capacity;
    private final Runnable onMinted;
    private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor minterThread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(LONGEST_QUEUE),
            new DefaultThreadFactory("hotpool-minter", true));

    /** A name's context, made or in the making. */
    private static final class Entry {
        final CompletableFuture<Minted> minted = new CompletableFuture<>();
        volatile long lastUsed = System.nanoTime();
        volatile boolean renewing;
    }

    private record Minted(Leaf leaf, SslContext context) {}

    /**
     * @param lifetime of the leaves, at most 30 days; asked at each minting
     * @param capacity how many names are kept; asked at each minting
     * @param onMinted told of every leaf made
     */
    public LeafCache(
            CertificateAuthority authority,
            Clock clock,
            Supplier<Duration> lifetime,
            IntSupplier capacity,
            Runnable onMinted) {
        this(authority, new LeafMinter(authority, clock, lifetime), LeafContexts.best(), clock, capacity, onMinted);
    }

    /** The same authority and key for a server that takes something else. */
    public LeafCache offering(TlsOffer offer) {
        return new LeafCache(authority, minter, LeafContexts.best(offer), clock, capacity, onMinted);
    }

    /** SubjectPublicKeyInfo of all leaves, DER. */
    public byte[] publicKey() {
        return minter.publicKey();
    }

    LeafCache(
            CertificateAuthority authority,
            LeafMinter minter,
            LeafContexts contexts,
            Clock clock,
            IntSupplier capacity,
            Runnable onMinted) {
        this.authority = authority;
        this.minter = minter;
        this.contexts = contexts;
        this.clock = clock;
        this.capacity = capacity;
        this.onMinted = onMinted;
    }

    @Override
    public Future<SslContext> contextFor(String host, EventLoop loop) {
        LeafName name;
        try {
            name = LeafName.of(host);
        } catch (Fault e) {
            return loop.newFailedFuture(e);
        }
        Entry entry = entryFor(name);
        entry.lastUsed = System.nanoTime();
        CompletableFuture<Minted> minted = entry.minted;
        if (minted.isDone() && !minted.isCompletedExceptionally()) {
            return loop.newSucceededFuture(minted.join().context());
        }
        Promise<SslContext> promise = loop.newPromise();
        minted.whenComplete((made, failure) -> {
            if (failure == null) {
                promise.trySuccess(made.context());
            } else {
                promise.tryFailure(Fault.from(failure));
            }
        });
        return promise;
    }

    /** The entry that serves that name now; one whose leaf is no longer (or not yet) valid does not. */
    private Entry entryFor(LeafName name) {
        Entry entry = entries.get(name.text());
        if (entry == null) {
            return mintOnce(name, null);
        }
        if (!entry.minted.isDone() || entry.minted.isCompletedExceptionally()) {
            return entry;
        }
        Instant now = clock.instant();
        Leaf leaf = entry.minted.join().leaf();
        if (!leaf.validAt(now)) {
            return mintOnce(name, entry);
        }
        if (leaf.dueAt(now)) {
            renew(name, entry);
        }
        return entry;
    }

    private Entry mintOnce(LeafName name, @Nullable Entry stale) {
        Entry fresh = new Entry();
        Entry winner =
                entries.compute(name.text(), (key, present) -> present == null || present == stale ? fresh : present);
        if (winner == fresh) {
            mintInto(name, fresh);
        }
        return winner;
    }

    private void renew(LeafName name, Entry entry) {
        if (entry.renewing) {
            return;
        }
        entry.renewing = true;
        Entry next = new Entry();
        next.lastUsed = entry.lastUsed;
        mintInto(name, next);
        next.minted.whenComplete((made, failure) -> {
            if (failure == null) {
                entries.replace(name.text(), entry, next);
            } else {
                entry.renewing = false;
            }
        });
    }

    private void mintInto(LeafName name, Entry entry) {
        try {
            minterThread.execute(() -> mint(name, entry));
        } catch (RejectedExecutionException e) {
            entries.remove(name.text(), entry);
            entry.minted.completeExceptionally(Fault.of(
                    FaultKind.RATE_LIMITED, "too many new host names at once: no certificate could be made in time"));
        }
    }

    private void mint(LeafName name, Entry entry) {
        try {
            Leaf leaf = minter.mint(name);
            Minted minted = new Minted(leaf, contexts.contextFor(leaf));
            onMinted.run();
            entry.minted.complete(minted);
            dropLeastRecentlyUsed();
        } catch (RuntimeException e) {
            entries.remove(name.text(), entry);
            entry.minted.completeExceptionally(
                    Fault.of(FaultKind.INTERNAL, "no certificate could be made for " + name.text(), e));
        }
    }

    /** On the minter thread. A sixteenth at a time, so that the sorting is paid by many mintings. */
    private void dropLeastRecentlyUsed() {
        int most = Math.max(1, capacity.getAsInt());
        int excess = entries.size() - most;
        if (excess <= 0) {
            return;
        }
        long now = System.nanoTime();
        record Age(String name, Entry entry, long nanos) {}
        entries.entrySet().stream()
                .filter(e -> e.getValue().minted.isDone())
                .map(e -> new Age(e.getKey(), e.getValue(), now - e.getValue().lastUsed))
                .sorted(Comparator.comparingLong(Age::nanos).reversed())
                .limit(excess + most / 16)
                .forEach(age -> entries.remove(age.name(), age.entry()));
    }

    /** Names that have a leaf or wait for one. */
    public int size() {
        return entries.size();
    }

    @Override
    public String rootPem() {
        return authority.pem();
    }

    @Override
    public byte[] rootDer() {
        return authority.der();
    }

    @Override
    public void close() {
        minterThread.shutdownNow().forEach(never -> {});
        entries.forEach((name, entry) ->
                entry.minted.completeExceptionally(Fault.of(FaultKind.DRAINING, "hotpool is shutting down")));
        entries.clear();
    }
}
