package io.hotpool.pool.tls;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Unread;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;

/**
 * TLS for one connection to an origin: the handshake on the crypto executor, one record at a time; the records after it on
 * the channel's loop. Confined to that loop but for the engine, which runs one job at a time.
 *
 * <p>See {@link UpstreamTls#handlerFor} for what it fires.
 */
final class TlsClientHandler extends ChannelDuplexHandler {
    /** Bytes that may wait while a handshake step runs. */
    private static final int MAX_WAITING = 1 << 20;

    private enum State {
        IDLE,
        HANDSHAKE,
        OPEN,
        CLOSED
    }

    private final Supplier<HandshakeEngine> engines;
    private final Executor crypto;
    private final boolean closeNotify;
    private final Consumer<HandshakeOutcome> completed;
    private final TicketSink tickets;
    private final PlaintextQueue pending = new PlaintextQueue();

    private State state = State.IDLE;
    private @Nullable HandshakeEngine engine;
    private @Nullable RecordLayer records;
    private @Nullable ResumptionMaster resumption;
    private @Nullable ByteBuf received;
    private boolean stepRunning;
    private boolean inputClosed;
    private boolean fired;
    private boolean flushAfterRead;
    private @Nullable ChannelFuture lastReply;

    /** Takes the tickets of a connection. */
    interface TicketSink {
        void ticket(ResumptionMaster master, byte[] message) throws TlsFatalAlert;
    }

    /**
     * @param engines called once, on {@code crypto}
     * @param crypto runs handshake steps; may refuse
     * @param closeNotify an end of ours is announced to the peer
     * @param completed called on the loop when the handshake is complete, before the facts are fired
     */
    TlsClientHandler(
            Supplier<HandshakeEngine> engines,
            Executor crypto,
            boolean closeNotify,
            Consumer<HandshakeOutcome> completed,
            TicketSink tickets) {
        this.engines = engines;
        this.crypto = crypto;
        this.closeNotify = closeNotify;
        this.completed = completed;
        this.tickets = tickets;
    }

    // The handshake.

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (context.channel().isActive()) {
            start(context);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        start(context);
        context.fireChannelActive();
    }

    private void start(ChannelHandlerContext context) {
        if (state != State.IDLE) {
            return;
        }
        state = State.HANDSHAKE;
        step(context, () -> {
            HandshakeEngine created = engines.get();
            engine = created;
            return created.start();
        });
    }

    /** Runs one step of the engine elsewhere and goes on with what it led to, back on the loop. */
    private void step(ChannelHandlerContext context, Supplier<HandshakeEngine.Step> action) {
        stepRunning = true;
        try {
            crypto.execute(() -> {
                HandshakeEngine.Step result = run(action);
                context.executor().execute(() -> stepped(context, result));
            });
        } catch (RejectedExecutionException e) {
            stepRunning = false;
            fail(context, HandshakeFaults.busy());
        }
    }

    private static HandshakeEngine.Step run(Supplier<HandshakeEngine.Step> action) {
        try {
            return action.get();
        } catch (RuntimeException e) {
            return new HandshakeEngine.Step(new byte[0], null, HandshakeFaults.of(e));
        }
    }

    private void stepped(ChannelHandlerContext context, HandshakeEngine.Step step) {
        assert context.executor().inEventLoop();
        stepRunning = false;
        if (state == State.CLOSED) {
            return;
        }
        if (step.output().length > 0) {
            context.writeAndFlush(Unpooled.wrappedBuffer(step.output()), context.voidPromise());
        }
        if (step.fault() != null) {
            fail(context, step.fault());
            return;
        }
        if (step.outcome() != null) {
            complete(context, step.outcome());
        }
        process(context);
        if (state == State.HANDSHAKE && !context.channel().config().isAutoRead()) {
            context.read();
        }
        if (state == State.OPEN && fired) {
            fired = false;
            context.fireChannelReadComplete();
        }
    }

    private void complete(ChannelHandlerContext context, HandshakeOutcome outcome) {
        RecordKeys keys = outcome.keys();
        if (keys instanceof RecordKeys.Tls13 tls13) {
            records = new Tls13Records(tls13, outcome.writeLimit());
        } else if (keys instanceof RecordKeys.Tls12 tls12) {
            records = new Tls12Records(tls12, outcome.writeLimit());
        } else {
            records = new BouncyCastleRecords(Objects.requireNonNull(engine).protocol(), outcome.writeLimit());
        }
        resumption = outcome.resumption();
        engine = null;
        state = State.OPEN;
        completed.accept(outcome);
        context.fireUserEventTriggered(outcome.facts());
        if (state == State.OPEN && !pending.isEmpty()) {
            flush(context);
        }
    }

