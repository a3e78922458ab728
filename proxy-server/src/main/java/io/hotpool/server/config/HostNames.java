package io.hotpool.server.config;

import io.netty.util.NetUtil;
import java.net.IDN;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** One spelling for every host: lower case, A-labels (RFC 5890), no final dot, an IP literal without brackets. */
public final class HostNames {
    private static final Pattern LABELS =
            Pattern.compile("[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*");

    private HostNames() {}

    /** Empty when it is neither a name nor an address. */
    public static Optional<String> normal(String text) {
        String host = text.strip();
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
            return NetUtil.isValidIpV6Address(host) ? Optional.of(host.toLowerCase(Locale.ROOT)) : Optional.empty();
        }
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            return Optional.of(host.toLowerCase(Locale.ROOT));
        }
        if (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        return aLabels(host)
                .filter(name -> name.length() <= 253 && LABELS.matcher(name).matches());
    }

    /** {@code *}, {@code *.name} or a name or address. */
    public static Optional<String> normalPattern(String text) {
        String pattern = text.strip();
        if (pattern.equals("*")) {
            return Optional.of(pattern);
        }
        return pattern.startsWith("*.") ? normal(pattern.substring(2)).map(n -> "*." + n) : normal(pattern);
    }

    private static Optional<String> aLabels(String host) {
        try {
            return Optional.of(IDN.toASCII(host, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
