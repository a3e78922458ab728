package io.hotpool.pool.tls;

import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import io.hotpool.pool.profile.BrowserProfile.TlsShape;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a profile means for the handshake itself: the code points BouncyCastle has to know of. GREASE is left out.
 *
 * @param ticket offered for resumption; null: none
 */
record HandshakeSpec(TlsRequest request, @Nullable SessionTicket ticket) {

    TlsShape shape() {
        return request.profile().tls();
    }

    /** Null for an IP literal (RFC 6066, section 3). */
    @Nullable
    String serverName() {
        return request.origin().ipLiteral() ? null : request.origin().host();
    }

    List<Integer> cipherSuites() {
        return withoutGrease(shape().cipherSuites());
    }

    List<Integer> codes(int extension) {
        return request.profile()
                .extension(extension)
                .filter(Extension.Codes.class::isInstance)
                .map(found -> withoutGrease(((Extension.Codes) found).codes()))
                .orElse(List.of());
    }

    List<Integer> keyShareGroups() {
        return request.profile()
                .extension(ExtensionTypes.KEY_SHARE)
                .map(found -> withoutGrease(((Extension.KeyShares) found).groups()))
                .orElse(List.of());
    }

    boolean offers(int extension) {
        return request.profile().extension(extension).isPresent();
    }

    boolean offersTls13() {
        return codes(ExtensionTypes.SUPPORTED_VERSIONS).contains(0x0304);
    }

    /** A hello without supported_versions offers TLS 1.2 by its version (RFC 8446, 4.2.1). */
    boolean offersTls12() {
        return !offers(ExtensionTypes.SUPPORTED_VERSIONS)
                || codes(ExtensionTypes.SUPPORTED_VERSIONS).contains(0x0303);
    }

    /** The occasions that the first hello is sent on. */
    Set<HelloForm> forms() {
        EnumSet<HelloForm> forms = EnumSet.noneOf(HelloForm.class);
        switch (request.form()) {
            case FIRST -> {}
            case HTTP1_ONLY -> forms.add(HelloForm.WEBSOCKET);
            case RETRY -> forms.add(HelloForm.RETRY);
        }
        if (ticket instanceof SessionTicket.Tls13) {
            forms.add(HelloForm.RESUMED);
        } else if (ticket instanceof SessionTicket.Tls12) {
            forms.add(HelloForm.RESUMED_TLS12);
        }
        return forms;
    }

    private static List<Integer> withoutGrease(List<Integer> codes) {
        return codes.stream().filter(code -> code != BrowserProfile.GREASE).collect(Collectors.toUnmodifiableList());
    }
}
