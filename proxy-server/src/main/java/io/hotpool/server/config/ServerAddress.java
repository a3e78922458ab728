package io.hotpool.server.config;

import io.netty.util.NetUtil;
import java.util.Map;
import java.util.Optional;

/** The address of a name server: an IP address, with or without a port. */
final class ServerAddress {
    static final ValueType<String> TYPE = new ScalarType<>(
            given -> Scalars.string(given).map(String::strip).filter(ServerAddress::valid),
            Scalars::quoted,
            "an IP address with or without a port, such as \"192.0.2.53\" or \"[2001:db8::53]:5353\"",
            Map.of("type", "string"),
            true);

    private ServerAddress() {}

    private static boolean valid(String text) {
        return bare(text).isPresent()
                || text.matches(".+:\\d{1,5}")
                        && Integer.parseInt(text.substring(text.lastIndexOf(':') + 1)) <= 65535
                        && bare(text.substring(0, text.lastIndexOf(':'))).isPresent();
    }

    private static Optional<String> bare(String text) {
        if (text.startsWith("[") && text.endsWith("]")) {
            return Optional.of(text.substring(1, text.length() - 1)).filter(NetUtil::isValidIpV6Address);
        }
        return Optional.of(text).filter(t -> NetUtil.isValidIpV4Address(t) || NetUtil.isValidIpV6Address(t));
    }
}
