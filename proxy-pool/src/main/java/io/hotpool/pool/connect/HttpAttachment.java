package io.hotpool.pool.connect;

import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.http1.Http1Connection;
import io.hotpool.pool.http2.Http2Connection;
import io.hotpool.pool.profile.BrowserProfile;
import io.netty.channel.Channel;

/** HTTP/1.1 and HTTP/2 as they are spoken to origins. */
public final class HttpAttachment implements ConnectionAttachment {
    @Override
    public UpstreamConnection attach(
            Channel channel, ConnectionFacts facts, BrowserProfile profile, UpstreamConnection.Listener listener) {
        return switch (facts.protocol()) {
            case H1 -> Http1Connection.attach(channel, facts, listener);
            case H2 -> Http2Connection.attach(channel, facts, profile.http2(), listener);
        };
    }
}
