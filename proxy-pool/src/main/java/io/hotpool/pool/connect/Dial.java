package io.hotpool.pool.connect;

import io.hotpool.pool.PoolListener;
import io.hotpool.pool.PoolListener.DialOutcome;
import io.hotpool.pool.address.Observation.Outcome;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.tls.TlsFacts;
import io.hotpool.pool.tls.TlsRequest;
import io.hotpool.pool.tls.UpstreamTls;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One dial, from the plan to the one answer: an address whose handshake fails is left for another one of the host, for
 * nothing was sent yet. Confined to its loop.
 */
final class Dial implements Dialer.Attempt {
    private static final Logger LOG = LoggerFactory.getLogger(Dial.class);
    private static final AtomicLong IDS = new AtomicLong();

    private final ConnectPlan plan;
    private final Passage route;
    private final UpstreamTls tls;
    private final ConnectionAttachment attachment;
    private final PoolListener events;
    private final Clock clock;
    private final UpstreamConnection.Listener listener;
    private final Dialer.Answer answer;
    private final List<InetAddress> untrusted = new ArrayList<>();
    private @Nullable Fault handshakeFault;
    private int handshakes;
    private @Nullable Channel stream;
    private boolean answered;

    Dial(
            ConnectPlan plan,
            Passage route,
            UpstreamTls tls,
            ConnectionAttachment attachment,
            PoolListener events,
            Clock clock,
            UpstreamConnection.Listener listener,
            Dialer.Answer answer) {
        this.plan = plan;
        this.route = route;
        this.tls = tls;
        this.attachment = attachment;
        this.events = events;
        this.clock = clock;
        this.listener = listener;
        this.answer = answer;
    }

    void start() {
        if (!answered) {
            route.open(plan.address()).addListener((Future<Channel> done) -> opened(done));
        }
    }

    private void opened(Future<Channel> done) {
        if (!done.isSuccess()) {
            fail(null, handshakeFault == null ? Fault.from(done.cause()) : handshakeFault);
            return;
        }
        stream = done.getNow();
        if (plan.origin().secure() && !answered) {
            handshake(stream);
        } else {
            ready(stream, null);
        }
    }

    @Override
    public void abandon() {
        if (answered) {
            return;
        }
        answered = true;
        Fault why = Fault.unprocessed(
                FaultKind.DRAINING, "host " + plan.origin().hostPort() + ": the dial was given up", null);
        route.abandon(why);
        if (stream == null) {
            answer.failed(why);
        } else {
            stream.close();
            stream.closeFuture().addListener(closed -> answer.failed(why));
        }
    }

    private void handshake(Channel channel) {
        handshakes++;
        TlsRequest request = new TlsRequest(
                plan.profile(), plan.origin(), plan.form(), plan.ticketScope(), plan.verify(), plan.certificate());
        HandshakeWatch watch =
                new HandshakeWatch(facts -> ready(channel, facts), fault -> handshakeFailed(channel, fault));
        route.atDeadline(() -> watch.fail(route.late()));
        Future<?> patience = channel.eventLoop()
                .schedule(() -> watch.fail(route.late()), route.patienceNanos(), TimeUnit.NANOSECONDS);
        channel.closeFuture().addListener(closed -> patience.cancel(false));
        channel.pipeline().addLast("tls", tls.handlerFor(request)).addLast("handshake", watch);
        channel.config().setAutoRead(true);
    }

    /** Another address may do better, unless the trouble is our own. */
    private void handshakeFailed(Channel channel, Fault fault) {
        boolean own = !fault.kind().blamesAddress() && fault.kind() != FaultKind.TLS_CERTIFICATE;
        if (own || answered || handshakes > plan.moreHandshakes() || !route.hasAnother()) {
            fail(channel, fault);
            return;
        }
        Fault named = named(channel, fault);
        blame(channel, fault);
        if (fault.kind() == FaultKind.TLS_CERTIFICATE && named.address() != null) {
            untrusted.add(named.address());
        }
        channel.close();
        LOG.info("{}: {}; going on with another address", named.kind().label(), named.detail());
        handshakeFault = named;
        route.another().addListener((Future<Channel> done) -> opened(done));
    }

