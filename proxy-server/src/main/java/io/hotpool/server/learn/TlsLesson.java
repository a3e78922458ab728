package io.hotpool.server.learn;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHello.RawExtension;
import io.hotpool.pool.fingerprint.HelloShape;
import io.hotpool.pool.fingerprint.MalformedInputException;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import io.hotpool.pool.profile.BrowserProfile.TlsShape;
import io.hotpool.pool.profile.BrowserProfile.Variation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The TLS of a profile, from the hellos of one browser: what is always the same, what is drawn, what differs on occasion. */
final class TlsLesson {
    /** With fewer hellos than these, not every draw has come. */
    private static final int ENOUGH = 24;

    /** A hello may have several forms: what one of them explains is not the other's. */
    private static final List<HelloForm> SIMPLER_FIRST =
            List.of(HelloForm.RESUMED, HelloForm.RESUMED_TLS12, HelloForm.WEBSOCKET, HelloForm.RETRY);

    private final List<ClientHello> fresh;
    private final List<SeenHello> others;
    private final @Nullable TlsShape like;
    private final Notes notes;

    /** A first hello of the most frequent kind: all that is not said otherwise comes from it. */
    private final ClientHello sample;

    private TlsLesson(List<SeenHello> hellos, @Nullable TlsShape like, Notes notes) {
        List<SeenHello> first = hellos.stream().filter(h -> h.forms().isEmpty()).toList();
        boolean resumedOnly = first.isEmpty();
        this.fresh =
                (resumedOnly ? hellos : first).stream().map(SeenHello::first).toList();
        this.others = resumedOnly
                ? List.of()
                : hellos.stream().filter(h -> !h.forms().isEmpty()).toList();
        this.like = like;
        this.notes = notes;
        if (fresh.isEmpty()) {
            throw new LearnException("no ClientHello was seen");
        }
        if (resumedOnly) {
            notes.assumed(
                    "a first connection's hello: no such was seen, only one that resumes or repeats a connection");
        }
        this.sample = sample();
    }

    static TlsShape of(List<SeenHello> hellos, @Nullable TlsShape like, Notes notes) {
        return new TlsLesson(hellos, like, notes).shape();
    }

    /** The first hello that shows the most frequent form, with every extension that comes and goes. */
    static ClientHello sample(List<SeenHello> hellos) {
        return new TlsLesson(hellos, null, new Notes()).sample;
    }

    private ClientHello sample() {
        Map<List<Integer>, List<ClientHello>> byContent = new LinkedHashMap<>();
        fresh.forEach(hello -> byContent
                .computeIfAbsent(content(hello), c -> new ArrayList<>())
                .add(hello));
        List<ClientHello> most = byContent.values().stream()
                .max(Comparator.comparingInt(List::size))
                .orElseThrow();
        if (most.size() < fresh.size()) {
            notes.assumed("the most frequent form of first hello: " + most.size() + " of " + fresh.size()
                    + " connections sent it, the others differ in cipher suites or extensions");
        }
        return most.stream()
                .max(Comparator.comparingInt(hello -> hello.extensions().size()))
                .orElseThrow();
    }

    /** Everything that does not vary by rule: suites and extension types without order, padding and server_name. */
    private static List<Integer> content(ClientHello hello) {
        List<Integer> content = new ArrayList<>(HelloExtensions.placed(hello.cipherSuites()));
        List<Integer> types = new ArrayList<>(HelloExtensions.placed(hello.extensionTypes()));
        types.removeAll(List.of(
                HelloExtensions.SERVER_NAME,
                HelloExtensions.PADDING,
                HelloExtensions.PRE_SHARED_KEY,
                HelloExtensions.EARLY_DATA));
        types.sort(null);
        content.add(-1);
        content.addAll(types);
        return content;
    }

    private TlsShape shape() {
        TlsShape base = base();
        boolean permuted = permuted();
        List<Extension> extensions = extensions(base);
        if (permuted) {
            sortMiddle(extensions);
        }
        TlsShape shape = new TlsShape(
                base.cipherSuites(),
                List.copyOf(extensions),
                permuted,
                base.sharedX25519(),
                base.sessionId(),
                base.recordVersion(),
                Map.of());
        return new TlsShape(
                shape.cipherSuites(),
                shape.extensions(),
                shape.permuted(),
                shape.sharedX25519(),
                shape.sessionId(),
                shape.recordVersion(),
                forms(shape),
                like == null || like.closeNotify());
    }

