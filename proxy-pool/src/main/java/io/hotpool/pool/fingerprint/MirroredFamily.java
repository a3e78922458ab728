package io.hotpool.pool.fingerprint;

import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Expected;
import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import io.hotpool.pool.profile.BrowserProfile.Provenance;
import io.hotpool.pool.profile.BrowserProfile.TlsShape;
import io.hotpool.pool.profile.BrowserProfile.Variation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The hellos of one make of client: equal but for the order of their extensions and what is drawn inside of ECH GREASE. Of
 * one hello the order counts as fixed; a make that came in {@link #ORDERS} different orders permutes. Guarded by its owner.
 */
final class MirroredFamily {
    /** Different orders after which a client is taken for one that draws them. */
    static final int ORDERS = 4;

    private static final String MIRROR = "mirror";
    private static final int MOST_LENGTHS = 8;
    private static final int SERVER_NAME = 0;

    private final List<TlsShape> orders = new ArrayList<>();
    private final Set<Integer> aeads = new TreeSet<>();
    private final Set<Integer> echLengths = new TreeSet<>();
    private final Set<Integer> echLengthsResumed = new TreeSet<>();
    private final Set<Integer> droppedResumed = new TreeSet<>();
    private final Map<Object, BrowserProfile> made = new HashMap<>();
    private @Nullable BrowserProfile standard;

    /** What the hellos of a family have in common. */
    record Key(
            List<Integer> cipherSuites,
            Set<String> extensions,
            boolean sharedX25519,
            int sessionId,
            int recordVersion) {
        static Key of(TlsShape shape) {
            Set<String> extensions = shape.extensions().stream()
                    .map(MirroredFamily::description)
                    .collect(Collectors.toUnmodifiableSet());
            return new Key(
                    shape.cipherSuites(), extensions, shape.sharedX25519(), shape.sessionId(), shape.recordVersion());
        }
    }

    private static String description(Extension extension) {
        if (extension instanceof Extension.Fixed fixed) {
            return fixed.type() + " " + HexFormat.of().formatHex(fixed.data());
        }
        if (extension instanceof Extension.EchGrease ech) {
            return ech.type() + " kdf " + ech.kdf() + " enc " + ech.encLength();
        }
        return extension instanceof Extension.Padding ? "padding" : extension.toString();
    }

    void seen(TlsShape shape) {
        if (orders.size() < ORDERS
                && orders.stream().noneMatch(known -> types(known).equals(types(shape)))) {
            orders.add(shape);
        }
        learn(aeads, ech(shape, false));
        learn(echLengths, ech(shape, true));
    }

    /** May a hello with a ticket, its pre_shared_key taken out, be of this family? */
    boolean resumes(TlsShape resumed) {
        TlsShape fresh = orders.get(0);
        Set<String> all = Key.of(fresh).extensions();
        return fresh.cipherSuites().equals(resumed.cipherSuites())
                && all.containsAll(Key.of(resumed).extensions())
                && types(fresh).contains(SERVER_NAME) == types(resumed).contains(SERVER_NAME);
    }

    void resumed(TlsShape shape) {
        List<Integer> dropped = new ArrayList<>(types(orders.get(0)));
        dropped.removeAll(types(shape));
        learn(droppedResumed, dropped);
        learn(aeads, ech(shape, false));
        learn(echLengthsResumed, ech(shape, true));
    }

    private void learn(Set<Integer> known, List<Integer> values) {
        if (known.size() < MOST_LENGTHS && known.addAll(values)) {
            made.clear();
        }
    }

    private static List<Integer> types(TlsShape shape) {
        return shape.extensions().stream().map(Extension::type).toList();
    }

    private static List<Integer> ech(TlsShape shape, boolean lengths) {
        return shape.extensions().stream()
                .filter(Extension.EchGrease.class::isInstance)
                .map(Extension.EchGrease.class::cast)
                .flatMap(ech -> (lengths ? ech.payloadLengths() : ech.aeads()).stream())
                .toList();
    }

    /** The same object for the same shape, as long as nothing new is learned. */
    BrowserProfile profile(TlsShape shape, Http2Shape http2, BrowserProfile standard) {
        if (standard != this.standard) {
            made.clear();
            this.standard = standard;
        }
        boolean permuted = orders.size() >= ORDERS;
        TlsShape base = permuted
                ? orders.get(0)
                : orders.stream()
                        .filter(known -> types(known).equals(types(shape)))
                        .findFirst()
                        .orElse(orders.get(0));
        return made.computeIfAbsent(
                List.of(types(base), permuted, http2), key -> make(learned(base, permuted), http2, standard));
    }

    private TlsShape learned(TlsShape base, boolean permuted) {
        List<Extension> extensions = base.extensions().stream()
                .map(extension -> extension instanceof Extension.EchGrease ech
                        ? new Extension.EchGrease(
                                ech.type(), ech.kdf(), List.copyOf(aeads), ech.encLength(), List.copyOf(echLengths))
                        : extension)
                .toList();
        boolean plain = droppedResumed.isEmpty() && echLengthsResumed.isEmpty();
        Variation resumed = new Variation(List.copyOf(droppedResumed), List.of(), List.copyOf(echLengthsResumed));
        return new TlsShape(
                base.cipherSuites(),
                extensions,
                permuted,
                base.sharedX25519(),
                base.sessionId(),
                base.recordVersion(),
                plain ? Map.of() : Map.of(HelloForm.RESUMED, resumed));
    }

    private static BrowserProfile make(TlsShape tls, Http2Shape http2, BrowserProfile standard) {
        return new BrowserProfile(
                MIRROR,
                MIRROR,
                "",
                standard.platform(),
                List.of(),
                new Provenance("the client's own hello", "", List.of(), List.of()),
                tls,
                http2,
                standard.headers(),
                new Expected("", "", "", ""));
    }
}
