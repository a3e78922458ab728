package io.hotpool.pool.shard;

import io.hotpool.pool.PoolConfig.Health;
import io.hotpool.pool.connect.ConnectPlan;
import io.hotpool.pool.connect.Dialer;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.pool.http.ResponseSink;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A test of one address: a connection outside of the pool, and the health request on it, dressed as the browser that uses
 * the host. One use; confined to its loop. What the dial sees of the address is told by the dial itself.
 */
final class AddressProbe implements Dialer.Answer, UpstreamConnection.Listener, ResponseSink {
    private final EventLoop loop;
    private final ConnectPlan plan;
    private final Health health;
    private final CompletableFuture<Integer> status = new CompletableFuture<>();
    private @Nullable UpstreamConnection connection;
    private @Nullable Future<?> timer;

    AddressProbe(EventLoop loop, ConnectPlan plan, Health health) {
        this.loop = loop;
        this.plan = plan;
        this.health = health;
    }

    /** The status of the answer; 0: there was none. */
    CompletionStage<Integer> start(Dialer dialer) {
        dialer.dial(plan, loop, this, this);
        return status;
    }

    @Override
    public void connected(UpstreamConnection opened) {
        connection = opened;
        timer = loop.schedule(() -> end(0), plan.timeout().toNanos(), TimeUnit.NANOSECONDS);
        opened.open(HealthRequest.of(health, plan.origin(), plan.profile(), opened.protocol()), this);
    }

    @Override
    public void failed(Fault fault) {
        end(0);
    }

    @Override
    public void head(ResponseHead head) {
        end(head.status());
    }

    @Override
    public void fault(Fault fault) {
        end(0);
    }

    private void end(int found) {
        if (!status.complete(found) || connection == null) {
            return;
        }
        if (timer != null) {
            timer.cancel(false);
        }
        UpstreamConnection used = connection;
        loop.execute(() -> used.close(CloseReason.DRAINED)); // not on its own stack
    }

    @Override
    public void closed(UpstreamConnection connection, CloseReason reason) {
        end(0);
    }

    @Override
    public void data(ByteBuf chunk) {
        chunk.release();
    }

    @Override
    public void end(HeaderList trailers) {}

    @Override
    public void upgraded(ResponseHead head) {}

    @Override
    public void changed(UpstreamConnection connection) {}

    @Override
    public void informational(ResponseHead head) {}

    @Override
    public void written(int bytes) {}
}
