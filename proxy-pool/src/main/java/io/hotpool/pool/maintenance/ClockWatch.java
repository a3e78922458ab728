package io.hotpool.pool.maintenance;

import io.netty.util.concurrent.Ticker;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/**
 * Tells from two clocks whether time went by that nobody saw: a suspended machine stops the monotonic clock and not the wall
 * clock, a stopped process misses its ticks. A wall clock that is set looks the same, and is harmless to suspect.
 */
final class ClockWatch {
    private static final long APART_MILLIS = 5_000;
    private static final long LATE_MILLIS = 10_000;

    private final Clock wall;
    private final Ticker ticker;
    private long wallBefore;
    private long tickBefore;

    ClockWatch(Clock wall, Ticker ticker) {
        this.wall = wall;
        this.ticker = ticker;
        this.wallBefore = wall.millis();
        this.tickBefore = ticker.nanoTime();
    }

    /** Since it was asked last; to be asked about every second. */
    boolean jumped() {
        long wallNow = wall.millis();
        long tickNow = ticker.nanoTime();
        long passed = TimeUnit.NANOSECONDS.toMillis(tickNow - tickBefore);
        long apart = Math.abs(wallNow - wallBefore - passed);
        wallBefore = wallNow;
        tickBefore = tickNow;
        return apart > APART_MILLIS || passed > LATE_MILLIS;
    }
}
