package io.hotpool.server.selftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HotPools;
import io.hotpool.pool.OpenExchange;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.pool.http.ResponseSink;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.pool.tls.BrowserTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pool as it is, against the embedded origin: what each profile promises is what arrives. */
@Timeout(120)
class LocalSelfTestTest {
    private static final EventLoopGroup LOOPS = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private static final ExecutorService CRYPTO = Executors.newFixedThreadPool(2);
    private static LocalSelfTest selfTest;

    @BeforeAll
    static void start() {
        selfTest = LocalSelfTest.start(
                Profiles::builtIn,
                (config, policy) -> HotPools.on(LOOPS)
                        .tls(new BrowserTls(new BrowserTls.Config(config.tls().extraCaFiles(), null, true), CRYPTO))
                        .policy(policy)
                        .start(config));
    }

    @AfterAll
    static void stop() {
        selfTest.close();
        CRYPTO.shutdownNow();
        LOOPS.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }

    static List<String> profiles() {
        return Profiles.builtIn().all().stream().map(BrowserProfile::name).toList();
    }

    private static ExchangeOptions as(String profile) {
        return ExchangeOptions.of(Profiles.builtIn().find(profile).orElseThrow());
    }

    private static JsonNode ask(ExchangeOptions options) throws IOException {
        return new ObjectMapper()
                .readTree(Gathered.from(
                        selfTest.origin(), selfTest.path(options.profile().name()), options));
    }

    /** The body of one answer. */
    private static final class Gathered implements ResponseSink {
        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private @Nullable OpenExchange exchange;

        static byte[] from(Origin origin, String path, ExchangeOptions options) {
            Gathered sink = new Gathered();
            EventLoop loop = LOOPS.next();
            HeaderList curl = HeaderList.of("User-Agent", "curl/7.88.1", "Accept", "*/*");
            RequestHead head = RequestHead.get(origin, path);
            loop.execute(() ->
                    sink.exchange = selfTest.pool().exchange(head.withHeaders(curl, head.kind()), options, loop, sink));
            return sink.body.orTimeout(30, TimeUnit.SECONDS).join();
        }

        @Override
        public void data(ByteBuf chunk) {
            bytes.writeBytes(ByteBufUtil.getBytes(chunk));
            int size = chunk.readableBytes();
            chunk.release();
            if (exchange != null) {
                exchange.consumed(size);
            }
        }

        @Override
        public void end(HeaderList trailers) {
            body.complete(bytes.toByteArray());
        }

        @Override
        public void fault(Fault fault) {
            body.completeExceptionally(fault);
        }

        @Override
        public void informational(ResponseHead head) {}

        @Override
        public void head(ResponseHead head) {}

        @Override
        public void upgraded(ResponseHead head) {}

        @Override
        public void written(int bytes) {}
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void what_a_profile_promises_is_what_the_origin_sees(String name) throws IOException {
        JsonNode seen = ask(as(name).withSession("first-" + name));
        assertThat(seen.get("differences")).as(seen.toPrettyString()).isEmpty();
        assertThat(seen.get("match").asBoolean()).isTrue();
        assertThat(seen.get("not_compared").toString()).doesNotContain("header order");
        assertThat(seen.at("/tls/resumed").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void over_http1_too(String name) throws IOException {
        JsonNode seen = ask(as(name).withSession("h1-" + name).withProtocol(Protocol.H1));
        assertThat(seen.get("differences")).as(seen.toPrettyString()).isEmpty();
        assertThat(seen.at("/tls/alpn").asText()).isEqualTo("http/1.1");
    }

    @Test
    void a_second_request_rides_the_same_connection() throws IOException {
        JsonNode first = ask(as("chrome").withSession("reuse"));
        JsonNode second = ask(as("chrome").withSession("reuse"));
        assertThat(second.at("/connection/requests").asInt()).isEqualTo(2);
        assertThat(second.at("/tls/client_hello")).isEqualTo(first.at("/tls/client_hello"));
        assertThat(second.get("match").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("captured")
    void a_resumed_connection_matches_the_resumed_form(String name) throws Exception {
        ExchangeOptions options = as(name).withSession("resumed-" + name);
        ask(options);
        selfTest.pool().flush().toCompletableFuture().get(10, TimeUnit.SECONDS);
        JsonNode seen = ask(options);
        assertThat(seen.at("/tls/resumed").asBoolean()).isTrue();
        assertThat(seen.at("/tls/form").asText()).isEqualTo("[resumed]");
        assertThat(seen.get("differences")).as(seen.toPrettyString()).isEmpty();
    }

    static List<String> captured() {
        return List.of("chrome", "firefox");
    }

    @Test
    void a_request_that_is_not_aligned_matches_but_for_its_headers() throws IOException {
        JsonNode seen = ask(as("chrome").withSession("preserve").withHeaders(ExchangeOptions.HeaderMode.PRESERVE));
        assertThat(seen.get("match").asBoolean()).isTrue();
        assertThat(seen.get("not_compared").get(0).asText()).contains("header order");
    }

    @Test
    void the_pool_leads_to_its_own_origin_and_nowhere_else() {
        Origin other = Origin.https(LocalSelfTest.HOST, selfTest.origin().port() == 1 ? 2 : 1);
        assertThatThrownBy(() -> Gathered.from(other, "/", as("chrome")))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        Fault.class, fault -> assertThat(fault.kind()).isEqualTo(FaultKind.TARGET_FORBIDDEN));
    }
}
