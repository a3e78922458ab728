package io.hotpool.server.capture;

import io.hotpool.pool.http.RequestKind;
import io.netty.channel.EventLoop;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One capture: the connections so far, and how far the browser has come. Confined to the capture's loop. */
final class Session {
    private static final Pattern BRAND = Pattern.compile("\"brand\":\"([^\"]*)\",\"version\":\"([0-9][0-9.]*)\"");

    final CapturePages pages;
    final CompletableFuture<Void> done = new CompletableFuture<>();

    private final EventLoop loop;
    private final Steps steps;
    private final List<Recording> recordings = new ArrayList<>();
    private final Set<String> milestones = new HashSet<>();
    private final Set<String> broken = new HashSet<>();
    private String fullVersion = "";
    private String lastProblem = "";

    /** What the command shows; read on other threads. */
    private volatile Progress progress;

    Session(EventLoop loop, Steps steps) {
        this.loop = loop;
        this.steps = steps;
        this.pages = new CapturePages(steps);
        this.progress = new Progress(0, steps.total(), 0, "", "");
    }

    Progress progress() {
        return progress;
    }

    /** The connection has said hello to that name. */
    void opened(Recording recording, String host) {
        assert loop.inEventLoop();
        recording.label = host.split("\\.", 2)[0];
        recording.retried = broken.contains(recording.label) || again(recording.label);
        recordings.add(recording);
        publish("");
    }

    /** After a HelloRetryRequest the first one was broken off. */
    private boolean again(String label) {
        return label.startsWith(CapturePages.RETRIED) && count(label) > 0;
    }

    /** A connection that ended in its handshake: most often because its certificate is not trusted. */
    void failed(Recording recording, Throwable cause) {
        assert loop.inEventLoop();
        lastProblem = String.valueOf(cause.getMessage());
        publish("");
    }

    void retried(Recording recording) {
        reached(recording.label + " again", "a HelloRetryRequest");
    }

    /** True when the connection is to end without an answer. */
    boolean requested(Recording recording, String method, String target) {
        assert loop.inEventLoop();
        String path = CapturePages.path(target);
        recording.requests++;
        if (recording.label.contains(CapturePages.BROKEN) && recording.requests == 2 && broken.add(recording.label)) {
            return true;
        }
        RequestKind kind = CapturePages.kind(method, target);
        if (path.equals(CapturePages.BYE) || path.equals(CapturePages.KEEP)) {
            reached(recording.label + " " + count(recording.label), "connections");
        } else if (kind == RequestKind.WEBSOCKET) {
            reached(recording.label, "a WebSocket");
        } else if (kind == RequestKind.NAVIGATE || kind == RequestKind.FORM) {
            reached(recording.label + path, "pages");
        } else if (path.equals(CapturePages.ABOUT)) {
            fullVersion = fullVersion(target);
        } else if (path.equals(CapturePages.DONE)) {
            done.complete(null);
        }
        return false;
    }

    private long count(String label) {
        return recordings.stream().filter(r -> r.label.equals(label)).count();
    }

    private void reached(String milestone, String what) {
        milestones.add(milestone);
        publish(what);
    }

    private void publish(String what) {
        String shown = what.isEmpty() ? progress.doing() : what;
        progress = new Progress(
                Math.min(milestones.size(), steps.total()), steps.total(), recordings.size(), shown, lastProblem);
    }

    List<Recording> recordings() {
        assert loop.inEventLoop();
        return List.copyOf(recordings);
    }

    String fullVersion() {
        return fullVersion;
    }

    /** Of the brand that is neither made up nor the engine's, else of the engine. */
    private static String fullVersion(String target) {
        String brands = URLDecoder.decode(target.replaceFirst("^[^=]*=", ""), StandardCharsets.UTF_8);
        String engine = "";
        Matcher each = BRAND.matcher(brands);
        while (each.find()) {
            String brand = each.group(1).toLowerCase(Locale.ROOT);
            if (brand.equals("chromium")) {
                engine = each.group(2);
            } else if (!brand.matches(".*not.*a.*brand.*")) {
                return each.group(2);
            }
        }
        return engine;
    }
}
