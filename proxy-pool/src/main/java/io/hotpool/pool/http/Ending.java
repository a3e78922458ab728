package io.hotpool.pool.http;

import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How a connection comes to its end, in words for those whose exchange it takes along. Owned by the connection's loop. */
public final class Ending {
    private final ConnectionFacts facts;
    private final Ticker ticker;
    private final long since;
    private @Nullable String last;
    private @Nullable Throwable broken;
    private boolean proper;
    private int lost;

    public Ending(ConnectionFacts facts, Ticker ticker) {
        this.facts = facts;
        this.ticker = ticker;
        this.since = ticker.nanoTime();
    }

    /** The peer has said that it is going to end. */
    public void announced(String how) {
        last = how;
    }

    /** The peer has ended its direction as it should. */
    public void closed() {
        proper = true;
    }

    /** Reading or writing has failed; the first time counts, and that the channel is closed is no reason. */
    public void broke(Throwable cause) {
        if (broken == null && !(cause instanceof ClosedChannelException)) {
            broken = cause;
        }
    }

    /** An exchange is lost by it. @param where it was, such as "before the response" */
    public String loses(String where) {
        lost++;
        long millis = TimeUnit.NANOSECONDS.toMillis(ticker.nanoTime() - since);
        return what() + " " + where + " (connection " + facts.id() + ", " + millis + " ms old)";
    }

    private String what() {
        String how = proper ? "the origin closed the connection" : "the connection ended";
        Throwable cause = broken;
        if (cause != null && !proper) {
            how = "the connection broke (" + (cause instanceof IOException ? words(cause.getMessage()) : cause) + ")";
        }
        return last == null ? how : how + " after " + last;
    }

    /** What the system said, without the name of Netty's native call. */
    private static @Nullable String words(@Nullable String message) {
        return message == null ? null : message.replaceFirst("^\\w+\\(\\.\\.\\) failed with error\\(-\\d+\\): ", "");
    }

    /** Empty: no exchange was lost. */
    @Override
    public String toString() {
        return lost == 0 ? "" : what() + "; exchanges lost: " + lost;
    }
}