    /** The sample as it is, refused where hotpool could not keep what it offers. */
    private TlsShape base() {
        if (sample.extension(HelloExtensions.COOKIE).isPresent()) {
            throw new LearnException("the hello cannot be honoured: extension 44 (cookie): it is one after a"
                    + " HelloRetryRequest; the first one is needed");
        }
        if (sample.extension(HelloExtensions.EARLY_DATA).isPresent()) {
            notes.assumed("early data is not offered, where the browser would");
        }
        try {
            return HelloShape.of(sample);
        } catch (MalformedInputException e) {
            throw new LearnException("the hello cannot be honoured: " + e.getMessage());
        }
    }

    private List<Extension> extensions(TlsShape base) {
        List<Extension> extensions = new ArrayList<>(base.extensions());
        extensions.replaceAll(extension -> extension instanceof Extension.EchGrease one ? echGrease(one) : extension);
        sample.extensions().forEach(this::noteDifferingContent);
        return extensions;
    }

    /** What is repeated byte for byte should be what every connection had. */
    private void noteDifferingContent(RawExtension raw) {
        boolean fixed = !HelloExtensions.UNDERSTOOD.contains(raw.type()) && !ClientHello.isGrease(raw.type());
        boolean same = fresh.stream()
                .flatMap(hello -> hello.extension(raw.type()).stream())
                .allMatch(other -> Arrays.equals(other.data(), raw.data()));
        if (fixed && !same) {
            notes.assumed("extension " + raw.type()
                    + ": its content differs between connections; that of one of them is repeated");
        }
    }

    private Extension.EchGrease echGrease(Extension.EchGrease one) {
        Set<Integer> aeads = new TreeSet<>();
        for (ClientHello hello : fresh) {
            hello.extension(HelloExtensions.ECH)
                    .ifPresent(e -> aeads.add(HelloExtensions.ech(e).aead()));
        }
        Extension.EchGrease known = like == null ? null : ech(like);
        List<Integer> lengths = payloadLengths(fresh, known == null ? List.of() : known.payloadLengths());
        return new Extension.EchGrease(
                HelloExtensions.ECH,
                one.kdf(),
                drawn(aeads, known == null ? List.of() : known.aeads(), "encrypted_client_hello: AEADs", fresh.size()),
                one.encLength(),
                lengths);
    }

    private List<Integer> payloadLengths(List<ClientHello> hellos, List<Integer> known) {
        Set<Integer> seen = new TreeSet<>();
        hellos.forEach(hello -> hello.extension(HelloExtensions.ECH)
                .ifPresent(e -> seen.add(HelloExtensions.ech(e).payloadLength())));
        return drawn(seen, known, "encrypted_client_hello: payload lengths", hellos.size());
    }

    /** A few connections do not show every draw: what is known of the family completes what was seen of it. */
    private List<Integer> drawn(Set<Integer> seen, List<Integer> known, String what, int connections) {
        boolean more = known.size() > seen.size() && known.containsAll(seen) && connections < ENOUGH;
        if (more) {
            notes.assumed(what + " " + known + ": seen were " + seen + " in " + connections + " connections");
        }
        return more ? known : List.copyOf(seen);
    }

    private boolean permuted() {
        Set<List<Integer>> orders = new HashSet<>();
        List<Integer> content = content(sample);
        fresh.stream().filter(hello -> content(hello).equals(content)).forEach(hello -> orders.add(order(hello)));
        if (orders.size() > 1) {
            return true;
        }
        if (fresh.size() > 1 || like == null) {
            return false;
        }
        boolean sameContent = new HashSet<>(types(like)).equals(new HashSet<>(order(sample)));
        if (sameContent && like.permuted()) {
            notes.assumed("extensions are permuted on every connection, as by its family; one hello does not show it");
        }
        return sameContent && like.permuted();
    }

    private static List<Integer> order(ClientHello hello) {
        List<Integer> order = new ArrayList<>(HelloExtensions.placed(hello.extensionTypes()));
        order.removeAll(List.of(
                HelloExtensions.SERVER_NAME,
                HelloExtensions.PADDING,
                HelloExtensions.PRE_SHARED_KEY,
                HelloExtensions.EARLY_DATA));
        return order;
    }

    private static List<Integer> types(TlsShape shape) {
        List<Integer> types =
                new ArrayList<>(shape.extensions().stream().map(Extension::type).toList());
        types.removeAll(List.of(HelloExtensions.SERVER_NAME, HelloExtensions.PADDING));
        return types;
    }

