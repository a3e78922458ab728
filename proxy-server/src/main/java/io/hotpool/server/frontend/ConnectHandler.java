package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Unread;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.frontend.Http1ResponseWriter.Framing;
import io.hotpool.server.route.DirectiveReader;
import io.hotpool.server.route.HostPort;
import io.hotpool.server.route.RequestTarget;
import io.hotpool.server.route.Router;
import io.hotpool.server.route.Trail;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/** Answers a CONNECT and hands the connection to what comes inside. Bytes that came with it wait. */
final class ConnectHandler extends ChannelInboundHandlerAdapter {
    private static final byte[] ESTABLISHED =
            "HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ClientConnection client;
    private final ClientRequest request;
    private ByteBuf early;
    private boolean over;

    ConnectHandler(ClientConnection client, ClientRequest request, ByteBuf early) {
        this.client = client;
        this.request = request;
        this.early = early;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        client.phase(null);
        ctx.channel().config().setAutoRead(false);
        Future<Admission> admitting = client.context()
                .authenticator
                .admit(request.headers().get("Proxy-Authorization"), config().proxy(), client.loop());
        if (admitting.isDone()) {
            admission(ctx, admitting);
        } else {
            admitting.addListener(done -> admission(ctx, admitting));
        }
    }

    private HotpoolConfig config() {
        return client.context().config();
    }

    private void admission(ChannelHandlerContext ctx, Future<Admission> admitting) {
        if (over || !ctx.channel().isActive()) {
            release();
            return;
        }
        try {
            if (!admitting.isSuccess()) {
                throw Fault.from(admitting.cause());
            }
            decide(ctx, scope(admitting.getNow()));
        } catch (Fault fault) {
            refuse(ctx, fault);
        }
    }

    private ConnectScope scope(Admission admission) {
        HeaderList headers = request.headers();
        if (headers.contains("Content-Length") || headers.contains("Transfer-Encoding")) {
            throw Fault.of(FaultKind.BAD_REQUEST, "CONNECT has no body");
        }
        if (RequestFraming.count(headers, "Host") > 1) {
            throw Fault.of(FaultKind.BAD_REQUEST, "more than one Host header");
        }
        HostPort target = RequestTarget.authority(request.target());
        return ConnectScope.clear(
                target,
                DirectiveReader.fromHeaders(headers, config().proxy().directives())
                        .over(admission.directives()),
                admission.user(),
                trail(headers));
    }

    private Trail trail(HeaderList headers) {
        Trail trail = Trail.of(headers);
        if (trail.loops(client.frontend().pool().name())) {
            throw Fault.of(FaultKind.LOOP_DETECTED, "this hotpool is among those that the request came through");
        }
        return trail;
    }

    private void decide(ChannelHandlerContext ctx, ConnectScope scope) {
        Router.Decision decision = client.context().router().connect(scope.target(), scope.trail());
        if (decision.refusal() != null) {
            throw decision.refusal();
        }
        refuseForbidden(scope.target());
        TunnelEntry entry = TunnelEntry.of(client, scope);
        if (decision.action() == Router.Action.TUNNEL) {
            entry.admit();
            entry.dial(client).addListener((Future<Channel> dialled) -> {
                if (dialled.isSuccess()) {
                    join(ctx, entry, dialled.getNow());
                } else {
                    refuse(ctx, Fault.from(dialled.cause()), entry);
                }
            });
            return;
        }
        ctx.writeAndFlush(Unpooled.wrappedBuffer(ESTABLISHED));
        ctx.pipeline().replace(this, null, new PeekHandler(client, scope, entry, take()));
    }

    /** An address needs no DNS: it is judged before the tunnel stands, and not by its first request only. */
    private void refuseForbidden(HostPort target) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(target.host());
        if (address == null) {
            return;
        }
        String refusal = client.context().frontend.policy().refusal(address, target.port());
        if (refusal != null) {
            throw Fault.of(FaultKind.TARGET_FORBIDDEN, refusal).at(target.host(), address);
        }
    }

    private void join(ChannelHandlerContext ctx, TunnelEntry entry, Channel origin) {
        if (over || !ctx.channel().isActive()) {
            origin.close();
            entry.ended(Fault.of(FaultKind.CLIENT_GONE, "the client closed the connection"));
            return;
        }
        ctx.writeAndFlush(Unpooled.wrappedBuffer(ESTABLISHED));
        entry.join(this, ctx, origin, take());
    }

    private void refuse(ChannelHandlerContext ctx, Fault fault) {
        refuse(ctx, fault, TunnelEntry.refused(client, request));
    }

    private void refuse(ChannelHandlerContext ctx, Fault fault, TunnelEntry entry) {
        entry.answered(fault.kind().status());
        entry.ended(fault);
        release();
        if (!ctx.channel().isActive()) {
            return;
        }
        over = true;
        OwnAnswer answer = ProblemAnswer.of(fault, request.headers().get("Accept"));
        ctx.write(Http1ResponseWriter.head(ctx.alloc(), answer.head(), Framing.LENGTH, "close"));
        ctx.writeAndFlush(Unpooled.wrappedBuffer(answer.body()));
        ClosingTime.linger(ctx.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (over || !(message instanceof ByteBuf bytes)) {
            ReferenceCountUtil.release(message);
            return;
        }
        early = Unread.join(ctx.alloc(), early, bytes);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        release();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Unexpected.report(client, cause);
        ctx.close();
    }

    private ByteBuf take() {
        ByteBuf taken = early;
        early = Unpooled.EMPTY_BUFFER;
        over = true;
        return taken;
    }

    private void release() {
        take().release();
    }
}
