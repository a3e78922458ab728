package io.hotpool.pool.connect;

import io.hotpool.pool.UpstreamProxy.Credentials;
import io.hotpool.pool.fault.FaultKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** CONNECT (RFC 9110, 9.3.6), with the fields that browsers send to their proxies. */
final class HttpConnectHandshake extends ProxyHandshake {
    private static final int LONGEST_HEAD = 64 * 1024;
    private static final Pattern STATUS_LINE =
            Pattern.compile("HTTP/1\\.[01] ([1-5][0-9][0-9])( [^\r\n]*)?\r?\n.*", Pattern.DOTALL);

    /** RFC 9209, 2.1.2: the word for what went wrong; a token, as all that is registered. */
    private static final Pattern PROXY_ERROR =
            Pattern.compile("\nProxy-Status:[^\r\n]*;\\s*error=([a-z_]{1,40})", Pattern.CASE_INSENSITIVE);

    private final Request request;

    /** CONNECT to that port is refused as such; another form of request may be allowed. */
    static final class NotAllowed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotAllowed() {
            super(null, null, false, false);
        }
    }

    /**
     * @param target {@code host:port}
     * @param userAgent the profile's, null: none
     * @param via who asks, and for whom
     */
    record Request(
            String target,
            @Nullable Credentials credentials,
            @Nullable String userAgent,
            String via) {}

    HttpConnectHandshake(Request request, Promise<Channel> done) {
        super(done);
        this.request = request;
    }

    @Override
    void begin(ChannelHandlerContext context) {
        StringBuilder head = new StringBuilder(256)
                .append("CONNECT ")
                .append(request.target)
                .append(" HTTP/1.1\r\nHost: ")
                .append(request.target)
                .append("\r\nProxy-Connection: keep-alive\r\n");
        if (request.userAgent != null) {
            head.append("User-Agent: ").append(request.userAgent).append("\r\n");
        }
        if (request.credentials != null) {
            head.append("Proxy-Authorization: ")
                    .append(basic(request.credentials))
                    .append("\r\n");
        }
        if (!request.via.isEmpty()) {
            head.append("Via: ").append(request.via).append("\r\n");
        }
        context.writeAndFlush(ByteBufUtil.writeAscii(context.alloc(), head.append("\r\n")));
    }

    /** RFC 7617, in UTF-8. */
    static @Nullable String basic(@Nullable Credentials credentials) {
        if (credentials == null) {
            return null;
        }
        byte[] pair = (credentials.user() + ":" + credentials.password()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    @Override
    void proceed(ChannelHandlerContext context, ByteBuf in) {
        int end = end(in);
        if (end < 0) {
            if (in.readableBytes() > LONGEST_HEAD) {
                fail(context, FaultKind.UPSTREAM_PROXY, "answered CONNECT with an endless head");
            }
            return;
        }
        String head = in.readCharSequence(end, StandardCharsets.ISO_8859_1).toString();
        Matcher line = STATUS_LINE.matcher(head);
        if (!line.matches()) {
            fail(context, FaultKind.UPSTREAM_PROXY, "does not speak HTTP/1.1");
            return;
        }
        int status = Integer.parseInt(line.group(1));
        if (status < 200) {
            proceed(context, in);
        } else if (status < 300) {
            succeed(context);
        } else {
            refused(context, status, head);
        }
    }

    /** Behind the empty line; -1: not there yet. */
    private static int end(ByteBuf in) {
        for (int i = in.readerIndex(); i < in.writerIndex(); i++) {
            boolean lineEnds = in.getByte(i) == '\n';
            int next = i + 1 < in.writerIndex() && in.getByte(i + 1) == '\r' ? i + 2 : i + 1;
            if (lineEnds && next < in.writerIndex() && in.getByte(next) == '\n') {
                return next + 1 - in.readerIndex();
            }
        }
        return -1;
    }

    private void refused(ChannelHandlerContext context, int status, String head) {
        Matcher error = PROXY_ERROR.matcher(head);
        String reason = error.find() ? " (" + status + ", " + error.group(1) + ")" : " (" + status + ")";
        switch (status) {
            case 407 -> fail(context, FaultKind.UPSTREAM_PROXY, credentials() + reason);
            case 502, 503 -> fail(context, FaultKind.CONNECT_FAILED, "could not reach " + request.target + reason);
            case 504 ->
                fail(context, FaultKind.CONNECT_TIMEOUT, "did not reach " + request.target + " in time" + reason);
            case 508 ->
                fail(context, FaultKind.LOOP_DETECTED, "says that the request came back to where it had been" + reason);
            case 403, 405, 501 ->
                fail(
                        context,
                        FaultKind.UPSTREAM_PROXY,
                        "refuses to connect to " + request.target + reason,
                        new NotAllowed());
            default -> fail(context, FaultKind.UPSTREAM_PROXY, "refuses to connect to " + request.target + reason);
        }
    }

    private String credentials() {
        return request.credentials == null ? "asks for a user name and a password" : "does not take the credentials";
    }
}