    // Reading.

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf data)) {
            context.fireChannelRead(message);
            return;
        }
        if (state == State.CLOSED || inputClosed) {
            data.release();
            return;
        }
        received = received == null ? data : Unread.join(context.alloc(), received, data);
        if (stepRunning && received.readableBytes() > MAX_WAITING) {
            fail(context, HandshakeFaults.failed("the origin sent too much during the TLS handshake", null));
            return;
        }
        process(context);
    }

    private void process(ChannelHandlerContext context) {
        while (!stepRunning && state != State.CLOSED && !inputClosed && received != null) {
            ByteBuf record;
            try {
                record = RecordReader.next(received, state == State.OPEN);
            } catch (Fault fault) {
                fail(context, fault);
                return;
            }
            if (record == null) {
                break;
            }
            if (state == State.OPEN) {
                open(context, record);
            } else {
                handshake(context, record);
            }
        }
        releaseReceivedIfDone();
    }

    private void handshake(ChannelHandlerContext context, ByteBuf record) {
        byte[] bytes = new byte[record.readableBytes()];
        record.readBytes(bytes);
        record.release();
        HandshakeEngine current = Objects.requireNonNull(engine);
        step(context, () -> current.receive(bytes));
    }

    private void open(ChannelHandlerContext context, ByteBuf record) {
        RecordLayer layer = Objects.requireNonNull(records);
        try {
            layer.open(record, new Inbound(context));
        } catch (TlsFatalAlert e) {
            context.writeAndFlush(
                    layer.alert(context.alloc(), RecordFormat.FATAL, e.getAlertDescription()), context.voidPromise());
            fail(
                    context,
                    Fault.of(FaultKind.UPSTREAM_PROTOCOL, HandshakeFaults.of(e).detail(), e));
        }
    }

    private void releaseReceivedIfDone() {
        if (received != null && (!received.isReadable() || state == State.CLOSED || inputClosed)) {
            received.release();
            received = null;
        }
    }

    private final class Inbound implements RecordLayer.Events {
        private final ChannelHandlerContext context;

        Inbound(ChannelHandlerContext context) {
            this.context = context;
        }

        @Override
        public void data(ByteBuf plaintext) {
            fired = true;
            context.fireChannelRead(plaintext);
        }

        @Override
        public void reply(ByteBuf reply) {
            flushAfterRead = true;
            lastReply = context.write(reply);
        }

        @Override
        public boolean replyWaits() {
            return lastReply != null && !lastReply.isDone();
        }

        @Override
        public void ticket(byte[] message) throws TlsFatalAlert {
            if (resumption != null) {
                tickets.ticket(resumption, message);
            }
        }

        @Override
        public void closed() {
            inputClosed = true;
            context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }

        @Override
        public void aborted(int alert) {
            fail(
                    context,
                    Fault.of(
                            FaultKind.UPSTREAM_CLOSED,
                            "the origin ended the TLS connection: " + HandshakeFaults.alert(alert)));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (flushAfterRead) {
            flushAfterRead = false;
            context.flush();
        }
        boolean passed = fired;
        fired = false;
        if (!context.channel().config().isAutoRead() && !passed && state != State.CLOSED && !stepRunning) {
            context.read();
        }
        context.fireChannelReadComplete();
    }

    /** The end of what is below, a proxy's TLS, is no end of this layer's: without close_notify of its own it is a cut. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!(event instanceof ChannelInputShutdownEvent)) {
            context.fireUserEventTriggered(event);
        } else if (!inputClosed) {
            context.close();
        }
    }

    // Writing.

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (!(message instanceof ByteBuf data)) {
            ReferenceCountUtil.release(message);
            promise.setFailure(new IllegalArgumentException("not bytes: " + message.getClass()));
        } else if (state == State.CLOSED) {
            data.release();
            promise.setFailure(new ClosedChannelException());
        } else {
            pending.add(data, promise);
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        if (state == State.OPEN) {
            pending.drain(context, Objects.requireNonNull(records));
        }
        context.flush();
    }

    // The end.

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (state == State.OPEN && context.channel().isActive()) {
            RecordLayer layer = Objects.requireNonNull(records);
            pending.drain(context, layer);
            if (closeNotify) {
                context.write(
                        layer.alert(context.alloc(), RecordFormat.WARNING, RecordFormat.CLOSE_NOTIFY),
                        context.voidPromise());
            }
            context.flush();
        }
        end(new ClosedChannelException());
        context.close(promise);
    }

    @Override
    public void disconnect(ChannelHandlerContext context, ChannelPromise promise) {
        close(context, promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (state == State.IDLE || state == State.HANDSHAKE) {
            fail(context, HandshakeFaults.cut("the origin closed the connection during the TLS handshake"));
        }
        end(new ClosedChannelException());
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (state == State.IDLE || state == State.HANDSHAKE) {
            fail(context, HandshakeFaults.cut("the connection broke during the TLS handshake: " + cause));
        } else if (state == State.OPEN) {
            context.fireExceptionCaught(cause);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        end(new ClosedChannelException());
    }

    /** The one place that reports a failure; closes without close_notify. */
    private void fail(ChannelHandlerContext context, Fault fault) {
        if (state == State.CLOSED) {
            return;
        }
        end(fault);
        context.fireExceptionCaught(fault);
        context.close();
    }

    private void end(Throwable cause) {
        state = State.CLOSED;
        pending.fail(cause);
        releaseReceivedIfDone();
    }
}
