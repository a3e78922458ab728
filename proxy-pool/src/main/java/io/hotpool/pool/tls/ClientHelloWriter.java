package io.hotpool.pool.tls;

import static io.hotpool.pool.tls.ExtensionTypes.ALPN;
import static io.hotpool.pool.tls.ExtensionTypes.APPLICATION_SETTINGS;
import static io.hotpool.pool.tls.ExtensionTypes.APPLICATION_SETTINGS_OLD;
import static io.hotpool.pool.tls.ExtensionTypes.COMPRESS_CERTIFICATE;
import static io.hotpool.pool.tls.ExtensionTypes.COOKIE;
import static io.hotpool.pool.tls.ExtensionTypes.EARLY_DATA;
import static io.hotpool.pool.tls.ExtensionTypes.KEY_SHARE;
import static io.hotpool.pool.tls.ExtensionTypes.PADDING;
import static io.hotpool.pool.tls.ExtensionTypes.PRE_SHARED_KEY;
import static io.hotpool.pool.tls.ExtensionTypes.SERVER_NAME;
import static io.hotpool.pool.tls.ExtensionTypes.SESSION_TICKET;
import static io.hotpool.pool.tls.ExtensionTypes.SIGNATURE_ALGORITHMS;
import static io.hotpool.pool.tls.ExtensionTypes.SUPPORTED_VERSIONS;

import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import io.hotpool.pool.profile.BrowserProfile.TlsShape;
import io.hotpool.pool.profile.BrowserProfile.Variation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides every byte of a profile's ClientHello. Pure: the same shape, input and random source give the same hello. One per
 * handshake; a second hello keeps what was drawn for the first.
 */
final class ClientHelloWriter {
    private static final String HTTP1 = "http/1.1";

    private final TlsShape shape;
    private final RandomGenerator random;

    ClientHelloWriter(TlsShape shape, RandomGenerator random) {
        this.shape = shape;
        this.random = random;
    }

    Hello first(HelloInput input) {
        Grease grease = Grease.draw(random);
        Variation variation = variation(input);
        List<Hello.Extension> extensions = new ArrayList<>();
        boolean leading = true;
        for (Extension extension : shape.extensions()) {
            if (variation.drop().contains(extension.type()) || extension instanceof Extension.Padding) {
                continue;
            }
            int type = Grease.isPlaceholder(extension.type())
                    ? (leading ? grease.firstExtension() : grease.lastExtension())
                    : extension.type();
            leading &= !Grease.isPlaceholder(extension.type());
            byte[] data = content(extension, input, variation, grease);
            if (data != null) {
                extensions.add(new Hello.Extension(type, data));
            }
        }
        if (shape.permuted()) {
            permute(extensions);
        }
        addPreSharedKey(extensions, input.pskIdentities());
        Hello hello = new Hello(input.random(), input.sessionId(), cipherSuites(grease), extensions);
        return padded(hello, input.bindersSize());
    }

    /**
     * The hello after a HelloRetryRequest (RFC 8446, 4.1.2): the same, but for key_share, cookie, the age of the ticket and
     * padding.
     *
     * @param keyShare the new body of key_share
     * @param cookie the body of the cookie extension; null when the server sent none
     * @param pskIdentities null when the ticket no longer fits and is not offered again
     */
    Hello second(
            Hello first, byte[] keyShare, byte @Nullable [] cookie, byte @Nullable [] pskIdentities, int bindersSize) {
        List<Hello.Extension> extensions = new ArrayList<>();
        for (Hello.Extension extension : first.extensions()) {
            switch (extension.type()) {
                case PRE_SHARED_KEY, PADDING, EARLY_DATA -> {}
                case KEY_SHARE -> extensions.add(new Hello.Extension(KEY_SHARE, keyShare));
                default -> extensions.add(extension);
            }
        }
        if (cookie != null) {
            extensions.add(placeOfCookie(extensions), new Hello.Extension(COOKIE, cookie));
        }
        addPreSharedKey(extensions, pskIdentities);
        return padded(new Hello(first.random(), first.sessionId(), first.cipherSuites(), extensions), bindersSize);
    }

    private Variation variation(HelloInput input) {
        List<Integer> drop = new ArrayList<>();
        List<String> alpn = List.of();
        List<Integer> echLengths = List.of();
        int echStep = 0;
        for (HelloForm form : input.forms()) {
            Variation variation = shape.variation(form);
            drop.addAll(variation.drop());
            alpn = variation.alpn().isEmpty() ? alpn : variation.alpn();
            echLengths = variation.echPayloadLengths().isEmpty() ? echLengths : variation.echPayloadLengths();
            echStep = Math.max(echStep, variation.echPayloadStep());
        }
        if (input.forms().contains(HelloForm.WEBSOCKET)) {
            drop.add(APPLICATION_SETTINGS);
            drop.add(APPLICATION_SETTINGS_OLD);
            alpn = alpn.isEmpty() ? List.of(HTTP1) : alpn;
        }
        return new Variation(drop, alpn, echLengths, echStep);
    }

    private List<Integer> cipherSuites(Grease grease) {
        return shape.cipherSuites().stream()
                .map(code -> Grease.isPlaceholder(code) ? grease.cipher() : code)
                .toList();
    }

