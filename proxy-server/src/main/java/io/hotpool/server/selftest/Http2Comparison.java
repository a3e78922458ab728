package io.hotpool.server.selftest;

import io.hotpool.pool.fingerprint.AkamaiHttp2;
import io.hotpool.pool.fingerprint.Http2Opening;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import java.util.ArrayList;
import java.util.List;

/** The opening of an HTTP/2 connection against what a profile promises. Pure. */
final class Http2Comparison {
    private Http2Comparison() {}

    static List<Difference> compare(BrowserProfile profile, Http2Opening seen) {
        List<Difference> differences = new ArrayList<>();
        Http2Shape shape = profile.http2();
        expect(
                differences,
                "http2.settings",
                shape.settings().stream().map(s -> s.id() + ":" + s.value()).toList(),
                seen.settings().stream().map(s -> s.id() + ":" + s.value()).toList());
        expect(differences, "http2.window_update", (long) shape.connectionWindowUpdate(), seen.windowUpdate());
        expect(differences, "http2.first_stream", shape.firstStreamId(), seen.firstStreamId());
        expect(differences, "http2.pseudo_order", shape.pseudoHeaders(), seen.pseudoHeaders());
        expect(
                differences,
                "http2.priority_frames",
                shape.priorityFrames().stream()
                        .map(p -> new Http2Opening.Priority(p.stream(), p.exclusive(), p.dependsOn(), p.weight()))
                        .toList(),
                seen.priorityFrames());
        String akamai = profile.expected().akamai();
        if (!akamai.isEmpty()) {
            expect(differences, "http2.akamai", akamai, AkamaiHttp2.text(seen));
        }
        HeaderList headers = new HeaderList();
        seen.fields().forEach(field -> headers.add(field.name(), field.value()));
        if (Navigation.is(profile, Protocol.H2, headers)) {
            priority(differences, shape, seen);
        }
        return differences;
    }

    /** The first request of a connection depends on no other. */
    private static void priority(List<Difference> differences, Http2Shape shape, Http2Opening seen) {
        Http2Shape.Priority promised = shape.priorities().get(RequestKind.NAVIGATE);
        Http2Opening.Priority given = seen.headersPriority();
        expect(
                differences,
                "http2.headers_priority",
                promised == null ? "none" : text(promised.exclusive(), 0, promised.weight()),
                given == null ? "none" : text(given.exclusive(), given.dependsOn(), given.weight()));
    }

    private static String text(boolean exclusive, int dependsOn, int weight) {
        return "exclusive=" + exclusive + " depends_on=" + dependsOn + " weight=" + weight;
    }

    private static void expect(List<Difference> differences, String what, Object expected, Object seen) {
        if (!expected.equals(seen)) {
            differences.add(new Difference(what, expected, seen));
        }
    }
}
