package io.hotpool.pool.exchange;

import io.hotpool.pool.Downstream;
import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.ExchangeOptions.HeaderMode;
import io.hotpool.pool.OpenExchange.Timing;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.address.Observation.Outcome;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestSink;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.pool.profile.HeaderDresser;
import io.hotpool.pool.shard.PoolKey;
import io.hotpool.pool.shard.PoolShard;
import io.hotpool.pool.shard.PooledConnection;
import io.hotpool.pool.shard.Waiter;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The shard's side of an exchange: attempts, one after the other, until one outcome is passed to the client's side. Confined
 * to the shard's loop.
 */
public final class Carriage implements Waiter.Receiver, DecodedBody.Receiver {
    /** What is to be carried, and where. @param held over this lease and no other connection; null: over any */
    public record Order(
            RequestHead asked,
            ExchangeOptions options,
            PoolKey key,
            PoolShard shard,
            PoolListener events,
            HeldLease.@Nullable Held held) {

        public Order(RequestHead asked, ExchangeOptions options, PoolKey key, PoolShard shard, PoolListener events) {
            this(asked, options, key, shard, events, null);
        }
    }

    private final Order order;
    private final PoolShard shard;
    private final Exchange client;
    private final KeptBody body = new KeptBody();
    private final Patience patience;
    private final BackOff backOff;
    private final long started;
    private final boolean awaitsContinue;
    private @Nullable Waiter waiter;
    private @Nullable Acquisition acquisition;
    private @Nullable Attempt attempt;
    private @Nullable DecodedBody decoded;
    private @Nullable ConnectionFacts connection;
    private Timing timing = new Timing(false, 0, 0, 0, 0, 0);
    private int attempts;
    private int dialsFailed;
    private int status;
    private boolean answerBegun;
    private boolean freshAttemptDone;
    private boolean retrying;
    private long creditGiven; // of the request body
    private long writtenNow; // by the current attempt
    private boolean over;

    Carriage(Order order, Exchange client) {
        this.order = order;
        this.shard = order.shard();
        this.client = client;
        this.started = shard.now();
        this.backOff = new BackOff(shard.loop());
        this.awaitsContinue = order.asked().headers().containsToken("Expect", "100-continue");
        this.patience = new Patience(shard, order.options().timeout(), this::fail);
    }

    static Fault closed() {
        return Fault.unprocessed(FaultKind.DRAINING, "the pool is closed", null);
    }

    void start() {
        assert shard.loop().inEventLoop();
        shard.exchangeStarted();
        patience.exchangeStarted();
        acquire();
    }

    private void acquire() {
        if (order.held() != null) {
            ride(order.held());
            return;
        }
        if (order.options().validation() != null) {
            acquisition = new Acquisition(shard, order.key(), order.options().validation(), retrying, this);
            acquisition.start();
            return;
        }
        PooledConnection hot = shard.acquireNow(order.key(), order.options().downstream());
        if (hot != null) {
            leased(hot);
            return;
        }
        Waiter queued = shard.acquireLater(order.key(), retrying, this);
        waiter = attempt == null && !over ? queued : null;
    }

    private void ride(HeldLease.Held held) {
        if (held.connection().upstream().accepting()) {
            leased(held.connection());
        } else {
            held.ended(false);
            fail(HeldLease.ended(held.place()));
        }
    }

    @Override
    public void acquired(PooledConnection lease, boolean created) {
        waiter = null;
        leased(lease);
    }

    @Override
    public void refused(Fault fault) {
        waiter = null;
        dialsFailed++;
        String reason = RetryRule.ofDial(fault, dialsFailed, shard.config().maxRetries());
        boolean inTime = shard.now() - started < shard.config().connTimeout().toNanos();
        if (over || reason == null || !inTime || !shard.retryBudget().take()) {
            fail(fault);
            return;
        }
        order.events().retried(order.key().origin(), reason);
        backOff.after(dialsFailed, this::retry);
    }

    private void leased(PooledConnection lease) {
        attempts++;
        connection = lease.upstream().facts();
        boolean reused = lease.readyBefore(started);
        long now = shard.now();
        timing = timing(reused, now - started, 0);
        HeaderDresser.Dressed dressed = dress(lease.protocol());
        Attempt next = new Attempt(this, lease, reused, dressed.addedCodings(), now);
        attempt = next;
        if (order.options().protocol() == Protocol.H2 && lease.protocol() != Protocol.H2) {
            next.cancel(otherProtocol());
            fail(otherProtocol());
            return;
        }
        open(next, dressed.head());
    }

