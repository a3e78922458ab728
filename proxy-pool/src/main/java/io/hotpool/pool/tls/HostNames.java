package io.hotpool.pool.tls;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Does a certificate name this host? RFC 9525: subject alternative names only, never the common name. */
final class HostNames {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private HostNames() {}

    static boolean match(X509Certificate certificate, String host) {
        byte[] address = address(host);
        if (address != null) {
            return names(certificate, IP_ADDRESS).stream().anyMatch(name -> Arrays.equals(address, address(name)));
        }
        String name = withoutDot(host.toLowerCase(Locale.ROOT));
        return names(certificate, DNS_NAME).stream()
                .anyMatch(pattern -> matches(withoutDot(pattern.toLowerCase(Locale.ROOT)), name));
    }

    /** Every DNS name and address in it, for people. */
    static List<String> all(X509Certificate certificate) {
        List<String> all = new ArrayList<>(names(certificate, DNS_NAME));
        all.addAll(names(certificate, IP_ADDRESS));
        return all;
    }

    /** RFC 9525, 6.3: a wildcard is the whole left-most label and stands for one label; two labels follow it. */
    private static boolean matches(String pattern, String name) {
        if (!pattern.startsWith("*.")) {
            return !pattern.isEmpty() && pattern.indexOf('*') < 0 && pattern.equals(name);
        }
        String parent = pattern.substring(1);
        int firstDot = name.indexOf('.');
        return firstDot > 0
                && parent.indexOf('*') < 0
                && parent.indexOf('.', 1) > 0
                && name.substring(firstDot).equals(parent);
    }

    private static List<String> names(X509Certificate certificate, int type) {
        Collection<List<?>> alternatives;
        try {
            alternatives = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return List.of();
        }
        if (alternatives == null) {
            return List.of();
        }
        return alternatives.stream()
                .filter(entry -> Objects.equals(entry.get(0), type) && entry.get(1) instanceof String)
                .map(entry -> (String) entry.get(1))
                .toList();
    }

    private static byte @Nullable [] address(String host) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(host);
        if (bytes == null) {
            return null;
        }
        try {
            // An IPv4 address in IPv6 form is the IPv4 address.
            return InetAddress.getByAddress(bytes).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static String withoutDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
