package io.hotpool.server.config;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What makes a running daemon read its configuration again: SIGHUP, and a file that changed. */
public final class ReloadTriggers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReloadTriggers.class);
    private static final long LOOK_MILLIS = 500;

    private final ScheduledFuture<?> watching;

    /** @param control where reloads run */
    public ReloadTriggers(LiveConfig config, ScheduledExecutorService control) {
        FileWatch watch = new FileWatch(config.reader()::file);
        watching = control.scheduleWithFixedDelay(
                () -> {
                    if (watch.changed()) {
                        reload(config);
                    }
                },
                LOOK_MILLIS,
                LOOK_MILLIS,
                TimeUnit.MILLISECONDS);
        Signals.handle("HUP", () -> control.execute(() -> reload(config)));
    }

    /** A follower that fails must not end the watching. */
    private static void reload(LiveConfig config) {
        try {
            config.reload();
        } catch (RuntimeException e) {
            log.error("the reload failed", e);
        }
    }

    @Override
    public void close() {
        watching.cancel(false);
    }
}
