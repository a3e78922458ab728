package io.hotpool.server.selftest;

import io.hotpool.pool.http.Protocol;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;

/** The embedded origin's HTTP/2: answers the head of a request, and lets its body go by. */
final class Http2Origin extends ChannelInboundHandlerAdapter {
    private final OriginAnswers answers;
    private final Sighting sighting;

    Http2Origin(OriginAnswers answers, Sighting sighting) {
        this.answers = answers;
        this.sighting = sighting;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        try {
            if (frame instanceof Http2HeadersFrame head && head.headers().method() != null) {
                answer(ctx, head);
            } else if (frame instanceof Http2DataFrame data) {
                ctx.write(new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes()).stream(data.stream()));
            }
        } finally {
            ReferenceCountUtil.release(frame);
        }
    }

    private void answer(ChannelHandlerContext ctx, Http2HeadersFrame head) {
        Http2Headers headers = head.headers();
        SeenRequest request = new SeenRequest(
                Protocol.H2, headers.method().toString(), String.valueOf(headers.path()), SeenRequest.fields(headers));
        OriginAnswers.Reply reply = answers.answer(
                request, sighting, ctx.pipeline().get(SslHandler.class).engine().getSession());
        Http2FrameStream stream = head.stream();
        boolean bodiless = request.method().equals("HEAD");
        Http2Headers fields = new DefaultHttp2Headers()
                .status(Integer.toString(reply.status()))
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(reply.body().length));
        ctx.write(new DefaultHttp2HeadersFrame(fields, bodiless).stream(stream));
        if (!bodiless) {
            ctx.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(reply.body()), true).stream(stream));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
