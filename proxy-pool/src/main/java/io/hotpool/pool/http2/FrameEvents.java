package io.hotpool.pool.http2;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;

/** Frames that passed the codec's checks, on their way to the exchange they belong to. */
final class FrameEvents implements Http2FrameListener {
    private final Http2Connection connection;
    private final FrameBudget budget;

    FrameEvents(Http2Connection connection, FrameBudget budget) {
        this.connection = connection;
        this.budget = budget;
    }

    /** Returns how many bytes of stream credit are free again at once. */
    @Override
    public int onDataRead(ChannelHandlerContext ctx, int stream, ByteBuf data, int padding, boolean endStream)
            throws Http2Exception {
        int size = data.readableBytes();
        if (size == 0 && !endStream) {
            budget.spend(1);
        }
        Http2Exchange exchange = connection.exchange(stream);
        if (exchange == null) {
            return size + padding;
        }
        exchange.body(data.retain(), endStream);
        return padding;
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int stream, Http2Headers headers, int padding, boolean end)
            throws Http2Exception {
        Http2Exchange exchange = connection.exchange(stream);
        if (exchange != null) {
            exchange.headers(headers, end);
        }
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx,
            int stream,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean end)
            throws Http2Exception {
        onHeadersRead(ctx, stream, headers, padding, end);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int stream, long code) throws Http2Exception {
        budget.spend(1);
        Http2Exchange exchange = connection.exchange(stream);
        if (exchange == null || exchange.ended()) {
            return; // after END_STREAM it only says that the rest of the request is not wanted
        }
        String detail = "the origin reset the stream: " + name(code);
        exchange.fail(
                Http2Error.valueOf(code) == Http2Error.REFUSED_STREAM
                        ? Fault.unprocessed(FaultKind.UPSTREAM_RESET, detail, null)
                        : Fault.of(FaultKind.UPSTREAM_RESET, detail));
    }

    static String name(long code) {
        Http2Error error = Http2Error.valueOf(code);
        return error == null ? "code " + code : error.toString();
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
        budget.spend(FrameBudget.SETTINGS_COST);
        connection.settings(settings);
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
        budget.spend(1);
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) {
        connection.pingAnswered(data);
    }

    /** A profile that does not switch push off gets one only to refuse it; elsewhere the codec takes it as an error. */
    @Override
    public void onPushPromiseRead(
            ChannelHandlerContext ctx, int stream, int promised, Http2Headers headers, int padding)
            throws Http2Exception {
        budget.spend(1);
        connection.refusePush(promised);
    }

    @Override
    public void onPriorityRead(ChannelHandlerContext ctx, int stream, int dependency, short weight, boolean exclusive)
            throws Http2Exception {
        budget.spend(1);
    }

    @Override
    public void onUnknownFrame(ChannelHandlerContext ctx, byte type, int stream, Http2Flags flags, ByteBuf payload)
            throws Http2Exception {
        budget.spend(1);
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ctx) {}

    @Override
    public void onGoAwayRead(ChannelHandlerContext ctx, int lastStream, long code, ByteBuf debug) {}

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int stream, int increment) {}
}
