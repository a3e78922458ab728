package io.hotpool.server.frontend;

import io.hotpool.pool.OpenExchange;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.Origin;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Told about the client side: the access log and the metrics hang here. Any loop; quick; never throws. */
public interface ExchangeObserver {
    ExchangeObserver NONE = new ExchangeObserver() {};

    default void clientConnected() {}

    default void clientDisconnected() {}

    /** @param outcome {@code ok}, {@code failed} */
    default void clientTlsHandshake(String outcome) {}

    /** On the wire of a client's connection, TLS included. @param in towards hotpool */
    default void clientBytes(boolean in, int count) {}

    /** A request was refused. @param limit {@code client}, {@code user} or {@code host} @param reason {@code rate} or {@code concurrency} */
    default void limited(String limit, String reason) {}

    default void exchangeStarted() {}

    default void exchangeEnded(Ended ended) {}

    /**
     * @param id of the exchange, unique in the process
     * @param form {@code forward}, {@code intercept}, {@code connect-plain}, {@code tunnel}, {@code websocket}, {@code internal}
     * @param path without query
     * @param status answered to the client, 0 when none was
     * @param fault why hotpool itself ended it, null when the origin's answer was passed on
     */
    record Ended(
            long id,
            InetSocketAddress client,
            String form,
            String method,
            @Nullable Origin origin,
            String path,
            String clientProtocol,
            int status,
            long bytesIn,
            long bytesOut,
            String profile,
            @Nullable String user,
            @Nullable ConnectionFacts connection,
            OpenExchange.@Nullable Timing timing,
            long totalNanos,
            @Nullable FaultKind fault,
            String detail) {}
}
