package io.hotpool.server.config;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlTable;

/** A table of host names and their addresses. */
final class HostsType implements ValueType<Map<String, List<InetAddress>>> {
    private static final ListType<InetAddress> ADDRESSES = new ListType<>(Scalars.ADDRESS, "IP addresses");

    @Override
    public @Nullable Map<String, List<InetAddress>> read(Given given, Problems problems) {
        if (!(given.value() instanceof TomlTable table)) {
            problems.notAllowed(given, allowed());
            return null;
        }
        Map<String, List<InetAddress>> hosts = new LinkedHashMap<>();
        for (String name : table.keySet()) {
            Given entry = given.field(name);
            Optional<String> host = HostNames.normal(name);
            List<InetAddress> addresses = ADDRESSES.read(entry, problems);
            if (host.isEmpty()) {
                problems.unusable(entry, "'" + name + "' is not a host name (a name with dots stands in quotes)");
            } else if (addresses != null) {
                hosts.put(host.get(), List.copyOf(addresses));
            }
        }
        return Map.copyOf(hosts);
    }

    @Override
    public String write(Map<String, List<InetAddress>> hosts) {
        if (hosts.isEmpty()) {
            return "{}";
        }
        return hosts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> Scalars.quoted(e.getKey()) + " = " + ADDRESSES.write(e.getValue()))
                .collect(Collectors.joining(", ", "{ ", " }"));
    }

    @Override
    public String allowed() {
        return "a table such as { \"example.com\" = [\"192.0.2.1\"] }";
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of("type", "object", "additionalProperties", ADDRESSES.schema());
    }
}
