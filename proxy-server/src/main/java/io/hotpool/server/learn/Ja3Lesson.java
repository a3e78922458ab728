package io.hotpool.server.learn;

import io.hotpool.pool.fingerprint.HelloShape;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import io.hotpool.pool.profile.BrowserProfile.TlsShape;
import io.hotpool.pool.profile.BrowserProfile.Variation;
import io.hotpool.pool.profile.ExtensionNames;
import io.hotpool.pool.profile.ProfileCatalog;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The TLS that has a given JA3: its numbers, with the contents that the nearest profile has for them. */
final class Ja3Lesson {
    private static final int POINT_FORMATS = 11;
    private static final int PADDING_TARGET = 512;

    private final Ja3Text ja3;
    private final TlsShape like;
    private final ProfileCatalog catalog;
    private final Notes notes;

    private Ja3Lesson(Ja3Text ja3, TlsShape like, ProfileCatalog catalog, Notes notes) {
        this.ja3 = ja3;
        this.like = like;
        this.catalog = catalog;
        this.notes = notes;
    }

    /** @throws LearnException naming what no hello of ours can be */
    static TlsShape of(Ja3Text ja3, TlsShape like, ProfileCatalog catalog, Notes notes) {
        return new Ja3Lesson(ja3, like, catalog, notes).shape();
    }

    private TlsShape shape() {
        refuse(ja3.version() == 771, "version " + ja3.version() + " (771 only: every browser's hello has it)");
        refuse(!ja3.suites().isEmpty(), "no cipher suites");
        refuse(ja3.extensions().contains(HelloExtensions.SUPPORTED_GROUPS), "no extension 10 (supported_groups)");
        refuse(
                ja3.extensions().contains(HelloExtensions.SIGNATURE_ALGORITHMS),
                "no extension 13 (signature_algorithms)");
        refuse(
                !ja3.extensions().contains(HelloExtensions.COOKIE),
                "extension 44 (cookie): it is the JA3 of a hello after a HelloRetryRequest");
        boolean grease = like.cipherSuites().contains(BrowserProfile.GREASE);
        if (grease) {
            notes.assumed("GREASE, which a JA3 leaves out: where its family has it");
        }
        boolean sameTypes = new HashSet<>(types()).equals(new HashSet<>(typesOf(like)));
        boolean permuted = like.permuted() && sameTypes;
        notes.assumed(
                permuted
                        ? "extensions are permuted on every connection, as by its family: the JA3 is one draw of many"
                        : "extensions have the order of the JA3 on every connection");
        List<Extension> extensions = extensions(grease);
        return new TlsShape(
                withGrease(ja3.suites(), grease),
                extensions,
                permuted,
                like.sharedX25519(),
                like.sessionId(),
                like.recordVersion(),
                forms());
    }

    private static void refuse(boolean possible, String what) {
        if (!possible) {
            throw new LearnException("the JA3 cannot be honoured: " + what);
        }
    }

    /** Without what is added when a session is resumed. */
    private List<Integer> types() {
        List<Integer> types = new ArrayList<>(ja3.extensions());
        if (types.removeAll(List.of(HelloExtensions.PRE_SHARED_KEY, HelloExtensions.EARLY_DATA))) {
            notes.assumed("the JA3 is a resumed connection's: pre_shared_key is sent when there is a session");
        }
        return types;
    }

    private static List<Integer> typesOf(TlsShape shape) {
        return shape.extensions().stream()
                .map(Extension::type)
                .filter(type -> type != BrowserProfile.GREASE)
                .toList();
    }

    private List<Extension> extensions(boolean grease) {
        List<Extension> extensions = new ArrayList<>();
        for (int type : types()) {
            extensions.add(extension(type, grease));
        }
        List<Extension> theirs = like.extensions();
        if (theirs.get(0).type() == BrowserProfile.GREASE) {
            extensions.add(0, theirs.get(0));
        }
        addTrailingGrease(extensions, theirs);
        return List.copyOf(extensions);
    }

