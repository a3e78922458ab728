package io.hotpool.wire.soak;

import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;

/** Java's own HTTP client: HTTP/2 through CONNECT and interception, many streams at a time, some of them given up. */
final class Http2Worker extends Worker {
    private static final int STREAMS = 12;

    private final HttpClient client;
    private final Semaphore streams = new Semaphore(STREAMS);

    Http2Worker(InetSocketAddress proxy, SSLContext trust, Tally tally, Asks asks, BooleanSupplier goOn) {
        super("h2 java", tally, asks, goOn);
        this.client = HttpClient.newBuilder()
                .proxy(ProxySelector.of(proxy))
                .sslContext(trust)
                .version(HttpClient.Version.HTTP_2)
                .build();
    }

    @Override
    void turn() throws InterruptedException {
        streams.acquire();
        Ask ask = asks.next();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(ask.url())).timeout(SoakTest.PATIENCE);
        if (ask.post()) {
            request.POST(BodyPublishers.ofByteArray(ask.body()));
        }
        AtomicBoolean headSeen = new AtomicBoolean();
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request.build(), head -> {
            headSeen.set(true);
            return BodySubscribers.ofByteArray();
        });
        boolean leaves = asks.below(20) == 0;
        answer.whenComplete((response, failure) -> {
            streams.release();
            if (response != null) {
                String id = response.headers().firstValue("X-Id").orElse("");
                String receipt = response.headers().firstValue("X-Receipt").orElse("");
                tally.response(name, ask, response.statusCode(), id, receipt, response.body());
            } else {
                failed(ask, failure, headSeen.get(), leaves);
            }
        });
        if (leaves) {
            answer.cancel(true);
        }
    }

    private void failed(Ask ask, Throwable failure, boolean headSeen, boolean leaves) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (leaves) {
            tally.count(name, ask, Outcome.LEFT, "");
        } else if (cause instanceof HttpTimeoutException) {
            tally.count(name, ask, Outcome.NONE, cause.toString());
        } else {
            tally.count(name, ask, headSeen ? Outcome.CUT : Outcome.NONE, cause.toString());
        }
    }

    @Override
    void stop() {
        streams.acquireUninterruptibly(STREAMS);
    }
}
