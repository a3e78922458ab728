package io.hotpool.server.frontend;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHelloParser;
import io.hotpool.pool.fingerprint.Http2Opening;
import io.hotpool.pool.fingerprint.Http2OpeningParser;
import io.hotpool.pool.fingerprint.MalformedInputException;
import io.hotpool.pool.profile.BrowserProfile;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a client showed of itself inside of a tunnel: its ClientHello and, where it speaks HTTP/2, all up to its first
 * request. Confined to the client's loop.
 */
final class ClientShape {
    private static final int CLIENT_HELLO = 1;
    private static final int LONGEST_OPENING = 60 * 1024;

    private final int recordVersion;
    private final byte[] hello;
    private final ByteArrayOutputStream opening = new ByteArrayOutputStream();
    private boolean http2;
    private boolean complete;
    private @Nullable BrowserProfile profile;
    private @Nullable BrowserProfile profileFor;

    /**
     * @param recordVersion of the record around the hello
     * @param body of the handshake message
     */
    ClientShape(int recordVersion, byte[] body) {
        this.recordVersion = recordVersion;
        this.hello = ByteBuffer.allocate(4 + body.length)
                .putInt(CLIENT_HELLO << 24 | body.length)
                .put(body)
                .array();
    }

    /** What {@code maker} makes of this client, once for each standard profile. */
    BrowserProfile profile(BrowserProfile standard, UnaryOperator<BrowserProfile> maker) {
        if (profile == null || profileFor != standard) {
            profile = maker.apply(standard);
            profileFor = standard;
        }
        return profile;
    }

    /** @throws MalformedInputException when the client did not send one */
    ClientHello hello() {
        return ClientHelloParser.parse(recordVersion, hello);
    }

    /**
     * Null for a client that speaks HTTP/1. Asked when its first request has been read.
     *
     * @throws MalformedInputException when there is none
     */
    @Nullable
    Http2Opening opening() {
        complete = true;
        if (!http2) {
            return null;
        }
        return Http2OpeningParser.parse(opening.toByteArray())
                .orElseThrow(() -> new IllegalStateException("a request without its opening"));
    }

    /** To stand between TLS and HTTP/2. */
    ChannelHandler openingTap() {
        http2 = true;
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (complete || opening.size() > LONGEST_OPENING) {
                    ctx.pipeline().remove(this);
                } else if (message instanceof ByteBuf bytes) {
                    opening.writeBytes(ByteBufUtil.getBytes(bytes));
                }
                ctx.fireChannelRead(message);
            }
        };
    }
}