    private HeaderDresser.Dressed dress(Protocol protocol) {
        boolean aligned = order.options().headers() == HeaderMode.ALIGN;
        return shard.wardrobe().dress(order.asked(), order.options().profile(), protocol, aligned);
    }

    private Fault otherProtocol() {
        String text = "host " + host() + ": h2 was asked for, and the origin speaks http/1.1";
        return Fault.unprocessed(FaultKind.UPSTREAM_PROTOCOL, text, null);
    }

    private void open(Attempt next, RequestHead head) {
        writtenNow = 0;
        patience.requestUnderWay(head.hasBody() && !(awaitsContinue && body.bytes() == 0));
        RequestSink upstream = next.connection.upstream().open(head, next);
        if (next.over()) {
            return; // it failed on the way, and another attempt may be under way by now
        }
        next.opened(upstream);
        if (head.hasBody()) {
            if (body.bytes() > 0) {
                patience.requestSent(body.bytes());
            }
            if (body.ended()) {
                patience.requestComplete();
            }
            body.replay(upstream);
        }
    }

    /** From the client. Ownership passes. */
    void requestData(ByteBuf chunk) {
        if (over) {
            chunk.release();
            return;
        }
        RequestSink upstream = attempt == null ? null : attempt.upstream();
        if (upstream == null) {
            body.hold(chunk);
            return;
        }
        if (!answerBegun) {
            body.add(chunk);
        }
        patience.requestSent(chunk.readableBytes());
        body.pass(chunk, upstream);
    }

    void requestEnd(HeaderList trailers) {
        if (over) {
            return;
        }
        body.end(trailers);
        RequestSink upstream = attempt == null ? null : attempt.upstream();
        if (upstream != null) {
            patience.requestComplete();
            body.passEnd(trailers, upstream);
        }
    }

    /** By the client: {@code bytes} as it was given them. */
    void consumed(int bytes) {
        patience.consumed(bytes);
        if (decoded != null) {
            decoded.consumed(bytes);
        } else {
            credit(bytes);
        }
    }

    private void credit(int bytes) {
        RequestSink upstream = attempt == null ? null : attempt.upstream();
        if (upstream != null) {
            upstream.consumed(bytes);
        }
    }

    void cancel(Fault cause) {
        if (!over) {
            end(cause);
        }
    }

    void informational(ResponseHead head) {
        answerBegins();
        patience.informed(order.asked().hasBody() && !body.ended());
        client.passInformational(head);
    }

    void head(Attempt from, ResponseHead head) {
        answerBegins();
        status = head.status();
        timing = timing(from.reused, timing.waitNanos(), shard.now() - from.leasedAt);
        seen(Outcome.ofStatus(status), timing.ttfbNanos());
        patience.responseUnderWay(eventStream(head));
        DecodedHead.Codings codings = DecodedHead.codings(head, from.addedCodings);
        if (codings.undone().isEmpty()) {
            client.passHead(head, report());
            return;
        }
        if (head.bodyLength() != 0) {
            try {
                decoded = new DecodedBody(ContentDecoders.of(codings.undone()), this, this::credit);
            } catch (Fault fault) {
                fail(fault);
                return;
            }
        }
        client.passHead(DecodedHead.without(head, codings), report());
    }

    private static boolean eventStream(ResponseHead head) {
        String type = head.headers().get("Content-Type");
        return type != null && type.regionMatches(true, 0, "text/event-stream", 0, 17);
    }

    void upgraded(ResponseHead head) {
        answerBegins();
        status = head.status();
        seen(Outcome.ANSWERED, shard.now() - started - timing.waitNanos());
        patience.upgraded();
        client.passUpgraded(head, report());
    }

    private void answerBegins() {
        answerBegun = true;
        body.drop();
    }

    void responseData(ByteBuf chunk) {
        patience.responseArrived(decoded == null ? chunk.readableBytes() : 0);
        if (decoded == null) {
            client.passData(chunk);
        } else {
            decoded.data(chunk);
        }
    }

    void responseEnd(HeaderList trailers) {
        patience.responseComplete();
        if (decoded == null) {
            decodedEnd(trailers);
        } else {
            decoded.end(trailers);
        }
    }

