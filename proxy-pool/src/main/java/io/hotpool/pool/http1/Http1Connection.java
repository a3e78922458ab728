package io.hotpool.pool.http1;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.Ending;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestSink;
import io.hotpool.pool.http.ResponseSink;
import io.hotpool.pool.http.UpstreamConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 connection to an origin: one exchange at a time, no pipelining. Owned by the channel's loop.
 *
 * <p>While no exchange is open the channel is read, so that a close is seen at once; any byte that arrives then was not asked
 * for and ends the connection: it could be taken for the answer to the next request.
 */
public final class Http1Connection implements UpstreamConnection {
    /** So long an answer may take that was on its way when writing failed. */
    static final long LAST_WORDS_MILLIS = 1000;

    private final Channel channel;
    private final ConnectionFacts facts;
    private final Listener listener;
    private final Ending ending;
    private final WrittenFields written = new WrittenFields();
    private @Nullable Http1Exchange current;
    private @Nullable CloseReason draining;
    private boolean inputClosed;
    private boolean authenticated;
    private boolean closed;

    private Http1Connection(Channel channel, ConnectionFacts facts, Listener listener) {
        this.channel = channel;
        this.facts = facts;
        this.listener = listener;
        this.ending = new Ending(facts, channel.eventLoop().ticker());
    }

    /**
     * Takes over a connected channel whose pipeline yields and takes clear bytes.
     *
     * @param listener is not called before this method has returned
     */
    public static Http1Connection attach(Channel channel, ConnectionFacts facts, Listener listener) {
        assert channel.eventLoop().inEventLoop();
        Http1Connection connection = new Http1Connection(channel, facts, listener);
        // Over TLS only close_notify is a proper end of input: a FIN there has to look like the cut that it is.
        channel.config()
                .setOption(ChannelOption.ALLOW_HALF_CLOSURE, facts.tlsVersion().isEmpty());
        channel.config().setOption(ChannelOption.AUTO_CLOSE, false);
        channel.pipeline().addLast("http1", connection.new Handler());
        channel.config().setAutoRead(true);
        if (!channel.isActive()) {
            channel.eventLoop().execute(() -> connection.onInactive(CloseReason.PEER_CLOSED));
        }
        return connection;
    }

    @Override
    public RequestSink open(RequestHead head, ResponseSink response) {
        assert loop().inEventLoop();
        assert current == null : "an exchange is open";
        Http1Exchange exchange = new Http1Exchange(this, channel, head, response);
        if (!accepting() || !channel.isActive()) {
            exchange.refuse();
            return exchange;
        }
        current = exchange;
        exchange.start();
        return exchange;
    }

    /**
     * The exchange under way is over: {@code terminal} tells its receiver. With a {@code reason} the connection is, too.
     */
    void finish(Http1Exchange exchange, @Nullable CloseReason reason, Runnable terminal) {
        if (current != exchange) {
            return;
        }
        current = null;
        CloseReason end = reason != null ? reason : inputClosed ? CloseReason.PEER_CLOSED : draining;
        draining = end;
        terminal.run();
        if (end != null) {
            shut(end);
        } else {
            read(true);
            listener.changed(this);
        }
    }

    /**
     * The origin takes no more of the request. Those who refuse an upload answer and close, while it is on its way: the
     * answer has arrived before the failure, and is read.
     */
    void outputBroken(Http1Exchange exchange, Throwable cause) {
        ending.broke(cause);
        if (current != exchange || closed) {
            return;
        }
        if (draining == null) {
            draining = CloseReason.IO_ERROR;
        }
        read(true);
        loop().schedule(
                        () -> {
                            if (current == exchange && !exchange.answering()) {
                                onInactive(CloseReason.IO_ERROR);
                            }
                        },
                        LAST_WORDS_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    /** Asks for more bytes, or for none. After the end of input there are none: the channel may have left its epoll set. */
    void read(boolean wanted) {
        if (!inputClosed && !closed && !(channel instanceof DuplexChannel duplex && duplex.isInputShutdown())) {
            channel.config().setAutoRead(wanted);
        }
    }

    @Override
    public EventLoop loop() {
        return channel.eventLoop();
    }

    @Override
    public ConnectionFacts facts() {
        return facts;
    }

    @Override
    public Protocol protocol() {
        return Protocol.H1;
    }

    @Override
    public boolean authenticated() {
        return authenticated;
    }

    WrittenFields written() {
        return written;
    }

    void authenticates() {
        authenticated = true;
    }

    @Override
    public int capacity() {
        return 1;
    }

    @Override
    public int active() {
        return current == null ? 0 : 1;
    }

    @Override
    public boolean accepting() {
        return !closed && draining == null && !inputClosed;
    }

    @Override
    public void ping(long timeoutNanos, Consumer<Boolean> answer) {
        assert loop().inEventLoop();
        answer.accept(!closed && !inputClosed && channel.isActive());
    }

    @Override
    public void drain(CloseReason reason) {
        assert loop().inEventLoop();
        if (current == null) {
            shut(reason);
        } else if (draining == null) {
            draining = reason;
            listener.changed(this);
        }
    }

    @Override
    public String ending() {
        return ending.toString();
    }

    @Override
    public void close(CloseReason reason) {
        assert loop().inEventLoop();
        failCurrent(Fault.of(FaultKind.UPSTREAM_CLOSED, "connection closed by hotpool: " + reason));
        shut(reason);
    }

    /** Idempotent; the first reason counts. The pool hears of it when the socket is gone: until then it counts. */
    private void shut(CloseReason reason) {
        if (closed) {
            return;
        }
        closed = true;
        channel.close();
        channel.closeFuture().addListener(gone -> listener.closed(this, reason));
    }

    private void failCurrent(Fault fault) {
        Http1Exchange exchange = current;
        if (exchange != null) {
            current = null;
            exchange.fail(fault.at(facts.origin().host(), facts.address()));
        }
    }

    private void onBytes(ByteBuf in) {
        try {
            if (current == null) {
                shut(CloseReason.UNSOLICITED_DATA);
            } else {
                current.received(in);
            }
        } catch (RuntimeException e) {
            failCurrent(Fault.from(e));
            shut(CloseReason.PROTOCOL_ERROR);
        } finally {
            in.release();
        }
    }

    /** FIN, or close_notify: the peer ended its direction properly. */
    private void onInputClosed() {
        inputClosed = true;
        ending.closed();
        if (current == null || !current.endOfInput()) {
            onInactive(CloseReason.PEER_CLOSED);
        }
    }

    /** Gone without a proper end; without TLS a plain close is one. */
    private void onInactive(CloseReason reason) {
        Http1Exchange exchange = current;
        boolean proper = reason == CloseReason.PEER_CLOSED && facts.tlsVersion().isEmpty();
        if (exchange != null && !(proper && !inputClosed && exchange.endOfInput())) {
            failCurrent(exchange.interrupted(ending));
        }
        shut(reason);
    }

    private final class Handler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof ByteBuf in) {
                onBytes(in);
            } else {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent && !closed && !inputClosed) {
                onInputClosed();
            } else if (!(event instanceof ChannelInputShutdownReadComplete)) {
                ctx.fireUserEventTriggered(event);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            onInactive(CloseReason.PEER_CLOSED);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!(cause instanceof IOException || cause instanceof Fault)) {
                failCurrent(Fault.from(cause)); // a failure of ours must not look like one of the origin
            }
            ending.broke(cause);
            onInactive(CloseReason.IO_ERROR);
        }
    }

    /** Ends our direction once everything written has left. */
    static void shutdownOutput(Channel channel) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) written -> {
            if (channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            }
        });
    }
}
