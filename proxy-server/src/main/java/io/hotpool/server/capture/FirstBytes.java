package io.hotpool.server.capture;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHelloParser;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Optional;

/** At the head of a connection: plain HTTP, or TLS, whose first message is recorded before anybody answers it. */
final class FirstBytes extends ByteToMessageDecoder {
    private static final int HANDSHAKE = 22;
    private static final int LONGEST_REQUEST = 64 * 1024;
    private static final byte[] HANDSHAKE_FAILURE = {21, 3, 3, 0, 2, 2, 40};

    private final CaptureServer server;
    private final Recording recording = new Recording();
    private boolean asked;
    private boolean waiting;

    FirstBytes(CaptureServer server) {
        this.server = server;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (waiting) {
            return;
        }
        if (in.getUnsignedByte(in.readerIndex()) != HANDSHAKE && !asked) {
            ctx.pipeline()
                    .addLast(new HttpServerCodec())
                    .addLast(new HttpObjectAggregator(LONGEST_REQUEST))
                    .addLast(new PlainPages(server));
            ctx.pipeline().remove(this);
            return;
        }
        Optional<byte[]> hello = HelloReader.read(in);
        if (hello.isPresent() && asked) {
            recording.secondHello = hello.get();
            server.session().retried(recording);
            in.skipBytes(in.readableBytes());
            fail(ctx);
        } else if (hello.isPresent()) {
            first(ctx, in, hello.get());
        }
    }

    private void first(ChannelHandlerContext ctx, ByteBuf in, byte[] records) {
        ClientHello hello = ClientHelloParser.parse(records);
        recording.hello = records;
        String host = hello.serverName().orElse("localhost");
        server.session().opened(recording, host);
        if (!recording.label.startsWith(CapturePages.RETRIED)) {
            accept(ctx, host);
            return;
        }
        asked = true;
        in.skipBytes(records.length);
        Optional<byte[]> retry = HelloRetry.of(hello);
        if (retry.isPresent()) {
            ctx.writeAndFlush(ctx.alloc().buffer().writeBytes(retry.get()));
        } else {
            fail(ctx);
        }
    }

    private static void fail(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(ctx.alloc().buffer().writeBytes(HANDSHAKE_FAILURE)).addListener(f -> ctx.close());
    }

    /** What has arrived goes on to TLS when this handler leaves. */
    private void accept(ChannelHandlerContext ctx, String host) {
        waiting = true;
        Future<SslContext> context =
                server.contextFor(host, recording.label, ctx.channel().eventLoop());
        context.addListener(f -> {
            if (!f.isSuccess() || ctx.isRemoved()) {
                ctx.close();
                return;
            }
            SslHandler tls = context.getNow().newHandler(ctx.alloc());
            ctx.pipeline().addLast(tls).addLast(new ByProtocol(server.session(), recording));
            ctx.pipeline().remove(this);
        });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable inner = cause instanceof DecoderException ? cause.getCause() : cause;
        server.session().failed(recording, inner == null ? cause : inner);
        ctx.close();
    }
}
