package io.hotpool.server.selftest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.pool.fingerprint.AkamaiHttp2;
import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHelloParser;
import io.hotpool.pool.fingerprint.Http2Opening;
import io.hotpool.pool.fingerprint.Http2OpeningParser;
import io.hotpool.pool.fingerprint.Ja3;
import io.hotpool.pool.fingerprint.Ja4;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Field;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLSession;

/** The self-test's answer: what the origin saw of this very connection and request, beside what the profile promises. */
final class FingerprintAnswer {
    private static final int PADDING = 21;
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Values that say what a browser is, and nothing of whom it belongs to. */
    private static final Set<String> SHOWN = Set.of(
            "accept",
            "accept-encoding",
            "accept-language",
            "priority",
            "te",
            "upgrade-insecure-requests",
            "user-agent");

    private final BrowserProfile profile;
    private final Sighting sighting;
    private final SSLSession session;
    private final SeenRequest request;
    private final List<Difference> differences = new ArrayList<>();
    private final List<String> notCompared = new ArrayList<>();
    private final ObjectNode answer = JSON.createObjectNode();

    private FingerprintAnswer(BrowserProfile profile, Sighting sighting, SSLSession session, SeenRequest request) {
        this.profile = profile;
        this.sighting = sighting;
        this.session = session;
        this.request = request;
    }

    static byte[] of(BrowserProfile profile, Sighting sighting, SSLSession session, SeenRequest request) {
        return new FingerprintAnswer(profile, sighting, session, request).build();
    }

    private byte[] build() {
        answer.put("profile", profile.name());
        answer.put("match", false); // keeps its place in front; set below
        tls(answer.putObject("tls"));
        if (request.protocol() == Protocol.H2) {
            http2(answer.putObject("http2"));
        } else {
            headers(answer.putObject("http1"));
        }
        answer.putObject("connection").put("requests", sighting.requests).put("resumed", sighting.resumed);
        expected(answer.putObject("expected"));
        answer.put("match", differences.isEmpty());
        ArrayNode list = answer.putArray("differences");
        differences.forEach(d -> list.addObject()
                .put("what", d.what())
                .putPOJO("expected", d.expected())
                .putPOJO("seen", d.seen()));
        notCompared.forEach(answer.putArray("not_compared")::add);
        try {
            return JSON.writeValueAsBytes(answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tls(ObjectNode json) {
        byte[] records = sighting.hello.toByteArray();
        ClientHello hello = ClientHelloParser.parse(records);
        HelloForms forms = HelloForms.of(profile, hello);
        differences.addAll(forms.differences());
        if (forms.first() && padded(hello)) {
            expect("tls.ja3", profile.expected().ja3(), Ja3.md5(hello));
            expect("tls.ja3n", profile.expected().ja3n(), Ja3.normalizedMd5(hello));
            expect("tls.ja4", profile.expected().ja4(), Ja4.text(hello));
        }
        json.put("ja3", Ja3.md5(hello));
        json.put("ja3_text", Ja3.text(hello));
        json.put("ja3n", Ja3.normalizedMd5(hello));
        json.put("ja4", Ja4.text(hello));
        json.put("form", forms.first() ? "first" : forms.forms().toString().toLowerCase(Locale.ROOT));
        json.put("version", session.getProtocol());
        json.put("cipher", session.getCipherSuite());
        json.put("alpn", request.protocol().alpn());
        json.put("resumed", sighting.resumed);
        json.put("server_name", hello.serverName().orElse(""));
        json.put("client_hello", Bytes.hex(records));
    }

    /** A profile's padding comes and goes with the length of the rest; what tools print is known of the padded hello. */
    private boolean padded(ClientHello hello) {
        boolean longEnough = profile.extension(PADDING).isPresent()
                && hello.extension(PADDING).isEmpty();
        if (longEnough) {
            notCompared.add("ja3n and ja4: this hello was long enough without padding");
        }
        return !longEnough;
    }

    private void http2(ObjectNode json) {
        Http2Opening opening = Http2OpeningParser.parse(sighting.opening.toByteArray())
                .orElseThrow(() -> new IllegalStateException("a request without its HEADERS"));
        differences.addAll(Http2Comparison.compare(profile, opening));
        json.put("akamai", AkamaiHttp2.text(opening));
        json.put("akamai_hash", AkamaiHttp2.md5(opening));
        opening.settings().forEach(json.putArray("settings")::addPOJO);
        json.put("window_update", opening.windowUpdate());
        json.put("first_stream", opening.firstStreamId());
        json.putPOJO("headers_priority", opening.headersPriority());
        opening.pseudoHeaders().forEach(json.putArray("pseudo_order")::add);
        opening.frames().forEach(json.putArray("frames")::add);
        headers(json);
    }

    private void headers(ObjectNode json) {
        ArrayNode order = json.putArray("header_order");
        ArrayNode fields = json.putArray("headers");
        request.headers().forEach((name, value) -> {
            order.add(name);
            fields.addObject().put("name", name).put("value", shown(name, value));
        });
        if (Navigation.is(profile, request.protocol(), request.headers())) {
            differences.addAll(HeaderComparison.compare(profile, request.protocol(), request.headers()));
        } else {
            notCompared.add("header order: the request is not dressed as a navigation");
        }
    }

    private static String shown(String name, String value) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean harmless = SHOWN.contains(lower) || lower.startsWith("sec-ch-ua") || lower.startsWith("sec-fetch-");
        return harmless ? value : "(not shown)";
    }

    private void expected(ObjectNode json) {
        json.put("ja3", profile.expected().ja3());
        json.put("ja3n", profile.expected().ja3n());
        json.put("ja4", profile.expected().ja4());
        if (request.protocol() == Protocol.H2) {
            json.put("akamai", profile.expected().akamai());
        }
        ArrayNode order = json.putArray("header_order");
        profile.headers().fields(request.protocol(), RequestKind.NAVIGATE).stream()
                .filter(field -> !field.placeOnly() && !field.name().equals(Field.OTHERS))
                .map(Field::name)
                .forEach(order::add);
        json.put("source", profile.provenance().source());
    }

    /** @param promised empty: varies, or is not known */
    private void expect(String what, String promised, String seen) {
        if (!promised.isEmpty() && !promised.equals(seen)) {
            differences.add(new Difference(what, promised, seen));
        }
    }
}
