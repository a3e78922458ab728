package io.hotpool.server.frontend;

import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.OpenExchange;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.pool.http.ResponseSink;
import io.hotpool.server.limit.Limiter.Permit;
import io.hotpool.server.route.Router;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client and its response: admitted, planned, carried, ended once. Confined to the client's loop.
 *
 * <p>Its {@link ClientStream} feeds the request's body in and takes the response out; the pool is on the other side. Body
 * that arrives before the pool has the request waits here; the stream keeps it below {@link
 * io.hotpool.pool.http.RequestSink#CREDIT}.
 */
final class ClientExchange implements ResponseSink {
    private final ClientConnection client;
    private final @Nullable ConnectScope scope;
    private final ClientStream stream;
    private final ClientRequest request;
    private final long id;
    private final long started = System.nanoTime();

    private Admission admission = Admission.ANONYMOUS;
    private Permit permit = Permit.FREE;
    private @Nullable RequestPlan plan;
    private @Nullable PlainHttpAttempt plainHttp;
    private @Nullable OpenExchange open;
    private int attempts;
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>(0);
    private @Nullable HeaderList requestTrailers;
    private boolean requestComplete;
    private boolean requestEndPassed;
    private boolean headSent;
    private boolean upgraded;
    private boolean responseEnded;
    private boolean ended;
    private int status;
    private long bytesIn;
    private long bytesOut;

    ClientExchange(ClientConnection client, @Nullable ConnectScope scope, ClientStream stream, ClientRequest request) {
        this.client = client;
        this.scope = scope;
        this.stream = stream;
        this.request = request;
        this.id = client.context().exchangeIds.incrementAndGet();
        this.requestComplete = request.bodyLength() == 0;
    }

    ClientRequest request() {
        return request;
    }

    ClientConnection client() {
        return client;
    }

    boolean ended() {
        return ended;
    }

    // The request: admitted, planned, carried.

    void start() {
        assert client.loop().inEventLoop();
        client.frontend().observer().exchangeStarted();
        client.context().clients.exchangeStarted();
        if (scope != null) {
            admitted(Admission.ANONYMOUS);
            return;
        }
        Future<Admission> admitting = client.context()
                .authenticator
                .admit(
                        request.headers().get("Proxy-Authorization"),
                        client.context().config().proxy(),
                        client.loop());
        if (admitting.isDone()) {
            admission(admitting);
        } else {
            admitting.addListener(done -> admission(admitting));
        }
    }

    /** Ends an exchange that did not come as far as a plan: its request was not understood. */
    void refuse(Fault fault) {
        client.frontend().observer().exchangeStarted();
        client.context().clients.exchangeStarted();
        fault(fault);
    }

    private void admission(Future<Admission> admitting) {
        if (ended) {
            return;
        }
        if (admitting.isSuccess()) {
            admitted(admitting.getNow());
        } else {
            fault(Fault.from(admitting.cause()));
        }
    }

    private void admitted(Admission admission) {
        this.admission = admission;
        Router router = client.context().router();
        RequestPlan plan;
        try {
            plan = RequestPlan.of(
                    request,
                    new RequestPlan.Ground(
                            scope,
                            admission,
                            router,
                            client.frontend().profiles().apply(router.config()),
                            client.context().mirror,
                            client.id(),
                            client.downstream()));
        } catch (Fault fault) {
            fault(fault);
            return;
        }
        this.plan = plan;
        if (plan.builtIn()) {
            BuiltInHost.answer(this, plan);
            return;
        }
        try {
            permit = client.context()
                    .limits
                    .admit(
                            client,
                            scope == null ? admission.user() : scope.user(),
                            plan.asked().host());
        } catch (Fault fault) {
            fault(fault);
            return;
        }
        plainHttp = PlainHttpAttempt.of(plan, client.context().httpsFirst);
        if (plainHttp == null) {
            carry(client.frontend().pool(), plan.head(), plan.options());
        } else {
            carry(client.frontend().pool(), plainHttp.firstHead(), plan.options());
            plainHttp.watch(this);
        }
    }

    /** Hands the request to a pool. May be called again after an attempt over TLS that came to nothing. */
    void carry(HotPool pool, RequestHead head, ExchangeOptions options) {
        int attempt = ++attempts;
        open = null;
        OpenExchange opened = pool.exchange(head, options, client.loop(), this);
        if (attempt != attempts || ended) {
            return; // it ended on the stack
        }
        open = opened;
        while (!early.isEmpty()) {
            opened.data(early.poll());
        }
        passRequestEnd();
    }

    /** TLS did not lead anywhere: the same request in the clear. */
    void carryInTheClear() {
        if (ended || headSent || plan == null || plainHttp == null) {
            return;
        }
        plainHttp.failed();
        plainHttp = null;
        if (open != null) {
            open.cancel(Fault.of(FaultKind.CONNECT_FAILED, "no TLS at the host"));
        }
        carry(client.frontend().pool(), plan.head(), plan.options());
    }

    /** The pool has found a connection, or the response has begun. */
    boolean connected() {
        return headSent || open != null && open.connection() != null;
    }

    // From the client's stream.

    void requestData(ByteBuf chunk) {
        bytesIn += chunk.readableBytes();
        if (ended) {
            chunk.release();
        } else if (open == null || !early.isEmpty()) {
            early.add(chunk); // also what comes while the earlier ones are passed on: they go first
        } else {
            open.data(chunk);
        }
    }

    void requestEnd(HeaderList trailers) {
        requestComplete = true;
        requestTrailers = RequestFields.trailers(trailers);
        passRequestEnd();
    }

    private void passRequestEnd() {
        boolean hasEnd = upgraded || request.bodyLength() != 0;
        if (open != null && early.isEmpty() && !ended && hasEnd && requestTrailers != null && !requestEndPassed) {
            requestEndPassed = true;
            open.end(requestTrailers);
            if (upgraded && responseEnded) {
                finish(null);
            }
        }
    }

    /** The rest of the request will not come: the client broke it off, or broke the protocol. */
    void requestFailed(Fault fault) {
        if (ended) {
            return;
        }
        if (open != null) {
            open.cancel(fault);
        }
        if (fault.kind() == FaultKind.CLIENT_GONE) {
            finish(fault);
        } else {
            fault(fault);
        }
    }

    /** So many bytes of the response have left towards the client. */
    void delivered(int bytes) {
        if (open != null) {
            open.consumed(bytes);
        }
    }

    // From the pool.

    @Override
    public void informational(ResponseHead head) {
        if (!ended && !headSent && !request.version().equals(ClientRequest.HTTP_1_0)) {
            stream.informational(head);
        }
    }

    @Override
    public void head(ResponseHead head) {
        if (plainHttp != null && plainHttp.sendsBack(head)) {
            carryInTheClear();
            return;
        }
        if (plainHttp != null) {
            plainHttp.worked();
        }
        headSent = true;
        status = head.status();
        if (plan != null && plan.report() && open != null && open.connection() != null) {
            Report.addTo(head.headers(), open.connection(), open.timing());
        }
        stream.head(head);
    }

    @Override
    public void upgraded(ResponseHead head) {
        headSent = true;
        upgraded = true;
        status = head.status();
        requestTrailers = null;
        stream.upgraded(head, plan == null ? "" : plan.head().upgrade());
    }

    @Override
    public void data(ByteBuf chunk) {
        bytesOut += chunk.readableBytes();
        stream.data(chunk);
    }

    @Override
    public void end(HeaderList trailers) {
        responseEnded = true;
        if (!upgraded || requestEndPassed) {
            finish(null);
        }
        stream.end(RequestFields.trailers(trailers));
    }

    @Override
    public void fault(Fault fault) {
        if (ended) {
            return;
        }
        if (headSent) {
            finish(fault);
            stream.cut(fault);
        } else if (plainHttp != null && plainHttp.fallsBackAfter(fault)) {
            open = null;
            carryInTheClear();
        } else {
            answer(ProblemAnswer.of(fault, request.headers().get("Accept")), fault);
        }
    }

    @Override
    public void written(int bytes) {
        stream.credit(bytes);
    }

    /** Answers in hotpool's own name. */
    void answer(OwnAnswer answer, @Nullable Fault fault) {
        headSent = true;
        status = answer.status();
        if (fault != null && !requestComplete) {
            stream.closeAfterwards();
        }
        boolean withBody = !request.method().equals("HEAD");
        bytesOut = withBody ? answer.body().length : 0;
        finish(fault);
        stream.head(answer.head());
        if (withBody) {
            stream.data(Unpooled.wrappedBuffer(answer.body()));
        }
        stream.end(new HeaderList(0));
    }

    /** The single end of an exchange. */
    private void finish(@Nullable Fault fault) {
        if (ended) {
            return;
        }
        ended = true;
        permit.release();
        while (!early.isEmpty()) {
            early.poll().release();
        }
        client.context().clients.exchangeEnded();
        client.frontend().observer().exchangeEnded(picture(fault));
    }

    private ExchangeObserver.Ended picture(@Nullable Fault fault) {
        ConnectionFacts connection = open == null ? null : open.connection();
        return new ExchangeObserver.Ended(
                id,
                client.remote(),
                form(),
                request.method(),
                plan == null ? null : connection != null ? connection.origin() : plan.asked(),
                plan == null ? "" : plan.path(),
                request.version(),
                status,
                bytesIn,
                bytesOut,
                plan == null ? "" : plan.options().profile().name(),
                user(),
                connection,
                open == null ? null : open.timing(),
                System.nanoTime() - started,
                fault == null ? null : fault.kind(),
                fault == null ? "" : fault.detail());
    }

    private String form() {
        if (plan != null && plan.builtIn()) {
            return "internal";
        }
        if (upgraded) {
            return "websocket";
        }
        if (scope == null) {
            return "forward";
        }
        return scope.scheme().equals("https") ? "intercept" : "connect-plain";
    }

    private @Nullable String user() {
        String user = scope == null ? admission.user() : scope.user();
        return user.isEmpty() ? null : user;
    }
}
