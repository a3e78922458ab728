package io.hotpool.wire.soak;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameLogger;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.logging.LogLevel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The last frames of one HTTP/2 connection of an origin, with their times; and, when it ends with streams under way, what it
 * was. Confined to the connection's loop; the report is for any thread.
 */
final class FlightRecorder extends Http2FrameLogger {
    private static final int FRAMES = 60;

    private final List<String> report;
    private final long born = System.nanoTime();
    private final ArrayDeque<String> last = new ArrayDeque<>();
    private final Set<Integer> open = new HashSet<>();

    private FlightRecorder(List<String> report) {
        super(LogLevel.TRACE);
        this.report = report;
    }

    /** @param report gets a text for each connection that ends with streams under way */
    static FlightRecorder of(Channel connection, CopyOnWriteArrayList<String> report) {
        FlightRecorder recorder = new FlightRecorder(report);
        connection.closeFuture().addListener(closed -> recorder.landed(connection));
        return recorder;
    }

    private void landed(Channel connection) {
        if (!open.isEmpty()) {
            report.add("%s ended after %d ms with the streams %s under way; its last frames:%n%s"
                    .formatted(connection, millis(), open, String.join("\n", last)));
        }
    }

    private long millis() {
        return (System.nanoTime() - born) / 1_000_000;
    }

    private void note(Direction direction, String what, Object... values) {
        if (last.size() == FRAMES) {
            last.remove();
        }
        last.add("%8d ms %s %s".formatted(millis(), direction, what.formatted(values)));
    }

    private void ends(Direction direction, int stream, boolean end) {
        if (end && direction == Direction.OUTBOUND) {
            open.remove(stream);
        }
    }

    @Override
    public void logData(
            Direction direction, ChannelHandlerContext ctx, int stream, ByteBuf data, int padding, boolean end) {
        note(direction, "DATA %d: %d bytes%s", stream, data.readableBytes(), end ? ", END_STREAM" : "");
        ends(direction, stream, end);
    }

    @Override
    public void logHeaders(
            Direction direction,
            ChannelHandlerContext ctx,
            int stream,
            Http2Headers headers,
            int padding,
            boolean end) {
        note(
                direction,
                "HEADERS %d: %s%s",
                stream,
                headers.path() == null ? headers.status() : headers.method() + " " + headers.path(),
                end ? ", END_STREAM" : "");
        if (direction == Direction.INBOUND) {
            open.add(stream);
        }
        ends(direction, stream, end);
    }

    @Override
    public void logHeaders(
            Direction direction,
            ChannelHandlerContext ctx,
            int stream,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean end) {
        logHeaders(direction, ctx, stream, headers, padding, end);
    }

    @Override
    public void logRstStream(Direction direction, ChannelHandlerContext ctx, int stream, long code) {
        note(direction, "RST_STREAM %d: %s", stream, Http2Error.valueOf(code));
        open.remove(stream);
    }

    @Override
    public void logSettings(Direction direction, ChannelHandlerContext ctx, Http2Settings settings) {
        note(direction, "SETTINGS %s", settings);
    }

    @Override
    public void logSettingsAck(Direction direction, ChannelHandlerContext ctx) {
        note(direction, "SETTINGS ack");
    }

    @Override
    public void logPing(Direction direction, ChannelHandlerContext ctx, long data) {
        note(direction, "PING %d", data);
    }

    @Override
    public void logPingAck(Direction direction, ChannelHandlerContext ctx, long data) {
        note(direction, "PING ack %d", data);
    }

    @Override
    public void logGoAway(Direction direction, ChannelHandlerContext ctx, int stream, long code, ByteBuf debug) {
        String text = new String(ByteBufUtil.getBytes(debug), StandardCharsets.UTF_8);
        note(direction, "GOAWAY after stream %d: %s %s", stream, Http2Error.valueOf(code), text);
    }

    @Override
    public void logWindowsUpdate(Direction direction, ChannelHandlerContext ctx, int stream, int increment) {
        note(direction, "WINDOW_UPDATE %d: %d", stream, increment);
    }
}
