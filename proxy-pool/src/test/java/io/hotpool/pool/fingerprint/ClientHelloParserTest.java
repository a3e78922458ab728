package io.hotpool.pool.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClientHelloParserTest {
    private static final byte[] RECORD = ReferenceFiles.bytes(
            ReferenceFiles.read("clients/chromium-156.json").at("/tls/cases/fresh/samples/0"));

    @Test
    void a_hello_is_read_with_or_without_its_record() {
        ClientHello inRecord = ClientHelloParser.parse(RECORD);
        ClientHello bare = ClientHelloParser.parse(Arrays.copyOfRange(RECORD, 5, RECORD.length));
        assertThat(inRecord.recordVersion()).isEqualTo(0x0301);
        assertThat(bare.recordVersion()).isEqualTo(-1);
        assertThat(Ja4.rawOriginal(bare)).isEqualTo(Ja4.rawOriginal(inRecord));
        assertThat(inRecord.serverName()).get().asString().endsWith("example.com");
        assertThat(inRecord.keyShareGroups()).hasSize(3).endsWith(0x11ec, 29);
        assertThat(inRecord.sessionId()).hasSize(32);
    }

    @Test
    void a_hello_may_be_split_over_records() {
        byte[] first = Arrays.copyOfRange(RECORD, 5, 105);
        byte[] second = Arrays.copyOfRange(RECORD, 105, RECORD.length);
        HexFormat hex = HexFormat.of();
        String split = "1603010064" + hex.formatHex(first) + "160301" + hex.toHexDigits((short) second.length)
                + hex.formatHex(second);
        assertThat(Ja4.text(ClientHelloParser.parse(hex.parseHex(split))))
                .isEqualTo(Ja4.text(ClientHelloParser.parse(RECORD)));
    }

    @Test
    void every_truncation_is_refused() {
        for (int length = 0; length < RECORD.length; length++) {
            byte[] cut = Arrays.copyOf(RECORD, length);
            assertThatThrownBy(() -> ClientHelloParser.parse(cut)).isInstanceOf(MalformedInputException.class);
        }
    }

    @Test
    void a_byte_too_many_is_refused() {
        byte[] longer = Arrays.copyOfRange(RECORD, 5, RECORD.length + 1);
        assertThatThrownBy(() -> ClientHelloParser.parse(longer))
                .isInstanceOf(MalformedInputException.class)
                .hasMessage("hello: 1 bytes too many");
    }

    @Test
    void a_declared_length_of_16_mib_is_refused_unread() {
        assertThatThrownBy(() -> ClientHelloParser.parse(HexFormat.of().parseHex("01ffffff0303")))
                .hasMessage("hello length: 16777215 (at most 65536)");
    }

    @Test
    void what_is_no_hello_is_named() {
        assertThatThrownBy(() -> ClientHelloParser.parse(HexFormat.of().parseHex("0200000000")))
                .hasMessageContaining("handshake type: 2");
        assertThatThrownBy(() -> ClientHelloParser.parse("GET / HTTP/1.1".getBytes()))
                .isInstanceOf(MalformedInputException.class);
        assertThatThrownBy(() -> ClientHelloParser.parse(new byte[0])).isInstanceOf(MalformedInputException.class);
    }

    @Test
    void an_extension_that_comes_twice_is_refused() {
        String body = "0303" + "00".repeat(32) + "00" + "00021301" + "0100" + "0008" + "00170000" + "00170000";
        String message = "0100" + HexFormat.of().toHexDigits((short) (body.length() / 2)) + body;
        assertThatThrownBy(() -> ClientHelloParser.parse(HexFormat.of().parseHex(message)))
                .hasMessage("extension 23: comes twice");
    }

    @Test
    void damaged_bytes_end_in_a_refusal_or_a_hello_and_in_nothing_else() {
        Random random = new Random(42);
        for (int i = 0; i < 5_000; i++) {
            byte[] damaged = RECORD.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                FingerprintReport.of(ClientHelloParser.parse(damaged));
            } catch (MalformedInputException expected) {
                assertThat(expected).hasMessageMatching("(?s).+: .+");
            }
        }
    }
}
