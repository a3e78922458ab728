package io.hotpool.pool.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.Set;
import java.util.zip.DeflaterOutputStream;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompressedCertificateTest {
    private static final Set<Integer> ALL = Set.of(1, 2, 3);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void what_was_compressed_comes_back(int algorithm) throws IOException {
        byte[] certificate = new byte[5000];
        new Random(1).nextBytes(certificate);

        assertThat(CompressedCertificate.decode(message(algorithm, 5000, compress(algorithm, certificate)), ALL))
                .isEqualTo(certificate);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void a_length_that_is_not_true_is_refused(int algorithm) throws IOException {
        byte[] compressed = compress(algorithm, new byte[5000]);

        refused(message(algorithm, 4999, compressed), ALL);
        refused(message(algorithm, 5001, compressed), ALL);
        refused(message(algorithm, 0, compressed), ALL);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void a_bomb_is_not_inflated(int algorithm) throws IOException {
        byte[] bomb = compress(algorithm, new byte[64 << 20]);

        refused(message(algorithm, 0xffffff, bomb), ALL);
        refused(message(algorithm, CompressedCertificate.LIMIT, bomb), ALL);

        long before = allocated();
        refused(message(algorithm, CompressedCertificate.LIMIT, bomb), ALL);
        // Brotli's decoder takes the window that the stream announces, and gives it back.
        int window = algorithm == CompressedCertificate.BROTLI ? 4 << 20 : 0;
        assertThat(allocated() - before).as("bytes of heap, while it lasts").isLessThan(window + (1 << 20));
    }

    /** By this thread since it began. */
    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void an_algorithm_that_was_not_offered_is_refused(int algorithm) throws IOException {
        refused(message(algorithm, 100, compress(algorithm, new byte[100])), Set.of());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void rubbish_is_refused(int algorithm) {
        byte[] rubbish = new byte[300];
        new Random(2).nextBytes(rubbish);

        refused(message(algorithm, 1000, rubbish), Set.of(1, 2, 3, 4));
    }

    @Test
    void bytes_after_the_message_are_refused() throws IOException {
        byte[] message = message(1, 100, compress(1, new byte[100]));
        TlsFatalAlert alert = catchThrowableOfType(
                TlsFatalAlert.class,
                () -> CompressedCertificate.decode(java.util.Arrays.copyOf(message, message.length + 1), ALL));

        assertThat(alert.getAlertDescription()).isEqualTo(AlertDescription.decode_error);
    }

    private static void refused(byte[] message, Set<Integer> offered) {
        TlsFatalAlert alert =
                catchThrowableOfType(TlsFatalAlert.class, () -> CompressedCertificate.decode(message, offered));

        assertThat(alert).as("refused").isNotNull();
        assertThat(alert.getAlertDescription()).isEqualTo(AlertDescription.bad_certificate);
    }

    private static byte[] message(int algorithm, int length, byte[] compressed) {
        return new WireOutput()
                .u16(algorithm)
                .u24(length)
                .u24(compressed.length)
                .raw(compressed)
                .toByteArray();
    }

    static byte[] compress(int algorithm, byte[] data) throws IOException {
        switch (algorithm) {
            case CompressedCertificate.BROTLI -> {
                Brotli4jLoader.ensureAvailability();
                return Encoder.compress(data);
            }
            case CompressedCertificate.ZSTD -> {
                return Zstd.compress(data);
            }
            default -> {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                try (OutputStream deflater = new DeflaterOutputStream(out)) {
                    deflater.write(data);
                }
                return out.toByteArray();
            }
        }
    }
}
