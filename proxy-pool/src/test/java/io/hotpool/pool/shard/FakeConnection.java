package io.hotpool.pool.shard;

import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestSink;
import io.hotpool.pool.http.ResponseSink;
import io.hotpool.pool.http.UpstreamConnection;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.function.Consumer;

/** What {@link PoolState} sees of a connection: numbers. */
public final class FakeConnection implements UpstreamConnection {
    final Protocol protocol;
    int capacity;
    int active;
    boolean accepting = true;

    public FakeConnection(Protocol protocol, int capacity) {
        this.protocol = protocol;
        this.capacity = capacity;
    }

    @Override
    public EventLoop loop() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ConnectionFacts facts() {
        return new ConnectionFacts(
                1,
                Origin.https("example.com", 443),
                InetSocketAddress.createUnresolved("192.0.2.1", 443),
                protocol,
                "test",
                "",
                "",
                "",
                "",
                "",
                false,
                Instant.EPOCH,
                ConnectionFacts.DialTiming.NONE);
    }

    @Override
    public Protocol protocol() {
        return protocol;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public int active() {
        return active;
    }

    @Override
    public boolean accepting() {
        return accepting;
    }

    @Override
    public RequestSink open(RequestHead head, ResponseSink response) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void ping(long timeoutNanos, Consumer<Boolean> answer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void drain(CloseReason reason) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close(CloseReason reason) {
        throw new UnsupportedOperationException();
    }
}
