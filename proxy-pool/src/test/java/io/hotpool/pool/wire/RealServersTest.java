package io.hotpool.pool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RecordingListener;
import io.hotpool.pool.http.RecordingResponse;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.http.RequestSink;
import io.hotpool.pool.http.TestFacts;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.pool.http1.Http1Connection;
import io.hotpool.pool.http2.Http2Connection;
import io.hotpool.pool.profile.Profiles;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections without TLS to servers that others wrote: nginx, nghttpd and Node.js, HTTP/2 with prior knowledge. */
@Timeout(60)
class RealServersTest {
    private static final int BIG = 3_000_000;

    @TempDir
    Path folder;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final RecordingListener listener = new RecordingListener();
    private Process server;
    private int port;
    private UpstreamConnection connection;

    enum Server {
        NGINX_H1("nginx", Protocol.H1),
        NGINX_H2("nginx", Protocol.H2),
        NGHTTPD("nghttpd", Protocol.H2),
        NODE_H1("node", Protocol.H1),
        NODE_H2("node", Protocol.H2);

        final String program;
        final Protocol protocol;

        Server(String program, Protocol protocol) {
            this.program = program;
            this.protocol = protocol;
        }
    }

    private void start(Server which) throws Exception {
        assumeTrue(installed(which.program), which.program + " is not installed: skipped");
        Files.write(folder.resolve("big"), new byte[BIG]);
        Files.writeString(folder.resolve("index.html"), "hello");
        port = freePort();
        server = new ProcessBuilder(command(which))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        Awaitility.await().atMost(Duration.ofSeconds(15)).until(this::listening);
        connect(which.protocol, "chromium-156");
    }

    private List<String> command(Server which) throws IOException {
        return switch (which.program) {
            case "nginx" ->
                List.of(
                        "nginx",
                        "-p",
                        folder.toString(),
                        "-c",
                        nginx(which.protocol).toString());
            case "nghttpd" ->
                List.of("nghttpd", "--no-tls", "-a", "127.0.0.1", "-d", folder.toString(), Integer.toString(port));
            default -> List.of("node", node(which.protocol).toString());
        };
    }

    private Path nginx(Protocol protocol) throws IOException {
        return Files.writeString(folder.resolve("nginx.conf"), """
                daemon off; master_process off; pid nginx.pid; error_log error.log;
                events {}
                http { access_log off; root %s; client_max_body_size 0;
                  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
                  server { listen 127.0.0.1:%d %s; keepalive_requests 100000;
                    location = /upload { proxy_pass http://127.0.0.1:%d/none; error_page 405 =200 /index.html; }
                    location = /none { return 200 "seen"; } } }
                """.formatted(
                        folder, port, protocol == Protocol.H2 ? "http2" : "", port));
    }

    private Path node(Protocol protocol) throws IOException {
        return Files.writeString(
                folder.resolve("server.js"), """
                const server = require('%s').createServer({maxSessionMemory: 1000}, (q, s) => {
                  if (q.url === '/upload') {
                    let n = 0;
                    q.on('data', d => n += d.length);
                    q.on('end', () => s.end('' + n));
                  } else if (q.url === '/big') {
                    s.end(Buffer.alloc(%d));
                  } else {
                    s.setHeader('trailer', 'x-sum');
                    s.write('hello');
                    s.addTrailers({'x-sum': '5'});
                    s.end();
                  }
                });
                server.keepAliveTimeout = 60000;
                server.listen(%d, '127.0.0.1');
                """.formatted(protocol == Protocol.H2 ? "http2" : "http", BIG, port));
    }

    private void connect(Protocol protocol, String profile) throws Exception {
        Channel channel = dial();
        connection = onLoop(() -> protocol == Protocol.H1
                ? Http1Connection.attach(channel, TestFacts.clear(protocol, port), listener)
                : Http2Connection.attach(
                        channel,
                        TestFacts.clear(protocol, port),
                        Profiles.builtIn().find(profile).orElseThrow().http2(),
                        listener));
    }

    /** Nothing is read before somebody listens. */
    private Channel dial() throws InterruptedException {
        return new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(InetAddress.getLoopbackAddress(), port)
                .sync()
                .channel();
    }

