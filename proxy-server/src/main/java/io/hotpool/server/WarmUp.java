package io.hotpool.server;

import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.OpenExchange;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.pool.http.ResponseSink;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.server.selftest.SelfTest;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A self-test behind the back of the start, so that the first user's request does not wait for classes to load: a whole
 * exchange over TLS and HTTP/2 to the embedded origin. Nobody waits for it.
 */
final class WarmUp implements ResponseSink {
    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

    private final long started = System.nanoTime();
    private @Nullable OpenExchange exchange;

    private WarmUp() {}

    /** @param loop where the answer arrives */
    static void start(SelfTest selfTest, BrowserProfile profile, EventLoop loop) {
        WarmUp sink = new WarmUp();
        loop.execute(() -> {
            RequestHead request = RequestHead.get(selfTest.origin(), selfTest.path(profile.name()));
            sink.exchange = selfTest.pool().exchange(request, ExchangeOptions.of(profile), loop, sink);
        });
    }

    @Override
    public void data(ByteBuf chunk) {
        int bytes = chunk.readableBytes();
        chunk.release();
        if (exchange != null) {
            exchange.consumed(bytes);
        }
    }

    @Override
    public void end(HeaderList trailers) {
        log.debug("warmed up in {} ms", (System.nanoTime() - started) / 1_000_000);
    }

    @Override
    public void fault(Fault fault) {
        if (fault.kind() == FaultKind.DRAINING) {
            return; // stopped before it was done
        }
        log.warn("the self-test at the start failed: {}", fault.getMessage());
    }

    @Override
    public void informational(ResponseHead head) {}

    @Override
    public void head(ResponseHead head) {}

    @Override
    public void upgraded(ResponseHead head) {}

    @Override
    public void written(int bytes) {}
}
