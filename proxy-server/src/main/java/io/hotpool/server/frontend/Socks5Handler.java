package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Unread;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.route.HostPort;
import io.hotpool.server.route.ProxyCredentials;
import io.hotpool.server.route.Router;
import io.hotpool.server.route.Trail;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * SOCKS5 (RFC 1928) with user and password (RFC 1929), CONNECT only; what comes inside is treated as after an HTTP CONNECT.
 * The user name carries directives. Confined to the channel's loop.
 */
final class Socks5Handler extends ChannelInboundHandlerAdapter {
    private static final int NO_AUTHENTICATION = 0;
    private static final int USER_PASSWORD = 2;
    private static final int AMONG_HOTPOOLS = 0xf1;
    private static final int LOOP = 2;
    private static final int NONE_ACCEPTABLE = 0xff;
    private static final int SUCCEEDED = 0;
    private static final int GENERAL_FAILURE = 1;
    private static final int NOT_ALLOWED = 2;
    private static final int HOST_UNREACHABLE = 4;
    private static final int CONNECTION_REFUSED = 5;
    private static final int COMMAND_NOT_SUPPORTED = 7;
    private static final int ADDRESS_NOT_SUPPORTED = 8;

    private enum Phase {
        METHODS,
        CREDENTIALS,
        INTRODUCTION,
        REQUEST,
        BUSY,
        OVER
    }

    private final ClientConnection client;
    private final Deadline deadline;
    private Phase phase = Phase.METHODS;
    private Admission admission = Admission.ANONYMOUS;
    private Trail trail = Trail.NONE;
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;

    Socks5Handler(ClientConnection client) {
        this.client = client;
        this.deadline = new Deadline(client.loop(), () -> client.channel().close());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline.in(config().headerTimeout());
        client.phase(null);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        deadline.close();
        take().release();
    }

    private HotpoolConfig.Proxy config() {
        return client.context().config().proxy();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (phase == Phase.OVER || !(message instanceof ByteBuf bytes)) {
            ReferenceCountUtil.release(message);
            return;
        }
        buffer = Unread.join(ctx.alloc(), buffer, bytes);
        process(ctx);
    }

    private void process(ChannelHandlerContext ctx) {
        boolean more = true;
        while (more) {
            more = switch (phase) {
                case METHODS -> readMethods(ctx);
                case CREDENTIALS -> readCredentials(ctx);
                case INTRODUCTION -> readIntroduction(ctx);
                case REQUEST -> readRequest(ctx);
                case BUSY, OVER -> false;
            };
        }
    }

