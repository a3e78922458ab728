package io.hotpool.pool.connect;

import io.hotpool.pool.UpstreamProxy.Credentials;
import io.hotpool.pool.fault.FaultKind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * SOCKS 5 (RFC 1928) with user name and password (RFC 1929), CONNECT only.
 *
 * <p>One of the methods that are set aside for private use is offered first: another hotpool takes it, and is told who asks,
 * so that it finds a loop; other servers pass it over. It is {@code 01, length, via} and, with length 0 for none, user name
 * and password as in RFC 1929; the answer is that of RFC 1929, with 2 for a loop.
 */
final class Socks5Handshake extends ProxyHandshake {
    private static final int NO_AUTHENTICATION = 0;
    private static final int USER_PASSWORD = 2;
    private static final int AMONG_HOTPOOLS = 0xf1;
    private static final int LOOP = 2;
    private static final int NONE_ACCEPTABLE = 0xff;

    private enum Phase {
        METHOD,
        CREDENTIALS,
        REPLY
    }

    private final Request request;
    private Phase phase = Phase.METHOD;

    /** @param address null: the name goes to the proxy @param via who asks, and for whom; at most 255 bytes */
    record Request(
            String host,
            @Nullable InetAddress address,
            int port,
            @Nullable Credentials credentials,
            String via) {
        String target() {
            String name = address == null ? host : address.getHostAddress();
            return (name.indexOf(':') >= 0 ? "[" + name + "]" : name) + ":" + port;
        }
    }

    Socks5Handshake(Request request, Promise<Channel> done) {
        super(done);
        this.request = request;
    }

    @Override
    void begin(ChannelHandlerContext context) {
        ByteBuf out = context.alloc().buffer(5).writeByte(5).writeByte(request.credentials == null ? 2 : 3);
        out.writeByte(NO_AUTHENTICATION);
        if (request.credentials != null) {
            out.writeByte(USER_PASSWORD);
        }
        context.writeAndFlush(out.writeByte(AMONG_HOTPOOLS));
    }

    @Override
    void proceed(ChannelHandlerContext context, ByteBuf in) {
        boolean more = true;
        while (more) {
            more = switch (phase) {
                case METHOD -> method(context, in);
                case CREDENTIALS -> credentials(context, in);
                case REPLY -> reply(context, in);
            };
        }
    }

    private boolean method(ChannelHandlerContext context, ByteBuf in) {
        if (in.readableBytes() < 2) {
            return false;
        }
        int version = in.readUnsignedByte();
        int method = in.readUnsignedByte();
        if (version != 5) {
            fail(context, FaultKind.UPSTREAM_PROXY, "does not speak SOCKS 5");
        } else if (method == NO_AUTHENTICATION) {
            ask(context);
        } else if (method == AMONG_HOTPOOLS) {
            phase = Phase.CREDENTIALS;
            introduce(context);
        } else if (method == USER_PASSWORD && request.credentials != null) {
            phase = Phase.CREDENTIALS;
            logIn(context, request.credentials);
        } else if (method == NONE_ACCEPTABLE && request.credentials == null) {
            fail(context, FaultKind.UPSTREAM_PROXY, "asks for a user name and a password");
        } else {
            fail(context, FaultKind.UPSTREAM_PROXY, "accepts neither no credentials nor user name and password");
        }
        return phase != Phase.METHOD;
    }

    private void introduce(ChannelHandlerContext context) {
        ByteBuf out = context.alloc().buffer(64).writeByte(1);
        text(out, request.via);
        text(out, request.credentials == null ? "" : request.credentials.user());
        text(out, request.credentials == null ? "" : request.credentials.password());
        context.writeAndFlush(out);
    }

    private static void text(ByteBuf out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeByte(bytes.length).writeBytes(bytes);
    }

    private static void logIn(ChannelHandlerContext context, Credentials credentials) {
        ByteBuf out = context.alloc().buffer(64).writeByte(1);
        text(out, credentials.user());
        text(out, credentials.password());
        context.writeAndFlush(out);
    }

    private boolean credentials(ChannelHandlerContext context, ByteBuf in) {
        if (in.readableBytes() < 2) {
            return false;
        }
        in.skipBytes(1);
        int answer = in.readUnsignedByte();
        if (answer == LOOP) {
            fail(context, FaultKind.LOOP_DETECTED, "says that the request came back to where it had been");
            return false;
        }
        if (answer != 0) {
            fail(context, FaultKind.UPSTREAM_PROXY, "does not take the credentials");
            return false;
        }
        ask(context);
        return true;
    }

    private void ask(ChannelHandlerContext context) {
        phase = Phase.REPLY;
        ByteBuf out = context.alloc().buffer(64).writeByte(5).writeByte(1).writeByte(0);
        InetAddress address = request.address;
        if (address == null) {
            byte[] name = request.host.getBytes(StandardCharsets.US_ASCII);
            out.writeByte(3).writeByte(name.length).writeBytes(name);
        } else {
            byte[] bytes = address.getAddress();
            out.writeByte(bytes.length == 4 ? 1 : 4).writeBytes(bytes);
        }
        context.writeAndFlush(out.writeShort(request.port));
    }

    private boolean reply(ChannelHandlerContext context, ByteBuf in) {
        int start = in.readerIndex();
        if (in.readableBytes() < 5) {
            return false;
        }
        int code = in.getUnsignedByte(start + 1);
        if (in.getUnsignedByte(start) != 5) {
            fail(context, FaultKind.UPSTREAM_PROXY, "does not speak SOCKS 5");
            return false;
        }
        if (code != 0) {
            refused(context, code);
            return false;
        }
        int type = in.getUnsignedByte(start + 3);
        int length = type == 1 ? 4 : type == 4 ? 16 : type == 3 ? 1 + in.getUnsignedByte(start + 4) : -1;
        if (length < 0) {
            fail(context, FaultKind.UPSTREAM_PROXY, "answered with an address of an unknown type");
        } else if (in.readableBytes() >= 6 + length) {
            in.skipBytes(6 + length);
            succeed(context);
        }
        return false;
    }

    /** RFC 1928, 6. */
    private void refused(ChannelHandlerContext context, int code) {
        String target = request.target();
        String reply = " (reply " + code + ")";
        switch (code) {
            case 2 -> fail(context, FaultKind.UPSTREAM_PROXY, "does not allow connections to " + target + reply);
            case 3 -> fail(context, FaultKind.CONNECT_FAILED, "has no network to " + target + reply);
            case 4 -> fail(context, FaultKind.CONNECT_FAILED, "could not reach " + target + reply);
            case 5 -> fail(context, FaultKind.CONNECT_REFUSED, "was refused by " + target + reply);
            case 6 -> fail(context, FaultKind.CONNECT_TIMEOUT, "did not reach " + target + " in time" + reply);
            case 7 -> fail(context, FaultKind.UPSTREAM_PROXY, "does not know CONNECT" + reply);
            case 8 -> fail(context, FaultKind.UPSTREAM_PROXY, "does not know the address type of " + target + reply);
            default -> fail(context, FaultKind.UPSTREAM_PROXY, "failed to connect to " + target + reply);
        }
    }
}
