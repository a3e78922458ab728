package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.server.route.HostPort;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Our TLS towards the client of a tunnel. Reads the ClientHello, within a bound of size and time, for the name it asks for;
 * presents a leaf of that name; then goes on with HTTP/2 or HTTP/1.1, as agreed.
 */
final class TlsAcceptor extends AbstractSniHandler<SslContext> {
    private static final int MAX_CLIENT_HELLO = 32 * 1024;
    private static final long HELLO_MILLIS = 4_000;
    private static final long HANDSHAKE_MILLIS = 10_000;
    /** Fatal unrecognized_name and internal_error as whole records (RFC 8446, 5.1 and 6.2; RFC 6066, 3). */
    private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};

    private static final byte[] INTERNAL_ERROR = {21, 3, 3, 0, 2, 2, 80};

    private final ClientConnection client;
    private ConnectScope scope;
    private int recordVersion;

    TlsAcceptor(ClientConnection client, ConnectScope scope) {
        super(MAX_CLIENT_HELLO, HELLO_MILLIS);
        this.client = client;
        this.scope = scope;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (recordVersion == 0 && message instanceof ByteBuf bytes && bytes.readableBytes() >= 3) {
            recordVersion = bytes.getUnsignedShort(bytes.readerIndex() + 1);
        }
        super.channelRead(ctx, message);
    }

    /** @param hello the body of the handshake message; null when the first record is none */
    @Override
    protected Future<SslContext> lookup(ChannelHandlerContext ctx, @Nullable ByteBuf hello) throws Exception {
        if (hello != null && client.context().config().fingerprint().mirror()) {
            scope = scope.withHello(new ClientShape(recordVersion, ByteBufUtil.getBytes(hello)));
        }
        return super.lookup(ctx, hello);
    }

    /** @param serverName null when the hello has none */
    @Override
    protected Future<SslContext> lookup(ChannelHandlerContext ctx, @Nullable String serverName) {
        try {
            scope = scopeOf(serverName);
        } catch (Fault fault) {
            return ctx.executor().newFailedFuture(fault);
        }
        return client.frontend().leaves().contextFor(scope.target().host(), client.loop());
    }

    private ConnectScope scopeOf(@Nullable String serverName) {
        HostPort target = scope.target();
        if (serverName == null) {
            return scope.secured(target, null);
        }
        HostPort named = new HostPort(HostPort.host(serverName), target.port());
        if (named.host().equals(target.host())) {
            return scope.secured(target, null);
        }
        if (!target.ipLiteral()) {
            throw Fault.of(FaultKind.MISDIRECTED, "the tunnel leads to another host than server_name says");
        }
        if (client.context().router().connect(named, scope.trail()).refusal() != null) {
            throw Fault.of(FaultKind.TARGET_FORBIDDEN, "server_name is refused");
        }
        return scope.secured(named, io.netty.util.NetUtil.createInetAddressFromIpAddressString(target.host()));
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext ctx, @Nullable String name, Future<SslContext> found) {
        if (!ctx.channel().isActive()) {
            return;
        }
        if (!found.isSuccess()) {
            client.frontend().observer().clientTlsHandshake("failed");
            boolean ours = !(found.cause() instanceof Fault);
            ctx.writeAndFlush(Unpooled.wrappedBuffer(ours ? INTERNAL_ERROR : UNRECOGNIZED_NAME))
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        SslHandler tls = found.getNow().newHandler(ctx.alloc());
        tls.setHandshakeTimeoutMillis(HANDSHAKE_MILLIS);
        ctx.pipeline().addFirst(new PromptAcknowledgement());
        ctx.pipeline().addAfter(ctx.name(), null, new Agreed());
        ctx.pipeline().replace(this, null, tls);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
        super.userEventTriggered(ctx, event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        client.frontend().observer().clientTlsHandshake("failed");
        ctx.close();
    }

    /** Waits for the handshake, then puts the agreed protocol in its place. */
    private final class Agreed extends ApplicationProtocolNegotiationHandler {
        Agreed() {
            super(ApplicationProtocolNames.HTTP_1_1);
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
            client.frontend().observer().clientTlsHandshake("ok");
            boolean http2 = protocol.equals(ApplicationProtocolNames.HTTP_2);
            ctx.pipeline().remove(PromptAcknowledgement.class);
            if (http2 && scope.hello() != null) {
                ctx.pipeline().addLast(scope.hello().openingTap());
            }
            ctx.pipeline().addLast(http2 ? Http2Handler.create(client, scope) : new Http1Handler(client, scope));
        }

        @Override
        protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
            client.frontend().observer().clientTlsHandshake("failed");
            ctx.close();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
            if (event instanceof ChannelInputShutdownEvent) {
                ctx.close();
            }
            super.userEventTriggered(ctx, event);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
