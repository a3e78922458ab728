package io.hotpool.server.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a start prints: where it listens, and lines to copy. */
final class Welcome {
    private Welcome() {}

    /**
     * @param source of the configuration, null: built-in defaults
     * @param startMillis from the start of the process
     */
    static List<String> lines(RunningDaemon daemon, @Nullable String source, long startMillis) {
        List<String> lines = new ArrayList<>();
        String proxy = daemon.proxy().get(0);
        lines.add("hotpool is listening (" + (source == null ? "built-in defaults" : source) + ", started in "
                + startMillis + " ms)");
        lines.add("  proxy   " + String.join("  ", daemon.proxy()));
        if (!daemon.admin().isEmpty()) {
            lines.add("  admin   http://" + String.join("/  http://", daemon.admin()) + "/");
        }
        lines.add("  ca      " + daemon.ca());
        lines.add("");
        lines.add("Try it:");
        lines.add("  curl -x http://" + proxy + " http://example.com/");
        lines.add("  curl -x http://" + proxy + " --cacert " + daemon.ca() + " https://example.com/");
        lines.add("  curl -x http://" + proxy + " http://hotpool.internal/fingerprint      # what an origin sees");
        lines.add("Stop it with Ctrl-C.");
        return lines;
    }
}
