package io.hotpool.server.cli;

import io.hotpool.server.capture.BrowserLaunch;
import io.hotpool.server.capture.CaptureServer;
import io.hotpool.server.capture.Progress;
import io.hotpool.server.learn.Observations;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Tells what to do and how far the browser has come: a bar on a terminal, a line now and then elsewhere. */
final class CaptureProgress {
    private static final int LOOK_MILLIS = 200;
    private static final int BAR = 30;
    private static final int LINES = 10;

    private final CaptureServer server;
    private final PrintWriter out;
    private final boolean quiet;
    private final boolean terminal = Terminal.present();
    private int shown = -1;

    /** @param quiet nothing is printed while it goes on */
    CaptureProgress(CaptureServer server, PrintWriter out, boolean quiet) {
        this.server = server;
        this.out = out;
        this.quiet = quiet;
    }

    void invite() {
        if (quiet) {
            return;
        }
        out.printf(
                """
                Open this page in the browser that is to be recorded, and do what it says:
                  %s
                It trusts hotpool's certificate authority already? Then type: %s
                Or make the capture its proxy (HTTP and HTTPS), at port %d of this machine, and open:
                  %s   (then %s)
                Waiting for the browser; Ctrl-C gives up.
                """,
                server.instructionsUrl(),
                server.url(),
                server.port(),
                server.proxiedInstructionsUrl(),
                server.proxiedUrl());
        out.flush();
    }

    /** @param launch a browser that was started for this; null when a person opens one */
    Observations await(Duration limit, @Nullable BrowserLaunch launch) {
        long end = System.nanoTime() + limit.toNanos();
        while (!done()) {
            show();
            if (launch != null && launch.ended().isPresent()) {
                throw new Failure(launch.ended().get() + "\n" + where());
            }
            if (System.nanoTime() > end) {
                throw new Failure("the browser was not through after " + limit.toSeconds() + " s\n" + where());
            }
        }
        show();
        if (terminal && !quiet) {
            out.println();
        }
        return server.observations();
    }

    private boolean done() {
        try {
            CompletableFuture<Void> done = server.done();
            done.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private String where() {
        Progress progress = server.progress();
        if (progress.connections() == 0) {
            return "no browser came; the page is " + server.instructionsUrl();
        }
        String came = progress.reached() + " of " + progress.total() + " steps were reached, with "
                + progress.connections() + " connections";
        return progress.problem().isEmpty()
                ? came
                : came + "; a handshake failed (" + progress.problem()
                        + "): does the browser trust hotpool's certificate authority?";
    }

    private void show() {
        Progress progress = server.progress();
        if (quiet || progress.reached() == shown || !terminal && !worthALine(progress)) {
            return;
        }
        shown = progress.reached();
        String counts = String.format(
                Locale.ROOT,
                "%d of %d steps, %d connections",
                progress.reached(),
                progress.total(),
                progress.connections());
        if (!terminal) {
            out.println(counts);
        } else {
            int full = BAR * progress.reached() / Math.max(1, progress.total());
            out.print("\r[" + "#".repeat(full) + ".".repeat(BAR - full) + "] " + counts + "   ");
        }
        out.flush();
    }

    private boolean worthALine(Progress progress) {
        return shown < 0
                ? progress.reached() > 0
                : progress.reached() - shown >= Math.max(1, progress.total() / LINES)
                        || progress.reached() == progress.total();
    }
}
