package io.hotpool.server.route;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.server.config.HostNames;
import io.netty.util.NetUtil;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A host and perhaps a port, as CONNECT, Host and {@code :authority} have them (RFC 9110, 7.2).
 *
 * @param host lower case: an A-label, or an IP literal without brackets; the number forms of IPv4 ({@code 127.1}, {@code
 *     0x7f.1}) are written out, so that one host has one spelling
 * @param port 1 to 65535, or {@link #NO_PORT}
 */
public record HostPort(String host, int port) {
    public static final int NO_PORT = -1;

    /** Requests name the same hosts again and again. By hash; the last one to come has the place. */
    private static final AtomicReferenceArray<Read> READ = new AtomicReferenceArray<>(256);

    private static final int LONGEST = 260;

    private record Read(String text, HostPort meant) {}

    /** @throws Fault {@code bad_request}, naming what is wrong */
    public static HostPort parse(String text) {
        Read known = READ.get(place(text));
        if (known != null && known.text.equals(text)) {
            return known.meant;
        }
        HostPort meant = read(text);
        if (text.length() <= LONGEST) {
            READ.set(place(text), new Read(text, meant));
        }
        return meant;
    }

    private static int place(String text) {
        int hash = text.hashCode();
        return (hash ^ hash >>> 16) & READ.length() - 1;
    }

    private static HostPort read(String text) {
        int bracket = text.lastIndexOf(']');
        int colon = text.indexOf(':', bracket + 1);
        String host = colon < 0 ? text : text.substring(0, colon);
        return new HostPort(host(host), colon < 0 ? NO_PORT : port(text.substring(colon + 1)));
    }

    /** The canonical spelling of a host. */
    public static String host(String text) {
        boolean blank = text.isEmpty() || text.charAt(0) <= ' ' || text.charAt(text.length() - 1) <= ' ';
        String host = blank ? null : HostNames.normal(characters(text)).orElse(null);
        if (host == null || (host.indexOf(':') >= 0 && text.charAt(0) != '[')) {
            throw invalid("the host is neither a name nor an IP address ([brackets] around IPv6)");
        }
        if (host.indexOf(':') >= 0) {
            return NetUtil.toAddressString(NetUtil.createInetAddressFromIpAddressString(host));
        }
        return Ipv4Numbers.written(host).orElseThrow(() -> invalid("the host ends in a number but is no IPv4 address"));
    }

    /** Heads are read as one character for each byte; a client that does not encode a name means UTF-8 by them. */
    private static String characters(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7f) {
                return utf8(text);
            }
        }
        return text;
    }

    private static String utf8(String text) {
        try {
            ByteBuffer bytes = StandardCharsets.ISO_8859_1.newEncoder().encode(CharBuffer.wrap(text));
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            return text;
        }
    }

    public HostPort orPort(int other) {
        return port == NO_PORT ? new HostPort(host, other) : this;
    }

    public boolean ipLiteral() {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    private static int port(String digits) {
        int value = 0;
        for (int i = 0; i < digits.length() && value <= 65535; i++) {
            int digit = digits.charAt(i) - '0';
            value = digit < 0 || digit > 9 ? 65536 : 10 * value + digit;
        }
        if (value < 1 || value > 65535) {
            throw invalid("the port must be 1 to 65535");
        }
        return value;
    }

    private static Fault invalid(String what) {
        return Fault.of(FaultKind.BAD_REQUEST, what);
    }
}
