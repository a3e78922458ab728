package io.hotpool.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * Lets the first warnings and errors of a kind through, and so many in every ten seconds; how many more there were is told with the
 * next one that passes. A kind is a place in the program: the text of a line without its values. Any thread.
 */
final class RepeatedWarnings extends Filter<ILoggingEvent> {
    static final int MOST = 20;
    static final long WINDOW_MILLIS = 10_000;

    private final Logger told;
    private final ConcurrentHashMap<String, Window> kinds = new ConcurrentHashMap<>();

    private static final class Window {
        private long began;
        private int passed;
        private long leftOut;
    }

    RepeatedWarnings(LoggerContext context) {
        told = context.getLogger(RepeatedWarnings.class);
        // Loads what the first warning needs: that may be one about file descriptors, when no class can be read any
        // more.
        passes("", 0);
    }

    @Override
    public FilterReply decide(ILoggingEvent event) {
        if (event.getLevel().toInt() < Level.WARN_INT || event.getLoggerName().equals(told.getName())) {
            return FilterReply.NEUTRAL;
        }
        return passes(event.getLoggerName() + event.getMessage(), event.getTimeStamp())
                ? FilterReply.NEUTRAL
                : FilterReply.DENY;
    }

    private boolean passes(String kind, long now) {
        Window window = kinds.computeIfAbsent(kind, first -> new Window());
        long leftOut;
        synchronized (window) {
            leftOut = begin(window, now);
            if (window.passed >= MOST) {
                window.leftOut++;
                return false;
            }
            window.passed++;
        }
        if (leftOut > 0) {
            told.warn("{} lines like the next one were left out", leftOut);
        }
        return true;
    }

    /** How many lines the window that ends here has left out. */
    private static long begin(Window window, long now) {
        if (Math.abs(now - window.began) < WINDOW_MILLIS) {
            return 0;
        }
        long leftOut = window.leftOut;
        window.began = now;
        window.passed = 0;
        window.leftOut = 0;
        return leftOut;
    }
}
