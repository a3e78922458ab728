package io.hotpool.pool.shard;

import io.hotpool.pool.PoolConfig.Health;
import io.hotpool.pool.address.TestResult;
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
 * A test of one address: a connection that serves nobody else, and the health request on it, dressed as the browser that uses
 * the host. One use; confined to its loop. What the dial sees of the address is told by the dial itself.
 */
final class AddressProbe implements Dialer.Answer, UpstreamConnection.Listener, ResponseSink {
    private final EventLoop loop;
    private final ConnectPlan plan;
    private final Health health;
    private final CompletableFuture<TestResult> result = new CompletableFuture<>();
    private Runnable gone = () -> {};
    private Dialer.@Nullable Attempt attempt;
    private @Nullable UpstreamConnection connection;
    private @Nullable Future<?> timer;

    AddressProbe(EventLoop loop, ConnectPlan plan, Health health) {
        this.loop = loop;
        this.plan = plan;
        this.health = health;
    }

    /** @param gone called once, when no socket of it is left */
    CompletionStage<TestResult> start(Dialer dialer, Runnable gone) {
        this.gone = gone;
        attempt = dialer.dial(plan, loop, this, this);
        return result;
    }

    @Override
    public void connected(UpstreamConnection opened) {
        connection = opened;
        timer = loop.schedule(() -> end(TestResult.UNREACHED), plan.timeout().toNanos(), TimeUnit.NANOSECONDS);
        opened.open(HealthRequest.of(health, plan.origin(), plan.profile(), opened.protocol()), this);
    }

    @Override
    public void failed(Fault fault) {
        result.complete(TestResult.UNREACHED);
        gone.run();
    }

    @Override
    public void head(ResponseHead head) {
        end(TestResult.answered(head.status()));
    }

    @Override
    public void fault(Fault fault) {
        end(TestResult.UNREACHED);
    }

    private void end(TestResult found) {
        if (result.complete(found) && connection != null) {
            UpstreamConnection used = connection;
            loop.execute(() -> used.close(CloseReason.DRAINED)); // not on its own stack
        }
    }

    /** Its connection is wanted by others. */
    void giveWay() {
        if (!result.complete(TestResult.POSTPONED)) {
            return; // it closes already
        }
        if (connection != null) {
            connection.close(CloseReason.MAKE_ROOM);
        } else if (attempt != null) {
            attempt.abandon();
        }
    }

    @Override
    public void closed(UpstreamConnection connection, CloseReason reason) {
        result.complete(TestResult.UNREACHED);
        if (timer != null) {
            timer.cancel(false);
        }
        gone.run();
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
