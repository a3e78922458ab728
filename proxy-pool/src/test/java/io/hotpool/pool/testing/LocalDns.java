package io.hotpool.pool.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A name server on loopback (RFC 1035) whose answers a test changes while it runs: A and AAAA, and kinds of failure. */
public final class LocalDns implements AutoCloseable {
    private static final int TYPE_A = 1;
    private static final int TYPE_AAAA = 28;

    public enum Mood {
        ANSWERS(0),
        FAILS(2),
        KNOWS_NOTHING(3),
        SILENT(-1);

        private final int code;

        Mood(int code) {
            this.code = code;
        }
    }

    private final DatagramSocket socket;
    private final Map<String, List<InetAddress>> names = new ConcurrentHashMap<>();
    private final List<String> queries = new CopyOnWriteArrayList<>();
    private volatile Mood mood = Mood.ANSWERS;
    private volatile int ttl;

    public LocalDns() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "local-dns");
        thread.setDaemon(true);
        thread.start();
    }

    public String server() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    /** From now on; IPv4 and IPv6 literals. */
    public LocalDns name(String name, String... addresses) {
        names.put(name, Arrays.stream(addresses).map(LocalDns::literal).toList());
        return this;
    }

    public LocalDns ttl(int seconds) {
        ttl = seconds;
        return this;
    }

    public void mood(Mood mood) {
        this.mood = mood;
    }

    /** Every name that was asked for, in order, once per type. */
    public List<String> queries() {
        return List.copyOf(queries);
    }

    private static InetAddress literal(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void serve() {
        byte[] buffer = new byte[1500];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                byte[] reply = reply(Arrays.copyOf(buffer, packet.getLength()));
                if (mood != Mood.SILENT) {
                    socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    private byte[] reply(byte[] query) throws IOException {
        StringBuilder name = new StringBuilder();
        int at = 12;
        while (query[at] != 0) {
            name.append(name.length() == 0 ? "" : ".")
                    .append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
            at += query[at] + 1;
        }
        int type = (query[at + 1] & 0xff) << 8 | query[at + 2] & 0xff;
        String asked = name.toString().toLowerCase(Locale.ROOT);
        queries.add(asked);
        List<InetAddress> known = names.get(asked);
        int code = mood == Mood.ANSWERS && known == null ? Mood.KNOWS_NOTHING.code : mood.code;
        List<InetAddress> answer = code != 0 || known == null
                ? List.of()
                : known.stream().filter(a -> type(a) == type).toList();
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        reply.write(query, 0, 2);
        reply.write(new byte[] {(byte) 0x81, (byte) (0x80 | code), 0, 1, 0, (byte) answer.size(), 0, 0, 0, 0});
        reply.write(query, 12, at + 5 - 12);
        for (InetAddress address : answer) {
            byte[] data = address.getAddress();
            reply.write(new byte[] {(byte) 0xc0, 12, 0, (byte) type, 0, 1});
            reply.write(new byte[] {
                (byte) (ttl >> 24), (byte) (ttl >> 16), (byte) (ttl >> 8), (byte) ttl, 0, (byte) data.length
            });
            reply.write(data);
        }
        return reply.toByteArray();
    }

    private static int type(InetAddress address) {
        return address.getAddress().length == 4 ? TYPE_A : TYPE_AAAA;
    }

    @Override
    public void close() {
        socket.close();
    }
}
