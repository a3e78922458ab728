package io.hotpool.server.config;

import io.hotpool.pool.profile.Profiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What makes a running daemon read its configuration again: SIGHUP, and a file that changed: the configuration's own or one of the user's
 * profiles. */
public final class ReloadTriggers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReloadTriggers.class);
    private static final long LOOK_MILLIS = 500;

    private final LiveConfig config;
    private final FileWatch watch;
    private final ScheduledExecutorService control =
            Executors.newSingleThreadScheduledExecutor(ReloadTriggers::controlThread);

    public ReloadTriggers(LiveConfig config) {
        this.config = config;
        this.watch = new FileWatch(() -> files(config));
        control.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        Signals.handle("HUP", () -> control.execute(this::reload));
    }

    private static List<Path> files(LiveConfig config) {
        List<Path> files = new ArrayList<>();
        config.reader().file().ifPresent(files::add);
        Path folder = config.get().fingerprint().profileDir();
        if (folder != null) {
            files.addAll(Profiles.files(folder));
        }
        return files;
    }

    private static Thread controlThread(Runnable work) {
        Thread thread = new Thread(work, "hotpool-config");
        thread.setDaemon(true);
        return thread;
    }

    private void look() {
        if (watch.changed()) {
            reload();
        }
    }

    /** A follower that fails must not end the watching. */
    private void reload() {
        try {
            config.reload();
        } catch (RuntimeException e) {
            log.error("the reload failed", e);
        }
    }

    @Override
    public void close() {
        control.shutdownNow();
    }
}
