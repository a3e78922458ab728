package io.hotpool.server.alert;

import io.hotpool.pool.stats.Totals;
import io.hotpool.server.alert.Alert.Kind;
import io.hotpool.server.config.HotpoolConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which alerts stand. One is raised once, at the first look that finds a value beyond its threshold in a sample that says
 * something, and cleared once, after two looks in a row that do not: a value that sways about its threshold is one alert.
 * Pure; one thread at a time.
 */
final class Alerts {
    static final int LEAST_REQUESTS = 20;
    static final int LEAST_ANSWERS = 10;
    static final int LEAST_CONNECTIONS = 4;
    private static final int LOOKS_TO_CLEAR = 2;

    private final Map<Kind, Standing> standing = new EnumMap<>(Kind.class);

    private static final class Standing {
        Alert alert;
        int fineLooks;

        Standing(Alert alert) {
            this.alert = alert;
        }
    }

    /** @param lastMinute requests of that time @param healthy of {@code connections} */
    record Measured(Totals lastMinute, int connections, int healthy) {}

    /** @param raised false: cleared */
    record Change(Alert alert, boolean raised) {}

    List<Change> look(Measured now, HotpoolConfig.Alerts rules, Instant at) {
        List<Change> changes = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            Alert found = found(kind, now, rules, at);
            Standing before = standing.get(kind);
            if (found != null && before == null) {
                standing.put(kind, new Standing(found));
                changes.add(new Change(found, true));
            } else if (found != null) {
                before.alert = new Alert(
                        kind, before.alert.since(), found.value(), found.threshold(), found.text(), found.advice());
                before.fineLooks = 0;
            } else if (before != null && ++before.fineLooks >= LOOKS_TO_CLEAR) {
                standing.remove(kind);
                changes.add(new Change(before.alert, false));
            }
        }
        return changes;
    }

    List<Alert> standing() {
        return standing.values().stream().map(s -> s.alert).toList();
    }

    private static @Nullable Alert found(Kind kind, Measured now, HotpoolConfig.Alerts rules, Instant at) {
        Totals minute = now.lastMinute();
        return switch (kind) {
            case SUCCESS_RATE ->
                minute.requests() < LEAST_REQUESTS || minute.successRate() >= rules.successRate()
                        ? null
                        : new Alert(
                                kind,
                                at,
                                minute.successRate(),
                                rules.successRate(),
                                percent(minute.successRate()) + " of " + minute.requests()
                                        + " requests of the last minute succeeded, less than "
                                        + percent(rules.successRate()),
                                "GET /api/v1/events?types=exchange_failed names hosts and causes; `hotpool diagnose URL` looks at one");
            case MEAN_RESPONSE -> slow(minute, rules, at);
            case HEALTHY_RATIO ->
                now.connections() < LEAST_CONNECTIONS || now.healthy() >= rules.healthyRatio() * now.connections()
                        ? null
                        : new Alert(
                                kind,
                                at,
                                (double) now.healthy() / now.connections(),
                                rules.healthyRatio(),
                                now.healthy() + " of " + now.connections() + " connections take requests, less than "
                                        + percent(rules.healthyRatio()),
                                "GET /api/v1/connections?healthy=false lists the others; POST /api/v1/cleanup closes those kept back by a check");
            case REUSE_RATE ->
                minute.acquired() < LEAST_REQUESTS || minute.reuseRate() >= rules.reuseRate()
                        ? null
                        : new Alert(
                                kind,
                                at,
                                minute.reuseRate(),
                                rules.reuseRate(),
                                percent(minute.reuseRate()) + " of " + minute.acquired()
                                        + " requests of the last minute found a connection ready, less than "
                                        + percent(rules.reuseRate()),
                                "raise pool.max_idle_conns or pool.idle_timeout, or prewarm the hosts");
        };
    }

    private static @Nullable Alert slow(Totals minute, HotpoolConfig.Alerts rules, Instant at) {
        double most = rules.meanResponse().toNanos() / 1e6;
        if (most == 0 || minute.answered() < LEAST_ANSWERS || minute.averageResponseMillis() <= most) {
            return null;
        }
        return new Alert(
                Kind.MEAN_RESPONSE,
                at,
                minute.averageResponseMillis(),
                most,
                String.format(
                        Locale.ROOT,
                        "the mean response of the last minute took %.0f ms, p95 %.0f ms, more than %.0f ms",
                        minute.averageResponseMillis(),
                        minute.responseTimes().p95(),
                        most),
                "GET /api/v1/hosts/HOST shows addresses with their latency; requests that wait for a connection want"
                        + " higher pool.max_conns_per_host or pool.max_connections");
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }
}
