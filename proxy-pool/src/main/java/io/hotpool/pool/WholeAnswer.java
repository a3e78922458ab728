package io.hotpool.pool;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.pool.http.ResponseSink;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * An answer that was gathered whole, for programs that want it so.
 *
 * @param connection that carried it
 * @param reused that connection was ready before the request asked
 */
public record WholeAnswer(
        ResponseHead head, byte[] body, HeaderList trailers, ConnectionFacts connection, boolean reused) {

    public int status() {
        return head.status();
    }

    /** The body as UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /**
     * @param exchange opens it, on that loop
     * @param most bytes of body; a longer one fails with an {@link IOException}
     */
    static CompletionStage<WholeAnswer> of(
            RequestHead head, EventLoop loop, BiFunction<EventLoop, ResponseSink, OpenExchange> exchange, int most) {
        if (head.hasBody() || head.upgrades()) {
            throw new IllegalArgumentException("a request with a body or an upgrade goes by exchange()");
        }
        Gathering gathering = new Gathering(most);
        loop.execute(() -> {
            try {
                gathering.begin(exchange.apply(loop, gathering));
            } catch (RuntimeException e) {
                gathering.answer.completeExceptionally(e);
            }
        });
        return gathering.answer;
    }

    /** Confined to its loop. */
    private static final class Gathering implements ResponseSink {
        final CompletableFuture<WholeAnswer> answer = new CompletableFuture<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private final int most;
        private @Nullable OpenExchange exchange;
        private @Nullable ResponseHead head;
        private int before; // arrived before the exchange was known here
        private boolean over;

        Gathering(int most) {
            this.most = most;
        }

        void begin(OpenExchange opened) {
            exchange = opened;
            if (over) {
                return;
            }
            if (before > 0) {
                opened.consumed(before);
            }
        }

        @Override
        public void head(ResponseHead head) {
            this.head = head;
        }

        @Override
        public void data(ByteBuf chunk) {
            int bytes = chunk.readableBytes();
            try {
                chunk.readBytes(body, bytes);
            } catch (IOException e) {
                throw new IllegalStateException(e); // memory does not fail so
            } finally {
                chunk.release();
            }
            if (exchange == null) {
                before += bytes;
            } else if (body.size() > most) {
                tooLong();
            } else {
                exchange.consumed(bytes);
            }
        }

        private void tooLong() {
            over = true;
            Objects.requireNonNull(exchange)
                    .cancel(Fault.of(FaultKind.CLIENT_GONE, "the answer is longer than is wanted"));
            answer.completeExceptionally(new IOException("the answer is longer than " + most + " bytes"));
        }

        @Override
        public void end(HeaderList trailers) {
            OpenExchange exchange = Objects.requireNonNull(this.exchange); // an answer takes a turn of the loop
            over = true;
            answer.complete(new WholeAnswer(
                    Objects.requireNonNull(head),
                    body.toByteArray(),
                    trailers,
                    Objects.requireNonNull(exchange.connection()),
                    exchange.timing().reused()));
        }

        @Override
        public void fault(Fault fault) {
            over = true;
            answer.completeExceptionally(fault);
        }

        @Override
        public void informational(ResponseHead head) {}

        @Override
        public void upgraded(ResponseHead head) {}

        @Override
        public void written(int bytes) {}
    }
}
