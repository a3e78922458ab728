package io.hotpool.server.accesslog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.hotpool.pool.OpenExchange.Timing;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.server.frontend.ExchangeObserver.Ended;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;

/**
 * One exchange as one line. Holds no header, no query and no body; what clients chose freely (method, path) is escaped, so
 * that it cannot make a line of its own.
 */
public record AccessLine(Instant at, Ended ended) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int LONGEST_PATH = 2048;

    /** For people: positional up to the status, then {@code name=value}; {@code -} for what there is not. */
    public String text() {
        Timing timing = ended.timing();
        ConnectionFacts connection = ended.connection();
        StringBuilder line = new StringBuilder(256);
        line.append(at)
                .append(' ')
                .append(ended.id())
                .append(' ')
                .append(NetUtil.toSocketAddressString(ended.client()))
                .append(' ')
                .append(ended.form())
                .append(' ')
                .append(plain(ended.method()))
                .append(' ')
                .append(ended.origin() == null ? "-" : ended.origin())
                .append(path())
                .append(' ')
                .append(ended.status());
        field(line, "kind", ended.fault() == null ? "-" : ended.fault().label());
        field(line, "total", millis(ended.totalNanos()));
        field(line, "wait", timing == null ? "-" : millis(timing.waitNanos()));
        field(line, "ttfb", timing == null ? "-" : millis(timing.ttfbNanos()));
        field(line, "in", Long.toString(ended.bytesIn()));
        field(line, "out", Long.toString(ended.bytesOut()));
        field(line, "client_protocol", ended.clientProtocol());
        field(line, "protocol", connection == null ? "-" : connection.protocol().label());
        field(line, "profile", ended.profile().isEmpty() ? "-" : ended.profile());
        field(line, "connection", connection == null ? "-" : Long.toString(connection.id()));
        field(line, "reused", timing == null ? "-" : Boolean.toString(timing.reused()));
        field(line, "ip", connection == null ? "-" : address(connection));
        field(line, "user", ended.user() == null ? "-" : plain(ended.user()));
        return line.toString();
    }

    /** For machines: one JSON object; what there is not is left out. */
    public String json() {
        StringWriter text = new StringWriter(512);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            request(json);
            outcome(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void request(JsonGenerator json) throws IOException {
        json.writeStringField("time", at.toString());
        json.writeNumberField("id", ended.id());
        json.writeStringField("client", NetUtil.toSocketAddressString(ended.client()));
        if (ended.user() != null) {
            json.writeStringField("user", ended.user());
        }
        json.writeStringField("form", ended.form());
        json.writeStringField("client_protocol", ended.clientProtocol());
        json.writeStringField("method", ended.method());
        if (ended.origin() != null) {
            json.writeStringField("scheme", ended.origin().scheme());
            json.writeStringField("host", ended.origin().host());
            json.writeNumberField("port", ended.origin().port());
        }
        json.writeStringField("path", path());
        json.writeStringField("profile", ended.profile());
    }

    private void outcome(JsonGenerator json) throws IOException {
        json.writeNumberField("status", ended.status());
        if (ended.fault() != null) {
            json.writeStringField("kind", ended.fault().label());
            json.writeStringField("detail", ended.detail());
        }
        json.writeNumberField("bytes_in", ended.bytesIn());
        json.writeNumberField("bytes_out", ended.bytesOut());
        json.writeNumberField("total_ms", ended.totalNanos() / 1e6);
        Timing timing = ended.timing();
        if (timing != null) {
            json.writeBooleanField("reused", timing.reused());
            json.writeNumberField("dns_ms", timing.dnsNanos() / 1e6);
            json.writeNumberField("tcp_ms", timing.tcpNanos() / 1e6);
            json.writeNumberField("tls_ms", timing.tlsNanos() / 1e6);
            json.writeNumberField("wait_ms", timing.waitNanos() / 1e6);
            json.writeNumberField("ttfb_ms", timing.ttfbNanos() / 1e6);
        }
        ConnectionFacts connection = ended.connection();
        if (connection != null) {
            json.writeNumberField("connection", connection.id());
            json.writeStringField("protocol", connection.protocol().label());
            json.writeBooleanField("resumed", connection.resumed());
            json.writeStringField("ip", address(connection));
            json.writeStringField("egress", connection.way().egress());
        }
    }

    private String path() {
        String path = ended.path();
        int query = path.indexOf('?');
        String bare = query < 0 ? path : path.substring(0, query);
        return plain(bare.length() > LONGEST_PATH ? bare.substring(0, LONGEST_PATH) + "..." : bare);
    }

    private static String address(ConnectionFacts connection) {
        return connection.address() == null ? "-" : NetUtil.toAddressString(connection.address());
    }

    private static void field(StringBuilder line, String name, String value) {
        line.append(' ').append(name).append('=').append(value);
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1fms", nanos / 1e6);
    }

    /** Printable ASCII without space; anything else percent-encoded as in a URL. */
    private static String plain(String text) {
        if (text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b > ' ' && b < 0x7f) {
                escaped.append((char) b);
            } else {
                escaped.append(String.format(Locale.ROOT, "%%%02X", b & 0xff));
            }
        }
        return escaped.toString();
    }
}
