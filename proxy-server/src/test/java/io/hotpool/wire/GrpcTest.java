package io.hotpool.wire;

import static io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.UNARY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.hotpool.pool.testing.TestCertificates.Identity;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Wait;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** gRPC by a real client and a real server: trailers, errors, and streams in both directions at once. */
class GrpcTest {
    private static final Metadata.Key<String> PROFILE = key("x-hotpool-profile");
    private static final Metadata.Key<String> ASKED = key("x-asked");
    private static final Metadata.Key<String> TRAILER = key("x-trailer");

    private static final MethodDescriptor<String, String> ECHO = method("Echo", UNARY);
    private static final MethodDescriptor<String, String> FAIL = method("Fail", UNARY);
    private static final MethodDescriptor<String, String> NEVER = method("Never", UNARY);
    private static final MethodDescriptor<String, String> COUNT = method("Count", SERVER_STREAMING);
    private static final MethodDescriptor<String, String> JOIN = method("Join", CLIENT_STREAMING);
    private static final MethodDescriptor<String, String> TALK = method("Talk", BIDI_STREAMING);

    @RegisterExtension
    static final Lab lab = Lab.standard();

    /** A gRPC server warns of a proxy on the way when {@code te: trailers} is missing. */
    private static final Queue<String> complaints = new ConcurrentLinkedQueue<>();

    private static final Logger SERVER_LOG = Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");
    private static final AtomicReference<Metadata> seen = new AtomicReference<>();
    private static final BlockingQueue<String> cancelled = new LinkedBlockingQueue<>();
    private static volatile CountDownLatch firstArrived = new CountDownLatch(1);
    private static Server server;
    private static ManagedChannel channel;

