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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The pool's view of names: configured ones, literals in any form, {@code localhost} (RFC 6761, 6.3), and for the rest one
 * lookup per name in flight whose answer is kept for its TTL. Thread-safe.
 */
public final class HostResolver implements Resolver {
    /** Names kept; beyond it the ones that have expired are dropped, and then all. */
    private static final int MAX_ENTRIES = 10_000;

    private static final List<InetAddress> LOCALHOST = List.of(
            IpLiteral.address(new byte[] {127, 0, 0, 1}),
            IpLiteral.address(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));

    private final Map<String, List<InetAddress>> configured;
    private final Duration minTtl;
    private final Duration maxTtl;
    private final Lookup lookup;
    private final LongSupplier nanoTime;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    /** One name: a lookup under way, or its answer. */
    private static final class Entry {
        final CompletionStage<Lookup.Answer> answer;
        long expires; // by nanoTime
        volatile boolean answered; // written after expires

        Entry(CompletionStage<Lookup.Answer> answer) {
            this.answer = answer;
        }

        boolean live(long now) {
            return !answered || expires - now > 0;
        }
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

    @Override
    public Future<List<InetAddress>> resolve(String host, EventLoop loop) {
        String name = IpLiteral.withoutTrailingDot(host);
        List<InetAddress> known;
        try {
            known = known(name);
        } catch (IllegalArgumentException e) {
            return loop.newFailedFuture(failed(host, e));
        }
        return known != null ? loop.newSucceededFuture(known) : cached(host, name, loop);
    }

    private @Nullable List<InetAddress> known(String name) {
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

    private Future<List<InetAddress>> cached(String host, String name, EventLoop loop) {
        Promise<List<InetAddress>> promise = loop.newPromise();
        entry(name).answer.whenComplete((answer, failure) -> {
            if (loop.inEventLoop()) {
                complete(promise, host, answer, failure);
            } else {
                loop.execute(() -> complete(promise, host, answer, failure));
            }
        });
        return promise;
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry != null && entry.live(nanoTime.getAsLong())) {
            return entry;
        }
        if (entries.size() >= MAX_ENTRIES) {
            forget();
        }
        boolean[] created = new boolean[1];
        Entry current = entries.compute(name, (n, now) -> {
            if (now != null && now != entry) {
                return now; // another thread was faster
            }
            created[0] = true;
            return new Entry(lookup.ask(n));
        });
        if (created[0]) {
            current.answer.whenComplete((answer, failure) -> keep(name, current, answer));
        }
        return current;
    }

    private void keep(String name, Entry entry, Lookup.@Nullable Answer answer) {
        if (answer == null || answer.ttl().isZero()) {
            entries.remove(name, entry);
            return;
        }
        Duration ttl = answer.ttl().compareTo(minTtl) < 0 ? minTtl : answer.ttl();
        entry.expires = nanoTime.getAsLong() + (ttl.compareTo(maxTtl) > 0 ? maxTtl : ttl).toNanos();
        entry.answered = true;
    }

    private void forget() {
        long now = nanoTime.getAsLong();
        entries.values().removeIf(entry -> !entry.live(now));
        if (entries.size() >= MAX_ENTRIES) {
            entries.clear();
        }
    }

    private static void complete(
            Promise<List<InetAddress>> promise,
            String host,
            Lookup.@Nullable Answer answer,
            @Nullable Throwable failure) {
        if (answer == null || answer.addresses().isEmpty()) {
            promise.setFailure(failed(host, failure));
        } else {
            promise.setSuccess(answer.addresses());
        }
    }

    private static Fault failed(String host, @Nullable Throwable cause) {
        Throwable reason = cause == null || cause.getCause() == null ? cause : cause.getCause();
        String why = reason == null ? "no address" : String.valueOf(reason.getMessage());
        return Fault.unprocessed(FaultKind.DNS_FAILED, "host " + host + ": " + why, cause)
                .at(host, null);
    }

    @Override
    public void close() {
        lookup.close();
    }
}
