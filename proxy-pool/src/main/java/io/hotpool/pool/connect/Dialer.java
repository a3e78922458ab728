package io.hotpool.pool.connect;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.UpstreamConnection;
import io.netty.channel.EventLoop;

/** Makes connections to origins. Thread-safe. */
public interface Dialer {
    /** Gets exactly one call, on the loop, never on the stack of the call that asked. */
    interface Answer {
        void connected(UpstreamConnection connection);

        void failed(Fault fault);
    }

    /** A dial under way. */
    interface Attempt {
        /**
         * Nobody wants it any more: it fails as soon as its sockets are closed, possibly on this stack, and says nothing of any
         * address. Does nothing when it has been answered. On the loop.
         */
        void abandon();
    }

    /**
     * On the loop.
     *
     * @param loop of the connection to be
     * @param listener of the connection; may be told of its end before {@code answer} gets it
     */
    Attempt dial(ConnectPlan plan, EventLoop loop, UpstreamConnection.Listener listener, Answer answer);

    /** Has the host's name asked for anew; what follows is told to those who observe addresses. */
    void refresh(Origin origin, EventLoop loop);
}
