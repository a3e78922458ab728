package io.hotpool.server;

import io.hotpool.server.accesslog.AccessLine;
import io.hotpool.server.accesslog.AccessLog;
import io.hotpool.server.accesslog.LineFile;
import io.hotpool.server.config.HotpoolConfig.Log;
import io.hotpool.server.config.LiveConfig;
import io.hotpool.server.frontend.ExchangeObserver;
import io.hotpool.server.metrics.Listeners;
import io.hotpool.server.metrics.Metrics;
import io.hotpool.server.metrics.Statistics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Everything that watches the data plane: metrics, statistics and, where it is asked for, the access log. */
record Observation(
        Metrics metrics, Statistics statistics, @Nullable AccessLog accessLog) implements AutoCloseable {
    static Observation of(LiveConfig config) throws StartException {
        Log log = config.get().log();
        AccessLog accessLog = log.accessLog() == null ? null : open(log.accessLog(), log.format());
        Metrics metrics = new Metrics(
                Version.current(),
                () -> config.get().metrics().hostLabels(),
                () -> accessLog == null ? 0 : accessLog.dropped());
        config.onReload(reload -> metrics.reloaded(reload.ok()));
        return new Observation(metrics, new Statistics(Clock.systemUTC()), accessLog);
    }

    private static AccessLog open(Path path, Log.Format format) throws StartException {
        Function<AccessLine, String> line = format == Log.Format.JSON ? AccessLine::json : AccessLine::text;
        try {
            boolean standard = path.toString().equals("-");
            return new AccessLog(standard ? LineFile.standardOutput() : LineFile.open(path), line, Clock.systemUTC());
        } catch (IOException e) {
            throw new StartException("log.access_log: " + path + " cannot be written: " + e.getMessage(), e);
        }
    }

    ExchangeObserver exchangeObserver() {
        return accessLog == null
                ? Listeners.ofExchanges(metrics.exchangeObserver(), statistics)
                : Listeners.ofExchanges(metrics.exchangeObserver(), statistics, accessLog);
    }

    @Override
    public void close() {
        if (accessLog != null) {
            accessLog.close();
        }
    }
}
