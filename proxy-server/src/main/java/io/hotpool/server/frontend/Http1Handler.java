package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.frontend.Http1ResponseWriter.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1 with a client: one exchange after the other. Pipelined requests wait in the buffer, so answers keep their order.
 * Confined to the channel's loop.
 *
 * <p>Reading stops while too much of the body waits for the origin, or too many further requests for their turn.
 */
final class Http1Handler extends ChannelInboundHandlerAdapter implements ClientStream, ClientConnection.Drainable {
    private final ClientConnection client;
    private final @Nullable ConnectScope scope;
    private final HotpoolConfig.Proxy limits;
    private final Http1Input input;
    private final Deadline deadline;
    private final Uptake uptake;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Http1Output output;
    private @Nullable ClientExchange exchange;
    private boolean keepAlive = true;
    private boolean requestComplete = true;
    private boolean processing;
    private boolean inputEnded;
    private boolean raw;
    private boolean closing;
    private boolean detached;
    private boolean headStarted;

    Http1Handler(ClientConnection client, @Nullable ConnectScope scope) {
        this.client = client;
        this.scope = scope;
        this.limits = client.context().config().proxy();
        this.input = new Http1Input(limits);
        this.deadline = new Deadline(client.loop(), this::expired);
        this.uptake = new Uptake(client.loop(), limits.clientIdleTimeout(), this::stalled);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        output = new Http1Output(ctx, uptake);
        deadline.in(limits.clientIdleTimeout());
        client.phase(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        deadline.close();
        uptake.close();
        input.drop();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes) || closing) {
            ReferenceCountUtil.release(message);
            return;
        }
        input.add(ctx.alloc(), bytes);
        process();
    }

    /** Takes all steps that can be taken now. */
    private void process() {
        if (processing) {
            return;
        }
        processing = true;
        try {
            while (!closing && !detached && step()) {}
        } catch (Fault fault) {
            refuse(fault);
        } finally {
            processing = false;
        }
        if (!detached) {
            settle();
        }
    }

    private boolean step() {
        if (raw) {
            return passRaw();
        }
        if (input.complete()) {
            if (exchange != null) {
                return false;
            }
            input.nextRequest();
        }
        if (!requestComplete && input.exhausted()) {
            return false;
        }
        switch (input.next()) {
            case HEAD -> begin(input.head());
            case BODY -> current().requestData(input.body());
            case END -> {
                requestComplete = true;
                if (exchange != null) {
                    exchange.requestEnd(input.trailers());
                }
            }
            case NEED_BYTES -> {
                return false;
            }
        }
        return true;
    }

    private void begin(ClientRequest request) {
        deadline.clear();
        requestComplete = request.bodyLength() == 0;
        keepAlive = request.keepsConnection() && !client.context().draining();
        if (request.connect() && scope == null) {
            handOver(request);
            return;
        }
        exchange = new ClientExchange(client, scope, this, request);
        exchange.start();
    }

    private boolean passRaw() {
        if (input.isEmpty() || input.exhausted()) {
            return false;
        }
        current().requestData(input.raw());
        return true;
    }

    private ClientExchange current() {
        assert exchange != null;
        return exchange;
    }

    private ChannelHandlerContext context() {
        assert context != null;
        return context;
    }

    private Http1Output output() {
        assert output != null;
        return output;
    }

    /** After the steps: what is waited for now, for how long, and may more be read. */
    private void settle() {
        if (closing) {
            input.drop();
            return;
        }
        if (!raw && exchange == null) {
            settleBetweenRequests();
        } else if (!requestComplete && !raw && !input.exhausted()) {
            deadline.in(limits.clientIdleTimeout());
        } else if (!inputEnded && !output().ended()) {
            deadline.clear();
        }
        boolean blocked = (raw || !requestComplete) && input.exhausted() || input.overfull();
        if (!inputEnded && context().channel().config().isAutoRead() == blocked) {
            context().channel().config().setAutoRead(!blocked);
        }
    }

    private void settleBetweenRequests() {
        if (inputEnded) {
            close();
        } else if (input.idle() && input.isEmpty()) {
            if (client.context().draining()) {
                close();
            }
            deadline.in(limits.clientIdleTimeout());
            headStarted = false;
        } else if (!headStarted) {
            headStarted = true;
            deadline.in(limits.headerTimeout());
        }
    }

    /** The bytes cannot be understood: answered if that is still possible, and the connection ends. */
    private void refuse(Fault fault) {
        keepAlive = false;
        if (exchange != null) {
            exchange.requestFailed(fault);
            return;
        }
        requestComplete = false;
        ClientRequest unknown = new ClientRequest(ClientRequest.HTTP_1_1, "-", "", "", new HeaderList(0), 0);
        exchange = new ClientExchange(client, scope, this, unknown);
        exchange.refuse(fault);
    }

    private void expired() {
        if (raw || inputEnded) {
            goAway();
        } else if (exchange != null) {
            exchange.requestFailed(Fault.of(FaultKind.REQUEST_TIMEOUT, "the body stopped arriving"));
        } else if (headStarted) {
            refuse(Fault.of(FaultKind.REQUEST_TIMEOUT, "the head was not complete after " + limits.headerTimeout()));
            settle();
        } else {
            close();
        }
    }

    // The response.

    @Override
    public void informational(ResponseHead head) {
        output().informational(head);
    }

    @Override
    public void head(ResponseHead head) {
        ClientRequest request = current().request();
        Framing framing = output().framing(request, head);
        if (!requestComplete || framing == Framing.CLOSE || client.context().draining()) {
            keepAlive = false;
        }
        boolean old = request.version().equals(ClientRequest.HTTP_1_0);
        String connection = !keepAlive ? "close" : old ? "keep-alive" : "";
        output().head(head, scope == null ? ProxySupport.told(head, connection) : connection);
    }

    @Override
    public void upgraded(ResponseHead head, String token) {
        raw = true;
        output().upgrade(head, token);
        context().executor().execute(this::process);
    }

    @Override
    public void data(ByteBuf chunk) {
        ClientExchange delivering = current();
        output().data(chunk, size -> {
            if (inputEnded && deadline.set()) {
                deadline.in(limits.clientIdleTimeout()); // it has only closed its half
            }
            delivering.delivered(size);
        });
    }

    @Override
    public void end(HeaderList trailers) {
        if (raw) {
            endRaw();
            return;
        }
        output().end(trailers);
        exchange = null;
        if (keepAlive && requestComplete) {
            headStarted = false;
            process();
        } else {
            finishAfterAnswer();
        }
    }

    /** The origin has ended its half; the client may still send until it ends its own, or for a time. */
    private void endRaw() {
        output().close();
        if (inputEnded) {
            close();
        } else {
            ClosingTime.endOutput(context().channel());
            deadline.in(limits.clientIdleTimeout());
        }
    }

    private void finishAfterAnswer() {
        closing = true;
        deadline.close();
        input.drop();
        boolean clean = requestComplete && input.isEmpty() && input.complete();
        if (clean || inputEnded) {
            ClosingTime.afterWrites(context().channel());
        } else {
            ClosingTime.linger(context().channel());
        }
    }

    @Override
    public void cut(Fault fault) {
        exchange = null;
        if (output().endsByClosing()) {
            goAway();
        } else {
            context().flush();
            close();
        }
    }

    @Override
    public void credit(int bytes) {
        boolean blocked = input.exhausted();
        input.credit(bytes);
        if (blocked && !input.exhausted()) {
            process();
        }
    }

    @Override
    public void closeAfterwards() {
        keepAlive = false;
    }

    // The connection.

    @Override
    public void drain() {
        keepAlive = false;
        if (exchange == null && input.idle()) {
            close();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
            inputEnded();
        }
        ctx.fireUserEventTriggered(event);
    }

    /** The client sends no more. It may still be waiting for its answer (RFC 9112, 9.6), but not for ever. */
    private void inputEnded() {
        if (inputEnded || detached) {
            return;
        }
        inputEnded = true;
        if (closing) {
            context().close();
        } else if (raw) {
            current().requestEnd(new HeaderList(0));
            if (output().ended()) {
                close();
            }
        } else if (exchange == null) {
            close();
        } else if (!requestComplete || scope != null && scope.scheme().equals("https")) {
            goAway();
        } else {
            deadline.in(limits.clientIdleTimeout());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Unexpected.report(client, cause);
        gone();
        ctx.close();
    }

    private void gone() {
        closing = true;
        deadline.close();
        input.drop();
        failExchange("the client closed the connection");
    }

    private void failExchange(String why) {
        if (exchange != null) {
            ClientExchange left = exchange;
            exchange = null;
            left.requestFailed(Fault.of(FaultKind.CLIENT_GONE, why));
        }
    }

    private void close() {
        closing = true;
        deadline.close();
        ClosingTime.afterWrites(context().channel());
    }

    /** The client does not read: nobody waits for it. */
    private void stalled() {
        failExchange("the client took nothing of its answer for " + limits.clientIdleTimeout());
        goAway();
    }

    private void goAway() {
        gone();
        ClosingTime.reset(context().channel());
    }

    /** CONNECT: what is left in the buffer belongs to the tunnel. */
    private void handOver(ClientRequest request) {
        detached = true;
        deadline.close();
        context().pipeline().replace(this, null, new ConnectHandler(client, request, input.rest()));
    }
}