    @AfterEach
    void stop() throws Exception {
        if (connection != null) {
            onLoop(() -> {
                connection.close(CloseReason.SHUTDOWN);
                return true;
            });
        }
        if (server != null) {
            server.destroy();
            server.waitFor(5, TimeUnit.SECONDS);
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void many_requests_one_after_the_other_on_one_connection(Server which) throws Exception {
        start(which);
        for (int i = 0; i < 200; i++) {
            RecordingResponse response = exchange("GET", "/", 0);
            assertThat(response.head.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("hello");
        }
        assertThat(listener.closed).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void a_large_body_arrives_whole_while_it_is_consumed(Server which) throws Exception {
        start(which);
        assertThat(exchange("GET", "/big", 0).bytes()).isEqualTo(BIG);
        assertThat(exchange("HEAD", "/big", 0).bytes()).isZero();
        assertThat(exchange("GET", "/", 0).body()).isEqualTo("hello");
    }

    @ParameterizedTest
    @EnumSource(names = {"NODE_H1", "NODE_H2"})
    void a_large_upload_arrives_whole_and_every_byte_is_credited(Server which) throws Exception {
        start(which);
        for (long announced : new long[] {BIG, RequestHead.UNKNOWN_LENGTH}) {
            RecordingResponse response = exchange("POST", "/upload", announced);
            assertThat(response.body()).isEqualTo(Integer.toString(BIG));
            assertThat(response.written).isEqualTo(BIG);
        }
        assertThat(connection.accepting()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"NODE_H1", "NODE_H2"})
    void trailers_arrive(Server which) throws Exception {
        start(which);
        assertThat(exchange("GET", "/", 0).trailers.get("x-sum")).isEqualTo("5");
    }

    @ParameterizedTest
    @EnumSource(names = {"NGINX_H2", "NGHTTPD", "NODE_H2"})
    void many_streams_at_once(Server which) throws Exception {
        start(which);
        List<RecordingResponse> responses = new ArrayList<>();
        onLoop(() -> {
            for (int i = 0; i < 50; i++) {
                responses.add(open("GET", i % 10 == 0 ? "/big" : "/", 0));
            }
            return true;
        });
        for (RecordingResponse response : responses) {
            assertThat(response.terminal.get(20, TimeUnit.SECONDS)).isEqualTo("end");
        }
        assertThat(responses.get(10).bytes()).isEqualTo(BIG);
    }

    @ParameterizedTest
    @EnumSource(names = {"NGINX_H2", "NGHTTPD", "NODE_H2"})
    void a_stream_that_nobody_reads_does_not_hold_up_its_siblings(Server which) throws Exception {
        start(which);
        RecordingResponse stuck = new RecordingResponse();
        RequestSink request = onLoop(() -> connection.open(head("GET", "/big", 0), stuck));
        for (int i = 0; i < 10; i++) {
            assertThat(exchange("GET", "/big", 0).bytes()).isEqualTo(BIG);
        }
        assertThat(stuck.bytes()).isBetween(RequestSink.CREDIT, 2 * RequestSink.CREDIT);
        onLoop(() -> {
            request.cancel(Fault.of(FaultKind.CLIENT_GONE, "test"));
            return true;
        });
        assertThat(exchange("GET", "/", 0).body()).isEqualTo("hello");
    }

    @ParameterizedTest
    @EnumSource(names = {"NGINX_H2", "NGHTTPD", "NODE_H2"})
    void firefox_is_understood_and_pings_are_answered(Server which) throws Exception {
        start(which);
        onLoop(() -> {
            connection.drain(CloseReason.DRAINED);
            return true;
        });
        RecordingListener told = new RecordingListener();
        Channel channel = dial();
        connection = onLoop(() -> Http2Connection.attach(
                channel,
                TestFacts.clear(Protocol.H2, port),
                Profiles.builtIn().find("firefox-153").orElseThrow().http2(),
                told));
        assertThat(exchange("GET", "/big", 0).bytes()).isEqualTo(BIG);
        CompletableFuture<Boolean> alive = new CompletableFuture<>();
        onLoop(() -> {
            connection.ping(TimeUnit.SECONDS.toNanos(5), alive::complete);
            return true;
        });
        assertThat(alive.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void the_death_of_the_server_is_noticed(Server which) throws Exception {
        start(which);
        assertThat(exchange("GET", "/", 0).body()).isEqualTo("hello");
        server.destroyForcibly();
        assertThat(listener.gone.get(10, TimeUnit.SECONDS))
                .isIn(CloseReason.PEER_CLOSED, CloseReason.IO_ERROR, CloseReason.PEER_GOAWAY);
    }

    private RecordingResponse exchange(String method, String path, long bodyLength) throws Exception {
        RecordingResponse response = onLoop(() -> open(method, path, bodyLength));
        assertThat(response.terminal.get(20, TimeUnit.SECONDS)).isEqualTo("end");
        return response;
    }

    private RecordingResponse open(String method, String path, long bodyLength) {
        RecordingResponse response = new RecordingResponse();
        RequestSink request = connection.open(head(method, path, bodyLength), response);
        response.consumeAt(request);
        if (bodyLength != 0) {
            for (int left = BIG; left > 0; left -= 30_000) {
                request.data(Unpooled.wrappedBuffer(new byte[Math.min(left, 30_000)]));
            }
            request.end(new HeaderList());
        }
        return response;
    }

    private RequestHead head(String method, String path, long bodyLength) {
        return new RequestHead(
                method,
                Origin.http("127.0.0.1", port),
                "127.0.0.1:" + port,
                path,
                HeaderList.of("accept", "*/*", "user-agent", "test", "TE", "trailers"),
                bodyLength,
                RequestKind.FETCH,
                "");
    }

    private <T> T onLoop(Callable<T> work) throws Exception {
        return loops.next().submit(work).get(20, TimeUnit.SECONDS);
    }

    private boolean listening() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean installed(String program) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin";
        return Stream.of(path.split(":")).anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
