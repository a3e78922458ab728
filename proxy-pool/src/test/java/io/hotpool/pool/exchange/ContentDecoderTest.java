package io.hotpool.pool.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentDecoderTest {
    private static final byte[] TEXT = text();

    private static byte[] text() {
        byte[] bytes = new byte[300_000];
        Random random = new Random(1);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ('a' + random.nextInt(20));
        }
        return bytes;
    }

    /** Takes everything, and notes how much of the origin's credit comes back. */
    private static final class Taker implements DecodedBody.Receiver {
        final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        final List<Fault> faults = new ArrayList<>();
        int ends;
        long credit;
        boolean greedy = true;
        DecodedBody body;

        @Override
        public void decoded(ByteBuf piece) {
            assertThat(piece.readableBytes()).isBetween(1, ContentDecoder.PIECE);
            byte[] bytes = new byte[piece.readableBytes()];
            piece.readBytes(bytes);
            piece.release();
            taken.writeBytes(bytes);
            if (greedy) {
                body.consumed(bytes.length);
            }
        }

        @Override
        public void decodedEnd(HeaderList trailers) {
            ends++;
        }

        @Override
        public void decodingFailed(Fault fault) {
            faults.add(fault);
        }
    }

    /** @param coding one, or several in the order they were applied: {@code gzip, br} */
    private static Taker taker(String coding) {
        Taker taker = new Taker();
        List<String> outermostFirst = new ArrayList<>(List.of(coding.split(", ")));
        Collections.reverse(outermostFirst);
        ContentDecoder decoder = ContentDecoders.of(outermostFirst);
        taker.body = new DecodedBody(decoder, taker, n -> taker.credit += n);
        return taker;
    }

    private static Taker decode(String coding, byte[] coded, int step) {
        Taker taker = taker(coding);
        for (int at = 0; at < coded.length; at += step) {
            taker.body.data(Unpooled.copiedBuffer(coded, at, Math.min(step, coded.length - at)));
        }
        taker.body.end(new HeaderList());
        taker.body.close();
        return taker;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip",
                "x-gzip",
                "deflate",
                "raw deflate",
                "br",
                "zstd",
                "gzip, br",
                "br, gzip",
                "zstd, deflate",
                "br, br",
                "gzip, zstd, deflate, br, gzip"
            })
    void a_coding_is_undone_however_its_bytes_are_cut(String coding) throws Exception {
        for (int step : new int[] {1, 7, 1000, Integer.MAX_VALUE / 2}) {
            byte[] text = step < 1000 ? Arrays.copyOf(TEXT, 5000) : TEXT;
            byte[] coded = encode(coding, text);
            Taker taker = decode(coding.replace("raw ", ""), coded, step);
            assertThat(taker.faults).isEmpty();
            assertThat(taker.taken.toByteArray()).isEqualTo(text);
            assertThat(taker.ends).isEqualTo(1);
            assertThat(taker.credit).isEqualTo(coded.length);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "br", "zstd", "gzip, br", "zstd, gzip"})
    void a_cut_body_is_a_fault(String coding) throws Exception {
        byte[] coded = encode(coding, TEXT);
        for (int cut : new int[] {coded.length - 1, coded.length / 2, 3}) {
            Taker taker = decode(coding, Arrays.copyOf(coded, cut), 1000);
            assertThat(taker.ends).isZero();
            assertThat(taker.faults).hasSize(1);
            assertThat(taker.faults.get(0).kind()).isEqualTo(FaultKind.UPSTREAM_DECODING);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "br", "zstd"})
    void bytes_of_no_coding_are_a_fault(String coding) {
        Taker taker = decode(coding, "<html>this is not coded at all</html>".getBytes(StandardCharsets.US_ASCII), 5);
        assertThat(taker.ends).isZero();
        assertThat(taker.faults).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "br", "zstd", "gzip, br", "br, br", "zstd, gzip"})
    void a_bomb_is_decoded_only_as_far_as_the_client_takes_it(String coding) throws Exception {
        byte[] bomb = encode(coding, new byte[64 << 20]);
        assertThat(bomb.length).isLessThan(100_000);
        Taker taker = taker(coding);
        taker.greedy = false;
        taker.body.data(Unpooled.copiedBuffer(bomb));
        taker.body.end(new HeaderList());
        assertThat(taker.taken.size()).isBetween(RequestSink.CREDIT, RequestSink.CREDIT + ContentDecoder.PIECE);
        assertThat(taker.ends).isZero();
        taker.body.consumed(100_000);
        assertThat(taker.taken.size())
                .isBetween(RequestSink.CREDIT + 100_000, RequestSink.CREDIT + 100_000 + ContentDecoder.PIECE);
        taker.body.close();
    }

    @Test
    void gzip_members_follow_each_other_and_padding_is_ignored() throws Exception {
        ByteArrayOutputStream coded = new ByteArrayOutputStream();
        coded.writeBytes(encode("gzip", "one ".getBytes(StandardCharsets.US_ASCII)));
        coded.writeBytes(encode("gzip", "two".getBytes(StandardCharsets.US_ASCII)));
        coded.writeBytes(new byte[20]);
        for (int step : new int[] {1, 1000}) {
            Taker taker = decode("gzip", coded.toByteArray(), step);
            assertThat(taker.taken.toString(StandardCharsets.US_ASCII)).isEqualTo("one two");
            assertThat(taker.ends).isEqualTo(1);
        }
    }

    @Test
    void a_gzip_header_with_everything_in_it_is_read() throws Exception {
        byte[] plain = encode("gzip", "x".getBytes(StandardCharsets.US_ASCII));
        ByteArrayOutputStream coded = new ByteArrayOutputStream();
        coded.write(plain, 0, 3);
        coded.write(2 + 4 + 8 + 16);
        coded.write(plain, 4, 6);
        coded.writeBytes(new byte[] {3, 0, 'a', 'b', 'c'});
        coded.writeBytes("name\0comment\0".getBytes(StandardCharsets.US_ASCII));
        coded.writeBytes(new byte[] {1, 2});
        coded.write(plain, 10, plain.length - 10);
        for (int step : new int[] {1, 2, 3, 1000}) {
            assertThat(decode("gzip", coded.toByteArray(), step).taken.toString(StandardCharsets.US_ASCII))
                    .isEqualTo("x");
        }
    }

    @Test
    void a_wrong_gzip_checksum_is_a_fault() throws Exception {
        byte[] coded = encode("gzip", TEXT);
        coded[coded.length - 6] ^= 1;
        assertThat(decode("gzip", coded, 1000).faults).hasSize(1);
    }

    @Test
    void a_zstd_window_of_more_than_8_mib_is_refused_before_it_is_made() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZstdOutputStream zstd = new ZstdOutputStream(out)) {
            zstd.setLong(27);
            zstd.write(TEXT);
        }
        Taker taker = decode("zstd", out.toByteArray(), 1);
        assertThat(taker.faults).hasSize(1);
        assertThat(taker.faults.get(0).detail()).contains("8 MiB");
    }

    @Test
    void bytes_behind_the_end_of_brotli_are_a_fault() throws Exception {
        byte[] coded = encode("br", TEXT);
        assertThat(decode("br", Arrays.copyOf(coded, coded.length + 3), 1000).faults)
                .hasSize(1);
    }

    @Test
    void unknown_codings_have_no_decoder() {
        assertThat(ContentDecoders.of("dcz")).isNull();
        assertThatThrownBy(() -> {
                    throw ContentDecoder.broken("br", null);
                })
                .isInstanceOf(Fault.class);
    }

    @Test
    void an_inner_coding_may_be_cut_though_the_outer_one_is_whole() throws Exception {
        byte[] inner = encode("gzip", TEXT);
        byte[] coded = encode("br", Arrays.copyOf(inner, inner.length / 2));
        Taker taker = decode("gzip, br", coded, 1000);
        assertThat(taker.ends).isZero();
        assertThat(taker.faults).hasSize(1);
    }

    /** Zeros behind gzip's end stand for nothing: compressed themselves they would cost much work and no bytes. */
    @Test
    void a_bomb_of_padding_inside_of_another_coding_is_a_fault() throws Exception {
        byte[] padded = Arrays.copyOf(encode("gzip", TEXT), 64 << 20);
        Taker taker = decode("gzip, br", encode("br", padded), 1 << 20);
        assertThat(taker.taken.toByteArray()).isEqualTo(TEXT);
        assertThat(taker.ends).isZero();
        assertThat(taker.faults).hasSize(1);
        assertThat(taker.faults.get(0).detail()).contains("stand for nothing");
    }

    @Test
    void more_than_five_codings_and_unknown_ones_are_refused() {
        assertThatThrownBy(() -> ContentDecoders.of(Collections.nCopies(6, "gzip")))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("at most 5");
        assertThatThrownBy(() -> ContentDecoders.of(List.of("br", "dcz")))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("dcz");
    }

    private static byte[] encode(String codings, byte[] bytes) throws IOException {
        byte[] coded = bytes;
        for (String coding : codings.split(", ")) {
            coded = encodeOnce(coding, coded);
        }
        return coded;
    }

    private static byte[] encodeOnce(String coding, byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (coding) {
            case "gzip", "x-gzip" -> {
                try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                    gzip.write(bytes);
                }
            }
            case "deflate", "raw deflate" -> {
                Deflater deflater = new Deflater(6, coding.startsWith("raw"));
                try (DeflaterOutputStream deflate = new DeflaterOutputStream(out, deflater)) {
                    deflate.write(bytes);
                }
                deflater.end();
            }
            case "br" -> {
                Brotli4jLoader.ensureAvailability();
                out.writeBytes(Encoder.compress(bytes, new Encoder.Parameters().setQuality(5)));
            }
            default -> out.writeBytes(Zstd.compress(bytes, 3));
        }
        return out.toByteArray();
    }
}
