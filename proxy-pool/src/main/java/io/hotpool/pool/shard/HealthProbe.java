package io.hotpool.pool.shard;

import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener.HealthOutcome;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestSink;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.pool.http.ResponseSink;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks one connection whether it is alive: HTTP/2 by PING, HTTP/1.1 by a request as its browser would send it, for there is
 * nothing else that an origin has to answer. One use; confined to the shard's loop; one outcome.
 */
final class HealthProbe implements ResponseSink {
    private final PooledConnection c;
    private final EventLoop loop;
    private final Question question;
    private final Consumer<HealthOutcome> outcome;
    private @Nullable RequestSink request;
    private @Nullable Future<?> timer;
    private int status;
    private boolean over;

    /** @param ping HTTP/2 has a frame for it */
    record Question(boolean ping, PoolConfig.Health request, Duration timeout) {}

    HealthProbe(PooledConnection c, EventLoop loop, Question question, Consumer<HealthOutcome> outcome) {
        this.c = c;
        this.loop = loop;
        this.question = question;
        this.outcome = outcome;
    }

    void start() {
        long timeout = question.timeout().toNanos();
        if (question.ping() && c.protocol() == Protocol.H2) {
            c.upstream().ping(timeout, alive -> end(alive ? HealthOutcome.HEALTHY : missed()));
            return;
        }
        timer = loop.schedule(this::late, timeout, TimeUnit.NANOSECONDS);
        RequestSink opened = c.upstream()
                .open(
                        HealthRequest.of(
                                question.request(), c.key().origin(), c.key().profile(), c.protocol()),
                        this);
        if (!over) {
            request = opened;
        }
    }

    private HealthOutcome missed() {
        return c.usable() ? HealthOutcome.TIMEOUT : HealthOutcome.DEAD;
    }

    private void late() {
        if (!over) {
            if (request != null) {
                request.cancel(Fault.of(FaultKind.RESPONSE_TIMEOUT, "no answer to the health check"));
            }
            end(status == 0 ? HealthOutcome.TIMEOUT : judged());
        }
    }

    /** Of the answer; 0: there was none. */
    int status() {
        return status;
    }

    private HealthOutcome judged() {
        return question.request().expects(status) ? HealthOutcome.HEALTHY : HealthOutcome.UNEXPECTED_STATUS;
    }

    private void end(HealthOutcome found) {
        if (over) {
            return;
        }
        over = true;
        if (timer != null) {
            timer.cancel(false);
        }
        outcome.accept(found);
    }

    @Override
    public void head(ResponseHead head) {
        status = head.status();
    }

    @Override
    public void data(ByteBuf chunk) {
        int bytes = chunk.readableBytes();
        chunk.release();
        if (request != null) {
            request.consumed(bytes);
        }
    }

    @Override
    public void end(HeaderList trailers) {
        end(judged());
    }

    @Override
    public void fault(Fault fault) {
        end(HealthOutcome.DEAD);
    }

    @Override
    public void informational(ResponseHead head) {}

    @Override
    public void upgraded(ResponseHead head) {}

    @Override
    public void written(int bytes) {}
}
