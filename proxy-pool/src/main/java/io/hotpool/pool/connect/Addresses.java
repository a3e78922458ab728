package io.hotpool.pool.connect;

import io.hotpool.pool.Egress;
import io.hotpool.pool.UpstreamProxy;
import io.hotpool.pool.address.AddressBook;
import io.hotpool.pool.address.AddressObserver;
import io.hotpool.pool.address.AddressPolicy;
import io.hotpool.pool.address.HostResolver;
import io.hotpool.pool.address.Observation.Outcome;
import io.hotpool.pool.address.Resolver;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where the dials of one loop get addresses from, and where they tell what they saw. Owner: that loop. */
final class Addresses {
    private final EventLoop loop;
    private final Supplier<Resolver> resolver;
    private final AddressPolicy policy;
    private final AddressBook book;
    private final AddressObserver observer;
    private final EgressAddresses sources;
    private final AddressLoad load = new AddressLoad();

    Addresses(
            EventLoop loop,
            Supplier<Resolver> resolver,
            AddressPolicy policy,
            AddressBook book,
            AddressObserver observer,
            EgressAddresses sources) {
        this.loop = loop;
        this.resolver = resolver;
        this.policy = policy;
        this.book = book;
        this.observer = observer;
        this.sources = sources;
    }

    Future<List<InetAddress>> resolve(String host) {
        return resolver.get().resolve(host, loop);
    }

    TcpRace.Leaving leaving(String session) {
        return new TcpRace.Leaving(sources, session);
    }

    /** What a look-up of the whole host gave. */
    void resolved(Origin origin, List<InetAddress> addresses) {
        observer.resolved(origin, addresses);
    }

    /**
     * Those that may be dialled, in the order to try them.
     *
     * @throws Fault when the policy or the lists leave none
     */
    List<InetAddress> choose(Origin origin, List<InetAddress> addresses, String session) {
        List<InetAddress> allowed = new ArrayList<>(addresses.size());
        Fault refusal = null;
        for (InetAddress address : addresses) {
            String reason = policy.refusal(address, origin.port());
            if (reason == null) {
                allowed.add(address);
            } else {
                refusal = refused(origin, address, reason);
            }
        }
        if (allowed.isEmpty() && refusal != null) {
            throw refusal;
        }
        return book.choose(origin, allowed, session, address -> load.of(origin, address));
    }

    /**
     * Judges a target whose name is resolved elsewhere, as far as it can be judged here: when it is an address.
     *
     * @param only the address that was asked for; null: none
     * @throws Fault when the policy refuses it
     */
    void judge(Origin origin, @Nullable InetAddress only) {
        for (InetAddress address : only != null ? List.of(only) : HostResolver.literals(origin.host())) {
            String reason = policy.refusal(address, origin.port());
            if (reason != null) {
                throw refused(origin, address, reason);
            }
        }
    }

    /**
     * The addresses of an upstream proxy that may be dialled.
     *
     * @throws Fault when the policy leaves none
     */
    List<InetAddress> permitted(Egress egress, List<InetAddress> addresses) {
        UpstreamProxy proxy = Objects.requireNonNull(egress.proxy());
        List<InetAddress> allowed = new ArrayList<>(addresses.size());
        String refusal = null;
        for (InetAddress address : addresses) {
            String reason = egress.byClient()
                    ? policy.refusal(address, proxy.port())
                    : policy.proxyRefusal(address, proxy.port());
            if (reason == null) {
                allowed.add(address);
            } else {
                refusal = address.getHostAddress() + " is refused: " + reason;
            }
        }
        if (allowed.isEmpty() && refusal != null) {
            String text = "the upstream proxy " + proxy + " may not be used: " + refusal;
            throw Fault.unprocessed(FaultKind.TARGET_FORBIDDEN, text, null);
        }
        return allowed;
    }

    private static Fault refused(Origin origin, InetAddress address, String reason) {
        String text = "host " + origin.hostPort() + ": " + address.getHostAddress()
                + " may not be reached through this proxy: " + reason;
        return Fault.unprocessed(FaultKind.TARGET_FORBIDDEN, text, null).at(origin.host(), address);
    }

    void seen(Origin origin, InetAddress address, Outcome outcome) {
        observer.seen(origin, address, outcome, 0);
    }

    void opened(Origin origin, InetAddress address, Channel channel) {
        load.opened(origin, address, channel);
    }
}
