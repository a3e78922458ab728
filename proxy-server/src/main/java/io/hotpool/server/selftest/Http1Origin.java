package io.hotpool.server.selftest;

import io.hotpool.pool.http.Protocol;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/** The embedded origin's HTTP/1.1: keeps the head of a request, lets its body go by, and answers at its end. */
final class Http1Origin extends SimpleChannelInboundHandler<HttpObject> {
    private final OriginAnswers answers;
    private final Sighting sighting;
    private @Nullable HttpRequest head;

    Http1Origin(OriginAnswers answers, Sighting sighting) {
        this.answers = answers;
        this.sighting = sighting;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
        if (part.decoderResult().isFailure()) {
            ctx.close();
            return;
        }
        if (part instanceof HttpRequest request) {
            head = request;
        }
        if (part instanceof LastHttpContent && head != null) {
            answer(ctx, head);
            head = null;
        }
    }

    private void answer(ChannelHandlerContext ctx, HttpRequest message) {
        SeenRequest request = new SeenRequest(
                Protocol.H1, message.method().name(), message.uri(), SeenRequest.fields(message.headers()));
        OriginAnswers.Reply reply = answers.answer(
                request, sighting, ctx.pipeline().get(SslHandler.class).engine().getSession());
        boolean bodiless = request.method().equals("HEAD");
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(reply.status()),
                bodiless ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(reply.body()));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set(HttpHeaderNames.CONTENT_LENGTH, reply.body().length);
        var written = ctx.writeAndFlush(response);
        if (!HttpUtil.isKeepAlive(message)) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
