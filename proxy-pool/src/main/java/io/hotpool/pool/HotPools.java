package io.hotpool.pool;

import io.hotpool.pool.address.AddressPolicy;
import io.hotpool.pool.address.HostResolver;
import io.hotpool.pool.address.IpAccessController;
import io.hotpool.pool.address.Resolver;
import io.hotpool.pool.connect.Connector;
import io.hotpool.pool.connect.HttpAttachment;
import io.hotpool.pool.maintenance.Maintainer;
import io.hotpool.pool.tls.UpstreamTls;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes hot pools: {@code HotPools.on(group).tls(tls).start(config)}. The event loops and the TLS stay the caller's, to be
 * closed after the pool.
 */
public final class HotPools {
    private final @Nullable EventLoopGroup group;
    private AddressPolicy policy = AddressPolicy.ALLOW_ALL;
    private PoolListener listener = PoolListener.NONE;
    private Clock clock = Clock.systemUTC();
    private Path resolverFile = Path.of("/etc/resolv.conf");
    private @Nullable UpstreamTls tls;

    private HotPools(@Nullable EventLoopGroup group) {
        this.group = group;
    }

    /** Makes pools with event loops and TLS of their own, which end with them. */
    public static HotPools standalone() {
        return new HotPools(null);
    }

    /** @param group every loop of it gets a shard; epoll or NIO */
    public static HotPools on(EventLoopGroup group) {
        return new HotPools(group);
    }

    /** Makes the TLS of every connection; default for {@link #standalone} pools: that of the profiles' browsers. */
    public HotPools tls(UpstreamTls tls) {
        this.tls = tls;
        return this;
    }

    /** Asked about every address before it is dialled; default: everything is allowed. */
    public HotPools policy(AddressPolicy policy) {
        this.policy = policy;
        return this;
    }

    public HotPools listener(PoolListener listener) {
        this.listener = listener;
        return this;
    }

    /** Wall clock of what is shown to people; no timeout depends on it. */
    public HotPools clock(Clock clock) {
        this.clock = clock;
        return this;
    }

    /** The file that names the machine's name servers: when it changes, connections are checked and names asked for anew. */
    public HotPools resolverFile(Path file) {
        this.resolverFile = file;
        return this;
    }

    public HotPool start(PoolConfig config) {
        OwnResources own = this.group == null ? new OwnResources(config) : null;
        EventLoopGroup group = own == null ? Objects.requireNonNull(this.group) : own.group;
        UpstreamTls tls = this.tls != null || own == null ? Objects.requireNonNull(this.tls, "tls") : own.tls;
        PoolCounts counts = new PoolCounts(clock);
        PoolListener listener = PoolListener.all(counts, this.listener);
        EventLoop dnsLoop = (EventLoop) group.iterator().next();
        Resolver resolver = HostResolver.of(config.dns(), dnsLoop);
        Maintainer control = new Maintainer(config.cleanupInterval(), listener, clock, counts::tick, resolverFile);
        IpAccessController access = new IpAccessController(config, control, clock, listener);
        Connector connector =
                new Connector(resolver, policy, access, tls, new HttpAttachment(), listener, clock, config.sources());
        return new ShardedHotPool(group, config, connector, access, control, listener, counts, clock, own);
    }
}
