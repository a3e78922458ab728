package io.hotpool.server;

import io.hotpool.pool.HotPool;
import io.hotpool.pool.PoolListener;
import io.hotpool.server.accesslog.AccessLine;
import io.hotpool.server.accesslog.AccessLog;
import io.hotpool.server.accesslog.LineFile;
import io.hotpool.server.admin.EventFeed;
import io.hotpool.server.alert.Alert;
import io.hotpool.server.alert.AlertWatch;
import io.hotpool.server.config.HotpoolConfig.Log;
import io.hotpool.server.config.LiveConfig;
import io.hotpool.server.frontend.ExchangeObserver;
import io.hotpool.server.metrics.Listeners;
import io.hotpool.server.metrics.Metrics;
import io.hotpool.server.metrics.Statistics;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Everything that watches the data plane: metrics, statistics, events and, where it is asked for, the access log. */
record Observation(
        Metrics metrics,
        Statistics statistics,
        EventFeed events,
        @Nullable AccessLog accessLog) implements AutoCloseable {
    static Observation of(LiveConfig config, Clock clock) throws StartException {
        Log log = config.get().log();
        AccessLog accessLog = log.accessLog() == null ? null : open(log.accessLog(), log.format(), clock);
        Metrics metrics = new Metrics(
                Version.current(),
                () -> config.get().metrics().hostLabels(),
                () -> accessLog == null ? 0 : accessLog.dropped());
        config.onReload(reload -> metrics.reloaded(reload.ok()));
        EventFeed events = new EventFeed(clock);
        config.onReload(events::reloaded);
        return new Observation(metrics, new Statistics(clock), events, accessLog);
    }

    private static AccessLog open(Path path, Log.Format format, Clock clock) throws StartException {
        Function<AccessLine, String> line = format == Log.Format.JSON ? AccessLine::json : AccessLine::text;
        try {
            boolean standard = path.toString().equals("-");
            return new AccessLog(standard ? LineFile.standardOutput() : LineFile.open(path), line, clock);
        } catch (IOException e) {
            throw new StartException("log.access_log: " + path + " cannot be written: " + e.getMessage(), e);
        }
    }

    AlertWatch watch(HotPool pool, LiveConfig config, EventExecutor executor) {
        for (Alert.Kind kind : Alert.Kind.values()) {
            metrics.alert(kind.label(), false); // a series that stands at 0
        }
        AlertWatch.Listener told = (alert, raised) -> {
            metrics.alert(alert.kind().label(), raised);
            events.alert(alert, raised);
        };
        return AlertWatch.start(
                pool, () -> statistics.lastMinutes(1), () -> config.get().alerts(), told, executor);
    }

    PoolListener poolListener() {
        return PoolListener.all(metrics.poolListener(), statistics, events);
    }

    ExchangeObserver exchangeObserver() {
        return accessLog == null
                ? Listeners.ofExchanges(metrics.exchangeObserver(), statistics, events)
                : Listeners.ofExchanges(metrics.exchangeObserver(), statistics, events, accessLog);
    }

    @Override
    public void close() {
        if (accessLog != null) {
            accessLog.close();
        }
    }
}
