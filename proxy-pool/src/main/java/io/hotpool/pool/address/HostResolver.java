package io.hotpool.pool.address;

import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool's view of names: configured ones, literals in any form, {@code localhost} (RFC 6761, 6.3), and for the rest one
 * lookup per name in flight whose answer is kept for its TTL. Where a lookup fails the last answer goes on to hold (RFC
 * 8767). Thread-safe.
 */
public final class HostResolver implements Resolver {
    private static final Logger LOG = LoggerFactory.getLogger(HostResolver.class);

    /** Names kept; beyond it the ones that have expired are dropped, and then all. */
    private static final int MAX_ENTRIES = 10_000;

    /** How long an answer may hold for want of another one, and how long until that is asked for again. */
    private static final Duration MOST_STALE = Duration.ofDays(1);

    private static final Duration STALE_PAUSE = Duration.ofSeconds(5);

    private static final List<InetAddress> LOCALHOST = List.of(
            IpLiteral.address(new byte[] {127, 0, 0, 1}),
            IpLiteral.address(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));

    private final Map<String, List<InetAddress>> configured;
    private final Duration minTtl;
    private final Duration maxTtl;
    private final Lookup lookup;
    private final LongSupplier nanoTime;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    /** An answer. Times by nanoTime. */
    private record Known(List<InetAddress> addresses, long since, long expires, boolean stale) {
        boolean live(long now) {
            return expires - now > 0;
        }
    }

    /** One name: what is known of it, and the lookup under way. */
    private static final class Entry {
        final AtomicReference<@Nullable CompletableFuture<List<InetAddress>>> asked = new AtomicReference<>();
        volatile @Nullable Known known;
    }

    HostResolver(PoolConfig.Dns dns, Lookup lookup, LongSupplier nanoTime) {
        this.configured = dns.hosts();
        this.minTtl = dns.minTtl();
        this.maxTtl = dns.maxTtl();
        this.lookup = lookup;
        this.nanoTime = nanoTime;
    }

    /** @param loop where queries to configured servers are made */
    public static HostResolver of(PoolConfig.Dns dns, EventLoop loop) {
        Lookup lookup = dns.servers().isEmpty() ? new SystemLookup() : new DnsLookup(dns, loop);
        return new HostResolver(dns, lookup, System::nanoTime);
    }

    /** Should the new servers fail, what the old ones said goes on to hold. */
    public HostResolver after(Resolver before) {
        if (before instanceof HostResolver old) {
            old.entries.forEach((name, entry) -> {
                Known known = entry.known;
                if (known != null) {
                    Entry mine = new Entry();
                    mine.known = new Known(known.addresses, known.since, nanoTime.getAsLong(), false);
                    entries.putIfAbsent(name, mine);
                }
            });
        }
        return this;
    }

    @Override
    public Future<List<InetAddress>> resolve(String host, EventLoop loop) {
        return resolve(host, loop, false);
    }

    @Override
    public Future<List<InetAddress>> refresh(String host, EventLoop loop) {
        return resolve(host, loop, true);
    }

    private Future<List<InetAddress>> resolve(String host, EventLoop loop, boolean anew) {
        String name = IpLiteral.withoutTrailingDot(host);
        List<InetAddress> fixed;
        try {
            fixed = fixed(name);
        } catch (IllegalArgumentException e) {
            return loop.newFailedFuture(failed(host, e));
        }
        if (fixed != null) {
            return loop.newSucceededFuture(fixed);
        }
        Entry entry = entry(name);
        Known known = entry.known;
        if (known != null && !anew && known.live(nanoTime.getAsLong())) {
            return loop.newSucceededFuture(known.addresses);
        }
        return on(loop, host, asked(name, entry, anew));
    }

    private @Nullable List<InetAddress> fixed(String name) {
        List<InetAddress> addresses = configured.get(name);
        if (addresses != null) {
            return addresses;
        }
        InetAddress literal = IpLiteral.parse(name);
        if (literal != null) {
            return List.of(literal);
        }
        return name.equals("localhost") || name.endsWith(".localhost") ? LOCALHOST : null;
    }

