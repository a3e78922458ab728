package io.hotpool.pool.address;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;

/** What kind of place an address is: the special-purpose registries of RFC 6890, as far as a proxy has to care. */
public enum AddressClass {
    PUBLIC,
    /** This machine, {@code 0.0.0.0} and {@code ::} included: connecting to them reaches it too. */
    LOOPBACK,
    LINK_LOCAL,
    /** Where clouds hand out credentials to whoever asks. */
    METADATA,
    /** RFC 1918, RFC 4193, RFC 6598 and what is routed like them. */
    PRIVATE,
    /** Multicast, broadcast, documentation, future use: nothing there can be connected to. */
    RESERVED;

    /** IPv4 addresses inside IPv6 ones (mapped, compatible, NAT64, 6to4) count as what they carry. */
    public static AddressClass of(InetAddress address) {
        byte[] bytes = plain(address).getAddress();
        return bytes.length == 4 ? ofV4(bytes) : ofV6(bytes);
    }

    /** The IPv4 address that an IPv6 one stands for, or the address itself. */
    public static InetAddress plain(InetAddress address) {
        byte[] b = address.getAddress();
        if (address instanceof Inet4Address) {
            return address;
        }
        boolean zeros = zero(b, 0, 10);
        boolean mapped = zeros && (b[10] & b[11] & 0xff) == 0xff; // RFC 4291, 2.5.5.2
        boolean compatible = zeros && zero(b, 10, 12) && !zero(b, 12, 15); // RFC 4291, 2.5.5.1; not :: nor ::1
        boolean nat64 = starts(b, 0x00, 0x64, 0xff, 0x9b) && zero(b, 4, 12); // RFC 6052
        if (mapped || compatible || nat64) {
            return IpLiteral.address(Arrays.copyOfRange(b, 12, 16));
        }
        return starts(b, 0x20, 0x02) ? IpLiteral.address(Arrays.copyOfRange(b, 2, 6)) : address; // RFC 3056
    }

    private static AddressClass ofV4(byte[] b) {
        if (starts(b, 169, 254, 169, 254)
                || starts(b, 169, 254, 170, 2) // Amazon ECS
                || starts(b, 100, 100, 100, 200) // Alibaba
                || starts(b, 168, 63, 129, 16) // Azure
                || starts(b, 192, 0, 0, 192)) { // Oracle
            return METADATA;
        }
        if (starts(b, 127) || zero(b, 0, 4)) {
            return LOOPBACK;
        }
        if (starts(b, 169, 254)) {
            return LINK_LOCAL;
        }
        if (starts(b, 10)
                || starts(b, 172) && (b[1] & 0xf0) == 16
                || starts(b, 192, 168)
                || starts(b, 100) && (b[1] & 0xc0) == 64
                || starts(b, 198) && (b[1] & 0xfe) == 18) {
            return PRIVATE;
        }
        boolean documentation = starts(b, 192, 0, 2) || starts(b, 198, 51, 100) || starts(b, 203, 0, 113);
        boolean reserved = starts(b, 0) || (b[0] & 0xff) >= 224 || starts(b, 192, 0, 0) || documentation;
        return reserved ? RESERVED : PUBLIC;
    }

    private static AddressClass ofV6(byte[] b) {
        if (zero(b, 0, 15) && b[15] <= 1 && b[15] >= 0) {
            return LOOPBACK;
        }
        if (starts(b, 0xfd, 0x00, 0x0e, 0xc2) && zero(b, 4, 14) && b[14] == 0x02 && b[15] == 0x54 // Amazon
                || starts(b, 0xfd, 0x20, 0x00, 0xce) && zero(b, 4, 14) && b[14] == 0x02 && b[15] == 0x54) { // Google
            return METADATA;
        }
        if (starts(b, 0xfe) && (b[1] & 0xc0) == 0x80) {
            return LINK_LOCAL;
        }
        boolean uniqueLocal = (b[0] & 0xfe) == 0xfc;
        boolean siteLocal = starts(b, 0xfe) && (b[1] & 0xc0) == 0xc0;
        boolean localNat64 = starts(b, 0x00, 0x64, 0xff, 0x9b); // RFC 8215; the well-known prefix was taken out before
        if (uniqueLocal || siteLocal || localNat64) {
            return PRIVATE;
        }
        boolean globalUnicast = (b[0] & 0xe0) == 0x20;
        boolean teredo = starts(b, 0x20, 0x01, 0x00, 0x00);
        boolean documentation = starts(b, 0x20, 0x01, 0x0d, 0xb8);
        return globalUnicast && !teredo && !documentation ? PUBLIC : RESERVED;
    }

    private static boolean starts(byte[] bytes, int... prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if ((bytes[i] & 0xff) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean zero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
