package io.hotpool.pool.http2;

import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Upkeep;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When WINDOW_UPDATEs leave, as the profile's browser sends them: when enough was taken, and in some browsers for a little
 * too when the last one was long ago. Refills the connection window at once; the credit of a stream is returned by its
 * exchange. Owned by the connection's loop.
 */
final class ReceiveWindows extends DefaultHttp2LocalFlowController {
    private static final float HALF = 0.5f;

    /** Any byte that was taken is below this part of a window. */
    private static final float ANY = Math.nextDown(1f);

    private final Http2Connection connection;
    private final Http2Connection.PropertyKey updated;
    private final float ratio;
    private final long patienceNanos;
    private final LongSupplier nanoTime;

    /** @param window what a stream, and the connection, are opened with */
    ReceiveWindows(Http2Connection connection, Upkeep upkeep, long window, LongSupplier nanoTime) {
        super(connection, ratio(upkeep.windowUpdateStep(), window), true);
        this.connection = connection;
        this.updated = connection.newKey();
        this.ratio = ratio(upkeep.windowUpdateStep(), window);
        this.patienceNanos = TimeUnit.SECONDS.toNanos(upkeep.smallUpdateSeconds());
        this.nanoTime = nanoTime;
        opened(connection.connectionStream());
    }

    private static float ratio(int step, long window) {
        return step > 0 && step < window ? (float) (window - step) / window : HALF;
    }

    /** From now on its last WINDOW_UPDATE grows old. */
    void opened(Http2Stream stream) {
        if (patienceNanos > 0) {
            stream.setProperty(updated, nanoTime.getAsLong());
        }
    }

    @Override
    public void receiveFlowControlledFrame(@Nullable Http2Stream stream, ByteBuf data, int padding, boolean endOfStream)
            throws Http2Exception {
        Http2Stream whole = connection.connectionStream();
        int before = windowSize(whole);
        super.receiveFlowControlledFrame(stream, data, padding, endOfStream);
        int taken = data.readableBytes() + padding;
        if (patienceNanos > 0 && taken > 0) {
            patience(whole, windowSize(whole) > before - taken);
        }
    }

    /** @param stream null when it is no longer known */
    @Override
    public boolean consumeBytes(@Nullable Http2Stream stream, int bytes) throws Http2Exception {
        boolean sent = super.consumeBytes(stream, bytes);
        return patienceNanos > 0 && stream != null && receiving(stream) ? patience(stream, sent) : sent;
    }

    private static boolean receiving(Http2Stream stream) {
        return stream.state() == Http2Stream.State.OPEN || stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL;
    }

    /** True when an update was written. */
    private boolean patience(Http2Stream stream, boolean sent) throws Http2Exception {
        Long last = stream.getProperty(updated);
        if (!sent && (last == null || nanoTime.getAsLong() - last < patienceNanos)) {
            return false;
        }
        if (!sent) {
            windowUpdateRatio(stream, ANY); // writes what is due by it
            windowUpdateRatio(stream, ratio);
        }
        opened(stream);
        return true;
    }
}
