package io.hotpool.wire.soak;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController.FlowControlled;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The origins of the soak send what browsers ask for in any order, and never fail over it. */
class SoakOriginTest {
    private static final int RUNS = 300;
    private static final int STEPS = 400;
    private static final int[] WEIGHTS = {256, 220, 183, 147, 110};

    private final DefaultHttp2Connection connection = new DefaultHttp2Connection(true);
    private final DefaultHttp2RemoteFlowController sending = SoakOrigin.sending(connection);
    private final Map<Integer, Short> open = new LinkedHashMap<>();
    private Random random = new Random();
    private int next = 1;

    @Test
    void streams_that_depend_on_each_other_as_a_browsers_do_are_all_sent() throws Exception {
        for (int seed = 0; seed < RUNS; seed++) {
            new SoakOriginTest().run(new Random(seed));
        }
    }

    private void run(Random draws) throws Http2Exception {
        random = draws;
        connection.remote().flowController(sending);
        EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
        sending.channelHandlerContext(channel.pipeline().firstContext());
        for (int step = 0; step < STEPS; step++) {
            int what = random.nextInt(10);
            if (what < 5) {
                request();
            } else if (what < 7 && !open.isEmpty()) {
                Http2Stream stream = connection.stream(any());
                if (what == 5 && !sending.hasFlowControlled(stream)) {
                    answer(stream);
                } else if (what == 6) {
                    close(stream);
                }
            } else {
                sending.incrementWindowSize(connection.connectionStream(), 1 << 20);
                sending.writePendingBytes();
            }
        }
        channel.finishAndReleaseAll();
    }

    private int any() {
        return open.keySet().stream()
                .skip(random.nextInt(open.size()))
                .findFirst()
                .orElseThrow();
    }

    /** Depends, exclusively, on the newest open stream of the same weight or the next higher one. */
    private void request() throws Http2Exception {
        short weight = (short) WEIGHTS[random.nextInt(WEIGHTS.length)];
        int on = 0;
        for (Map.Entry<Integer, Short> other : open.entrySet()) {
            if (other.getValue() >= weight && (on == 0 || other.getValue() <= open.get(on))) {
                on = other.getKey();
            }
        }
        Http2Stream stream = connection.remote().createStream(next, false);
        sending.updateDependencyTree(next, on, weight, true);
        open.put(next, weight);
        next += 2;
        if (random.nextInt(10) < 8) {
            answer(stream);
        }
    }

    private void close(Http2Stream stream) {
        open.remove(stream.id());
        stream.close();
    }

    private void answer(Http2Stream stream) {
        sending.addFlowControlled(stream, new FlowControlled() {
            private int left = 1 + random.nextInt(200_000);

            @Override
            public int size() {
                return left;
            }

            @Override
            public void write(ChannelHandlerContext ctx, int allowed) {
                left -= Math.min(allowed, left);
            }

            @Override
            public void writeComplete() {
                close(stream);
            }

            @Override
            public void error(ChannelHandlerContext ctx, Throwable cause) {
                // Its stream was closed before it was all sent.
            }

            @Override
            public boolean merge(ChannelHandlerContext ctx, FlowControlled following) {
                return false;
            }
        });
    }
}
