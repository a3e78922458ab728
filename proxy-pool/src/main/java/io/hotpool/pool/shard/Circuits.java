package io.hotpool.pool.shard;

import io.hotpool.pool.PoolConfig.Circuit;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hosts that cannot be reached at all. A dial fails only when every address that may be used failed; after some of those in
 * a row a host is left alone for a time, then one asker at a time may find out. Pure; times in nanoseconds of any origin.
 * Owner: one shard.
 */
final class Circuits {
    private static final int MAX_HOSTS = 10_000;

    private static final class Failing {
        int failures;
        long openUntil;
        long trialUntil;
        Fault last;

        Failing(Fault last) {
            this.last = last;
        }
    }

    private final Map<Origin, Failing> hosts = new HashMap<>();
    private Circuit rules;

    Circuits(Circuit rules) {
        this.rules = rules;
    }

    void rules(Circuit changed) {
        rules = changed;
    }

    /** Does it speak of a host when such dials fail? Not by the word of one address, or of a proxy on the way. */
    static boolean judges(PoolKey key) {
        return key.address() == null && key.egress().direct();
    }

    /** Why no dial is to be made for that host now; null: one may be made, and its end is to be told. */
    @Nullable
    Fault refusal(Origin origin, long now) {
        Failing host = hosts.get(origin);
        if (host == null || !open(host)) {
            return null;
        }
        long wait = Math.max(host.openUntil, host.trialUntil) - now;
        if (wait > 0) {
            return refusal(origin, host, wait);
        }
        host.trialUntil = now + rules.openFor().toNanos();
        return null;
    }

    private boolean open(Failing host) {
        return rules.failures() > 0 && host.failures >= rules.failures();
    }

    private static Fault refusal(Origin origin, Failing host, long wait) {
        long seconds = 1 + (wait - 1) / 1_000_000_000;
        String text = "host " + origin.hostPort() + ": left alone for another " + seconds + " s after " + host.failures
                + " failed dials in a row, the last: " + host.last.kind().label();
        return Fault.unprocessed(FaultKind.CIRCUIT_OPEN, text, null)
                .at(origin.host(), host.last.address())
                .retryAfter(Duration.ofSeconds(seconds));
    }

    /** True when the host is left alone from now on. */
    boolean failed(Origin origin, Fault fault, long now) {
        if (!fault.kind().blamesAddress()) {
            return false;
        }
        if (hosts.size() >= MAX_HOSTS) {
            hosts.values().removeIf(host -> now - host.openUntil > 0);
        }
        Failing host = hosts.computeIfAbsent(origin, o -> new Failing(fault));
        host.failures++;
        host.last = fault;
        host.openUntil = now + rules.openFor().toNanos();
        host.trialUntil = now;
        return open(host);
    }

    /** True when the host had been left alone. */
    boolean connected(Origin origin) {
        Failing host = hosts.isEmpty() ? null : hosts.remove(origin);
        return host != null && open(host);
    }
}
