package io.hotpool.pool.tls;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotpool.pool.testing.TestCertificates;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.tls.TlsFatalAlert;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which schemes may sign a TLS 1.3 handshake with which key. */
class SignatureSchemePolicyTest {
    @ParameterizedTest
    @CsvSource({
        "EC, 0x0403",
        "EC384, 0x0503",
        "EC521, 0x0603",
        "RSA, 0x0804",
        "RSA, 0x0805",
        "RSA, 0x0806",
        "Ed25519, 0x0807",
    })
    void modern_schemes_with_their_own_key_may(String key, String scheme) {
        assertThatCode(() -> SignatureSchemePolicy.check(Integer.decode(scheme), key(key)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "EC, 0x0503, another curve",
        "EC384, 0x0403, another curve",
        "EC521, 0x0403, another curve",
        "RSA, 0x0403, another kind of key",
        "EC, 0x0203, SHA-1",
        "RSA, 0x0201, SHA-1",
        "RSA, 0x0401, PKCS 1",
        "RSA, 0x0501, PKCS 1",
        "RSA, 0x0601, PKCS 1",
        "EC, 0x081A, a curve that no browser has",
        "EC, 0x0101, MD5",
        "EC, 0x0000, nothing",
        "EC, 0xFFFF, nothing",
    })
    void all_others_may_not(String key, String scheme, String why) {
        assertThatThrownBy(() -> SignatureSchemePolicy.check(Integer.decode(scheme), key(key)))
                .as(why)
                .isInstanceOf(TlsFatalAlert.class)
                .hasMessageContaining("illegal_parameter");
    }

    private static SubjectPublicKeyInfo key(String type) {
        return SubjectPublicKeyInfo.getInstance(
                TestCertificates.keyPair(type).getPublic().getEncoded());
    }
}