    private void ready(Channel channel, @Nullable TlsFacts facts) {
        if (answered) {
            channel.close();
            return;
        }
        Protocol protocol = protocol(facts);
        if (protocol == null) {
            handshakeFailed(
                    channel, Fault.unprocessed(FaultKind.TLS_FAILED, "ALPN protocol that was not offered", null));
            return;
        }
        ConnectionFacts.DialTiming timing = route.timing();
        if (facts != null) {
            events.tlsHandshake(plan.origin(), facts.resumed(), timing.tlsNanos());
        }
        answered = true;
        route.finish();
        route.seen(channel, Outcome.CONNECTED);
        events.dialEnded(plan.origin(), Connector.outcome(route, channel));
        untrusted.forEach(address -> route.seen(address, Outcome.TLS_FAILED)); // it is theirs alone
        UpstreamConnection connection =
                attachment.attach(channel, facts(channel, protocol, facts, timing), plan.profile(), listener);
        channel.config().setAutoRead(true);
        answer.connected(connection);
    }

    private static @Nullable Protocol protocol(@Nullable TlsFacts facts) {
        String alpn = facts == null ? null : facts.alpn();
        if (alpn == null || alpn.equals(Protocol.H1.alpn())) {
            return Protocol.H1;
        }
        return alpn.equals(Protocol.H2.alpn()) ? Protocol.H2 : null;
    }

    private ConnectionFacts facts(
            Channel channel, Protocol protocol, @Nullable TlsFacts facts, ConnectionFacts.DialTiming timing) {
        SentFingerprint sent =
                SentFingerprint.of(facts, protocol, plan.profile().http2());
        return new ConnectionFacts(
                IDS.incrementAndGet(),
                plan.origin(),
                (InetSocketAddress) channel.remoteAddress(),
                protocol,
                plan.profile().name(),
                facts == null ? "" : facts.version(),
                facts == null ? "" : facts.cipherSuite(),
                sent.ja3(),
                sent.ja4(),
                sent.akamai(),
                facts != null && facts.resumed(),
                clock.instant(),
                timing,
                new ConnectionFacts.Way(
                        plan.egress().toString(), route.address(channel), (InetSocketAddress) channel.localAddress()));
    }

    private void fail(@Nullable Channel channel, Fault fault) {
        Fault named = named(channel, fault);
        if (answered) {
            close(channel);
            return;
        }
        if (channel != null) {
            blame(channel, fault);
        }
        close(channel);
        answered = true;
        route.finish();
        events.dialEnded(plan.origin(), DialOutcome.FAILED);
        events.dialFailed(plan.origin(), named);
        answer.failed(named);
    }

    private void blame(Channel channel, Fault fault) {
        if (fault.kind().blamesAddress()) {
            boolean late = fault.kind() == FaultKind.CONNECT_TIMEOUT;
            route.seen(channel, late ? Outcome.CONNECT_TIMEOUT : Outcome.TLS_FAILED);
        }
    }

    private static void close(@Nullable Channel channel) {
        if (channel != null) {
            channel.close();
        }
    }

    /** Nothing was sent yet, so nothing was processed; and the address is known. */
    private Fault named(@Nullable Channel channel, Fault fault) {
        InetAddress remote = channel == null ? null : route.address(channel);
        String detail = fault.detail().startsWith("host ")
                ? fault.detail()
                : "host " + plan.origin().hostPort() + ": " + fault.detail();
        return Fault.unprocessed(fault.kind(), detail, fault.getCause())
                .at(plan.origin().host(), remote == null ? fault.address() : remote)
                .during(route.progress());
    }
}
