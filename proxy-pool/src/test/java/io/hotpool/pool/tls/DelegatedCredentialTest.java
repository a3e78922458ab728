package io.hotpool.pool.tls;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotpool.pool.testing.TestCertificates;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Date;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.tls.CertificateVerify;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.junit.jupiter.api.Test;

/** Handshakes that are signed by a delegated credential (RFC 9345). */
class DelegatedCredentialTest {
    private static final int P256 = 0x0403;
    private static final byte[] HASH = new byte[32];

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final BrowserCrypto crypto = new BrowserCrypto(new SecureRandom());
    private final KeyPair certificateKey = TestCertificates.keyPair("EC");
    private KeyPair credentialKey = TestCertificates.keyPair("EC");

    private boolean usage = true;
    private int keyUsage = KeyUsage.digitalSignature;
    private Duration lifetime = Duration.ofDays(2);
    private Duration age = Duration.ofDays(1);
    private int scheme = P256;
    private Set<Integer> offered = Set.of(P256, 0x0503, 0x0804);
    private PrivateKey delegator = certificateKey.getPrivate();
    private byte[] signedHash = HASH;

    @Test
    void a_good_one_is_taken() {
        assertThatCode(verification()).doesNotThrowAnyException();
    }

    @Test
    void its_certificate_must_allow_it() {
        usage = false;
        refused("its certificate forbids");
    }

    @Test
    void its_certificate_must_be_for_signing() {
        keyUsage = KeyUsage.keyAgreement;
        assertThatThrownBy(verification()).isInstanceOf(TlsFatalAlert.class);
    }

    @Test
    void it_must_not_be_expired() {
        age = Duration.ofDays(2);
        refused("expired");
    }

    @Test
    void it_must_not_last_for_more_than_a_week() {
        lifetime = Duration.ofDays(9);
        refused("more than a week");
    }

    @Test
    void its_scheme_must_have_been_offered() {
        offered = Set.of(0x0503);
        refused("not offered");
        offered = Set.of(); // as by a hello without the extension
        refused("not offered");
    }

    @Test
    void its_certificate_must_have_signed_it() {
        delegator = TestCertificates.keyPair("EC").getPrivate();
        refused("did not sign");
    }

    @Test
    void the_handshake_must_be_signed_with_it() {
        signedHash = new byte[] {1};
        assertThatThrownBy(verification()).isInstanceOf(TlsFatalAlert.class).hasMessageContaining("decrypt_error");
    }

    @Test
    void a_plain_rsa_key_may_not_be_one() {
        credentialKey = TestCertificates.keyPair("RSA");
        scheme = 0x0804;
        refused("RSA");
    }

    @Test
    void a_key_of_another_curve_may_not_be_one() {
        credentialKey = TestCertificates.keyPair("EC384");
        assertThatThrownBy(verification()).isInstanceOf(TlsFatalAlert.class);
    }

    @Test
    void bytes_behind_its_end_are_refused() throws Exception {
        byte[] encoded = credential(certificate().getEncoded());
        assertThatThrownBy(() -> DelegatedCredential.parse(Arrays.copyOf(encoded, encoded.length + 1)))
                .isInstanceOf(TlsFatalAlert.class);
    }

    private void refused(String why) {
        assertThatThrownBy(verification()).isInstanceOf(TlsFatalAlert.class).hasMessageContaining(why);
    }

    private ThrowingCallable verification() {
        return () -> {
            TlsCertificate certificate = certificate();
            byte[] signature =
                    signed(credentialKey.getPrivate(), "TLS 1.3, server CertificateVerify", new byte[0], signedHash);
            DelegatedCredential.parse(credential(certificate.getEncoded()))
                    .verify(crypto, certificate, now, offered, HASH, new CertificateVerify(scheme, signature));
        };
    }

    private byte[] credential(byte[] certificate) throws Exception {
        byte[] key = credentialKey.getPublic().getEncoded();
        byte[] signedPart = new WireOutput()
                .u32(lifetime.toSeconds())
                .u16(scheme)
                .u24(key.length)
                .raw(key)
                .u16(P256)
                .toByteArray();
        byte[] signature = signed(delegator, "TLS, server delegated credentials", certificate, signedPart);
        return new WireOutput().raw(signedPart).vector16(signature).toByteArray();
    }

    private static byte[] signed(PrivateKey key, String context, byte[] first, byte[] second) throws Exception {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes(" ".repeat(64).getBytes(StandardCharsets.US_ASCII));
        text.writeBytes(context.getBytes(StandardCharsets.US_ASCII));
        text.write(0);
        text.writeBytes(first);
        text.writeBytes(second);
        Signature signature =
                Signature.getInstance(key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
        signature.initSign(key);
        signature.update(text.toByteArray());
        return signature.sign();
    }

    private TlsCertificate certificate() throws Exception {
        X500Name name = new X500Name("CN=delegating");
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(now.minus(age)),
                Date.from(now.plus(Duration.ofDays(30))),
                name,
                certificateKey.getPublic());
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(keyUsage));
        if (usage) {
            builder.addExtension(new ASN1ObjectIdentifier("1.3.6.1.4.1.44363.44"), false, DERNull.INSTANCE);
        }
        return crypto.createCertificate(
                builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(certificateKey.getPrivate()))
                        .getEncoded());
    }
}
