package io.hotpool.server.config;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;

/** Where a port listens: {@code 127.0.0.1:8080}, {@code [::1]:8080}; a port alone means both loopback addresses. */
final class ListenType implements ValueType<List<InetSocketAddress>> {
    private static final ListType<List<InetSocketAddress>> ENTRIES = new ListType<>(
            new ScalarType<>(
                    given -> Scalars.anyText(given).flatMap(ListenType::parse),
                    addresses -> Scalars.quoted(text(addresses.get(0))),
                    "ADDRESS:PORT with an IP address, such as \"127.0.0.1:8080\" or \"[::1]:8080\", or a port",
                    Map.of("type", List.of("string", "integer")),
                    true),
            "addresses such as \"127.0.0.1:8080\"");

    @Override
    public @Nullable List<InetSocketAddress> read(Given given, Problems problems) {
        List<List<InetSocketAddress>> entries = ENTRIES.read(given, problems);
        if (given.value() instanceof TomlArray array && array.isEmpty()) {
            problems.notAllowed(given, ENTRIES.allowed());
            return null;
        }
        return entries == null ? null : entries.stream().flatMap(List::stream).toList();
    }

    private static Optional<List<InetSocketAddress>> parse(String text) {
        int colon = text.lastIndexOf(':');
        Optional<Integer> port = port(text.substring(colon + 1));
        if (port.isEmpty()) {
            return Optional.empty();
        }
        if (colon < 0) {
            return Optional.of(
                    List.of(new InetSocketAddress("127.0.0.1", port.get()), new InetSocketAddress("::1", port.get())));
        }
        return literal(text.substring(0, colon)).map(host -> List.of(new InetSocketAddress(host, port.get())));
    }

    private static Optional<String> literal(String host) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        if (bare.equals("localhost")) {
            return Optional.of("127.0.0.1");
        }
        boolean bracketed = bare.length() != host.length();
        boolean valid = bracketed ? NetUtil.isValidIpV6Address(bare) : NetUtil.isValidIpV4Address(bare);
        return valid ? Optional.of(bare) : Optional.empty();
    }

    private static Optional<Integer> port(String text) {
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65535) {
            return Optional.empty();
        }
        return Optional.of(Integer.parseInt(text));
    }

    /** {@code 127.0.0.1:8080}, {@code [::1]:8080}. */
    static String text(InetSocketAddress address) {
        return NetUtil.toSocketAddressString(address);
    }

    @Override
    public String write(List<InetSocketAddress> addresses) {
        return ENTRIES.write(addresses.stream().map(List::of).toList());
    }

    @Override
    public String allowed() {
        return ENTRIES.allowed();
    }

    @Override
    public Map<String, Object> schema() {
        return ENTRIES.schema();
    }
}
