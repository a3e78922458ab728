package io.hotpool.pool.address;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Hosts that are addresses written as text, in every form that some resolver takes for one: {@code 127.1}, {@code 0x7f.1},
 * {@code 2130706433}, {@code ::1}. The IPv4 part is the WHATWG URL standard's parser, as browsers have it.
 */
public final class IpLiteral {
    private IpLiteral() {}

    /**
     * @param host lower case, IPv6 without brackets
     * @return null when it is a name
     * @throws IllegalArgumentException when it ends in a number and so cannot be a name, but is no address either
     */
    public static @Nullable InetAddress parse(String host) {
        if (host.indexOf(':') >= 0) {
            return parseV6(host);
        }
        String[] labels = withoutTrailingDot(host).split("\\.", -1);
        if (!number(labels[labels.length - 1])) {
            return null;
        }
        return parseV4(host, labels);
    }

    static String withoutTrailingDot(String host) {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    private static InetAddress parseV6(String host) {
        byte[] bytes = host.indexOf('%') >= 0 ? null : NetUtil.createByteArrayFromIpAddressString(host);
        if (bytes == null) {
            throw new IllegalArgumentException("'" + host + "' is not an IPv6 address");
        }
        return address(bytes);
    }

    /** Does the last label make the whole an IPv4 address, valid or not? */
    private static boolean number(String label) {
        return !label.isEmpty()
                && (label.chars().allMatch(c -> c >= '0' && c <= '9')
                        || label.startsWith("0x") && label.chars().skip(2).allMatch(c -> Character.digit(c, 16) >= 0));
    }

    private static InetAddress parseV4(String host, String[] labels) {
        if (labels.length > 4) {
            throw noV4(host);
        }
        long value = 0;
        for (int i = 0; i < labels.length; i++) {
            boolean last = i == labels.length - 1;
            long part = part(host, labels[i]);
            int bytes = last ? 4 - i : 1; // the last one fills what is left
            if (part >= 1L << (8 * bytes)) {
                throw noV4(host);
            }
            value |= last ? part : part << (24 - 8 * i);
        }
        return address(new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value});
    }

    private static long part(String host, String label) {
        boolean hex = label.startsWith("0x");
        boolean octal = !hex && label.length() > 1 && label.startsWith("0");
        String digits = hex ? label.substring(2) : label;
        if (hex && digits.isEmpty()) {
            return 0;
        }
        try {
            return digits.length() > 16 || digits.startsWith("+") || digits.startsWith("-")
                    ? Long.MAX_VALUE
                    : Long.parseLong(digits, hex ? 16 : octal ? 8 : 10);
        } catch (NumberFormatException e) {
            throw noV4(host);
        }
    }

    private static IllegalArgumentException noV4(String host) {
        return new IllegalArgumentException("'" + host + "' ends in a number but is not an IPv4 address");
    }

    static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(bytes.length + " bytes are no address", e);
        }
    }
}
