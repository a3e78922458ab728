package io.hotpool.pool.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.PromiseNotifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What was written and not yet flushed. Small writes before a flush share a record, so that a response in three writes costs
 * the peer one decryption; an empty write ends a record. Confined to the channel's loop.
 */
final class PlaintextQueue {
    private record Write(ByteBuf data, ChannelPromise promise) {}

    private final ArrayDeque<Write> writes = new ArrayDeque<>();

    void add(ByteBuf data, ChannelPromise promise) {
        writes.add(new Write(data, promise));
    }

    boolean isEmpty() {
        return writes.isEmpty();
    }

    /** Writes everything to {@code context} as records, without flushing. */
    void drain(ChannelHandlerContext context, RecordLayer records) {
        ByteBufAllocator allocator = context.alloc();
        while (!writes.isEmpty()) {
            int length = nextRecord(records.limit());
            List<ChannelPromise> done = new ArrayList<>(1);
            ByteBuf record = length == 0 ? allocator.buffer(0) : records.prepare(allocator, length);
            fill(record, length, done);
            takeEmpty(done);
            write(context, length == 0 ? record : records.seal(allocator, record), done);
        }
    }

    /** Bytes up to the next empty write, at most {@code limit}. */
    private int nextRecord(int limit) {
        int length = 0;
        for (Write write : writes) {
            if (length >= limit || !write.data.isReadable()) {
                break;
            }
            length += Math.min(limit - length, write.data.readableBytes());
        }
        return length;
    }

    void fail(Throwable cause) {
        Write write;
        while ((write = writes.poll()) != null) {
            ReferenceCountUtil.safeRelease(write.data);
            write.promise.tryFailure(cause);
        }
    }

    private void fill(ByteBuf record, int length, List<ChannelPromise> done) {
        int missing = length;
        while (missing > 0) {
            Write write = writes.getFirst();
            int n = Math.min(missing, write.data.readableBytes());
            record.writeBytes(write.data, n);
            missing -= n;
            if (!write.data.isReadable()) {
                take(done);
            }
        }
    }

    /** An empty write has nothing to say but is done when what came before it is. */
    private void takeEmpty(List<ChannelPromise> done) {
        while (!writes.isEmpty() && !writes.getFirst().data.isReadable()) {
            take(done);
        }
    }

    private void take(List<ChannelPromise> done) {
        Write write = writes.removeFirst();
        write.data.release();
        if (!write.promise.isVoid()) {
            done.add(write.promise);
        }
    }

    private static void write(ChannelHandlerContext context, ByteBuf record, List<ChannelPromise> done) {
        if (done.isEmpty()) {
            context.write(record, context.voidPromise());
        } else if (done.size() == 1) {
            context.write(record, done.get(0));
        } else {
            context.write(record).addListener(new PromiseNotifier<>(done.toArray(ChannelPromise[]::new)));
        }
    }
}
