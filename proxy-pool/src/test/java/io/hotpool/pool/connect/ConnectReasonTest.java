package io.hotpool.pool.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.ConnectException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectReasonTest {
    @ParameterizedTest
    @CsvSource({
        "'finishConnect(..) failed with error(-111): Connection refused: /127.0.0.1:18090', Connection refused",
        "'finishConnect(..) failed: Connection refused: /[2001:db8:0:0:0:0:0:1]:443', Connection refused",
        "'connect(..) failed with error(-101): Network is unreachable: /192.0.2.1:443', Network is unreachable",
        "'Connection refused: /127.0.0.1:443', Connection refused",
        "'Connection timed out', Connection timed out",
    })
    void a_reason_is_told_in_the_systems_words_alone(String message, String reason) {
        assertThat(TcpRace.reason(new ConnectException(message))).isEqualTo(reason);
    }

    /** No connection is ever made to a multicast address: Linux has no route there. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void no_route_is_told_and_is_nobodys_fault_on_epoll_and_nio(boolean epoll) throws Exception {
        assumeTrue(!epoll || Epoll.isAvailable(), "there is no epoll here");
        MultiThreadIoEventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        try {
            Throwable cause = new Bootstrap()
                    .group(group)
                    .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect("224.0.0.1", 443)
                    .await()
                    .cause();
            assertThat(TcpRace.unreachable(cause)).as(String.valueOf(cause)).isTrue();
            assertThat(TcpRace.reason(cause)).isEqualTo("Network is unreachable");
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'newSocketStream(..) failed with error(-24): Too many open files', true",
        "'Too many open files', true",
        "'connect(..) failed with error(-105): No buffer space available: /192.0.2.1:443', true",
        "'connect(..) failed with error(-99): Cannot assign requested address: /192.0.2.1:443', true",
        "'finishConnect(..) failed with error(-111): Connection refused: /127.0.0.1:18090', false",
    })
    void what_this_machine_lacks_is_no_fault_of_the_address(String message, boolean ours) {
        assertThat(TcpRace.spent(new ConnectException(message))).isEqualTo(ours);
    }
}
