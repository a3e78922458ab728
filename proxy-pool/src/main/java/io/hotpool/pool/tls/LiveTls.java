package io.hotpool.pool.tls;

import io.hotpool.pool.PoolConfig;
import io.netty.channel.ChannelHandler;
import java.time.Clock;
import java.util.concurrent.Executor;

/** The TLS of the configuration of the moment: new handshakes take the new one, and its tickets begin afresh. */
public final class LiveTls implements UpstreamTls {
    private final Executor crypto;
    private final Clock clock;
    private volatile BrowserTls current;

    /** @throws IllegalArgumentException when a file of trusted certificates cannot be read */
    public LiveTls(PoolConfig config, Executor crypto, Clock clock) {
        this.crypto = crypto;
        this.clock = clock;
        this.current = new BrowserTls(settings(config), crypto, clock);
    }

    public void follow(PoolConfig before, PoolConfig after) {
        if (!settings(before).equals(settings(after))) {
            BrowserTls previous = current;
            current = new BrowserTls(settings(after), crypto, clock);
            previous.close();
        }
    }

    private static BrowserTls.Config settings(PoolConfig config) {
        return new BrowserTls.Config(config.tls().extraCaFiles(), config.tls().keyLogFile(), config.resumeSessions());
    }

    @Override
    public ChannelHandler handlerFor(TlsRequest request) {
        return current.handlerFor(request);
    }

    @Override
    public void close() {
        current.close();
    }
}
