package io.hotpool.wire.soak;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** A stream of HTTP/2 at the {@link SoakOrigin}. */
final class SoakHttp2 extends ChannelInboundHandlerAdapter {
    private static final int LAST_STREAMS_MILLIS = 3000;
    private static final int PIECE = 16 * 1024;

    private final SoakOrigin origin;
    private final Channel connection;
    private final SoakOrigin.Moods moods;
    private @Nullable Http2Headers request;
    private final CRC32 sum = new CRC32();
    private long received;

    SoakHttp2(SoakOrigin origin, Channel connection, SoakOrigin.Moods moods) {
        this.origin = origin;
        this.connection = connection;
        this.moods = moods;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        try {
            boolean last = false;
            if (frame instanceof Http2HeadersFrame head && request == null) {
                if (!begin(ctx, head.headers())) {
                    return;
                }
                last = head.isEndStream();
            } else if (frame instanceof Http2DataFrame data) {
                received += data.content().readableBytes();
                sum.update(data.content().nioBuffer());
                last = data.isEndStream();
            }
            if (last && request != null) {
                answer(ctx, request);
            }
        } finally {
            ReferenceCountUtil.release(frame);
        }
    }

    private boolean begin(ChannelHandlerContext ctx, Http2Headers head) {
        if (SoakOrigin.inTheMood(moods.refuse())) {
            origin.refused.increment();
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM));
            return false;
        }
        if (SoakOrigin.inTheMood(moods.goAway())) {
            goAway();
        }
        request = head;
        origin.arrived(head.method().toString(), id(head), head.authority().toString(), tls());
        if (SoakOrigin.inTheMood(moods.fail())) {
            origin.failed.increment();
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
            return false;
        }
        return true;
    }

    /** Streams that cross this one are not processed; those there are may end, and then the connection does. */
    private void goAway() {
        origin.goneAway.increment();
        connection.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
        connection.eventLoop().schedule(() -> connection.close(), LAST_STREAMS_MILLIS, TimeUnit.MILLISECONDS);
    }

    private SslHandler tls() {
        return connection.pipeline().get(SslHandler.class);
    }

    private static String id(Http2Headers head) {
        return new QueryStringDecoder(head.path().toString()).path().substring(1);
    }

    private void answer(ChannelHandlerContext ctx, Http2Headers head) {
        int size = Integer.parseInt(new QueryStringDecoder(head.path().toString())
                .parameters()
                .get("size")
                .get(0));
        byte[] body = Ask.answer(id(head), SoakOrigin.serverName(tls()), size);
        Http2Headers fields = new DefaultHttp2Headers()
                .status("200")
                .set("x-id", id(head))
                .set("x-receipt", Ask.receipt(received, sum));
        if (size % 2 == 0) {
            fields.set("content-length", "" + size);
        }
        ctx.write(new DefaultHttp2HeadersFrame(fields, size == 0));
        for (int at = 0; at < size; at += PIECE) {
            int length = Math.min(PIECE, size - at);
            ctx.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(body, at, length), at + length == size));
        }
        ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
