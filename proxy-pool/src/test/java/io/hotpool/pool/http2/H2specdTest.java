package io.hotpool.pool.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RecordingListener;
import io.hotpool.pool.http.RecordingResponse;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.TestFacts;
import io.hotpool.pool.profile.Profiles;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The client side of h2spec: {@code h2specd} is a server that misbehaves on a port per test case and starts a command for
 * each; the command tells this JVM which port to connect to.
 */
class H2specdTest {
    private static final int CASES = 57;

    private EventLoopGroup loops;
    private HttpServer control;

    @BeforeEach
    void start() throws IOException {
        loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        control = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        control.createContext("/", exchange -> {
            String query = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            URI target = URI.create(URLDecoder.decode(query, StandardCharsets.UTF_8));
            visit(target.getPort());
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        control.start();
    }

    @AfterEach
    void stop() {
        control.stop(0);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private void visit(int port) {
        new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {}
                })
                .connect(InetAddress.getLoopbackAddress(), port)
                .addListener((io.netty.channel.ChannelFutureListener) f -> {
                    Http2Connection connection = Http2Connection.attach(
                            f.channel(),
                            TestFacts.clear(Protocol.H2, port),
                            Profiles.builtIn()
                                    .find("chromium-156")
                                    .orElseThrow()
                                    .http2(),
                            new RecordingListener());
                    RecordingResponse response = new RecordingResponse();
                    response.consumeAt(connection.open(RequestHead.get(Origin.http("127.0.0.1", port), "/"), response));
                });
    }

    @Test
    @Timeout(240)
    void every_case_of_h2specd_passes() throws Exception {
        Optional<Path> h2specd = program("h2specd");
        assumeTrue(h2specd.isPresent(), "h2specd is not installed: the HTTP/2 client conformance test is skipped");
        assumeTrue(program("curl").isPresent(), "curl is not installed: the HTTP/2 client conformance test is skipped");
        String command =
                "curl -s --max-time 5 http://127.0.0.1:" + control.getAddress().getPort() + "/ --data-urlencode";
        Process process = new ProcessBuilder(
                        h2specd.get().toString(), "--from-port", Integer.toString(freePorts()), "--exec", command)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("accept tcp")) // its listeners at the end
                .collect(Collectors.joining("\n"));
        process.waitFor();
        assertThat(output).contains(CASES + " tests, " + CASES + " passed, 0 skipped, 0 failed");
    }

    /** The first of as many consecutive free ports as there are cases. */
    private static int freePorts() throws IOException {
        for (int base = 30000; base < 32000; base += CASES) {
            List<ServerSocket> taken = new ArrayList<>();
            try {
                for (int port = base; port < base + CASES; port++) {
                    taken.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
                }
                return base;
            } catch (IOException busy) {
                // the next range
            } finally {
                for (ServerSocket socket : taken) {
                    socket.close();
                }
            }
        }
        throw new IOException("no " + CASES + " free ports in a row");
    }

    private static Optional<Path> program(String name) {
        Stream<Path> folders = Stream.concat(
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":")).map(Path::of),
                Stream.of(Path.of(System.getProperty("user.home"), "go", "bin")));
        return folders.map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