    /** Null when this hello goes without the extension. */
    private byte @Nullable [] content(Extension extension, HelloInput input, Variation variation, Grease grease) {
        if (extension instanceof Extension.Fixed fixed) {
            return fixed.data();
        }
        if (extension instanceof Extension.Codes codes) {
            return codes(codes, grease);
        }
        if (extension instanceof Extension.Protocols protocols) {
            boolean replaced = protocols.type() == ALPN && !variation.alpn().isEmpty();
            return protocols(replaced ? variation.alpn() : protocols.protocols());
        }
        if (extension instanceof Extension.KeyShares shares) {
            return keyShares(shares, input, grease);
        }
        if (extension instanceof Extension.EchGrease ech) {
            byte[] identities = input.pskIdentities();
            int preSharedKey = identities == null ? 0 : identities.length + input.bindersSize();
            return EchGreaseWriter.write(ech, variation.echPayloadLengths(ech, preSharedKey), random);
        }
        return filled(extension.type(), input);
    }

    private static byte @Nullable [] filled(int type, HelloInput input) {
        return switch (type) {
            case SERVER_NAME -> input.serverName() == null ? null : serverName(input.serverName());
            case SESSION_TICKET -> input.ticket();
            case PRE_SHARED_KEY, COOKIE, EARLY_DATA, PADDING -> null;
            default -> new byte[0];
        };
    }

    private static byte[] codes(Extension.Codes codes, Grease grease) {
        WireOutput list = new WireOutput();
        for (int code : codes.codes()) {
            list.u16(Grease.isPlaceholder(code) ? grease.inExtension(codes.type()) : code);
        }
        boolean shortLength = codes.type() == SUPPORTED_VERSIONS || codes.type() == COMPRESS_CERTIFICATE;
        WireOutput out = new WireOutput();
        return (shortLength ? out.vector8(list.toByteArray()) : out.vector16(list.toByteArray())).toByteArray();
    }

    private static byte[] protocols(List<String> names) {
        WireOutput list = new WireOutput();
        names.forEach(name -> list.vector8(name.getBytes(StandardCharsets.US_ASCII)));
        return new WireOutput().vector16(list.toByteArray()).toByteArray();
    }

    private static byte[] keyShares(Extension.KeyShares shares, HelloInput input, Grease grease) {
        WireOutput list = new WireOutput();
        for (int group : shares.groups()) {
            if (Grease.isPlaceholder(group)) {
                list.u16(grease.group()).vector16(new byte[1]);
                continue;
            }
            byte[] key = input.keyShares().get(group);
            if (key == null) {
                throw new IllegalArgumentException("no key for group " + group);
            }
            list.u16(group).vector16(key);
        }
        return new WireOutput().vector16(list.toByteArray()).toByteArray();
    }

    /** RFC 6066, section 3. */
    private static byte[] serverName(String name) {
        byte[] host = name.getBytes(StandardCharsets.US_ASCII);
        WireOutput entry = new WireOutput().u8(0).vector16(host);
        return new WireOutput().vector16(entry.toByteArray()).toByteArray();
    }

    private void permute(List<Hello.Extension> extensions) {
        int from = !extensions.isEmpty() && Grease.isReserved(extensions.get(0).type()) ? 1 : 0;
        int to = extensions.size();
        while (to > from && Grease.isReserved(extensions.get(to - 1).type())) {
            to--;
        }
        for (int i = to - 1; i > from; i--) {
            Collections.swap(extensions, i, from + random.nextInt(i - from + 1));
        }
    }

    private static void addPreSharedKey(List<Hello.Extension> extensions, byte @Nullable [] identities) {
        if (identities != null) {
            extensions.add(new Hello.Extension(PRE_SHARED_KEY, identities));
        }
    }

    /** Where NSS puts it; a permuted hello has no place that is more right than another. */
    private static int placeOfCookie(List<Hello.Extension> extensions) {
        for (int i = 0; i < extensions.size(); i++) {
            if (extensions.get(i).type() == SIGNATURE_ALGORITHMS) {
                return i + 1;
            }
        }
        return extensions.size();
    }

    /** RFC 7685 as BoringSSL does it: only a message of 256 bytes up to the target is padded. */
    private Hello padded(Hello hello, int bindersSize) {
        Extension.Padding padding = shape.extensions().stream()
                .filter(Extension.Padding.class::isInstance)
                .map(Extension.Padding.class::cast)
                .findFirst()
                .orElse(null);
        if (padding == null) {
            return hello;
        }
        int length = 4 + hello.encode(bindersSize).length + bindersSize;
        int missing = padding.target() - length;
        if (length < 256 || missing <= 0) {
            return hello;
        }
        List<Hello.Extension> extensions = new ArrayList<>(hello.extensions());
        boolean ticket = hello.extension(PRE_SHARED_KEY) != null;
        extensions.add(
                ticket ? extensions.size() - 1 : extensions.size(),
                new Hello.Extension(PADDING, new byte[Math.max(1, missing - 4)]));
        return new Hello(hello.random(), hello.sessionId(), hello.cipherSuites(), extensions);
    }
}