    @Override
    public void decoded(ByteBuf piece) {
        patience.delivered(piece.readableBytes());
        client.passData(piece);
    }

    @Override
    public void decodedEnd(HeaderList trailers) {
        if (!over) {
            end(null);
            client.passEnd(trailers);
        }
    }

    @Override
    public void decodingFailed(Fault fault) {
        fail(fault);
    }

    /** Credit of the request body; bytes that were sent before count once. */
    void written(int bytes) {
        writtenNow += bytes;
        patience.requestWritten(bytes);
        long more = writtenNow - creditGiven;
        if (more > 0) {
            creditGiven = writtenNow;
            client.passWritten((int) more);
        }
    }

    void release(Attempt from, boolean failed) {
        if (order.held() != null) {
            order.held().ended(failed);
        } else {
            Downstream downstream = order.options().downstream();
            if (downstream != null && from.connection.upstream().authenticated()) {
                shard.bind(from.connection, downstream);
            }
            shard.release(from.connection, failed);
        }
    }

    void attemptFailed(Attempt from, Fault fault) {
        attempt = null;
        if (over) {
            return;
        }
        if (!from.reused && !answerBegun && fault.kind() == FaultKind.UPSTREAM_CLOSED) {
            seen(Outcome.CLOSED, 0);
        }
        boolean stale = from.reused && !answerBegun && fault.kind() == FaultKind.UPSTREAM_CLOSED;
        if (stale && from.connection.protocol() == Protocol.H1) {
            shard.suspect(from.connection);
        }
        String reason = RetryRule.reason(failure(from, fault), shard.config().maxRetries());
        boolean costsNothing = fault.unprocessed();
        boolean bound = order.held() != null;
        if (bound || reason == null || !costsNothing && !shard.retryBudget().take()) {
            fail(fault);
            return;
        }
        order.events().retried(order.key().origin(), reason);
        freshAttemptDone |= !from.reused;
        retrying = true;
        patience.waiting();
        if (attempts == 1 || stale) {
            backOff.none(this::retry);
        } else {
            backOff.after(attempts, this::retry);
        }
    }

    private RetryRule.Failure failure(Attempt from, Fault fault) {
        RequestHead asked = order.asked();
        return new RetryRule.Failure(
                fault,
                asked.idempotent() && !asked.upgrades(),
                asked.hasBody(),
                body.replayable(),
                from.reused,
                answerBegun,
                attempts,
                freshAttemptDone);
    }

    private void retry() {
        if (!over) {
            acquire();
        }
    }

    /** The one way to a fault for the client. */
    private void fail(Fault fault) {
        if (over) {
            return;
        }
        if (fault.kind() == FaultKind.RESPONSE_TIMEOUT) {
            seen(Outcome.RESPONSE_TIMEOUT, 0);
        }
        ConnectionFacts last = connection;
        Fault told = fault.at(host(), last == null ? null : last.address()).attempts(attempts);
        end(told);
        client.passFault(told, report());
    }

    /** The one end: everything that was taken goes back. */
    private void end(@Nullable Fault fault) {
        over = true;
        patience.end();
        body.drop();
        if (waiter != null) {
            shard.cancel(waiter);
        }
        if (acquisition != null) {
            acquisition.cancel();
        }
        backOff.cancel();
        if (decoded != null) {
            decoded.close();
        }
        if (attempt != null && fault != null) {
            attempt.cancel(fault);
        }
        long total = shard.now() - started;
        order.events().exchangeEnded(order.key().origin(), connection, status, fault, timing, total);
        shard.exchangeEnded();
    }

    private Timing timing(boolean reused, long wait, long ttfb) {
        ConnectionFacts facts = connection;
        if (reused || facts == null) {
            return new Timing(reused, 0, 0, 0, wait, ttfb);
        }
        ConnectionFacts.DialTiming dial = facts.timing();
        return new Timing(false, dial.dnsNanos(), dial.tcpNanos(), dial.tlsNanos(), wait, ttfb);
    }

    private Exchange.Report report() {
        return new Exchange.Report(connection, timing, attempts);
    }

    /** What the answer, or its lack, shows about the address. */
    private void seen(Outcome outcome, long latencyNanos) {
        InetAddress address = connection == null ? null : connection.address();
        if (address != null) {
            shard.addresses().seen(order.key().origin(), address, outcome, latencyNanos);
        }
    }

    private String host() {
        return order.key().origin().host();
    }
}
