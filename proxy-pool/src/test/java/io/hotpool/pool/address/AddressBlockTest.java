package io.hotpool.pool.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.NetUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressBlockTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.1.2, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "10.0.0.0/8, 64:ff9b::a01:203, true",
        "10.0.0.0/8, 2002:a01:203::1, true",
        "::ffff:10.0.0.0/104, 10.9.9.9, true",
        "64:ff9b::a01:203, 10.1.2.3, true",
        "192.0.2.4, 192.0.2.4, true",
        "192.0.2.4, 192.0.2.5, false",
        "2001:db8::/32, 2001:db8:1::1, true",
        "2001:db8::/32, 2001:db9::1, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "::/0, 2001:db8::1, true",
        "10.1.2.3/8, 10.200.0.1, true",
    })
    void blocks_hold_addresses_of_both_families_in_every_form(String block, String address, boolean inside) {
        assertThat(AddressBlock.parse(block).contains(NetUtil.createInetAddressFromIpAddressString(address)))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "example.com", "2001:db8::/129", "1.2.3"})
    void what_is_no_block_is_refused(String text) {
        assertThatThrownBy(() -> AddressBlock.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void equal_blocks_are_equal_however_they_are_written() {
        assertThat(AddressBlock.parse("::ffff:10.1.0.0/112")).isEqualTo(AddressBlock.parse("10.1.2.3/16"));
        assertThat(AddressBlock.parse("10.1.2.3/16")).hasToString("10.1.0.0/16");
        assertThat(AddressBlock.parse("2001:db8::1")).hasToString("2001:db8::1");
    }
}
