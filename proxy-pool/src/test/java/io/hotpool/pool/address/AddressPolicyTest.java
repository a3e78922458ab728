package io.hotpool.pool.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {
    private static final InetSocketAddress OWN = new InetSocketAddress(NetUtil.LOCALHOST4, 8080);

    @ParameterizedTest
    @CsvSource({
        "127.1, 127.0.0.1",
        "0x7f.1, 127.0.0.1",
        "0x7f000001, 127.0.0.1",
        "2130706433, 127.0.0.1",
        "017700000001, 127.0.0.1",
        "127.0.0.1., 127.0.0.1",
        "0, 0.0.0.0",
        "0x, 0.0.0.0",
        "192.0.2.0xff, 192.0.2.255",
        "1.65535, 1.0.255.255",
        "::1, ::1",
        "::ffff:127.0.0.1, 127.0.0.1",
        "64:ff9b::7f00:1, 64:ff9b::7f00:1"
    })
    void a_literal_in_any_form_is_the_address_it_dials(String host, String address) {
        InetAddress expected = IpLiteral.address(NetUtil.createByteArrayFromIpAddressString(address));
        assertThat(IpLiteral.parse(host)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.2.3.4.5",
                "256.256.256.256",
                "08",
                "1.2.3.0x1g.1",
                "4294967296",
                "a.1",
                "1..2",
                "fe80::1%eth0",
                "::g"
            })
    void what_ends_in_a_number_but_is_no_address_is_not_resolved(String host) {
        assertThatThrownBy(() -> IpLiteral.parse(host)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.com", "1.example", "0x7f.example.", "localhost", "a-1"})
    void names_are_names(String host) {
        assertThat(IpLiteral.parse(host)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, LOOPBACK",
        "127.255.0.9, LOOPBACK",
        "0.0.0.0, LOOPBACK",
        "::, LOOPBACK",
        "::1, LOOPBACK",
        "::ffff:127.0.0.1, LOOPBACK",
        "64:ff9b::7f00:1, LOOPBACK",
        "2002:7f00:1::, LOOPBACK",
        "::127.0.0.1, LOOPBACK",
        "169.254.1.1, LINK_LOCAL",
        "fe80::1, LINK_LOCAL",
        "169.254.169.254, METADATA",
        "64:ff9b::a9fe:a9fe, METADATA",
        "::ffff:169.254.169.254, METADATA",
        "fd00:ec2::254, METADATA",
        "100.100.100.200, METADATA",
        "168.63.129.16, METADATA",
        "10.1.2.3, PRIVATE",
        "172.31.0.1, PRIVATE",
        "172.32.0.1, PUBLIC",
        "192.168.0.1, PRIVATE",
        "100.64.0.1, PRIVATE",
        "fd12::1, PRIVATE",
        "64:ff9b:1::a00:1, PRIVATE",
        "224.0.0.1, RESERVED",
        "255.255.255.255, RESERVED",
        "ff02::1, RESERVED",
        "0.1.2.3, RESERVED",
        "8.8.8.8, PUBLIC",
        "64:ff9b::808:808, PUBLIC",
        "2606:4700::1111, PUBLIC"
    })
    void every_address_has_its_class(String address, AddressClass expected) {
        assertThat(AddressClass.of(ip(address))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::", "64:ff9b::7f00:1", "::ffff:127.0.0.1"})
    void an_own_listener_is_refused_in_every_form_even_where_private_addresses_are_allowed(String address) {
        assertThat(AddressPolicy.of(List.of(OWN), true).refusal(ip(address), 8080))
                .contains("own listener");
        assertThat(AddressPolicy.of(List.of(OWN), true).refusal(ip(address), 8081))
                .isNull();
    }

    @Test
    void a_listener_on_all_addresses_is_refused_on_each_of_them() {
        AddressPolicy policy = AddressPolicy.of(List.of(new InetSocketAddress(ip("0.0.0.0"), 8080)), true);
        assertThat(policy.refusal(ip("127.0.0.1"), 8080)).contains("own listener");
        assertThat(policy.refusal(ip("::1"), 8080)).contains("own listener");
        assertThat(policy.refusal(ip("192.0.2.1"), 8080)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "64:ff9b::a9fe:a9fe", "fe80::1", "169.254.0.1", "fd00:ec2::254"})
    void link_local_and_metadata_are_refused_always(String address) {
        assertThat(AddressPolicy.of(List.of(), true).refusal(ip(address), 80)).isNotNull();
        assertThat(AddressPolicy.of(List.of(), false).refusal(ip(address), 80)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.0.0.1", "100.64.0.1", "fd12::1", "0.0.0.0", "::1"})
    void private_addresses_are_a_choice(String address) {
        assertThat(AddressPolicy.of(List.of(OWN), true).refusal(ip(address), 80))
                .isNull();
        assertThat(AddressPolicy.of(List.of(OWN), false).refusal(ip(address), 80))
                .isNotNull();
        assertThat(AddressPolicy.of(List.of(OWN), false).refusal(ip(address), 8080))
                .isNotNull();
    }

    @Test
    void public_addresses_are_allowed() {
        assertThat(AddressPolicy.of(List.of(OWN), false).refusal(ip("8.8.8.8"), 8080))
                .isNull();
    }

    private static InetAddress ip(String text) {
        return IpLiteral.address(NetUtil.createByteArrayFromIpAddressString(text));
    }
}
