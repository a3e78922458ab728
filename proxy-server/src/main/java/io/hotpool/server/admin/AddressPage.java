package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.pool.AddressLists;
import io.hotpool.pool.AddressLists.Address;
import io.hotpool.pool.AddressLists.Entry;
import io.hotpool.pool.AddressLists.Kind;
import io.hotpool.pool.address.AddressBlock;
import io.hotpool.pool.http.Origin;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/addresses/{ip}}: may that address be used, at which hosts, and why or why not. */
final class AddressPage {
    private final AdminServices services;

    AddressPage(AdminServices services) {
        this.services = services;
    }

    void addTo(Routes routes) {
        routes.getWithArgument("/api/v1/addresses/", (request, ip) -> explain(request, ListPages.block(ip)));
    }

    private Answer explain(AdminRequest request, AddressBlock block) {
        if (!block.equals(AddressBlock.of(block.network()))) {
            throw new Problem(400, "one address, not a block");
        }
        Origin origin = ListPages.origin(request);
        AddressLists lists = services.pool().addresses();
        List<Address> hosts = lists.addresses(block.network()).stream()
                .filter(address -> origin == null || origin.equals(address.origin()))
                .toList();
        List<Entry> rules = Arrays.stream(Kind.values())
                .flatMap(kind -> rules(lists, kind, block, origin))
                .toList();
        ObjectNode json = Json.object().put("ip", block.toString());
        ArrayNode ruled = json.putArray("rules");
        rules.forEach(
                rule -> ruled.add(ListPages.json(rule).put("list", rule.list().label())));
        ArrayNode known = json.putArray("hosts");
        hosts.forEach(address -> known.add(host(lists, address)));
        ArrayNode why = json.putArray("why");
        hosts.forEach(address -> why.add(why(lists, address)));
        if (hosts.isEmpty()) {
            rules.forEach(rule -> why.add(rule(rule)));
        }
        if (why.isEmpty()) {
            why.add(block + " is on no list, and no host in use has it: access.unknown says what becomes of it");
        }
        return Answer.json(json);
    }

    private static Stream<Entry> rules(AddressLists lists, Kind kind, AddressBlock address, @Nullable Origin origin) {
        return lists.entries(kind).stream()
                .filter(entry -> entry.source() != AddressLists.Source.LEARNED)
                .filter(entry -> entry.block().contains(address.network()))
                .filter(entry -> origin == null || entry.origin() == null || origin.equals(entry.origin()));
    }

    private static ObjectNode host(AddressLists lists, Address address) {
        ObjectNode json = ListPages.json(address).put("host", address.origin().host());
        List<Address> all = siblings(lists, address);
        json.putObject("counts")
                .put("addresses", all.size())
                .put("allowed", count(all, "allowed"))
                .put("denied", count(all, "denied"))
                .put("half_open", count(all, "half_open"))
                .put("unknown", count(all, "unknown"));
        return json;
    }

    private static List<Address> siblings(AddressLists lists, Address address) {
        return lists.addresses(address.origin().host(), address.origin().port());
    }

    private static int count(List<Address> all, String state) {
        return (int) all.stream().filter(a -> a.state().equals(state)).count();
    }

    /** {@code a.test:443: denied since … until …: 3x connect_failed …}. */
    static String why(AddressLists lists, Address address) {
        Entry rule = address.rule();
        if (rule != null) {
            return address.origin().hostPort() + ": " + rule(rule);
        }
        StringBuilder text = new StringBuilder(address.origin().hostPort() + ": " + address.state());
        text.append(" since ").append(address.since());
        if (address.until() != null) {
            text.append(" until ").append(address.until());
        }
        if (!address.evidence().isEmpty()) {
            text.append(": ").append(address.evidence());
        }
        text.append(String.format(
                Locale.ROOT, "; seen lately: %.1f for it, %.1f against it", address.successes(), address.failures()));
        if (address.suspectUntil() != null) {
            text.append("; out of reach the last time: others are tried first until ")
                    .append(address.suspectUntil())
                    .append(" or until a test reaches it");
        }
        if (address.spared()) {
            text.append("; it would be denied, but access.max_ejected_percent allows no more");
        }
        List<Address> all = siblings(lists, address);
        return text.append("; ")
                .append(count(all, "denied"))
                .append(" of the host's ")
                .append(all.size())
                .append(" addresses are denied")
                .toString();
    }

    private static String rule(Entry rule) {
        return (rule.list() == Kind.WHITELIST ? "allowed" : "denied") + " by " + rule.block() + " on the "
                + rule.list().label() + " (" + rule.evidence() + ") since " + rule.since()
                + (rule.until() == null ? "" : " until " + rule.until());
    }
}
