package io.hotpool.pool.tls;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A ClientHello (RFC 8446, 4.1.2) with every value decided: what goes onto the wire, GREASE included. */
record Hello(byte[] random, byte[] sessionId, List<Integer> cipherSuites, List<Extension> extensions) {
    private static final int LEGACY_VERSION = 0x0303;

    record Extension(int type, byte[] data) {}

    Hello {
        cipherSuites = List.copyOf(cipherSuites);
        extensions = List.copyOf(extensions);
    }

    /** The body of the extension; null when the hello has none of that type. */
    byte @Nullable [] extension(int type) {
        for (Extension extension : extensions) {
            if (extension.type() == type) {
                return extension.data();
            }
        }
        return null;
    }

    /**
     * The body of the message, without its four header bytes.
     *
     * @param bindersSize bytes of PSK binders that somebody else appends: counted in every length, not written
     */
    byte[] encode(int bindersSize) {
        WireOutput suites = new WireOutput();
        cipherSuites.forEach(suites::u16);
        WireOutput list = new WireOutput();
        for (Extension extension : extensions) {
            int missing = extension.type() == ExtensionTypes.PRE_SHARED_KEY ? bindersSize : 0;
            list.u16(extension.type()).u16(extension.data().length + missing).raw(extension.data());
        }
        return new WireOutput()
                .u16(LEGACY_VERSION)
                .raw(random)
                .vector8(sessionId)
                .vector16(suites.toByteArray())
                .vector8(new byte[1])
                .u16(list.size() + bindersSize)
                .raw(list.toByteArray())
                .toByteArray();
    }
}
