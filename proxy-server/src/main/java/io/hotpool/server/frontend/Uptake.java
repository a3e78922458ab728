package io.hotpool.server.frontend;

import io.hotpool.server.tunnel.Tunnel;
import io.netty.channel.EventLoop;
import java.time.Duration;

/**
 * Whether a side takes what is written to it: when bytes wait and none of them leaves for a time, it is given up. One that is
 * slow, or has nothing to take, is not. Confined to its loop.
 */
final class Uptake implements Tunnel.Uptake {
    private final Deadline deadline;
    private final Duration patience;
    private long waiting;
    private boolean closed;

    Uptake(EventLoop loop, Duration patience, Runnable stalled) {
        this.deadline = new Deadline(loop, stalled);
        this.patience = patience;
    }

    @Override
    public void written(int bytes) {
        if (waiting == 0 && !closed) {
            deadline.in(patience);
        }
        waiting += bytes;
    }

    @Override
    public void taken(int bytes) {
        waiting -= bytes;
        if (waiting > 0 && !closed) {
            deadline.in(patience);
        } else {
            deadline.clear();
        }
    }

    @Override
    public void close() {
        closed = true;
        deadline.close();
    }
}
