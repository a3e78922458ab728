package io.hotpool.server.intercept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LeafNameTest {
    @ParameterizedTest
    @CsvSource({
        "example.com, example.com",
        "WWW.Example.COM, www.example.com",
        "example.com., example.com",
        "localhost, localhost",
        "my_host.internal, my_host.internal",
        "bücher.example, xn--bcher-kva.example",
        "xn--bcher-kva.example, xn--bcher-kva.example",
        "127.0.0.1, 127.0.0.1",
        "::1, ::1",
        "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
    })
    void spellings_of_one_host_are_one_name(String host, String canonical) {
        assertThat(LeafName.of(host).text()).isEqualTo(canonical);
    }

    @Test
    void an_ip_literal_becomes_an_ip_address_and_a_name_a_dns_name() {
        assertThat(LeafName.of("192.0.2.7").address()).containsExactly(192, 0, 2, 7);
        assertThat(LeafName.of("2001:db8::7").address()).hasSize(16);
        assertThat(LeafName.of("192.0.2.7.example").isAddress()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a b", "*.example.com", "a..b", "a/b", "exa\u0000mple.com", "a,b", "a=b"})
    void what_is_no_host_name_is_refused(String host) {
        assertThatThrownBy(() -> LeafName.of(host))
                .isInstanceOfSatisfying(Fault.class, f -> assertThat(f.kind()).isEqualTo(FaultKind.BAD_REQUEST));
    }

    @Test
    void labels_and_names_have_the_lengths_of_dns() {
        String label = "a".repeat(63);
        assertThat(LeafName.of(label + ".example").text()).hasSize(71);
        assertThatThrownBy(() -> LeafName.of("a" + label)).isInstanceOf(Fault.class);
        assertThatThrownBy(() -> LeafName.of((label + ".").repeat(4) + "com")).isInstanceOf(Fault.class);
    }
}
