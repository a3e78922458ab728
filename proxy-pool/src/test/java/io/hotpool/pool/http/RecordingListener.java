package io.hotpool.pool.http;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Writes down what a connection tells its pool, and fails when it is closed twice. */
public final class RecordingListener implements UpstreamConnection.Listener {
    public final CompletableFuture<UpstreamConnection.CloseReason> gone = new CompletableFuture<>();
    public int changes;
    public UpstreamConnection.@Nullable CloseReason closed;

    @Override
    public void changed(UpstreamConnection connection) {
        if (closed != null) {
            throw new AssertionError("changed after closed");
        }
        changes++;
    }

    @Override
    public void closed(UpstreamConnection connection, UpstreamConnection.CloseReason reason) {
        if (closed != null) {
            throw new AssertionError("closed twice");
        }
        closed = reason;
        gone.complete(reason);
    }
}
