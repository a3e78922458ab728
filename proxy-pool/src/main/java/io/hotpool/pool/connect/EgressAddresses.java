package io.hotpool.pool.connect;

import io.hotpool.pool.PoolConfig.Sources;
import io.hotpool.pool.address.AddressBlock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which of our own addresses a connection leaves from: taken in turns, or one of the IPv6 subnet by chance; a session keeps its
 * own as long as the configuration does. Thread-safe.
 */
final class EgressAddresses {
    /** @param free of a subnet: no interface of this machine need have it (Linux: IP_FREEBIND) */
    record Source(InetAddress address, boolean free) {}

    private final Supplier<Sources> config;
    private final SecureRandom random = new SecureRandom();
    private final byte[] secret = random.generateSeed(16);
    private final AtomicInteger turn = new AtomicInteger();

    EgressAddresses(Supplier<Sources> config) {
        this.config = config;
    }

    /** Is the choice for that destination ours? A subnet alone says nothing of IPv4. */
    boolean configured(InetAddress destination) {
        return config.get().concern(destination);
    }

    /** Null when there is none of the destination's family: then nothing may be sent there. */
    @Nullable
    Source choose(InetAddress destination, String session) {
        Sources sources = config.get();
        int length = destination.getAddress().length;
        AddressBlock subnet = sources.ipv6Subnet();
        if (length == 16 && subnet != null) {
            return new Source(within(subnet, session), true);
        }
        List<InetAddress> fitting = sources.addresses().stream()
                .filter(address -> address.getAddress().length == length)
                .toList();
        if (fitting.isEmpty()) {
            return null;
        }
        int number = session.isEmpty() ? turn.getAndIncrement() : session.hashCode() * 0x9e3779b9 >>> 8;
        return new Source(fitting.get(Math.floorMod(number, fitting.size())), false);
    }

    private InetAddress within(AddressBlock subnet, String session) {
        byte[] bytes = subnet.network().getAddress();
        byte[] chance = session.isEmpty() ? randomBytes() : digest(session);
        for (int bit = subnet.prefix(); bit < 128; bit++) {
            bytes[bit >> 3] |= (byte) (chance[bit >> 3] & 0x80 >> (bit & 7));
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are an address", e);
        }
    }

    private byte[] randomBytes() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] digest(String session) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(secret);
            return digest.digest(session.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
