package io.hotpool.pool.http1;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/**
 * The field lines of the request that a connection carried last, for the next one that has the very same fields: programs
 * repeat them. Confined to the connection's loop.
 */
final class WrittenFields {
    private @Nullable HeaderList fields;
    private byte[] lines = new byte[0];

    void write(ByteBuf out, RequestHead head) {
        boolean alone = !head.hasBody() && !head.upgrades(); // then no field follows from anything but the list
        if (alone && head.headers() == fields) {
            out.writeBytes(lines);
            return;
        }
        int start = out.writerIndex();
        RequestWriter.fields(out, head);
        if (alone && head.headers().fixed() && head.headers().contains("Host")) {
            lines = ByteBufUtil.getBytes(out, start, out.writerIndex() - start);
            fields = head.headers();
        }
    }
}
