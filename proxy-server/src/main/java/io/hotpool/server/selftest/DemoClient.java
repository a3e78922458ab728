package io.hotpool.server.selftest;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A client as plain as can be: sockets, HTTP/1.1 and the JDK's TLS. Sends what curl would send through a proxy, one request
 * per connection.
 */
final class DemoClient {
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final int LONGEST_BODY = 4 * 1024 * 1024;

    private final InetSocketAddress proxy;
    private final SSLContext tls;

    /** @param headers lower case names */
    record Reply(int status, Map<String, String> headers, byte[] body) {}

    /** @param root the only certificate that is trusted, DER */
    DemoClient(InetSocketAddress proxy, byte[] root) {
        this.proxy = proxy;
        this.tls = trusting(root);
    }

    /** {@code curl -x PROXY URL} for an {@code http://} URL, or an {@code https://} one that the proxy is to make TLS for. */
    Reply absolute(String url, Map<String, String> directives) throws IOException {
        try (Socket socket = connect()) {
            return exchange(socket, url, hostOf(url), directives);
        }
    }

    /** {@code curl -x PROXY --cacert ca.pem https://…}: a tunnel, and TLS of one's own inside. */
    Reply tunnel(String host, String path, Map<String, String> directives) throws IOException {
        try (Socket socket = connect()) {
            String connect = "CONNECT " + host + ":443 HTTP/1.1\r\nHost: " + host + ":443\r\n\r\n";
            socket.getOutputStream().write(connect.getBytes(StandardCharsets.US_ASCII));
            Reply opened = read(socket.getInputStream(), false);
            if (opened.status() != 200) {
                return opened;
            }
            try (SSLSocket inside = (SSLSocket) tls.getSocketFactory().createSocket(socket, host, 443, true)) {
                SSLParameters parameters = inside.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                inside.setSSLParameters(parameters);
                inside.startHandshake();
                return exchange(inside, path, host, directives);
            }
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        try {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(proxy, TIMEOUT_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static Reply exchange(Socket socket, String target, String host, Map<String, String> directives)
            throws IOException {
        StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: " + host
                + "\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\nConnection: close\r\n");
        directives.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        request.append("\r\n");
        socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return read(socket.getInputStream(), true);
    }

    private static Reply read(InputStream in, boolean withBody) throws IOException {
        String start = line(in);
        if (!start.startsWith("HTTP/1.") || start.length() < 12) {
            throw new IOException("the proxy answered '" + start + "'");
        }
        int status = Integer.parseInt(start.substring(9, 12));
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Reply(status, headers, withBody ? body(in, headers) : new byte[0]);
    }

    private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
        String length = headers.get("content-length");
        if (length != null) {
            return exactly(in, Integer.parseInt(length));
        }
        if (!"chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            return in.readNBytes(LONGEST_BODY);
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
            body.writeBytes(exactly(in, size));
            line(in);
        }
        return body.toByteArray();
    }

    private static int chunkSize(InputStream in) throws IOException {
        String line = line(in);
        int extension = line.indexOf(';');
        return Integer.parseInt((extension < 0 ? line : line.substring(0, extension)).strip(), 16);
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(Math.min(length, LONGEST_BODY));
        if (bytes.length < length) {
            throw new EOFException("the answer was cut after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the proxy closed the connection");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private static String hostOf(String url) {
        int start = url.indexOf("//") + 2;
        int end = url.indexOf('/', start);
        return url.substring(start, end);
    }

    private static SSLContext trusting(byte[] root) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry(
                    "root",
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(root)));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the root certificate cannot be trusted", e);
        }
    }
}
