package io.hotpool.pool;

import java.time.Duration;

/** What configuration values are held to; apart from {@link PoolConfig}, whose parts are initialized before it. */
final class Bounds {
    private Bounds() {}

    static void atLeast(String key, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(key + ": " + value + " (at least " + least + ")");
        }
    }

    static void positive(String key, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(key + ": " + value + " (more than 0)");
        }
    }
}
