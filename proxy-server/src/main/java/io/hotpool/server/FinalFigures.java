package io.hotpool.server;

import io.hotpool.pool.HotPool;
import io.hotpool.pool.PoolStats;
import io.hotpool.pool.stats.Totals;
import io.hotpool.server.metrics.Statistics;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What a daemon did in its life, for the end of its log. */
final class FinalFigures {
    private static final long PATIENCE_SECONDS = 2;

    private FinalFigures() {}

    static List<String> of(Statistics statistics, HotPool pool) {
        return List.of(requests(statistics), connections(pool));
    }

    private static String requests(Statistics statistics) {
        Totals all = statistics.totals();
        return String.format(
                Locale.ROOT,
                "final statistics: %d requests in %d s, %d failed, success %.1f %%, mean %.1f ms, p50 %.1f ms, p95 %.1f ms,"
                        + " p99 %.1f ms",
                all.requests(),
                Duration.between(statistics.since(), all.at()).toSeconds(),
                all.failed(),
                100 * all.successRate(),
                all.averageResponseMillis(),
                all.responseTimes().p50(),
                all.responseTimes().p95(),
                all.responseTimes().p99());
    }

    private static String connections(HotPool pool) {
        try {
            PoolStats stats = pool.stats().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return String.format(
                    Locale.ROOT,
                    "final statistics: %d connections opened, %d closed before the stop, reuse %.1f %%, whitelist %d,"
                            + " blacklist %d",
                    stats.connectionsOpened(),
                    stats.connectionsClosed(),
                    100 * stats.total().reuseRate(),
                    stats.whitelistIps(),
                    stats.blacklistIps());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "final statistics of connections: interrupted";
        } catch (Exception e) {
            return "final statistics of connections: not to be had, " + e;
        }
    }
}
