package io.hotpool.pool.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** The handler in an embedded channel: what it does before there is a server, and how it packs what is written. */
class HandlerTest {
    private final Queue<Runnable> jobs = new ArrayDeque<>();
    private final BrowserTls tls = new BrowserTls(
            BrowserTls.Config.DEFAULTS, jobs::add, TrustRoots.only(List.of()), java.time.Clock.systemUTC());

    @Test
    void the_hello_is_made_on_the_crypto_executor_and_sent_as_one_record() {
        EmbeddedChannel channel = new EmbeddedChannel(handler());
        assertThat(channel.outboundMessages()).isEmpty();

        runJobs(channel);

        ByteBuf hello = channel.readOutbound();
        assertThat(hello.getUnsignedByte(0)).isEqualTo((short) 22);
        assertThat(hello.getUnsignedShort(1)).isEqualTo(0x0301);
        assertThat(hello.readableBytes()).isEqualTo(5 + hello.getUnsignedShort(3));
        hello.release();
        channel.finishAndReleaseAll();
    }

    @Test
    void an_answer_without_tls_is_a_fault() {
        EmbeddedChannel channel = started();

        Fault fault = faultAfter(channel, "HTTP/1.1 400 Bad Request\r\n");
        assertThat(fault.kind()).isEqualTo(FaultKind.TLS_FAILED);
        assertThat(fault.detail()).contains("not TLS");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void an_alert_instead_of_a_hello_is_a_fault_with_its_name() {
        EmbeddedChannel channel = started();

        Fault fault = faultAfter(channel, "\u0015\u0003\u0003\u0000\u0002\u0002\u0028");
        assertThat(fault.detail()).contains("refused").contains("handshake_failure (40)");
    }

    @Test
    void an_old_version_is_refused() {
        EmbeddedChannel channel = started();
        WireOutput body = new WireOutput()
                .u16(0x0302)
                .raw(new byte[32])
                .vector8(new byte[0])
                .u16(0xc013)
                .u8(0);
        WireOutput message = new WireOutput().u8(2).u24(body.size()).raw(body.toByteArray());
        byte[] record = new WireOutput()
                .u8(22)
                .u16(0x0302)
                .vector16(message.toByteArray())
                .toByteArray();

        Fault fault = faultAfter(channel, new String(record, StandardCharsets.ISO_8859_1));
        assertThat(fault.kind()).isEqualTo(FaultKind.TLS_FAILED);
        assertThat(fault.detail()).contains("too old").contains("protocol_version (70)");
    }

    @Test
    void a_downgrade_is_refused() {
        EmbeddedChannel channel = started();
        byte[] random = new byte[32];
        System.arraycopy("DOWNGRD\u0001".getBytes(StandardCharsets.ISO_8859_1), 0, random, 24, 8);
        WireOutput body = new WireOutput()
                .u16(0x0303)
                .raw(random)
                .vector8(new byte[0])
                .u16(0xc02f)
                .u8(0);
        WireOutput message = new WireOutput().u8(2).u24(body.size()).raw(body.toByteArray());
        byte[] record = new WireOutput()
                .u8(22)
                .u16(0x0303)
                .vector16(message.toByteArray())
                .toByteArray();

        Fault fault = faultAfter(channel, new String(record, StandardCharsets.ISO_8859_1));
        assertThat(fault.detail()).contains("illegal_parameter (47)");
    }

    @Test
    void a_protocol_that_was_not_offered_is_refused() {
        EmbeddedChannel channel = started();
        byte[] alpn = new WireOutput()
                .u16(16)
                .u16(7)
                .u16(5)
                .vector8("spdy".getBytes(StandardCharsets.US_ASCII))
                .toByteArray();
        WireOutput body = new WireOutput()
                .u16(0x0303)
                .raw(new byte[32])
                .vector8(new byte[0])
                .u16(0xc02f)
                .u8(0)
                .vector16(alpn);
        WireOutput message = new WireOutput().u8(2).u24(body.size()).raw(body.toByteArray());
        byte[] record = new WireOutput()
                .u8(22)
                .u16(0x0303)
                .vector16(message.toByteArray())
                .toByteArray();

        Fault fault = faultAfter(channel, new String(record, StandardCharsets.ISO_8859_1));
        assertThat(fault.detail()).contains("'spdy', which was not offered");
    }

    @Test
    void a_close_of_our_own_in_the_handshake_is_no_fault() {
        EmbeddedChannel channel = started();
        Throwable[] seen = new Throwable[1];
        channel.pipeline().addLast(new io.netty.channel.ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(io.netty.channel.ChannelHandlerContext context, Throwable cause) {
                assertThat(seen[0]).isNull();
                seen[0] = cause;
            }
        });
        channel.close();

        channel.runPendingTasks();
        channel.finishAndReleaseAll();
        assertThat(seen[0]).isNull();
    }

