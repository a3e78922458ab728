package io.hotpool.server.learn;

import io.hotpool.pool.fingerprint.AkamaiHttp2;
import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.Ja3;
import io.hotpool.pool.fingerprint.Ja4;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Expected;
import io.hotpool.pool.profile.BrowserProfile.HeaderShapes;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import io.hotpool.pool.profile.BrowserProfile.Provenance;
import io.hotpool.pool.profile.BrowserProfile.TlsShape;
import io.hotpool.pool.profile.ProfileCatalog;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** From all that was seen of a browser to the profile that is this browser. */
public final class ProfileLesson {
    private final ProfileCatalog catalog;
    private final @Nullable BrowserProfile wanted;

    /**
     * @param catalog where the nearest profile is looked for, from which comes what was not seen
     * @param like that profile, where the user names one
     */
    public ProfileLesson(ProfileCatalog catalog, @Nullable BrowserProfile like) {
        this.catalog = catalog;
        this.wanted = like;
    }

    /** What a profile is called, and where it came from. */
    public record Title(@Nullable String name, List<String> aliases, String source, LocalDate date) {}

    /** A browser that was led through the capture's pages. */
    public BrowserProfile ofBrowser(Observations seen, Title title) {
        Identity identity = seen.identity();
        BrowserProfile like =
                wanted != null ? wanted : Kin.ofBrowser(identity, catalog).orElse(null);
        Notes notes = new Notes();
        TlsShape tls = TlsLesson.of(seen.hellos(), like == null ? null : like.tls(), notes);
        Http2Shape http2 = http2(seen, like, notes);
        HeaderShapes headers = HeaderLesson.of(seen.requests(), like == null ? null : like.headers(), notes);
        verified(seen, notes);
        if (like != null && !notes.assumed().isEmpty()) {
            notes.assumed("family: " + like.name());
        }
        String akamai = seen.sessions().isEmpty()
                ? ""
                : AkamaiHttp2.text(seen.sessions().get(0).opening());
        return profile(identity, title, tls, http2, headers, expected(seen.hellos(), tls, akamai), notes);
    }

    /** Hellos alone: HTTP/2 and header fields come from the nearest profile. */
    public BrowserProfile ofHellos(List<SeenHello> hellos, Title title) {
        ClientHello sample = TlsLesson.sample(hellos);
        BrowserProfile like = wanted != null
                ? wanted
                : Kin.ofHello(sample.cipherSuites(), sample.extensionTypes(), sample.groups(), catalog);
        Notes notes = new Notes();
        TlsShape tls = TlsLesson.of(hellos, like.tls(), notes);
        notes.verified("ClientHello: as in " + hellos.size() + (hellos.size() == 1 ? " hello" : " hellos"));
        return ofTls(tls, like, title, expected(hellos, tls, like.expected().akamai()), notes);
    }

    /** A JA3 text: a list of numbers, whose contents come from the nearest profile. */
    public BrowserProfile ofJa3(String text, Title title) {
        Ja3Text ja3 = Ja3Text.parse(text);
        BrowserProfile like =
                wanted != null ? wanted : Kin.ofHello(ja3.suites(), ja3.extensions(), ja3.groups(), catalog);
        Notes notes = new Notes();
        TlsShape tls = Ja3Lesson.of(ja3, like.tls(), catalog, notes);
        notes.verified("numbers and order of cipher suites, extensions and groups: as in the JA3");
        Expected expected = new Expected(
                tls.permuted() ? "" : ja3.md5(),
                ja3.normalizedMd5(),
                "",
                like.expected().akamai());
        return ofTls(tls, like, title, expected, notes);
    }

    private static BrowserProfile ofTls(
            TlsShape tls, BrowserProfile like, Title title, Expected expected, Notes notes) {
        boolean offersHttp2 = protocols(tls).contains("h2");
        notes.assumed("HTTP/2, header fields" + (offersHttp2 ? "" : " (HTTP/2 is not offered)") + ": those of "
                + like.name());
        Identity identity = new Identity(like.browser(), like.version(), like.platform());
        return profile(identity, title, tls, like.http2(), like.headers(), expected, notes);
    }

    private static BrowserProfile profile(
            Identity identity,
            Title title,
            TlsShape tls,
            Http2Shape http2,
            HeaderShapes headers,
            Expected expected,
            Notes notes) {
        String given = title.name();
        String name = given != null ? given : identity.browser() + "-" + identity.major() + "-captured";
        return new BrowserProfile(
                name,
                identity.browser(),
                identity.version(),
                identity.platform(),
                title.aliases(),
                new Provenance(title.source(), title.date().toString(), notes.verified(), notes.assumed()),
                tls,
                http2,
                headers,
                expected);
    }

    private Http2Shape http2(Observations seen, @Nullable BrowserProfile like, Notes notes) {
        if (!seen.sessions().isEmpty()) {
            return Http2Lesson.of(seen.sessions(), seen.requests(), like == null ? null : like.http2(), notes);
        }
        if (like == null) {
            throw new LearnException(
                    "no HTTP/2 was seen, and no known profile is like this browser (--like names one)");
        }
        notes.assumed("all of HTTP/2: as by its family");
        return like.http2();
    }

    private static void verified(Observations seen, Notes notes) {
        int fresh = 0;
        int retries = 0;
        Set<String> forms = new TreeSet<>();
        for (SeenHello hello : seen.hellos()) {
            fresh += hello.forms().isEmpty() ? 1 : 0;
            retries += hello.second() == null ? 0 : 1;
            for (HelloForm form : hello.forms()) {
                forms.add(form.name().toLowerCase(Locale.ROOT));
            }
        }
        List<String> parts = new ArrayList<>(List.of(fresh + " fresh connections"));
        if (!forms.isEmpty()) {
            parts.add(String.join(", ", forms));
        }
        if (retries > 0) {
            parts.add("after a HelloRetryRequest");
        }
        notes.verified("ClientHello of " + String.join("; ", parts));
        notes.verified(
                "HTTP/2 opening, priorities and HPACK of " + seen.sessions().size() + " connections");
        notes.verified("header order and values over HTTP/2 of " + kinds(seen, true));
        notes.verified("header order, casing and values over HTTP/1.1 of " + kinds(seen, false));
    }

    private static String kinds(Observations seen, boolean http2) {
        List<String> kinds = seen.requests().stream()
                .filter(request -> (request.http2() != null) == http2)
                .map(SeenRequest::kind)
                .distinct()
                .sorted()
                .map(RequestKind::label)
                .toList();
        return kinds.isEmpty() ? "nothing" : String.join(", ", kinds);
    }

    private static Expected expected(List<SeenHello> hellos, TlsShape tls, String akamai) {
        ClientHello sample = TlsLesson.sample(hellos);
        boolean plain = SeenHello.of(sample).forms().isEmpty();
        return plain
                ? new Expected(
                        tls.permuted() ? "" : Ja3.md5(sample), Ja3.normalizedMd5(sample), Ja4.text(sample), akamai)
                : new Expected("", "", "", akamai);
    }

    private static List<String> protocols(TlsShape tls) {
        return tls.extensions().stream()
                .filter(e -> e.type() == HelloExtensions.ALPN)
                .map(e -> ((BrowserProfile.Extension.Protocols) e).protocols())
                .findFirst()
                .orElse(List.of());
    }
}
