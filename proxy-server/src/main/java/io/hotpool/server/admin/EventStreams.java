package io.hotpool.server.admin;

import io.hotpool.server.admin.EventFeed.Happening;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.DefaultHttpContent;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/v1/events}: server-sent events. Each reader gets what happened since its {@code Last-Event-ID}, or the last
 * {@code recent} events, then everything as it happens. A reader that falls a buffer behind is cut, and may come back with the
 * id of the last event it saw. Confined to the admin loop.
 */
final class EventStreams {
    private static final int KEPT = 500;
    private static final int MOST_READERS = 32;
    private static final int MOST_AT_ONCE = 500;
    private static final int BUFFER = 256 * 1024;
    private static final long LOOK_MILLIS = 100;

    private final EventFeed feed;
    private final long heartbeatMillis;
    private final Deque<Event> kept = new ArrayDeque<>();
    private final List<Reader> readers = new ArrayList<>();
    private @Nullable EventLoop loop;
    private long lastId;

    /** @param text as it is sent */
    private record Event(long id, String type, String text) {}

    /** @param types that it asked for; empty: all */
    private record Reader(Channel channel, Set<String> types) {
        boolean wants(Event event) {
            return types.isEmpty()
                    || types.contains(event.type())
                    || event.type().equals("dropped");
        }
    }

    EventStreams(EventFeed feed, long heartbeatMillis) {
        this.feed = feed;
        this.heartbeatMillis = heartbeatMillis;
    }

    void addTo(Routes routes) {
        routes.get("/api/v1/events", this::open);
    }

    void start(EventLoop loop) {
        this.loop = loop;
        loop.scheduleWithFixedDelay(this::deliver, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        loop.scheduleWithFixedDelay(this::beat, heartbeatMillis, heartbeatMillis, TimeUnit.MILLISECONDS);
    }

    private Answer open(AdminRequest request) {
        assert loop != null && loop.inEventLoop();
        if (readers.size() >= MOST_READERS) {
            throw new Problem(503, MOST_READERS + " readers of events are connected; that is all there may be");
        }
        int recent = request.number("recent", 0, KEPT);
        long after = lastSeen(request, recent);
        String types = request.parameter("types");
        Set<String> wanted = types == null || types.isEmpty() ? Set.of() : Set.of(types.split(","));
        return Answer.stream("text/event-stream", ctx -> begin(ctx, wanted, after));
    }

    private long lastSeen(AdminRequest request, int recent) {
        String seen = request.headers().get("last-event-id");
        if (seen == null) {
            return lastId - recent;
        }
        try {
            return Long.parseLong(seen.strip());
        } catch (NumberFormatException e) {
            throw new Problem(400, "Last-Event-ID must be a number");
        }
    }

    private void begin(ChannelHandlerContext ctx, Set<String> types, long after) {
        assert ctx.executor().inEventLoop();
        Reader reader = new Reader(ctx.channel(), types);
        ctx.channel().config().setWriteBufferWaterMark(new WriteBufferWaterMark(BUFFER / 2, BUFFER));
        readers.add(reader);
        ctx.channel().closeFuture().addListener(closed -> readers.remove(reader));
        write(reader, "retry: 2000\n\n");
        kept.stream().filter(e -> e.id() > after && reader.wants(e)).forEach(e -> write(reader, e.text()));
        ctx.flush();
    }

    private void deliver() {
        List<Event> news = new ArrayList<>();
        feed.drain(MOST_AT_ONCE, happening -> news.add(keep(happening)));
        for (Reader reader : news.isEmpty() ? List.<Reader>of() : List.copyOf(readers)) {
            news.stream().filter(reader::wants).forEach(event -> write(reader, event.text()));
            reader.channel().flush();
        }
    }

    private Event keep(Happening happening) {
        long id = ++lastId;
        Map<String, Object> data = happening.data();
        String json =
                Json.line(Json.object().put("time", happening.at().toString()).put("type", happening.type()), data);
        Event event = new Event(
                id, happening.type(), "id: " + id + "\nevent: " + happening.type() + "\ndata: " + json + "\n\n");
        kept.addLast(event);
        if (kept.size() > KEPT) {
            kept.removeFirst();
        }
        return event;
    }

    private void beat() {
        for (Reader reader : List.copyOf(readers)) {
            write(reader, ": still here\n\n");
            reader.channel().flush();
        }
    }

    private static void write(Reader reader, String text) {
        Channel channel = reader.channel();
        if (channel.isWritable()) {
            channel.write(new DefaultHttpContent(
                    ByteBufUtil.encodeString(channel.alloc(), CharBuffer.wrap(text), StandardCharsets.UTF_8)));
        } else {
            channel.close();
        }
    }
}
