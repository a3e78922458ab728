package io.hotpool.server.selftest;

import io.hotpool.pool.http.Protocol;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslHandler;

/** The embedded origin's HTTP/1.1. */
final class Http1Origin extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final OriginAnswers answers;
    private final Sighting sighting;

    Http1Origin(OriginAnswers answers, Sighting sighting) {
        this.answers = answers;
        this.sighting = sighting;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest message) {
        if (message.decoderResult().isFailure()) {
            ctx.close();
            return;
        }
        SeenRequest request = new SeenRequest(
                Protocol.H1, message.method().name(), message.uri(), SeenRequest.fields(message.headers()));
        OriginAnswers.Reply reply = answers.answer(
                request, sighting, ctx.pipeline().get(SslHandler.class).engine().getSession());
        boolean head = request.method().equals("HEAD");
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(reply.status()),
                head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(reply.body()));
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
