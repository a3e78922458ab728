package io.hotpool.wire.soak;

import io.hotpool.wire.fixture.DaemonConfig;
import io.hotpool.wire.fixture.FaultProxy;
import io.hotpool.wire.fixture.ScriptedDns;
import io.hotpool.wire.fixture.ScriptedProxy;
import io.hotpool.wire.fixture.Trouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The hosts of the soak, each with some addresses of loopback, a {@link FaultProxy} at every one of them; and the events that
 * befall them. One host has no troubles at all.
 */
final class Landscape implements AutoCloseable {
    private static final String MOVING = "moving.example.test";
    private static final int MOVING_NET = 14;
    private static final int MOVING_ADDRESSES = 3;
    private static final int STORMY_ADDRESSES = 3;
    private static final int PROXIED_NET = 15;

    private final Random random;
    private final ScriptedDns dns;
    private final ScriptedProxy upstream = ScriptedProxy.start();
    private final List<Ask.Host> hosts = new ArrayList<>();
    private final List<List<FaultProxy>> stormy = new ArrayList<>();
    private final List<FaultProxy> all = new ArrayList<>();
    private List<FaultProxy> moving = List.of();
    private int at;
    private int resets;
    private int failures;
    private int moves;

    Landscape(long seed) {
        random = new Random(seed);
        try {
            dns = new ScriptedDns(Map.of(MOVING, List.of(address(MOVING_NET, 0))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String address(int net, int number) {
        return "127.0." + net + "." + (number + 1);
    }

    void configure(DaemonConfig config) {
        config.host("calm.example.test", address(10, 0));
        List.of("h2", "h1", "plain", "proxied")
                .forEach(name -> config.host(name + ".example.test", stormyAddresses(name)));
        config.rule("host = \"proxied.example.test\"", "upstream = \"" + upstream.url("socks5") + "\"");
        config.set("dns", "servers = [\"" + dns.address() + "\"]", "min_ttl = \"1s\"", "max_ttl = \"1s\"");
    }

    private static int net(String name) {
        return switch (name) {
            case "h2" -> 11;
            case "h1" -> 12;
            case "proxied" -> PROXIED_NET;
            default -> 13;
        };
    }

    private static String[] stormyAddresses(String name) {
        String[] addresses = new String[STORMY_ADDRESSES];
        for (int i = 0; i < STORMY_ADDRESSES; i++) {
            addresses[i] = address(net(name), i);
        }
        return addresses;
    }

    /** The origins' side: from now on the hosts answer. */
    void open(SoakOrigin origin) {
        InetSocketAddress h2 = origin.listen("h2", SoakOrigin.Moods.STORMY);
        InetSocketAddress h1 = origin.listen("http/1.1", SoakOrigin.Moods.STORMY);
        InetSocketAddress clear = origin.listen("", SoakOrigin.Moods.STORMY);
        host("calm", "https", 10, 1, origin.listen("h2", SoakOrigin.Moods.CALM), false);
        stormy.add(host("h2", "https", 11, STORMY_ADDRESSES, h2, true));
        stormy.add(host("h1", "https", 12, STORMY_ADDRESSES, h1, true));
        stormy.add(host("plain", "http", 13, STORMY_ADDRESSES, clear, true));
        stormy.add(host("proxied", "https", PROXIED_NET, STORMY_ADDRESSES, h2, true));
        moving = host("moving", "https", MOVING_NET, MOVING_ADDRESSES, h2, true);
    }

    private List<FaultProxy> host(
            String name, String scheme, int net, int addresses, InetSocketAddress origin, boolean troubled) {
        List<FaultProxy> proxies = new ArrayList<>();
        for (int i = 0; i < addresses; i++) {
            int port = proxies.isEmpty() ? 0 : proxies.get(0).port();
            proxies.add(FaultProxy.start(inet(address(net, i)), port, origin, () -> {
                return troubled ? trouble(scheme.equals("https")) : Trouble.NONE;
            }));
        }
        hosts.add(new Ask.Host(name + ".example.test", scheme, proxies.get(0).port()));
        all.addAll(proxies);
        return proxies;
    }

    private static InetAddress inet(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of a hundred connections sixty are fine; where trouble comes, it comes anywhere in up to two megabytes. */
    private synchronized Trouble trouble(boolean tls) {
        long after = (long) Math.exp(random.nextDouble() * Math.log(2_000_000));
        int draw = random.nextInt(100);
        if (draw < 60) {
            return Trouble.NONE;
        } else if (draw < 68) {
            return Trouble.roundTrip(millis(5 + random.nextInt(50)));
        } else if (draw < 77) {
            return Trouble.of(Trouble.Kind.RESET, after);
        } else if (draw < 86) {
            return Trouble.of(Trouble.Kind.CUT, after);
        } else if (draw < 94) {
            return Trouble.stall(after, millis(20 + random.nextInt(1500)));
        } else if (draw < 97 || !tls) {
            return Trouble.of(Trouble.Kind.SILENCE, after);
        }
        return Trouble.of(Trouble.Kind.CORRUPT, after);
    }

    private static java.time.Duration millis(int millis) {
        return java.time.Duration.ofMillis(millis);
    }

    /** Something happens to an address or a name. One address of a host is down at most. */
    void event() {
        List<FaultProxy> host = stormy.get(random.nextInt(stormy.size()));
        FaultProxy address = host.get(random.nextInt(host.size()));
        switch (random.nextInt(4)) {
            case 0 -> {
                resets++;
                address.resetAll();
            }
            case 1 -> {
                failures++;
                host.forEach(FaultProxy::up);
                address.down();
            }
            case 2 -> move();
            default -> host.forEach(FaultProxy::up);
        }
    }

    /** The name moves on to the next address; the one before still answers, the one before that is gone. */
    private void move() {
        moves++;
        at = (at + 1) % MOVING_ADDRESSES;
        moving.get(at).up();
        dns.answer(MOVING, List.of(address(MOVING_NET, at)));
        int gone = (at + 1) % MOVING_ADDRESSES;
        moving.get(gone).down();
        moving.get(gone).resetAll();
    }

    List<Ask.Host> hosts(String... names) {
        return hosts.stream()
                .filter(host ->
                        names.length == 0 || List.of(names).contains(host.name().split("\\.")[0]))
                .toList();
    }

    String table() {
        String suffered = List.of(Trouble.Kind.values()).stream()
                .filter(kind -> kind != Trouble.Kind.NONE)
                .map(kind -> kind + " "
                        + all.stream().mapToLong(p -> p.suffered(kind)).sum())
                .collect(Collectors.joining(", "));
        return "%d connections to origins, %d of them through an upstream proxy: %s; all connections of an address reset %d times, an address refused %d times, DNS moved %d times"
                .formatted(
                        all.stream().mapToLong(FaultProxy::connections).sum(),
                        proxied(),
                        suffered,
                        resets,
                        failures,
                        moves);
    }

    int proxied() {
        return upstream.asked().size();
    }

    /** From where the daemon came. */
    Set<String> sources() {
        Set<String> sources = new TreeSet<>();
        all.forEach(proxy -> sources.addAll(proxy.sources()));
        return sources;
    }

    @Override
    public void close() {
        all.forEach(FaultProxy::close);
        dns.close();
        upstream.close();
    }
}
