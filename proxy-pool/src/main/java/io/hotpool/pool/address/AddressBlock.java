package io.hotpool.pool.address;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Arrays;

/**
 * A block of addresses: {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or a single address. IPv6 forms that carry an IPv4
 * address (mapped, compatible, NAT64, 6to4) count as what they carry, on both sides.
 */
public record AddressBlock(InetAddress network, int prefix) {
    private static final int MAPPED = 96;

    public AddressBlock {
        int bits = 8 * network.getAddress().length;
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException(
                    NetUtil.toAddressString(network) + "/" + prefix + ": the prefix length must be 0 to " + bits);
        }
        InetAddress plain = AddressClass.plain(network);
        if (plain != network && prefix == bits) {
            network = plain;
            prefix = 8 * plain.getAddress().length;
        }
        network = IpLiteral.address(masked(network.getAddress(), prefix));
    }

    /** @throws IllegalArgumentException naming what is wrong */
    public static AddressBlock parse(String text) {
        int slash = text.indexOf('/');
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
        String length = slash < 0 ? "" : text.substring(slash + 1);
        if (bytes == null || slash >= 0 && !length.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("'" + text + "' is not an address or a CIDR block such as 10.0.0.0/8");
        }
        InetAddress network = IpLiteral.address(bytes);
        int prefix = slash < 0 ? 8 * bytes.length : Integer.parseInt(length);
        boolean mapped = network.getAddress().length < bytes.length; // ::ffff:10.0.0.0/104 is 10.0.0.0/8
        return new AddressBlock(network, mapped ? prefix - MAPPED : prefix);
    }

    public static AddressBlock of(InetAddress address) {
        return new AddressBlock(address, 8 * address.getAddress().length);
    }

    private static byte[] masked(byte[] bytes, int prefix) {
        byte[] masked = Arrays.copyOf(bytes, bytes.length);
        for (int bit = prefix; bit < 8 * bytes.length; bit++) {
            masked[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
        }
        return masked;
    }

    public boolean contains(InetAddress address) {
        return covers(address.getAddress())
                || covers(AddressClass.plain(address).getAddress());
    }

    private boolean covers(byte[] address) {
        byte[] own = network.getAddress();
        return address.length == own.length && Arrays.equals(masked(address, prefix), own);
    }

    public boolean single() {
        return prefix == 8 * network.getAddress().length;
    }

    /** IPv4 prefixes as long as the IPv6 ones that stand for them: the greater, the more specific. */
    int specificity() {
        return network.getAddress().length == 4 ? prefix + MAPPED : prefix;
    }

    /** {@code 192.0.2.4}, {@code 10.0.0.0/8}. */
    @Override
    public String toString() {
        return NetUtil.toAddressString(network) + (single() ? "" : "/" + prefix);
    }
}
