package io.hotpool.server.admin;

import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a request gets.
 *
 * @param stream writes the body after the head, for as long as the connection lives; null: {@code body} is all of it
 */
record Answer(
        int status,
        String contentType,
        byte[] body,
        Map<String, String> headers,
        @Nullable Consumer<ChannelHandlerContext> stream) {

    Answer(int status, String contentType, byte[] body, Map<String, String> headers) {
        this(status, contentType, body, headers, null);
    }

    static Answer json(Object value) {
        return json(200, value);
    }

    static Answer json(int status, Object value) {
        return new Answer(status, "application/json", Json.bytes(value), Map.of());
    }

    static Answer text(String contentType, String text) {
        return new Answer(200, contentType, text.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    static Answer stream(String contentType, Consumer<ChannelHandlerContext> stream) {
        return new Answer(200, contentType, new byte[0], Map.of(), stream);
    }

    Answer with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, contentType, body, Map.copyOf(more), stream);
    }
}
