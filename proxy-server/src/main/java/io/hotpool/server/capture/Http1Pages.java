package io.hotpool.server.capture;

import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile.Field;
import io.hotpool.server.learn.SeenRequest;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pages over HTTP/1.1: the head of a request is kept as it came, its body goes by. */
final class Http1Pages extends SimpleChannelInboundHandler<HttpObject> {
    private final Session session;
    private final Recording recording;
    private @Nullable HttpRequest head;

    Http1Pages(Session session, Recording recording) {
        this.session = session;
        this.recording = recording;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
        if (part.decoderResult().isFailure()) {
            ctx.close();
            return;
        }
        if (part instanceof HttpRequest request) {
            head = request;
        }
        if (part instanceof LastHttpContent && head != null) {
            answer(ctx, head);
            head = null;
        }
    }

    private void answer(ChannelHandlerContext ctx, HttpRequest request) {
        if (record(request)) {
            ctx.close();
            return;
        }
        var written = ctx.writeAndFlush(response(session.pages.page(request.uri())));
        boolean bye = CapturePages.path(request.uri()).equals(CapturePages.BYE);
        if (bye || !HttpUtil.isKeepAlive(request)) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** True when the connection is to end without an answer. */
    private boolean record(HttpRequest request) {
        String method = request.method().name();
        RequestKind kind = CapturePages.kind(method, request.uri());
        if (kind != null) {
            List<Field> fields = new ArrayList<>();
            request.headers().forEach(field -> fields.add(new Field(field.getKey(), field.getValue())));
            recording.http1.add(SeenRequest.http1(kind, fields));
        }
        return session.requested(recording, method, request.uri());
    }

    static FullHttpResponse response(CapturePages.Page page) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(page.status()), Unpooled.wrappedBuffer(page.body()));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, page.type())
                .set(HttpHeaderNames.CONTENT_LENGTH, page.body().length);
        page.fields().forEach(field -> response.headers().add(field.getKey(), field.getValue()));
        return response;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
