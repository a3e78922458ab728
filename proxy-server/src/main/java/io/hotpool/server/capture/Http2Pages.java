package io.hotpool.server.capture;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The pages over HTTP/2. A request is answered when it has ended. */
final class Http2Pages extends ChannelInboundHandlerAdapter {
    private static final int BYE_MILLIS = 150;

    private final Session session;
    private final Recording recording;
    private final Map<Integer, Http2Headers> open = new HashMap<>();

    Http2Pages(Session session, Recording recording) {
        this.session = session;
        this.recording = recording;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        try {
            if (frame instanceof Http2HeadersFrame head && head.headers().path() != null) {
                open.put(head.stream().id(), head.headers());
                if (head.isEndStream()) {
                    answer(ctx, head.stream());
                }
            } else if (frame instanceof Http2DataFrame data) {
                ctx.write(new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes()).stream(data.stream()));
                if (data.isEndStream()) {
                    answer(ctx, data.stream());
                }
            }
        } finally {
            ReferenceCountUtil.release(frame);
        }
    }

    private void answer(ChannelHandlerContext ctx, Http2FrameStream stream) {
        Http2Headers request = open.remove(stream.id());
        if (request == null) {
            return;
        }
        String target = request.path().toString();
        if (session.requested(recording, request.method().toString(), target)) {
            ctx.close();
            return;
        }
        CapturePages.Page page = session.pages.page(target);
        Http2Headers fields = new DefaultHttp2Headers()
                .status(Integer.toString(page.status()))
                .set(HttpHeaderNames.CONTENT_TYPE, page.type())
                .set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(page.body().length));
        page.fields().forEach(field -> fields.add(field.getKey(), field.getValue()));
        ctx.write(new DefaultHttp2HeadersFrame(fields).stream(stream));
        ctx.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(page.body()), true).stream(stream));
        if (CapturePages.path(target).equals(CapturePages.BYE)) {
            ctx.executor().schedule(() -> bye(ctx), BYE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static void bye(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR)).addListener(ChannelFutureListener.CLOSE);
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