    /** The order means nothing then: by type, so that files of one family can be compared. */
    private static void sortMiddle(List<Extension> extensions) {
        int from = extensions.get(0).type() == BrowserProfile.GREASE ? 1 : 0;
        int last = extensions.size() - 1;
        int to = extensions.get(last).type() == BrowserProfile.GREASE ? last : last + 1;
        extensions.subList(from, to).sort(Comparator.comparingInt(Extension::type));
    }

    private Map<HelloForm, Variation> forms(TlsShape shape) {
        Map<HelloForm, Variation> forms = new EnumMap<>(HelloForm.class);
        for (HelloForm form : SIMPLER_FIRST) {
            List<ClientHello> seen = others.stream()
                    .filter(h -> h.forms().equals(Set.of(form)))
                    .map(SeenHello::first)
                    .toList();
            if (seen.isEmpty()) {
                seen = others.stream()
                        .filter(h -> h.forms().contains(form))
                        .map(SeenHello::first)
                        .toList();
            }
            Variation variation = seen.isEmpty() ? known(form, shape) : variation(shape, seen, form, forms);
            if (!variation.equals(Variation.NONE)) {
                forms.put(form, variation);
            }
        }
        return forms;
    }

    /** Of a form that was not seen: what the family does, as far as this hello has the extensions. */
    private Variation known(HelloForm form, TlsShape shape) {
        if (like == null || !like.forms().containsKey(form)) {
            return Variation.NONE;
        }
        List<Integer> types = shape.extensions().stream().map(Extension::type).toList();
        Variation of = like.variation(form);
        notes.assumed("the hello of form \"" + form.name().toLowerCase(Locale.ROOT) + "\": as by its family");
        return new Variation(
                of.drop().stream().filter(types::contains).toList(),
                of.alpn(),
                types.contains(HelloExtensions.ECH) ? of.echPayloadLengths() : List.of(),
                types.contains(HelloExtensions.ECH) ? of.echPayloadStep() : 0);
    }

    private Variation variation(
            TlsShape shape, List<ClientHello> seen, HelloForm form, Map<HelloForm, Variation> simpler) {
        ClientHello one = seen.get(0);
        Set<Integer> drop = new TreeSet<>(types(shape));
        drop.removeAll(one.extensionTypes());
        drop.remove(BrowserProfile.GREASE);
        boolean also = one.extension(HelloExtensions.PRE_SHARED_KEY).isPresent() && form != HelloForm.RESUMED;
        if (also) {
            drop.removeAll(
                    simpler.getOrDefault(HelloForm.RESUMED, Variation.NONE).drop());
        }
        List<String> alpn = one.extension(HelloExtensions.ALPN)
                .map(HelloExtensions::protocols)
                .orElse(List.of());
        boolean sameAlpn = alpn.equals(protocols(shape));
        int step = also ? 0 : EchSteps.of(seen, ech(shape));
        return new Variation(
                List.copyOf(drop),
                sameAlpn ? List.of() : alpn,
                also || step > 0 ? List.of() : echLengths(shape, seen, form),
                step);
    }

    /** Empty where they are those of a first hello. Beside a ticket they may go by its length: all that are known count. */
    private List<Integer> echLengths(TlsShape shape, List<ClientHello> seen, HelloForm form) {
        Extension.EchGrease first = ech(shape);
        if (first == null) {
            return List.of();
        }
        List<Integer> known = like == null ? List.of() : like.variation(form).echPayloadLengths();
        List<Integer> lengths = payloadLengths(seen, known);
        if (first.payloadLengths().containsAll(lengths)) {
            return List.of();
        }
        Set<Integer> all = new TreeSet<>(lengths);
        if (all.addAll(known)) {
            notes.assumed("encrypted_client_hello beside a ticket: payload lengths " + known + ": as by its family");
        }
        return List.copyOf(all);
    }

    private static List<String> protocols(TlsShape shape) {
        return shape.extensions().stream()
                .filter(e -> e.type() == HelloExtensions.ALPN)
                .map(e -> ((Extension.Protocols) e).protocols())
                .findFirst()
                .orElse(List.of());
    }

    private static Extension.@Nullable EchGrease ech(TlsShape shape) {
        return shape.extensions().stream()
                .filter(Extension.EchGrease.class::isInstance)
                .map(Extension.EchGrease.class::cast)
                .findFirst()
                .orElse(null);
    }
}