    /** {@code 05 n method*n} */
    private boolean readMethods(ChannelHandlerContext ctx) {
        int start = buffer.readerIndex();
        if (buffer.readableBytes() < 2 || buffer.readableBytes() < 2 + buffer.getUnsignedByte(start + 1)) {
            return false;
        }
        boolean anonymous = false;
        boolean password = false;
        boolean hotpool = false;
        for (int i = 0; i < buffer.getUnsignedByte(start + 1); i++) {
            int method = buffer.getUnsignedByte(start + 2 + i);
            anonymous |= method == NO_AUTHENTICATION;
            password |= method == USER_PASSWORD;
            hotpool |= method == AMONG_HOTPOOLS;
        }
        buffer.skipBytes(2 + buffer.getUnsignedByte(start + 1));
        boolean needed = !config().users().isEmpty() || config().challenge();
        int chosen = hotpool
                ? AMONG_HOTPOOLS
                : password ? USER_PASSWORD : anonymous && !needed ? NO_AUTHENTICATION : NONE_ACCEPTABLE;
        ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {5, (byte) chosen}));
        if (chosen == NONE_ACCEPTABLE) {
            end(ctx);
            return false;
        }
        phase = switch (chosen) {
            case AMONG_HOTPOOLS -> Phase.INTRODUCTION;
            case USER_PASSWORD -> Phase.CREDENTIALS;
            default -> Phase.REQUEST;
        };
        return true;
    }

    /** {@code 01 n user m password} */
    private boolean readCredentials(ChannelHandlerContext ctx) {
        int start = buffer.readerIndex();
        int readable = buffer.readableBytes();
        if (readable < 2 || readable < 3 + buffer.getUnsignedByte(start + 1)) {
            return false;
        }
        int user = buffer.getUnsignedByte(start + 1);
        int password = buffer.getUnsignedByte(start + 2 + user);
        if (readable < 3 + user + password) {
            return false;
        }
        String name = buffer.toString(start + 2, user, StandardCharsets.UTF_8);
        String secret = buffer.toString(start + 3 + user, password, StandardCharsets.UTF_8);
        buffer.skipBytes(3 + user + password);
        return logIn(ctx, name, secret);
    }

    /** {@code 01 n via m user k password}: another hotpool, which says through whom the request came. */
    private boolean readIntroduction(ChannelHandlerContext ctx) {
        int[] lengths = new int[3];
        int at = buffer.readerIndex() + 1;
        for (int i = 0; i < lengths.length; i++) {
            if (at >= buffer.writerIndex()) {
                return false;
            }
            lengths[i] = buffer.getUnsignedByte(at);
            at += 1 + lengths[i];
        }
        if (at > buffer.writerIndex()) {
            return false;
        }
        buffer.skipBytes(1);
        trail = Trail.parse(text(lengths[0]));
        String name = text(lengths[1]);
        String secret = text(lengths[2]);
        if (trail.loops(client.frontend().pool().name())) {
            ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1, LOOP}));
            end(ctx);
            return false;
        }
        if (name.isEmpty() && config().users().isEmpty() && !config().challenge()) {
            ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1, 0}));
            phase = Phase.REQUEST;
            return true;
        }
        return logIn(ctx, name, secret);
    }

    private String text(int length) {
        buffer.skipBytes(1);
        return buffer.readCharSequence(length, StandardCharsets.UTF_8).toString();
    }

    private boolean logIn(ChannelHandlerContext ctx, String name, String secret) {
        phase = Phase.BUSY;
        try {
            ProxyCredentials credentials = ProxyCredentials.of(name, secret, config().users(), config().directives());
            Future<Admission> admitting = client.context().authenticator.admit(credentials, config(), client.loop());
            if (admitting.isDone()) {
                admission(ctx, admitting);
            } else {
                admitting.addListener(done -> admission(ctx, admitting));
            }
        } catch (Fault fault) {
            refuseCredentials(ctx);
        }
        return phase == Phase.REQUEST;
    }

    private void admission(ChannelHandlerContext ctx, Future<Admission> admitting) {
        if (!admitting.isSuccess()) {
            refuseCredentials(ctx);
            return;
        }
        admission = admitting.getNow();
        phase = Phase.REQUEST;
        ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1, 0}));
        process(ctx);
    }

    private void refuseCredentials(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1, 1}));
        end(ctx);
    }

    /** {@code 05 command 00 type address port} */
    private boolean readRequest(ChannelHandlerContext ctx) {
        int start = buffer.readerIndex();
        if (buffer.readableBytes() < 5) {
            return false;
        }
        int command = buffer.getUnsignedByte(start + 1);
        int type = buffer.getUnsignedByte(start + 3);
        int named = type == 3 ? 1 : 0;
        int length = type == 1 ? 4 : type == 4 ? 16 : type == 3 ? buffer.getUnsignedByte(start + 4) : -1;
        if (length < 0) {
            reply(ctx, ADDRESS_NOT_SUPPORTED);
            return false;
        }
        if (buffer.readableBytes() < 6 + named + length) {
            return false;
        }
        if (buffer.getUnsignedByte(start) != 5 || command != 1) {
            reply(ctx, COMMAND_NOT_SUPPORTED);
            return false;
        }
        buffer.skipBytes(4 + named);
        byte[] address = new byte[length];
        buffer.readBytes(address);
        int port = buffer.readUnsignedShort();
        phase = Phase.BUSY;
        connect(ctx, type == 3 ? null : address, new String(address, StandardCharsets.ISO_8859_1), port);
        return false;
    }

    private void connect(ChannelHandlerContext ctx, byte @Nullable [] address, String name, int port) {
        try {
            if (port == 0) {
                throw Fault.of(FaultKind.BAD_REQUEST, "port 0");
            }
            String host = address != null
                    ? NetUtil.bytesToIpAddress(address)
                    : HostPort.host(NetUtil.isValidIpV6Address(name) ? "[" + name + "]" : name);
            ConnectScope scope =
                    ConnectScope.clear(new HostPort(host, port), admission.directives(), admission.user(), trail);
            Router.Decision decision = client.context().router().connect(scope.target(), trail);
            if (decision.refusal() != null) {
                throw decision.refusal();
            }
            go(ctx, scope, decision.action() == Router.Action.TUNNEL);
        } catch (Fault fault) {
            reply(ctx, replyFor(fault));
        }
    }

    private void go(ChannelHandlerContext ctx, ConnectScope scope, boolean tunnel) {
        TunnelEntry entry = TunnelEntry.of(client, scope);
        if (!tunnel) {
            reply(ctx, SUCCEEDED);
            ctx.pipeline().replace(this, null, new PeekHandler(client, scope, entry, take()));
            return;
        }
        ctx.channel().config().setAutoRead(false);
        entry.dial(client).addListener((Future<Channel> dialled) -> {
            if (!dialled.isSuccess()) {
                Fault fault = Fault.from(dialled.cause());
                entry.ended(fault);
                reply(ctx, replyFor(fault));
            } else if (!ctx.channel().isActive()) {
                dialled.getNow().close();
                entry.ended(Http2Handler.clientGone());
            } else {
                reply(ctx, SUCCEEDED);
                entry.join(this, ctx, dialled.getNow(), take());
            }
        });
    }

    private static int replyFor(Fault fault) {
        return switch (fault.kind()) {
            case TARGET_FORBIDDEN, LOOP_DETECTED, ADDRESS_DENIED, DIRECTIVE_FORBIDDEN -> NOT_ALLOWED;
            case DNS_FAILED, CONNECT_FAILED, CONNECT_TIMEOUT -> HOST_UNREACHABLE;
            case CONNECT_REFUSED -> CONNECTION_REFUSED;
            default -> GENERAL_FAILURE;
        };
    }

    private void reply(ChannelHandlerContext ctx, int code) {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {5, (byte) code, 0, 1, 0, 0, 0, 0, 0, 0}));
        if (code != SUCCEEDED) {
            end(ctx);
        }
    }

    private void end(ChannelHandlerContext ctx) {
        phase = Phase.OVER;
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private ByteBuf take() {
        ByteBuf taken = buffer;
        buffer = Unpooled.EMPTY_BUFFER;
        return taken;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Unexpected.report(client, cause);
        ctx.close();
    }
}
