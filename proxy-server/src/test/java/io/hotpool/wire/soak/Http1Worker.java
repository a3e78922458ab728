package io.hotpool.wire.soak;

import io.hotpool.wire.fixture.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1 by hand, keep-alive: in absolute form, after CONNECT, or after CONNECT and TLS. Some of its kind leave midway. */
final class Http1Worker extends Worker {
    enum Form {
        ABSOLUTE,
        CONNECT,
        INTERCEPTED,
        /** Absolute, and gone before the answer is complete. */
        LEAVER
    }

    private final Form form;
    private final InetSocketAddress proxy;
    private final SSLContext trust;
    private @Nullable RawClient connection;
    private Ask.@Nullable Host connectedTo;

    Http1Worker(Form form, InetSocketAddress proxy, SSLContext trust, Tally tally, Asks asks, BooleanSupplier goOn) {
        super("h1 " + form.name().toLowerCase(java.util.Locale.ROOT), tally, asks, goOn);
        this.form = form;
        this.proxy = proxy;
        this.trust = trust;
    }

    @Override
    void turn() {
        Ask ask = form == Form.LEAVER ? asks.big() : asks.next();
        boolean headSeen = false;
        try {
            RawClient client = connected(ask.host());
            send(client, ask);
            RawClient.Response head = client.readHead();
            while (head.status() < 200) {
                head = client.readHead();
            }
            headSeen = true;
            if (form == Form.LEAVER && head.status() == 200) {
                client.exactly(asks.below(ask.size()));
                client.reset();
                connection = null;
                tally.count(name, ask, Outcome.LEFT, "");
                return;
            }
            RawClient.Response whole = client.readBody(head);
            String id = String.valueOf(whole.header("X-Id"));
            String receipt = String.valueOf(whole.header("X-Receipt"));
            tally.response(name, ask, whole.status(), id, receipt, whole.bytes());
            if ("close".equalsIgnoreCase(whole.header("Connection"))) {
                stop();
            }
        } catch (SocketTimeoutException e) {
            tally.count(name, ask, Outcome.NONE, e.toString());
            stop();
        } catch (IOException e) {
            tally.count(name, ask, headSeen ? Outcome.CUT : Outcome.NONE, e.toString());
            stop();
        }
    }

    private RawClient connected(Ask.Host host) throws IOException {
        boolean bound = form == Form.CONNECT || form == Form.INTERCEPTED;
        RawClient open = connection;
        if (open != null && (!bound || host.equals(connectedTo))) {
            return open;
        }
        stop();
        RawClient client = new RawClient(proxy);
        connection = client;
        connectedTo = host;
        if (bound) {
            client.connect(host.authority());
        }
        if (form == Form.INTERCEPTED) {
            client.tls(trust, host.name(), "http/1.1");
        }
        return client;
    }

    private void send(RawClient client, Ask ask) throws IOException {
        boolean absolute = form == Form.ABSOLUTE || form == Form.LEAVER;
        String head = ask.method() + " " + (absolute ? ask.url() : ask.path()) + " HTTP/1.1\r\nHost: "
                + ask.host().authority() + "\r\n";
        if (!ask.post()) {
            client.send(head + "\r\n");
            return;
        }
        String chunked = "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(ask.upload()) + "\r\n";
        boolean known = ask.upload() % 2 == 0;
        client.send(head + (known ? "Content-Length: " + ask.upload() + "\r\n\r\n" : chunked));
        try {
            client.send(ask.body());
            client.send(known ? new byte[0] : "\r\n0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            // The answer may have come before the body was all sent.
        }
    }

    @Override
    void stop() {
        RawClient open = connection;
        connection = null;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            // It is closed.
        }
    }
}
