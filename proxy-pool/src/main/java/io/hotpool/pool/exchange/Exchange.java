package io.hotpool.pool.exchange;

import io.hotpool.pool.OpenExchange;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.pool.http.ResponseSink;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response: the one class that knows two loops. The client's side of it lives on the client's loop, its
 * {@link Carriage} on the shard's; where they are the same loop, nothing hops. What arrives on either side after the end is
 * released there.
 */
public final class Exchange implements OpenExchange {
    private static final Timing NO_TIMING = new Timing(false, 0, 0, 0, 0, 0);

    private final EventLoop clientLoop;
    private final EventLoop shardLoop;
    private final ResponseSink response;
    private final Carriage carriage;
    private final Crossing toClient;

    // The client loop's.
    private @Nullable ConnectionFacts connection;
    private Timing timing = NO_TIMING;
    private int attempts;
    private boolean over;

    public Exchange(EventLoop clientLoop, ResponseSink response, Carriage.Order order) {
        this.clientLoop = clientLoop;
        this.shardLoop = order.shard().loop();
        this.response = response;
        this.carriage = new Carriage(order, this);
        this.toClient = new Crossing(shardLoop, clientLoop);
    }

    /** Any thread; once. */
    public void start() {
        if (clientLoop == shardLoop && shardLoop.inEventLoop()) {
            carriage.start();
            return;
        }
        try {
            shardLoop.execute(carriage::start);
        } catch (RejectedExecutionException e) {
            refuse(Carriage.closed());
        }
    }

    /** Any thread; instead of {@link #start}. */
    public void refuse(Fault fault) {
        clientLoop.execute(() -> fault(fault, null));
    }

    @Override
    public void data(ByteBuf chunk) {
        assert clientLoop.inEventLoop();
        if (over) {
            chunk.release();
        } else if (clientLoop == shardLoop) {
            carriage.requestData(chunk);
        } else {
            toShard(() -> carriage.requestData(chunk), chunk);
        }
    }

    @Override
    public void end(HeaderList trailers) {
        assert clientLoop.inEventLoop();
        if (over) {
            return;
        }
        if (clientLoop == shardLoop) {
            carriage.requestEnd(trailers);
        } else {
            toShard(() -> carriage.requestEnd(trailers), null);
        }
    }

    @Override
    public void consumed(int bytes) {
        assert clientLoop.inEventLoop();
        if (clientLoop == shardLoop) {
            carriage.consumed(bytes);
        } else if (!over) {
            toShard(() -> carriage.consumed(bytes), null);
        }
    }

    @Override
    public void cancel(Fault cause) {
        assert clientLoop.inEventLoop();
        if (over) {
            return;
        }
        over = true;
        if (clientLoop == shardLoop) {
            carriage.cancel(cause);
        } else {
            toShard(() -> carriage.cancel(cause), null);
        }
    }

    @Override
    public @Nullable ConnectionFacts connection() {
        return connection;
    }

    @Override
    public Timing timing() {
        return timing;
    }

    @Override
    public int attempts() {
        return attempts;
    }

    private void toShard(Runnable task, @Nullable ByteBuf carried) {
        try {
            shardLoop.execute(task);
        } catch (RejectedExecutionException e) {
            if (carried != null) {
                carried.release();
            }
        }
    }

    /** What the carriage knows of the connection, as it is when it is passed on. */
    record Report(@Nullable ConnectionFacts connection, Timing timing, int attempts) {}

    // Called by the carriage, on the shard's loop.

    void passInformational(ResponseHead head) {
        toClient(() -> {
            if (!over) {
                response.informational(head);
            }
        });
    }

    void passHead(ResponseHead head, Report report) {
        toClient(() -> {
            note(report);
            if (!over) {
                response.head(head);
            }
        });
    }

    void passUpgraded(ResponseHead head, Report report) {
        toClient(() -> {
            note(report);
            if (!over) {
                response.upgraded(head);
            }
        });
    }

    void passData(ByteBuf chunk) {
        if (clientLoop == shardLoop) {
            data(chunk, response);
        } else {
            toClient.pass(() -> data(chunk, response), chunk);
        }
    }

    private void data(ByteBuf chunk, ResponseSink to) {
        if (over) {
            chunk.release();
        } else {
            to.data(chunk);
        }
    }

    void passEnd(HeaderList trailers) {
        lastToClient(() -> {
            if (!over) {
                over = true;
                response.end(trailers);
            }
        });
    }

    void passFault(Fault fault, Report report) {
        lastToClient(() -> fault(fault, report));
    }

    private void fault(Fault fault, @Nullable Report report) {
        if (report != null) {
            note(report);
        }
        if (!over) {
            over = true;
            response.fault(fault);
        }
    }

    void passWritten(int bytes) {
        toClient(() -> {
            if (!over) {
                response.written(bytes);
            }
        });
    }

    private void note(Report report) {
        connection = report.connection();
        timing = report.timing();
        attempts = report.attempts();
    }

    private void toClient(Runnable task) {
        if (clientLoop == shardLoop) {
            task.run();
        } else {
            toClient.pass(task, null);
        }
    }

    private void lastToClient(Runnable task) {
        if (clientLoop == shardLoop) {
            task.run();
        } else {
            toClient.passLast(task);
        }
    }
}
