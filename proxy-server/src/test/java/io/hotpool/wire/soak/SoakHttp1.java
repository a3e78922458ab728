package io.hotpool.wire.soak;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** A connection of HTTP/1.1 at the {@link SoakOrigin}. */
final class SoakHttp1 extends ChannelInboundHandlerAdapter {
    private static final int SILENT_CLOSE_MILLIS = 60;

    private final SoakOrigin origin;
    private final SoakOrigin.Moods moods;
    private @Nullable HttpRequest request;
    private final CRC32 sum = new CRC32();
    private long received;

    SoakHttp1(SoakOrigin origin, SoakOrigin.Moods moods) {
        this.origin = origin;
        this.moods = moods;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof HttpRequest head) {
                begin(ctx, head);
            }
            if (message instanceof HttpContent content) {
                received += content.content().readableBytes();
                sum.update(content.content().nioBuffer());
            }
            if (message instanceof LastHttpContent && request != null) {
                answer(ctx, request);
                request = null;
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest head) {
        request = head;
        received = 0;
        sum.reset();
        String authority = String.valueOf(head.headers().get(HttpHeaderNames.HOST));
        origin.arrived(head.method().name(), id(head), authority, ctx.pipeline().get(SslHandler.class));
        if (HttpUtil.is100ContinueExpected(head)) {
            ctx.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
    }

    private static String id(HttpRequest head) {
        return new QueryStringDecoder(head.uri()).path().substring(1);
    }

    private void answer(ChannelHandlerContext ctx, HttpRequest head) {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        String authority = String.valueOf(head.headers().get(HttpHeaderNames.HOST));
        String host = tls == null ? authority.substring(0, authority.lastIndexOf(':')) : SoakOrigin.serverName(tls);
        int size = Integer.parseInt(
                new QueryStringDecoder(head.uri()).parameters().get("size").get(0));
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(Ask.answer(id(head), host, size)));
        response.headers().set("X-Id", id(head)).set("X-Receipt", Ask.receipt(received, sum));
        if (size % 2 == 0) {
            HttpUtil.setContentLength(response, size);
        } else {
            HttpUtil.setTransferEncodingChunked(response, true);
        }
        boolean last = SoakOrigin.inTheMood(moods.close());
        if (last) {
            response.headers().set(HttpHeaderNames.CONNECTION, "close");
        }
        var written = ctx.writeAndFlush(response);
        if (last) {
            written.addListener(ChannelFutureListener.CLOSE);
        } else if (SoakOrigin.inTheMood(moods.close())) {
            int millis = ThreadLocalRandom.current().nextInt(SILENT_CLOSE_MILLIS);
            written.addListener(done -> ctx.executor().schedule(() -> closeIdle(ctx), millis, TimeUnit.MILLISECONDS));
        }
    }

    private void closeIdle(ChannelHandlerContext ctx) {
        if (request == null) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
