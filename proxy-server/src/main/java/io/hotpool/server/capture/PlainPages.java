package io.hotpool.server.capture;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Plain HTTP: the instructions and the certificate; for a browser that has the capture as its proxy, CONNECT too. */
final class PlainPages extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final CaptureServer server;

    PlainPages(CaptureServer server) {
        this.server = server;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (request.method().equals(HttpMethod.CONNECT)) {
            connect(ctx, request.uri());
            return;
        }
        boolean proxied = request.uri().startsWith("http://");
        String host = proxied ? request.uri().replaceFirst("^http://([^/]*).*", "$1") : "";
        String path = proxied ? request.uri().replaceFirst("^http://[^/]*", "") : request.uri();
        if (proxied && !server.ours(host)) {
            answer(ctx, request, new CapturePages.Page(502, "text/plain", text(host), List.of()));
            return;
        }
        answer(
                ctx,
                request,
                switch (CapturePages.path(path)) {
                    case "/ca.pem", "/ca.crt" -> CapturePages.Page.of("application/x-x509-ca-cert", server.rootPem());
                    case "", "/" -> CapturePages.Page.of("text/html", server.instructions(proxied));
                    default -> new CapturePages.Page(404, "text/plain", new byte[0], List.of());
                });
    }

    private static byte[] text(String host) {
        return ("hotpool capture reaches nothing but its own pages, not " + host.replaceAll("[^A-Za-z0-9.:-]", "?")
                        + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void answer(ChannelHandlerContext ctx, FullHttpRequest request, CapturePages.Page page) {
        var written = ctx.writeAndFlush(Http1Pages.response(page.with("cache-control", "no-store")));
        if (!HttpUtil.isKeepAlive(request)) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void connect(ChannelHandlerContext ctx, String target) {
        boolean ours = server.ours(target);
        HttpResponseStatus status =
                ours ? new HttpResponseStatus(200, "Connection established") : HttpResponseStatus.FORBIDDEN;
        var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
        if (!ours) {
            HttpUtil.setContentLength(response, 0);
            ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        ctx.writeAndFlush(response).addListener(written -> {
            ctx.pipeline().addLast(new FirstBytes(server));
            ctx.pipeline().remove(HttpObjectAggregator.class);
            ctx.pipeline().remove(HttpServerCodec.class);
            ctx.pipeline().remove(this);
        });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
