package io.hotpool.pool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.http.ConnectionFacts;
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
import io.hotpool.pool.http1.Http1Connection;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How real sockets end: FIN, reset and half-close, seen by an HTTP/1.1 connection. */
@Timeout(20)
class ConnectionEndsTest {
    private static final String UNTIL_CLOSE = "HTTP/1.1 200 OK\r\n\r\nbody";

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final RecordingListener listener = new RecordingListener();
    private final RecordingResponse response = new RecordingResponse();
    private ServerSocket server;
    private Socket peer;
    private RequestSink request;

    @BeforeEach
    void listen() throws Exception {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws Exception {
        peer.close();
        server.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    }

    private void open(ConnectionFacts facts, String upgrade) throws Exception {
        open(facts, "GET", 0, upgrade);
    }

    private void open(ConnectionFacts facts, String method, long bodyLength, String upgrade) throws Exception {
        Channel channel = new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(server.getLocalSocketAddress())
                .sync()
                .channel();
        peer = server.accept();
        RequestHead head = new RequestHead(
                method,
                Origin.http("www.example.com", 80),
                "www.example.com",
                "/",
                new HeaderList(),
                bodyLength,
                RequestKind.FETCH,
                upgrade);
        request = onLoop(() -> {
            UpstreamConnection connection = Http1Connection.attach(channel, facts, listener);
            return connection.open(head, response);
        });
    }

    @Test
    void in_clear_text_a_fin_ends_a_body_until_close() throws Exception {
        open(TestFacts.clear(Protocol.H1, 80), "");
        send(UNTIL_CLOSE);
        peer.shutdownOutput();
        assertThat(response.terminal.get(30, TimeUnit.SECONDS)).isEqualTo("end");
        assertThat(response.body()).isEqualTo("body");
    }

    @Test
    void over_tls_a_fin_without_close_notify_cuts_it() throws Exception {
        open(TestFacts.secure(Protocol.H1), "");
        send(UNTIL_CLOSE);
        peer.shutdownOutput();
        assertThat(response.terminal.get(30, TimeUnit.SECONDS)).startsWith("upstream_truncated");
    }

    @Test
    void a_reset_cuts_it() throws Exception {
        open(TestFacts.clear(Protocol.H1, 80), "");
        peer.getInputStream().read(new byte[1000]);
        send(UNTIL_CLOSE);
        Awaitility.await().until(() -> onLoop(() -> response.bytes() == 4));
        peer.setSoLinger(true, 0);
        peer.close();
        assertThat(response.terminal.get(30, TimeUnit.SECONDS)).startsWith("upstream_truncated");
    }

    @ParameterizedTest
    @ValueSource(longs = {RequestHead.UNKNOWN_LENGTH, 3000})
    void an_answer_that_came_before_the_upload_broke_is_heard(long length) throws Exception {
        open(TestFacts.clear(Protocol.H1, 80), "POST", length, "");
        onLoop(() -> {
            send("HTTP/1.1 413 Too Large\r\nContent-Length: 9\r\n\r\ntoo large");
            peer.setSoLinger(true, 0);
            peer.close(); // the answer and the reset are there before the loop looks at either
            request.data(Unpooled.buffer().writeZero(1000));
            request.data(Unpooled.buffer().writeZero(1000));
            return true;
        });
        assertThat(response.terminal.get(30, TimeUnit.SECONDS)).isEqualTo("end");
        assertThat(response.head.status()).isEqualTo(413);
        assertThat(response.body()).isEqualTo("too large");
        assertThat(listener.gone.get(30, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void an_upload_that_breaks_without_an_answer_fails_soon() throws Exception {
        open(TestFacts.clear(Protocol.H1, 80), "POST", 3000, "");
        onLoop(() -> {
            peer.setSoLinger(true, 0);
            peer.close();
            request.data(Unpooled.buffer().writeZero(1000));
            return true;
        });
        assertThat(response.terminal.get(30, TimeUnit.SECONDS)).startsWith("upstream_closed");
        assertThat(listener.gone.get(30, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void after_an_upgrade_our_half_close_reaches_the_peer_and_its_bytes_still_arrive() throws Exception {
        open(TestFacts.clear(Protocol.H1, 80), "websocket");
        send("HTTP/1.1 101 Switching Protocols\r\n\r\n");
        Awaitility.await().until(() -> onLoop(() -> response.upgraded));
        onLoop(() -> {
            request.data(Unpooled.copiedBuffer("last words", StandardCharsets.US_ASCII));
            request.end(new HeaderList());
            return true;
        });
        String received = new String(peer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(received).endsWith("\r\n\r\nlast words");
        send("and ours");
        peer.shutdownOutput();
        assertThat(response.terminal.get(30, TimeUnit.SECONDS)).isEqualTo("end");
        assertThat(response.body()).isEqualTo("and ours");
        assertThat(listener.gone.get(30, TimeUnit.SECONDS)).isNotNull();
    }

    private void send(String bytes) throws Exception {
        peer.getOutputStream().write(bytes.getBytes(StandardCharsets.US_ASCII));
    }

    private <T> T onLoop(Callable<T> work) throws Exception {
        return loops.next().submit(work).get(30, TimeUnit.SECONDS);
    }
}
