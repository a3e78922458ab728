package io.hotpool.pool.connect;

import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.profile.BrowserProfile;
import io.netty.channel.Channel;

/** Puts the HTTP of {@code facts.protocol()} on a channel that is ready for it. On the channel's loop. */
@FunctionalInterface
public interface ConnectionAttachment {
    UpstreamConnection attach(
            Channel channel, ConnectionFacts facts, BrowserProfile profile, UpstreamConnection.Listener listener);
}
