package io.hotpool.pool.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectReasonTest {
    @ParameterizedTest
    @CsvSource({
        "'finishConnect(..) failed with error(-111): Connection refused: /127.0.0.1:18090', Connection refused",
        "'finishConnect(..) failed: Connection refused: /[2001:db8:0:0:0:0:0:1]:443', Connection refused",
        "'connect(..) failed with error(-101): Network is unreachable: /192.0.2.1:443', Network is unreachable",
        "'Connection refused: /127.0.0.1:443', Connection refused",
        "'Connection timed out', Connection timed out",
    })
    void a_reason_is_told_in_the_systems_words_alone(String message, String reason) {
        assertThat(TcpRace.reason(new ConnectException(message))).isEqualTo(reason);
    }
}
