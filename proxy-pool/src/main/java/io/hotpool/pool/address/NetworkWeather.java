package io.hotpool.pool.address;

import java.util.HashSet;
import java.util.Set;

/**
 * Tells a dead local network from dead addresses: when several hosts fail to connect in a row and nothing at all succeeds,
 * the fault is on our side and blames nobody. Owner: the {@link AddressLedger}.
 */
final class NetworkWeather {
    /** So many different hosts must fail without a success between them. */
    static final int HOSTS = 3;

    private final long memoryMillis;
    private final Set<String> failing = new HashSet<>();
    private long firstFailureMillis;

    NetworkWeather(long memoryMillis) {
        this.memoryMillis = memoryMillis;
    }

    void worked() {
        failing.clear();
    }

    void failed(String host, long nowMillis) {
        if (failing.isEmpty() || nowMillis - firstFailureMillis > memoryMillis) {
            failing.clear();
            firstFailureMillis = nowMillis;
        }
        failing.add(host);
    }

    boolean down() {
        return failing.size() >= HOSTS;
    }

    /** When the present run of failures began. */
    long since() {
        return firstFailureMillis;
    }
}