    /**
     * The addresses that a host stands for without asking anybody: those of a literal, or of {@code localhost}.
     *
     * @throws Fault when it looks like an address and is none
     */
    public static List<InetAddress> literals(String host) {
        String name = IpLiteral.withoutTrailingDot(host);
        try {
            InetAddress literal = IpLiteral.parse(name);
            if (literal != null) {
                return List.of(literal);
            }
        } catch (IllegalArgumentException e) {
            throw failed(host, e);
        }
        return name.equals("localhost") || name.endsWith(".localhost") ? LOCALHOST : List.of();
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry != null) {
            return entry;
        }
        if (entries.size() >= MAX_ENTRIES) {
            forget();
        }
        return entries.computeIfAbsent(name, n -> new Entry());
    }

    private void forget() {
        long now = nanoTime.getAsLong();
        entries.values().removeIf(entry -> {
            Known known = entry.known;
            return entry.asked.get() == null && (known == null || !known.live(now));
        });
        if (entries.size() >= MAX_ENTRIES) {
            entries.clear();
        }
    }

    /** The lookup under way, or one that begins. */
    private CompletableFuture<List<InetAddress>> asked(String name, Entry entry, boolean anew) {
        CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> other = entry.asked.compareAndExchange(null, mine);
        if (other != null) {
            return other;
        }
        if (anew) {
            lookup.forget(name);
        }
        lookup.ask(name).whenComplete((answer, failure) -> {
            Known known = failure == null && !answer.addresses().isEmpty()
                    ? fresh(name, entry, answer)
                    : stale(name, entry, failure);
            entry.known = known;
            entry.asked.set(null);
            if (known != null) {
                mine.complete(known.addresses);
            } else {
                entries.remove(name, entry);
                mine.completeExceptionally(failure == null ? new NoSuchNameException("no address") : failure);
            }
        });
        return mine;
    }

    private Known fresh(String name, Entry entry, Lookup.Answer answer) {
        Known before = entry.known;
        if (before != null && before.stale) {
            LOG.info("host {}: resolved again", name);
        }
        long now = nanoTime.getAsLong();
        Duration ttl = answer.ttl();
        if (!ttl.isZero()) {
            ttl = ttl.compareTo(minTtl) < 0 ? minTtl : ttl.compareTo(maxTtl) > 0 ? maxTtl : ttl;
        }
        return new Known(answer.addresses(), now, now + ttl.toNanos(), false);
    }

    private @Nullable Known stale(String name, Entry entry, @Nullable Throwable failure) {
        Known before = entry.known;
        long now = nanoTime.getAsLong();
        Throwable why = reason(failure);
        if (before == null
                || now - before.since > MOST_STALE.toNanos()
                || failure == null
                || why instanceof NoSuchNameException) {
            return null;
        }
        if (!before.stale) {
            LOG.warn(
                    "host {}: cannot be resolved ({}); its {} addresses of {} s ago are used further",
                    name,
                    why == null ? "no address" : why.getMessage(),
                    before.addresses.size(),
                    (now - before.since) / 1_000_000_000);
        }
        return new Known(before.addresses, before.since, now + STALE_PAUSE.toNanos(), true);
    }

    private static Future<List<InetAddress>> on(
            EventLoop loop, String host, CompletionStage<List<InetAddress>> answer) {
        Promise<List<InetAddress>> promise = loop.newPromise();
        answer.whenComplete((addresses, failure) -> {
            if (loop.inEventLoop()) {
                complete(promise, host, addresses, failure);
            } else {
                loop.execute(() -> complete(promise, host, addresses, failure));
            }
        });
        return promise;
    }

    private static void complete(
            Promise<List<InetAddress>> promise,
            String host,
            @Nullable List<InetAddress> addresses,
            @Nullable Throwable failure) {
        if (addresses == null) {
            promise.setFailure(failed(host, failure));
        } else {
            promise.setSuccess(addresses);
        }
    }

    private static Fault failed(String host, @Nullable Throwable cause) {
        Throwable reason = reason(cause);
        String why = reason == null ? "no address" : String.valueOf(reason.getMessage());
        return Fault.unprocessed(FaultKind.DNS_FAILED, "host " + host + ": " + why, cause)
                .at(host, null);
    }

    private static @Nullable Throwable reason(@Nullable Throwable cause) {
        return cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
    }

    @Override
    public void close() {
        lookup.close();
    }
}