    @Test
    void a_full_crypto_executor_is_a_fault() {
        BrowserTls full = new BrowserTls(
                BrowserTls.Config.DEFAULTS,
                job -> {
                    throw new RejectedExecutionException();
                },
                TrustRoots.only(List.of()),
                java.time.Clock.systemUTC());
        EmbeddedChannel channel =
                new EmbeddedChannel(full.handlerFor(TlsClientFixture.request(TlsClientFixture.CHROMIUM, 443)));

        assertThat(fault(channel).kind()).isEqualTo(FaultKind.POOL_EXHAUSTED);
    }

    @Test
    void what_is_written_before_the_end_of_the_handshake_waits_and_fails_with_it() {
        EmbeddedChannel channel = started();
        ByteBuf data = Unpooled.copiedBuffer("early", StandardCharsets.US_ASCII);
        ChannelFuture write = channel.writeAndFlush(data);
        assertThat(channel.outboundMessages()).isEmpty();

        Fault fault = faultAfter(channel, "rubbish");
        assertThat(write.cause()).isSameAs(fault);
        assertThat(data.refCnt()).isZero();
    }

    @Test
    void small_writes_share_a_record_large_ones_are_cut_and_an_empty_one_ends_it() {
        RecordLayer records = new Tls13Records(
                new RecordKeys.Tls13(AeadSuite.AES_128_GCM, Hkdf.SHA256, new byte[32], new byte[32]), 16384);
        PlaintextQueue queue = new PlaintextQueue();
        EmbeddedChannel channel = new EmbeddedChannel(new io.netty.channel.ChannelDuplexHandler());
        io.netty.channel.ChannelHandlerContext context = channel.pipeline().firstContext();
        ChannelFuture[] writes = new ChannelFuture[5];
        int[] sizes = {20, 300, 0, 40_000, 0};
        for (int i = 0; i < sizes.length; i++) {
            io.netty.channel.ChannelPromise promise = context.newPromise();
            writes[i] = promise;
            queue.add(Unpooled.wrappedBuffer(new byte[sizes[i]]), promise);
        }
        queue.drain(context, records);
        context.flush();

        int[] lengths = new int[4];
        for (int i = 0; i < 4; i++) {
            ByteBuf record = channel.readOutbound();
            lengths[i] = record.readableBytes() - 22;
            record.release();
        }
        assertThat(lengths).containsExactly(320, 16384, 16384, 40_000 - 2 * 16384);
        assertThat(channel.outboundMessages()).isEmpty();
        assertThat(writes).allMatch(ChannelFuture::isSuccess);
        channel.finishAndReleaseAll();
    }

    private io.netty.channel.ChannelHandler handler() {
        return tls.handlerFor(TlsClientFixture.request(TlsClientFixture.CHROMIUM, 443));
    }

    private EmbeddedChannel started() {
        EmbeddedChannel channel = new EmbeddedChannel(handler());
        runJobs(channel);
        ByteBuf hello = channel.readOutbound();
        hello.release();
        return channel;
    }

    private Fault faultAfter(EmbeddedChannel channel, String bytes) {
        try {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
            runJobs(channel);
        } catch (Fault fault) {
            return fault;
        }
        return fault(channel);
    }

    private static Fault fault(EmbeddedChannel channel) {
        Fault fault = org.assertj.core.api.Assertions.catchThrowableOfType(Fault.class, channel::checkException);
        assertThat(fault).as("a fault").isNotNull();
        channel.finishAndReleaseAll();
        return fault;
    }

    private void runJobs(EmbeddedChannel channel) {
        Runnable job;
        while ((job = jobs.poll()) != null) {
            job.run();
            channel.runPendingTasks();
        }
    }
}
