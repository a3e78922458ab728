package io.hotpool.pool.wire;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An HTTP/1.1 origin on a loopback port whose behaviour is a script. Counts what it sees. */
final class RawOrigin implements AutoCloseable {
    /** What to do with one request; may write to the connection and close it. */
    interface Script {
        void answer(Request request, Connection connection) throws IOException;
    }

    record Request(int connection, int number, String method, String path, Map<String, String> headers, byte[] body) {
        String host() {
            return headers.getOrDefault("host", "");
        }
    }

    final List<Request> requests = new CopyOnWriteArrayList<>();
    final AtomicInteger accepted = new AtomicInteger();
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger mostOpen = new AtomicInteger();
    private final ServerSocket server;
    private final Script script;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "origin");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    RawOrigin(Script script) throws IOException {
        this(new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1")), script);
    }

    RawOrigin(ServerSocket server, Script script) {
        this.server = server;
        this.script = script;
        threads.execute(this::accept);
    }

    static Script text(String body) {
        return (request, connection) -> connection.respond(200, "", body.getBytes(StandardCharsets.US_ASCII));
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
                Connection connection = new Connection(socket, accepted.incrementAndGet());
                threads.execute(connection::serve);
            }
        } catch (IOException e) {
            // closed
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
    }

    final class Connection {
        final Socket socket;
        final int number;
        final InputStream in;
        final OutputStream out;

        Connection(Socket socket, int number) throws IOException {
            this.socket = socket;
            this.number = number;
            this.in = new BufferedInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        void serve() {
            try (socket) {
                socket.setTcpNoDelay(true);
                int n = 0;
                Request request;
                while ((request = read(++n)) != null) {
                    requests.add(request);
                    script.answer(request, this);
                }
            } catch (IOException e) {
                // the peer, or the script, ended it
            } finally {
                open.decrementAndGet();
            }
        }

        private @Nullable Request read(int n) throws IOException {
            String line = line();
            if (line == null) {
                return null;
            }
            Map<String, String> headers = new TreeMap<>();
            for (String field = line(); field != null && !field.isEmpty(); field = line()) {
                int colon = field.indexOf(':');
                headers.put(
                        field.substring(0, colon).toLowerCase(Locale.ROOT),
                        field.substring(colon + 1).strip());
            }
            byte[] body = new byte[0];
            if (headers.containsKey("content-length")) {
                body = in.readNBytes(Integer.parseInt(headers.get("content-length")));
            }
            String[] words = line.split(" ");
            return new Request(number, n, words[0], words[1], headers, body);
        }

        private @Nullable String line() throws IOException {
            List<Byte> bytes = new ArrayList<>();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    return null;
                }
                bytes.add((byte) b);
            }
            StringBuilder text = new StringBuilder();
            bytes.forEach(b -> text.append((char) (b & 0xff)));
            return text.toString().strip();
        }

        /** @param fields further header lines, each with its CRLF */
        void respond(int status, String fields, byte[] body) throws IOException {
            write("HTTP/1.1 " + status + " Fine\r\n" + fields + "Content-Length: " + body.length + "\r\n\r\n");
            out.write(body);
            out.flush();
        }

        void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }
    }
}
