package io.hotpool.server.selftest;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHello.RawExtension;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import io.hotpool.pool.profile.BrowserProfile.TlsShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Compares a ClientHello with what a profile promises, field by field. What a browser draws anew on every connection (random,
 * keys, GREASE values, the order of permuted extensions) is compared by its rule. Pure.
 */
final class HelloComparison {
    private static final int PRE_SHARED_KEY = 41;
    private static final int PADDING = 21;
    private static final int TLS_1_2 = 0x0303;

    private final BrowserProfile profile;
    private final ClientHello hello;
    private final Set<HelloForm> forms;
    private final List<Difference> differences = new ArrayList<>();

    private HelloComparison(BrowserProfile profile, ClientHello hello, Set<HelloForm> forms) {
        this.profile = profile;
        this.hello = hello;
        this.forms = forms;
    }

    /** @param forms of hello that this one is; empty: a first hello */
    static List<Difference> compare(BrowserProfile profile, ClientHello hello, Set<HelloForm> forms) {
        HelloComparison comparison = new HelloComparison(profile, hello, forms);
        comparison.frame();
        comparison.extensionOrder();
        comparison.extensionContents();
        comparison.greaseRules();
        return comparison.differences;
    }

    private void frame() {
        TlsShape tls = profile.tls();
        expect("tls.legacy_version", TLS_1_2, hello.legacyVersion());
        expect("tls.session_id_length", tls.sessionId(), hello.sessionId().length);
        expect("tls.compression_methods", List.of(0), hello.compressionMethods());
        expect("tls.cipher_suites", Grease.placed(tls.cipherSuites()), Grease.placed(hello.cipherSuites()));
    }

    private void extensionOrder() {
        List<Integer> seen = Grease.placed(hello.extensionTypes());
        List<Integer> expected = new ArrayList<>(
                profile.tls().extensions().stream().map(Extension::type).toList());
        expected.removeIf(this::dropped);
        if (!seen.contains(PADDING)) {
            expected.remove((Integer) PADDING); // is there only when the hello would be too short without
        }
        if (forms.contains(HelloForm.RESUMED)) {
            expected.add(PRE_SHARED_KEY);
        }
        expected = Grease.placed(expected);
        if (profile.tls().permuted()) {
            expect("tls.extension_ends", ends(expected), ends(seen));
            expected.sort(null);
            seen.sort(null);
        }
        expect("tls.extensions", expected, seen);
    }

    /** What stays in its place when the rest is permuted: GREASE at the head, GREASE and pre_shared_key at the end. */
    private static List<Integer> ends(List<Integer> types) {
        List<Integer> ends = new ArrayList<>();
        if (!types.isEmpty() && types.get(0) == BrowserProfile.GREASE) {
            ends.add(types.get(0));
        }
        int last = types.size() - 1;
        boolean resumes = last >= 0 && types.get(last) == PRE_SHARED_KEY;
        int trailer = resumes ? last - 1 : last;
        if (trailer > 0 && types.get(trailer) == BrowserProfile.GREASE) {
            ends.add(types.get(trailer));
        }
        if (resumes) {
            ends.add(PRE_SHARED_KEY);
        }
        return ends;
    }

    private boolean dropped(int type) {
        return forms.stream()
                .anyMatch(form -> profile.tls().variation(form).drop().contains(type));
    }

    private void extensionContents() {
        int slot = 0;
        for (Extension promised : profile.tls().extensions()) {
            boolean grease = promised.type() == BrowserProfile.GREASE;
            int position = grease ? slot++ : 0;
            hello.extensions().stream()
                    .filter(seen -> grease ? ClientHello.isGrease(seen.type()) : seen.type() == promised.type())
                    .skip(position)
                    .findFirst()
                    .ifPresent(seen -> content(promised, seen));
        }
    }

    private void content(Extension promised, RawExtension seen) {
        String what = "tls.extension_" + seen.type();
        if (promised instanceof Extension.Fixed fixed) {
            expect(what, Bytes.hex(fixed.data()), Bytes.hex(seen.data()));
        } else if (promised instanceof Extension.Codes codes) {
            expect(what, Grease.placed(codes.codes()), Grease.placed(Bytes.codes(seen)));
        } else if (promised instanceof Extension.Protocols list) {
            expect(what, protocols(list), Bytes.protocols(seen.data()));
        } else if (promised instanceof Extension.KeyShares shares) {
            expect(what, Grease.placed(shares.groups()), Grease.placed(hello.keyShareGroups()));
        } else if (promised instanceof Extension.EchGrease ech) {
            EchComparison.compare(ech, echPayloads(ech), seen.data()).forEach(differences::add);
        } else if (promised instanceof Extension.Padding) {
            expect(what, Bytes.hex(new byte[seen.data().length]), Bytes.hex(seen.data()));
        }
    }

    private List<String> protocols(Extension.Protocols promised) {
        return promised.type() != 16
                ? promised.protocols()
                : forms.stream()
                        .map(form -> profile.tls().variation(form).alpn())
                        .filter(alpn -> !alpn.isEmpty())
                        .findFirst()
                        .orElse(promised.protocols());
    }

    private List<Integer> echPayloads(Extension.EchGrease promised) {
        int preSharedKey =
                hello.extension(PRE_SHARED_KEY).map(seen -> seen.data().length).orElse(0);
        return forms.stream()
                .map(form -> profile.tls().variation(form).echPayloadLengths(promised, preSharedKey))
                .filter(lengths -> !lengths.equals(promised.payloadLengths()))
                .findFirst()
                .orElse(promised.payloadLengths());
    }

    /** A browser that greases draws one value for the group and its share, and never one for two extensions. */
    private void greaseRules() {
        List<Integer> groups =
                hello.groups().stream().filter(ClientHello::isGrease).toList();
        List<Integer> shares =
                hello.keyShareGroups().stream().filter(ClientHello::isGrease).toList();
        if (!groups.isEmpty() && !shares.isEmpty()) {
            expect("tls.grease_of_key_share", groups, shares);
        }
        Bytes.sharedX25519(hello)
                .ifPresent(shared ->
                        expect("tls.x25519_key_shared_by_hybrid", profile.tls().sharedX25519(), shared));
    }

    private void expect(String what, Object expected, Object seen) {
        if (!expected.equals(seen)) {
            differences.add(new Difference(what, expected, seen));
        }
    }
}
