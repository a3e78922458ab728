package io.hotpool.pool.address;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;

/** From a host to its addresses, without blocking a loop. Thread-safe. */
public interface Resolver extends AutoCloseable {
    /**
     * @param host as in {@link io.hotpool.pool.http.Origin}
     * @param loop completes there, possibly at once
     * @return at least one address, or a {@link io.hotpool.pool.fault.Fault} of kind {@code DNS_FAILED}
     */
    Future<List<InetAddress>> resolve(String host, EventLoop loop);

    /** The same, asked for anew whatever is kept; what is kept holds meanwhile, and after a failure. */
    Future<List<InetAddress>> refresh(String host, EventLoop loop);

    @Override
    void close();
}
