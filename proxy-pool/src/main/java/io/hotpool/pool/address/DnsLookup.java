package io.hotpool.pool.address;

import io.hotpool.pool.PoolConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Configured DNS servers, asked directly for A and AAAA; keeps answers for their TTL within the configured bounds. */
final class DnsLookup implements Lookup {
    private static final long QUERY_TIMEOUT_MILLIS = 2_500;

    private final DnsNameResolver resolver;

    DnsLookup(PoolConfig.Dns dns, EventLoop loop) {
        boolean epoll = loop instanceof IoEventLoop io && io.isIoType(EpollIoHandler.class);
        Class<? extends DatagramChannel> udp = epoll ? EpollDatagramChannel.class : NioDatagramChannel.class;
        Class<? extends SocketChannel> tcp = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        List<InetSocketAddress> servers =
                dns.servers().stream().map(DnsLookup::server).toList();
        this.resolver = new DnsNameResolverBuilder(loop)
                .datagramChannelType(udp)
                .socketChannelType(tcp, true)
                .nameServerProvider(new SequentialDnsServerAddressStreamProvider(servers))
                .resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
                .completeOncePreferredResolved(false)
                .searchDomains(List.of())
                .ndots(1)
                .queryTimeoutMillis(QUERY_TIMEOUT_MILLIS)
                .resolveCache(new DefaultDnsCache(seconds(dns.minTtl()), seconds(dns.maxTtl()), 1))
                .build();
    }

    private static int seconds(Duration duration) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, duration.toSeconds()));
    }

    /** {@code 192.0.2.1}, {@code 192.0.2.1:5353}, {@code 2001:db8::1} or {@code [2001:db8::1]:53}. */
    static InetSocketAddress server(String text) {
        int colon = text.lastIndexOf(':');
        boolean port = colon > 0 && (text.indexOf(':') == colon || text.startsWith("["));
        String host = port ? text.substring(0, colon) : text;
        byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
        if (address == null) {
            throw new IllegalArgumentException("dns.servers: '" + text + "' (an IP address, or address:port)");
        }
        return new InetSocketAddress(
                IpLiteral.address(address), port ? Integer.parseInt(text.substring(colon + 1)) : 53);
    }

    @Override
    public void forget(String name) {
        resolver.resolveCache().clear(name);
    }

    @Override
    public CompletionStage<Answer> ask(String name) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        resolver.resolveAll(name).addListener((Future<List<InetAddress>> done) -> {
            if (done.isSuccess()) {
                answer.complete(new Answer(done.getNow(), Duration.ZERO));
            } else {
                answer.completeExceptionally(failure(done.cause()));
            }
        });
        return answer;
    }

    private static UnknownHostException failure(Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof DnsErrorCauseException error && error.getCode().equals(DnsResponseCode.NXDOMAIN)) {
                return new NoSuchNameException("not known to the configured DNS servers");
            }
        }
        return new UnknownHostException("the configured DNS servers give no answer");
    }

    @Override
    public void close() {
        resolver.close();
    }
}
