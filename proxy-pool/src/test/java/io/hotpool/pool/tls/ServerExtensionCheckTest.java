package io.hotpool.pool.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.TlsFatalAlert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server may answer. */
class ServerExtensionCheckTest {
    private static final int LIMIT = 28;

    @Test
    void a_record_size_limit_is_kept_to_and_never_raises_ours() throws Exception {
        assertThat(ServerExtensionCheck.recordSizeLimit(Map.of(), 16384)).isEqualTo(16384);
        assertThat(ServerExtensionCheck.recordSizeLimit(Map.of(LIMIT, new byte[] {0, 64}), 16384))
                .isEqualTo(64);
        assertThat(ServerExtensionCheck.recordSizeLimit(Map.of(LIMIT, new byte[] {(byte) 0xff, 0}), 16384))
                .isEqualTo(16384);
    }

    @Test
    void a_record_size_limit_below_64_or_of_another_form_is_refused() {
        for (byte[] data : new byte[][] {{0, 63}, {}, {64}, {1, 0, 0}}) {
            assertThatThrownBy(() -> ServerExtensionCheck.recordSizeLimit(Map.of(LIMIT, data), 16384))
                    .isInstanceOf(TlsFatalAlert.class)
                    .hasMessageContaining("illegal_parameter");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 27, 34, 41, 43, 44, 45, 51, 17513, 17613, 65037})
    void extensions_of_tls13_are_refused_in_tls12(int type) {
        assertThatThrownBy(() -> ServerExtensionCheck.tls12(Map.of(type, new byte[0])))
                .isInstanceOf(TlsFatalAlert.class)
                .hasMessageContaining("unsupported_extension");
    }

    @ParameterizedTest
    @ValueSource(ints = {11, 23, 34, 35, 65281})
    void extensions_of_tls12_are_refused_in_tls13(int type) {
        assertThatThrownBy(() -> ServerExtensionCheck.tls13(Map.of(type, new byte[0])))
                .isInstanceOf(TlsFatalAlert.class)
                .hasMessageContaining("unsupported_extension");
    }

    @Test
    void the_protocol_is_one_of_those_offered() {
        Set<String> offered = Set.of("h2", "http/1.1");
        assertThatCode(() -> ServerExtensionCheck.alpn(null, offered)).doesNotThrowAnyException();
        assertThatCode(() -> ServerExtensionCheck.alpn(name("h2"), offered)).doesNotThrowAnyException();
        assertThatThrownBy(() -> ServerExtensionCheck.alpn(name("h3"), offered))
                .isInstanceOf(TlsFatalAlert.class)
                .hasMessageContaining("illegal_parameter");
    }

    private static ProtocolName name(String text) {
        return ProtocolName.asRawBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