    @BeforeAll
    static void start() throws IOException {
        SERVER_LOG.addHandler(new Complaints());
        Identity leaf = lab.leaf();
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .sslContext(GrpcSslContexts.forServer(
                                leaf.writeChain(lab.directory()).toFile(),
                                leaf.writeKey(lab.directory()).toFile())
                        .build())
                .addService(service())
                .intercept(new Witness())
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress(Lab.HOST, server.getPort())
                .proxyDetector(target -> HttpConnectProxiedSocketAddress.newBuilder()
                        .setTargetAddress((InetSocketAddress) target)
                        .setProxyAddress(lab.proxy())
                        .build())
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(lab.root().toFile())
                        .build())
                .build();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"chrome", "firefox"})
    void a_call_is_answered_with_its_trailers(String profile) {
        AtomicReference<Metadata> headers = new AtomicReference<>();
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        Channel asking = ClientInterceptors.intercept(
                as(profile), MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));

        assertThat(ClientCalls.blockingUnaryCall(asking, ECHO, options(), "hello"))
                .isEqualTo("hello");

        assertThat(trailers.get().get(TRAILER)).isEqualTo("the end of hello");
        assertThat(seen.get().get(ASKED)).isEqualTo("by " + profile);
        assertThat(complaints).isEmpty();
        assertThat(seen.get().containsKey(PROFILE)).isFalse();
        assertThat(lab.metric("hotpool_requests_total", "profile=\"" + profile)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"chrome", "firefox"})
    void an_error_without_a_message_arrives_with_its_status_and_text(String profile) {
        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class, () -> ClientCalls.blockingUnaryCall(as(profile), FAIL, options(), "x"));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(failure.getStatus().getDescription()).isEqualTo("nothing by the name of x – really");
        assertThat(failure.getTrailers().get(TRAILER)).isEqualTo("failed");
    }

    /** The server holds the rest back until the first message has come through. */
    @Test
    void a_stream_of_the_servers_arrives_message_by_message() {
        firstArrived = new CountDownLatch(1);
        Iterator<String> messages = ClientCalls.blockingServerStreamingCall(channel, COUNT, options(), "200");

        assertThat(messages.next()).isEqualTo("0");
        firstArrived.countDown();
        for (int i = 1; i < 200; i++) {
            assertThat(messages.next()).isEqualTo(Integer.toString(i));
        }
        assertThat(messages.hasNext()).isFalse();
    }

    @Test
    void a_stream_of_the_clients_is_answered_once() {
        Answers answers = new Answers();
        StreamObserver<String> words = ClientCalls.asyncClientStreamingCall(channel.newCall(JOIN, options()), answers);
        for (int i = 0; i < 100; i++) {
            words.onNext("word" + i);
        }
        words.onCompleted();

        assertThat(answers.next()).startsWith("word0 word1 ").endsWith(" word99");
        answers.awaitEnd();
    }

    @Test
    void both_talk_at_the_same_time_each_answer_before_the_next_question() {
        Answers answers = new Answers();
        StreamObserver<String> questions =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, options()), answers);
        for (int i = 0; i < 50; i++) {
            questions.onNext("question " + i);
            assertThat(answers.next()).isEqualTo("answer to question " + i);
        }
        questions.onCompleted();
        answers.awaitEnd();
    }

    @Test
    void messages_of_megabytes_pass_both_ways() {
        String big = "0123456789abcdef".repeat(3 << 16);
        assertThat(ClientCalls.blockingUnaryCall(channel, ECHO, options(), big)).isEqualTo(big);
    }

    @Test
    void a_deadline_ends_the_call_here_and_there() throws InterruptedException {
        cancelled.clear();
        CallOptions hurry = CallOptions.DEFAULT.withDeadlineAfter(500, TimeUnit.MILLISECONDS);
        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class, () -> ClientCalls.blockingUnaryCall(channel, NEVER, hurry, "x"));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(cancelled.poll(Wait.LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("x");
    }

    private static Channel as(String profile) {
        Metadata metadata = new Metadata();
        metadata.put(PROFILE, profile);
        metadata.put(ASKED, "by " + profile);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private static CallOptions options() {
        return CallOptions.DEFAULT.withDeadlineAfter(Wait.LONG.toSeconds(), TimeUnit.SECONDS);
    }

    private static ServerServiceDefinition service() {
        return ServerServiceDefinition.builder("test.Echo")
                .addMethod(ECHO, ServerCalls.asyncUnaryCall((String request, StreamObserver<String> answer) -> {
                    answer.onNext(request);
                    answer.onCompleted();
                }))
                .addMethod(FAIL, ServerCalls.asyncUnaryCall((String request, StreamObserver<String> answer) -> {
                    Metadata trailers = new Metadata();
                    trailers.put(TRAILER, "failed");
                    answer.onError(Status.NOT_FOUND
                            .withDescription("nothing by the name of " + request + " – really")
                            .asRuntimeException(trailers));
                }))
                .addMethod(
                        NEVER,
                        ServerCalls.asyncUnaryCall((String request, StreamObserver<String> answer) ->
                                ((ServerCallStreamObserver<String>) answer)
                                        .setOnCancelHandler(() -> cancelled.add(request))))
                .addMethod(COUNT, ServerCalls.asyncServerStreamingCall(GrpcTest::count))
                .addMethod(JOIN, ServerCalls.asyncClientStreamingCall(Joining::new))
                .addMethod(TALK, ServerCalls.asyncBidiStreamingCall(Talking::new))
                .build();
    }

    private static void count(String end, StreamObserver<String> answer) {
        answer.onNext("0");
        try {
            Wait.forLatch(firstArrived);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (int i = 1; i < Integer.parseInt(end); i++) {
            answer.onNext(Integer.toString(i));
        }
        answer.onCompleted();
    }

    private record Joining(StreamObserver<String> answer, StringBuilder words) implements StreamObserver<String> {
        Joining(StreamObserver<String> answer) {
            this(answer, new StringBuilder());
        }

        @Override
        public void onNext(String word) {
            words.append(words.isEmpty() ? "" : " ").append(word);
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
            answer.onNext(words.toString());
            answer.onCompleted();
        }
    }

    private record Talking(StreamObserver<String> answers) implements StreamObserver<String> {
        @Override
        public void onNext(String question) {
            answers.onNext("answer to " + question);
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
            answers.onCompleted();
        }
    }

    /** What comes back, for a test that asks for one after the other. */
    private static final class Answers implements StreamObserver<String> {
        private static final String END = "\0end";

        private final BlockingQueue<String> queue = new LinkedBlockingQueue<>();

        @Override
        public void onNext(String value) {
            queue.add(value);
        }

        @Override
        public void onError(Throwable failure) {
            queue.add(failure.toString());
        }

        @Override
        public void onCompleted() {
            queue.add(END);
        }

        String next() {
            try {
                return queue.poll(Wait.LONG.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        void awaitEnd() {
            assertThat(next()).isEqualTo(END);
        }
    }

    /** Keeps the metadata that arrived, and says goodbye in the trailers. */
    private static final class Witness implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            seen.set(headers);
            return next.startCall(
                    new SimpleForwardingServerCall<Q, A>(call) {
                        private Object last = "";

                        @Override
                        public void sendMessage(A message) {
                            last = message;
                            super.sendMessage(message);
                        }

                        @Override
                        public void close(Status status, Metadata trailers) {
                            if (status.isOk()) {
                                trailers.put(
                                        TRAILER,
                                        "the end of " + (last.toString().length() < 100 ? last : "much"));
                            }
                            super.close(status, trailers);
                        }
                    },
                    headers);
        }
    }

    private static final class Complaints extends Handler {
        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                complaints.add(entry.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static MethodDescriptor<String, String> method(String name, MethodType type) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("test.Echo", name))
                .setRequestMarshaller(Text.INSTANCE)
                .setResponseMarshaller(Text.INSTANCE)
                .build();
    }

    /** Messages are their own bytes: no schema is needed to see whether they arrive. */
    private enum Text implements MethodDescriptor.Marshaller<String> {
        INSTANCE;

        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
