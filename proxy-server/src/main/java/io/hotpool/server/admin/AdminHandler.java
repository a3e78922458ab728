package io.hotpool.server.admin;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection to the admin port: a request at a time, each guarded, routed and answered. Confined to its loop. */
final class AdminHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

    private final AdminServices services;
    private final Routes routes;
    private final Deque<FullHttpRequest> waiting = new ArrayDeque<>();
    private boolean busy;
    private boolean closing;

    AdminHandler(AdminServices services, Routes routes) {
        this.services = services;
        this.routes = routes;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (closing) {
            ReferenceCountUtil.release(message);
            return;
        }
        waiting.add((FullHttpRequest) message);
        next(ctx);
    }

    /** Answers in the order asked: what was read ahead waits, and nothing more is read meanwhile. */
    private void next(ChannelHandlerContext ctx) {
        if (busy || closing) {
            return;
        }
        FullHttpRequest message = waiting.poll();
        ctx.channel().config().setAutoRead(message == null);
        if (message != null) {
            busy = true;
            try {
                handle(ctx, message);
            } finally {
                message.release();
            }
        }
    }

    private void handle(ChannelHandlerContext ctx, FullHttpRequest message) {
        boolean headOnly = message.method().name().equals("HEAD");
        if (message.decoderResult().isFailure()) {
            send(ctx, unreadable(message.decoderResult().cause()), headOnly, false);
            return;
        }
        boolean keepAlive = HttpUtil.isKeepAlive(message);
        try {
            answer(request(ctx, message))
                    .toCompletableFuture()
                    .whenComplete((answer, failure) -> ctx.executor()
                            .execute(() -> send(ctx, failure == null ? answer : failed(failure), headOnly, keepAlive)));
        } catch (RuntimeException e) {
            ctx.executor().execute(() -> send(ctx, failed(e), headOnly, keepAlive));
        }
    }

    private CompletionStage<Answer> answer(AdminRequest request) {
        new Guard(services.rules()).check(request);
        return routes.answer(request);
    }

    private static AdminRequest request(ChannelHandlerContext ctx, FullHttpRequest message) {
        if (!message.uri().startsWith("/")) {
            throw new Problem(400, "this is the admin port, not the proxy port");
        }
        QueryStringDecoder target;
        try {
            target = new QueryStringDecoder(message.uri());
            return new AdminRequest(
                    message.method().name(),
                    target.path(),
                    target.parameters(),
                    message.headers(),
                    ByteBufUtil.getBytes(message.content()),
                    ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress());
        } catch (IllegalArgumentException e) {
            throw new Problem(400, "the path is not encoded right");
        }
    }

    private static Answer unreadable(Throwable cause) {
        int status = cause instanceof TooLongHttpLineException
                ? 414
                : cause instanceof TooLongHttpHeaderException ? 431 : 400;
        return new Problem(status, "the request cannot be read").answer();
    }

    private static Answer failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Problem problem) {
            return problem.answer();
        }
        LOG.warn("admin request failed", cause);
        return new Problem(500, "hotpool failed; its log says why").answer();
    }

    private void send(ChannelHandlerContext ctx, Answer answer, boolean headOnly, boolean keepAlive) {
        if (answer.stream() != null && !headOnly) {
            stream(ctx, answer, answer.stream());
            return;
        }
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()));
        fields(response, answer);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
        if (!keepAlive) {
            response.headers().set(HttpHeaderNames.CONNECTION, "close");
        }
        ChannelFuture written = ctx.writeAndFlush(response);
        busy = false;
        if (keepAlive) {
            next(ctx);
        } else {
            closing = true;
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** The rest of the connection belongs to the stream; what else arrives on it is thrown away. */
    private void stream(ChannelHandlerContext ctx, Answer answer, Consumer<ChannelHandlerContext> stream) {
        closing = true;
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
        fields(head, answer);
        HttpUtil.setTransferEncodingChunked(head, true);
        ctx.write(head);
        ctx.channel().config().setAutoRead(true); // to learn that the reader left
        stream.accept(ctx);
    }

    private static void fields(HttpResponse response, Answer answer) {
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("x-content-type-options", "nosniff")
                .set("referrer-policy", "no-referrer")
                .set("cross-origin-resource-policy", "same-origin")
                .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
        answer.headers().forEach(response.headers()::set);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        waiting.forEach(FullHttpRequest::release);
        waiting.clear();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("admin connection {} failed", ctx.channel().remoteAddress(), cause);
        ctx.close();
    }
}
