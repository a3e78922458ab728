package io.hotpool.pool.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** An address where a dial gets no answer at all: a listener whose queue is full, so that Linux drops what else comes. */
public final class BlackHole implements AutoCloseable {
    private static final int MOST_FILLING = 16;

    private final ServerSocket listener;
    private final List<SocketChannel> filling = new ArrayList<>();

    public BlackHole(InetAddress address, int port) throws IOException {
        listener = new ServerSocket(port, 1, address);
        while (filling.size() < MOST_FILLING) {
            SocketChannel channel = SocketChannel.open();
            filling.add(channel);
            channel.configureBlocking(false);
            channel.connect(listener.getLocalSocketAddress());
            if (!connectsSoon(channel)) {
                return;
            }
        }
        throw new IOException("the queue of " + listener + " does not fill");
    }

    private static boolean connectsSoon(SocketChannel channel) throws IOException {
        for (int i = 0; i < 20; i++) {
            if (channel.finishConnect()) {
                return true;
            }
            LockSupport.parkNanos(5_000_000);
        }
        return false;
    }

    public int port() {
        return ((InetSocketAddress) listener.getLocalSocketAddress()).getPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (SocketChannel channel : filling) {
            channel.close();
        }
    }
}