    /** Behind all but padding. */
    private static void addTrailingGrease(List<Extension> extensions, List<Extension> theirs) {
        List<Extension> drawn =
                theirs.stream().filter(e -> e.type() == BrowserProfile.GREASE).toList();
        if (drawn.size() > 1) {
            int last = extensions.size() - 1;
            boolean padded = extensions.get(last).type() == HelloExtensions.PADDING;
            extensions.add(padded ? last : last + 1, drawn.get(drawn.size() - 1));
        }
    }

    private Extension extension(int type, boolean grease) {
        return switch (type) {
            case HelloExtensions.SERVER_NAME, HelloExtensions.SESSION_TICKET -> new Extension.Filled(type);
            case HelloExtensions.SUPPORTED_GROUPS -> new Extension.Codes(type, withGrease(ja3.groups(), grease));
            case POINT_FORMATS -> new Extension.Fixed(type, pointFormats());
            case HelloExtensions.KEY_SHARE -> keyShares(grease);
            case HelloExtensions.PADDING -> new Extension.Padding(type, PADDING_TARGET);
            default -> known(type);
        };
    }

    private byte[] pointFormats() {
        byte[] data = new byte[1 + ja3.pointFormats().size()];
        data[0] = (byte) ja3.pointFormats().size();
        for (int i = 1; i < data.length; i++) {
            data[i] = ja3.pointFormats().get(i - 1).byteValue();
        }
        return data;
    }

    /** The family's shares of the groups that the JA3 has; the first group that it has where that is none. */
    private Extension keyShares(boolean grease) {
        List<Integer> groups = like.extensions().stream()
                .filter(Extension.KeyShares.class::isInstance)
                .flatMap(e -> ((Extension.KeyShares) e).groups().stream())
                .filter(ja3.groups()::contains)
                .toList();
        refuse(
                !groups.isEmpty() || ja3.groups().stream().anyMatch(HelloShape.GROUPS::contains),
                "none of its groups " + ja3.groups() + " is one that hotpool has a key share for (extension 51)");
        return new Extension.KeyShares(
                HelloExtensions.KEY_SHARE, withGrease(groups.isEmpty() ? firstPossible() : groups, grease));
    }

    private List<Integer> firstPossible() {
        return ja3.groups().stream()
                .filter(HelloShape.GROUPS::contains)
                .limit(1)
                .toList();
    }

    /** The content that the nearest profile has for it, else another one. */
    private Extension known(int type) {
        Optional<Extension> own = of(like, type);
        if (own.isPresent()) {
            return own.get();
        }
        for (BrowserProfile profile : catalog.all()) {
            Optional<Extension> other = of(profile.tls(), type);
            if (other.isPresent()) {
                notes.assumed("content of extension " + type + " (" + ExtensionNames.of(type) + "): that of "
                        + profile.name());
                return other.get();
            }
        }
        throw new LearnException("the JA3 cannot be honoured: extension " + type + " (" + ExtensionNames.of(type)
                + "): a JA3 does not tell its content, and no known profile has it; give the whole hello with --hello");
    }

    private static Optional<Extension> of(TlsShape shape, int type) {
        return shape.extensions().stream().filter(e -> e.type() == type).findFirst();
    }

    private static List<Integer> withGrease(List<Integer> codes, boolean grease) {
        List<Integer> all = new ArrayList<>(codes);
        if (grease) {
            all.add(0, BrowserProfile.GREASE);
        }
        return List.copyOf(all);
    }

    private Map<HelloForm, Variation> forms() {
        Map<HelloForm, Variation> forms = new EnumMap<>(HelloForm.class);
        boolean ech = ja3.extensions().contains(HelloExtensions.ECH);
        like.forms().forEach((form, of) -> {
            Variation kept = new Variation(
                    of.drop().stream().filter(ja3.extensions()::contains).toList(),
                    of.alpn(),
                    ech ? of.echPayloadLengths() : List.of(),
                    ech ? of.echPayloadStep() : 0);
            if (!kept.equals(Variation.NONE)) {
                forms.put(form, kept);
            }
        });
        return forms;
    }
}
