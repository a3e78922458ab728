package io.hotpool.server.alert;

import io.hotpool.pool.HotPool;
import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.stats.Totals;
import io.hotpool.server.alert.Alerts.Change;
import io.hotpool.server.config.HotpoolConfig;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the pool and its statistics every {@code alerts.interval}, and tells what changed. Any thread. */
public final class AlertWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertWatch.class);

    /** Told once when an alert is raised, and once when it is cleared. */
    @FunctionalInterface
    public interface Listener {
        void changed(Alert alert, boolean raised);
    }

    private final HotPool pool;
    private final Supplier<Totals> lastMinute;
    private final Supplier<HotpoolConfig.Alerts> rules;
    private final Listener listener;
    private final Clock clock;
    private final Alerts alerts = new Alerts(); // guarded by itself
    private final Future<?> timer;
    private long lookedAt; // the timer's, as ticks of its executor

    private AlertWatch(
            HotPool pool,
            Supplier<Totals> lastMinute,
            Supplier<HotpoolConfig.Alerts> rules,
            Listener listener,
            EventExecutor executor,
            Clock clock) {
        this.pool = pool;
        this.lastMinute = lastMinute;
        this.rules = rules;
        this.listener = listener;
        this.clock = clock;
        this.lookedAt = executor.ticker().nanoTime();
        this.timer =
                executor.scheduleWithFixedDelay(() -> tick(executor.ticker().nanoTime()), 1, 1, TimeUnit.SECONDS);
    }

    /** @param rules asked every second: a changed interval counts at once */
    public static AlertWatch start(
            HotPool pool,
            Supplier<Totals> lastMinute,
            Supplier<HotpoolConfig.Alerts> rules,
            Listener listener,
            EventExecutor executor) {
        return new AlertWatch(pool, lastMinute, rules, listener, executor, Clock.systemUTC());
    }

    private void tick(long now) {
        if (now - lookedAt >= rules.get().interval().toNanos()) {
            lookedAt = now;
            pool.snapshot().thenAccept(this::look);
        }
    }

    private void look(PoolSnapshot snapshot) {
        Alerts.Measured measured = new Alerts.Measured(lastMinute.get(), snapshot.connections(), snapshot.healthy());
        synchronized (alerts) {
            alerts.look(measured, rules.get(), clock.instant()).forEach(this::tell);
        }
    }

    private void tell(Change change) {
        Alert alert = change.alert();
        if (change.raised()) {
            LOG.warn("alert {}: {}. {}", alert.kind().label(), alert.text(), alert.advice());
        } else {
            LOG.info("alert {}: over, stood since {}", alert.kind().label(), alert.since());
        }
        listener.changed(alert, change.raised());
    }

    /** Those that stand. */
    public List<Alert> standing() {
        synchronized (alerts) {
            return alerts.standing();
        }
    }

    @Override
    public void close() {
        timer.cancel(false);
    }
}
