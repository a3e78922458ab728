package io.hotpool.pool.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class EncryptedExtensionsTest {
    @Test
    void record_size_limit_is_set_apart_and_the_rest_keeps_its_order() {
        EncryptedExtensions read = read("0011 0000 0000 001c 0002 4001 0010 0003 026832");

        assertThat(read.recordSizeLimit()).containsExactly(0x40, 0x01);
        assertThat(read.withoutRecordSizeLimit()).isEqualTo(hex("000b 0000 0000 0010 0003 026832"));
    }

    @Test
    void a_second_one_stays_and_is_refused_later() {
        EncryptedExtensions read = read("000c 001c 0002 4001 001c 0002 4001");

        assertThat(read.withoutRecordSizeLimit()).isEqualTo(hex("0006 001c 0002 4001"));
    }

    @Test
    void without_one_or_when_it_cannot_be_read_nothing_is_changed() {
        for (String message : new String[] {"0000", "0004 0000 0000", "0006 001c 0009 4001", "00"}) {
            EncryptedExtensions read = read(message);

            assertThat(read.recordSizeLimit()).isNull();
            assertThat(read.withoutRecordSizeLimit()).isEqualTo(hex(message));
        }
    }

    private static EncryptedExtensions read(String message) {
        return EncryptedExtensions.read(hex(message));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }
}
