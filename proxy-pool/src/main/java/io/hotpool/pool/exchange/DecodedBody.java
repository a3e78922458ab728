package io.hotpool.pool.exchange;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestSink;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A response body on its way through a {@link ContentDecoder}. Back-pressure holds on both sides: at most {@link
 * RequestSink#CREDIT} decoded bytes wait for the client, and the origin gets its credit back when its bytes are used up. So a
 * bomb costs as much memory as any other body. Confined to the shard's loop.
 */
final class DecodedBody {
    /** Where decoded bytes go. */
    interface Receiver {
        void decoded(ByteBuf piece);

        void decodedEnd(HeaderList trailers);

        void decodingFailed(Fault fault);
    }

    private final ContentDecoder decoder;
    private final Receiver receiver;
    private final IntConsumer credit;
    private final ArrayDeque<ByteBuf> raw = new ArrayDeque<>();
    private @Nullable HeaderList trailers;
    private int decoding; // raw bytes that the decoder holds
    private long unconsumed;
    private boolean pumping;
    private boolean over;

    /** @param credit takes the number of the origin's bytes that are used up */
    DecodedBody(ContentDecoder decoder, Receiver receiver, IntConsumer credit) {
        this.decoder = decoder;
        this.receiver = receiver;
        this.credit = credit;
    }

    void data(ByteBuf chunk) {
        if (over) {
            chunk.release();
            return;
        }
        raw.add(chunk);
        pump();
    }

    void end(HeaderList trailers) {
        this.trailers = trailers;
        pump();
    }

    /** The client took {@code bytes} decoded ones. */
    void consumed(int bytes) {
        unconsumed -= bytes;
        pump();
    }

    /** True while decoded bytes wait for the client. */
    boolean blocked() {
        return unconsumed >= RequestSink.CREDIT;
    }

    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (!over && unconsumed < RequestSink.CREDIT && step()) {
                // until the client has enough, or the input is used up
            }
        } catch (Fault fault) {
            close();
            receiver.decodingFailed(fault);
        } finally {
            pumping = false;
        }
    }

    private boolean step() {
        ByteBuf piece = decoder.next();
        if (piece != null) {
            unconsumed += piece.readableBytes();
            receiver.decoded(piece);
            return true;
        }
        int used = decoding;
        decoding = 0;
        if (used > 0) {
            credit.accept(used);
        }
        ByteBuf chunk = raw.poll();
        if (chunk != null) {
            decoding = chunk.readableBytes();
            decoder.feed(chunk);
            return true;
        }
        if (trailers != null) {
            finish(trailers);
        }
        return false;
    }

    private void finish(HeaderList trailers) {
        if (!decoder.complete()) {
            throw ContentDecoder.broken("in its coding: it ends too early", null);
        }
        close();
        receiver.decodedEnd(trailers);
    }

    /** Idempotent. */
    void close() {
        if (!over) {
            over = true;
            raw.forEach(ByteBuf::release);
            raw.clear();
            decoder.close();
        }
    }
}
