package io.hotpool.server.frontend;

import io.netty.channel.EventLoop;
import java.time.Duration;

/**
 * Whether a client takes what is written to it: when bytes wait and none of them leaves for a time, it is given up. A client
 * that is slow, or has nothing to take, is not. Confined to its loop.
 */
final class Uptake {
    private final Deadline deadline;
    private final Duration patience;
    private long waiting;
    private boolean closed;

    Uptake(EventLoop loop, Duration patience, Runnable stalled) {
        this.deadline = new Deadline(loop, stalled);
        this.patience = patience;
    }

    void written(int bytes) {
        if (waiting == 0 && !closed) {
            deadline.in(patience);
        }
        waiting += bytes;
    }

    /** So much has left, or will never leave. */
    void taken(int bytes) {
        waiting -= bytes;
        if (waiting > 0 && !closed) {
            deadline.in(patience);
        } else {
            deadline.clear();
        }
    }

    void close() {
        closed = true;
        deadline.close();
    }
}
